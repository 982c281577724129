// Natural logarithms after fdlibm (Sun Microsystems, 1993), to about a unit in the last place.

import CMachine

extension Elementwise {
  /// log x = k·ln 2 + log(1 + f) for x = 2^k (1 + f); NaN below 0, −∞ of 0.
  @inline(__always)
  func log(_ x: V) -> V {
    let (high, low) = V.ln2
    return logarithm(x) { k, f, half, s, series in
      let tail = V.multiplyAdd(s, half + series, k * low)
      return V.multiplyAdd(k, high, (tail - half) + f)
    }
  }

  /// k + log(1 + f)/ln 2: whole where x is a power of 2.
  @inline(__always)
  func log2(_ x: V) -> V {
    logarithm(x) { k, f, half, s, series in
      let fraction = (s * (half + series) - half) + f
      let (inverse, lost) = V.inverseOfLn2
      return k + V.multiplyAdd(fraction, inverse, fraction * lost)
    }
  }

  /// log u of u = 1 + x as it is rounded, and what was lost as a part of u.
  @inline(__always)
  func log1p(_ x: V) -> V {
    let u = one + x
    let lost = V.select(
      x - (u - one), where: x.magnitude, isLessThan: one, else: one - (u - x))
    let rough = log(u)
    let value = V.select(rough, where: lost, equals: V.zero, else: rough + lost / u)
    let infinity = V.zero - V.minusInfinity
    let ofFinite = V.select(value, where: x, isLessThan: infinity, else: x)
    // With its sign.
    return V.select(x, where: x, equals: V.zero, else: ofFinite)
  }

  @inline(__always)
  private func logarithm(
    _ x: V, _ ofPositive: (_ k: V, _ f: V, _ half: V, _ s: V, _ series: V) -> V
  ) -> V {
    let (k, m) = V.exponentAndFraction(x)
    let f = m - one
    // log(1 + f) = 2 artanh s = f − f²/2 + s (f²/2 + R(s²))
    let s = f / (one + m)
    let value = ofPositive(k, f, constant(0.5) * f * f, s, V.logSeries(s * s))
    let infinity = V.zero - V.minusInfinity
    let ofPositive = V.select(value, where: x, isLessThan: infinity, else: x)
    let ofOthers = V.select(V.minusInfinity, where: x, equals: V.zero, else: x - x + nan)
    // NaN is above 0 as little as below.
    return V.select(ofPositive, where: V.zero, isLessThan: x, else: ofOthers)
  }

  private var nan: V { V(repeating: V.scalar(Double.nan)) }
}

extension F64 {
  /// ln 2 in two parts; the first has so few bits that exponents times it are exact.
  @inline(__always)
  static var ln2: (high: F64, low: F64) {
    (
      F64(repeating: 6.931_471_803_691_238_164_90e-1),
      F64(repeating: 1.908_214_929_270_587_700_02e-10)
    )
  }

  /// 1/ln 2 to twice the digits.
  @inline(__always)
  static var inverseOfLn2: (high: F64, low: F64) {
    (F64(repeating: 1.442_695_040_888_963_4), F64(repeating: 2.035_527_374_093_103_3e-17))
  }

  /// x = 2^k·m with √½ ≤ m < √2, for x > 0 that is finite.
  @inline(__always)
  static func exponentAndFraction(_ x: F64) -> (F64, F64) {
    let (smallest, up) = (F64(repeating: 0x1p-1022), F64(repeating: 0x1p54))
    let normal = select(x * up, where: x, isLessThan: smallest, else: x)
    let shift = select(
      F64(repeating: 1023 + 54), where: x, isLessThan: smallest, else: F64(repeating: 1023))
    // From √½ on the exponent is one more.
    let root = Longs(repeating: 0x3fe6_a09e_667f_3bcd)
    let one = Longs(repeating: 0x3ff0_0000_0000_0000)
    let bits = unsafeBitCast(normal.v, to: Longs.self) &+ (one &- root)
    let m = machine_and(bits, Longs(repeating: 0x000f_ffff_ffff_ffff)) &+ root
    // A small whole number as the low bits of 2⁵².
    let magic = Longs(repeating: 0x4330_0000_0000_0000)
    let k =
      F64(unsafeBitCast(machine_or(machine_shift_right(bits, 52), magic), to: Doubles.self))
      - F64(repeating: 0x1p52)
    return (k - shift, F64(unsafeBitCast(m, to: Doubles.self)))
  }

  /// (log((1 + s)/(1 − s)) − 2s)/s of z = s².
  @inline(__always)
  static func logSeries(_ z: F64) -> F64 {
    let w = z * z
    var even = F64(repeating: 1.531_383_769_920_937_332e-1)
    even = multiplyAdd(even, w, F64(repeating: 2.222_219_843_214_978_396e-1))
    even = multiplyAdd(even, w, F64(repeating: 3.999_999_999_940_941_908e-1))
    var odd = F64(repeating: 1.479_819_860_511_658_591e-1)
    odd = multiplyAdd(odd, w, F64(repeating: 1.818_357_216_161_805_012e-1))
    odd = multiplyAdd(odd, w, F64(repeating: 2.857_142_874_366_239_149e-1))
    odd = multiplyAdd(odd, w, F64(repeating: 6.666_666_666_666_735_130e-1))
    return multiplyAdd(even, w, odd * z)
  }
}

extension F32 {
  @inline(__always)
  static var ln2: (high: F32, low: F32) {
    (F32(repeating: 0.693_145_751_953_125), F32(repeating: 1.428_606_8e-6))
  }

  @inline(__always)
  static var inverseOfLn2: (high: F32, low: F32) {
    (F32(repeating: 1.442_695), F32(repeating: 1.925_963e-8))
  }

  @inline(__always)
  static func exponentAndFraction(_ x: F32) -> (F32, F32) {
    let (smallest, up) = (F32(repeating: 0x1p-126), F32(repeating: 0x1p25))
    let normal = select(x * up, where: x, isLessThan: smallest, else: x)
    let shift = select(
      F32(repeating: 127 + 25), where: x, isLessThan: smallest, else: F32(repeating: 127))
    let root = Words(repeating: 0x3f35_04f3)
    let one = Words(repeating: 0x3f80_0000)
    let bits = unsafeBitCast(normal.v, to: Words.self) &+ (one &- root)
    let m = machine_and(bits, Words(repeating: 0x007f_ffff)) &+ root
    let magic = Words(repeating: 0x4b00_0000)
    let k =
      F32(unsafeBitCast(machine_or(machine_shift_right(bits, 23), magic), to: Floats.self))
      - F32(repeating: 0x1p23)
    return (k - shift, F32(unsafeBitCast(m, to: Floats.self)))
  }

  @inline(__always)
  static func logSeries(_ z: F32) -> F32 {
    let w = z * z
    let even = multiplyAdd(F32(repeating: 0xf89e26p-26), w, F32(repeating: 0xccce13p-25))
    let odd = multiplyAdd(F32(repeating: 0x91e9eep-25), w, F32(repeating: 0xaaaaaap-24))
    return multiplyAdd(even, w, odd * z)
  }
}
