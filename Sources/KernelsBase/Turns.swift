import CMachine
import KernelInterface

/// Sines and cosines of position·ω, in double precision whatever they are stored in.
struct Turns<V: Lanes> {
  let c: TurnCall<V.Scalar>

  func run() {
    let position = F64(repeating: c.position)
    var i = 0
    while i < c.count {
      let part = min(F64.width, c.count &- i)
      let (s, y) = F64.sincosOfAny(F64.load(c.frequencies + i, first: part) * position)
      if let cosines = c.cosines {
        V.storeRounded(s, c.sines + i, part)
        V.storeRounded(y, cosines + i, part)
      } else {
        let (first, second) = F64.zip(s, y)
        let place = 2 &* i
        V.storeRounded(first, c.sines + place, min(F64.width, c.length &- place))
        let rest = c.length &- place &- F64.width
        if rest > 0 { V.storeRounded(second, c.sines + place + F64.width, min(F64.width, rest)) }
      }
      i += part
    }
  }

}

extension F64 {
  /// Up to here the multiple of π/2 has 20 bits, so that products with parts of π/2 are exact.
  static var largestAngle: Double { 1.6e6 }

  /// sin x and cos x, to about a unit in the last place: x = k·π/2 + r with |r| ≤ π/4, then the
  /// polynomials of fdlibm (Sun Microsystems, 1993).
  @inline(__always)
  static func sincos(_ x: F64) -> (F64, F64) {
    // Adding 1.5·2⁵² rounds to a whole number, which is then the low bits of the sum.
    let magic = F64(repeating: 6_755_399_441_055_744)
    let t = multiplyAdd(x, F64(repeating: 0.636_619_772_367_581_343_08), magic)
    let k = t - magic
    // π/2 in parts of 33 bits.
    var r = multiplyAdd(k, F64(repeating: -1.570_796_326_734_125_614_17), x)
    let second = k * F64(repeating: 6.077_100_506_303_965_976_60e-11)
    let rest = r - second
    // What this difference loses counts where r is small.
    let lost = (r - rest) - second
    r = rest + multiplyAdd(k, F64(repeating: -2.022_266_248_795_950_631_54e-21), lost)
    let (sine, cosine) = polynomials(r)
    let quadrant = unsafeBitCast(t.v, to: Longs.self)
    let isOdd = machine_shift_right(machine_shift_left(quadrant, 63), 63)
    let (a, b) = (
      unsafeBitCast(sine.v, to: Longs.self), unsafeBitCast(cosine.v, to: Longs.self)
    )
    let swapped = machine_and(machine_xor(a, b), isOdd)
    let s = machine_xor(machine_xor(a, swapped), signBit(quadrant))
    let c = machine_xor(machine_xor(b, swapped), signBit(quadrant &+ Longs(repeating: 1)))
    return (F64(unsafeBitCast(s, to: Doubles.self)), F64(unsafeBitCast(c, to: Doubles.self)))
  }

  /// The sign of a sine in that quadrant.
  @inline(__always)
  private static func signBit(_ quadrant: Longs) -> Longs {
    machine_shift_left(machine_and(quadrant, Longs(repeating: 2)), 62)
  }

  /// sin r and cos r for |r| ≤ π/4.
  @inline(__always)
  private static func polynomials(_ r: F64) -> (F64, F64) {
    let z = r * r
    var s = F64(repeating: 1.589_690_995_211_550_102_21e-10)
    s = multiplyAdd(s, z, F64(repeating: -2.505_076_025_340_686_341_95e-8))
    s = multiplyAdd(s, z, F64(repeating: 2.755_731_370_707_006_767_89e-6))
    s = multiplyAdd(s, z, F64(repeating: -1.984_126_982_985_794_931_34e-4))
    s = multiplyAdd(s, z, F64(repeating: 8.333_333_333_322_489_461_24e-3))
    s = multiplyAdd(s, z, F64(repeating: -1.666_666_666_666_663_243_48e-1))
    var c = F64(repeating: -1.135_964_755_778_819_482_65e-11)
    c = multiplyAdd(c, z, F64(repeating: 2.087_572_321_298_174_827_90e-9))
    c = multiplyAdd(c, z, F64(repeating: -2.755_731_435_139_066_330_35e-7))
    c = multiplyAdd(c, z, F64(repeating: 2.480_158_728_947_672_941_78e-5))
    c = multiplyAdd(c, z, F64(repeating: -1.388_888_888_887_410_957_49e-3))
    c = multiplyAdd(c, z, F64(repeating: 4.166_666_666_666_660_190_37e-2))
    // 1 − z/2 and what its rounding loses.
    let half = z * F64(repeating: 0.5)
    let one = F64(repeating: 1)
    let w = one - half
    let lost = (one - w) - half
    return (multiplyAdd(s * z, r, r), w + multiplyAdd(c * z, z, lost))
  }

  /// One lane after the other.
  static func slowSincos(_ x: F64) -> (F64, F64) {
    var (s, c) = (x, x)
    for i in 0..<width {
      s.v[i] = machine_sin(x.v[i])
      c.v[i] = machine_cos(x.v[i])
    }
    return (s, c)
  }
}

/// cos(a + b) = cos a cos b − sin a sin b,  sin(a + b) = sin a cos b + cos a sin b
struct TurnSums<V: Lanes> {
  let c: TurnSumCall<V.Scalar>

  func run() {
    for row in 0..<c.rows {
      let first = row &* c.count
      var i = 0
      while i < c.count {
        let part = min(F64.width, c.count &- i)
        let (s, y) = (F64.load(c.sines + i, first: part), F64.load(c.cosines + i, first: part))
        let t = F64.load(c.stepSines + first + i, first: part)
        let z = F64.load(c.stepCosines + first + i, first: part)
        V.storeRounded(F64.multiplyAdd(s, z, y * t), c.sinesOfSums + first + i, part)
        V.storeRounded(y * z - s * t, c.cosinesOfSums + first + i, part)
        i += part
      }
    }
  }
}

/// Pairs of entries turned by the angles of tables.
struct Rotation<V: Lanes> {
  typealias T = V.Scalar
  let c: RotateCall<T>

  func run() {
    for row in 0..<c.rows.rows {
      let (x, y) = (c.rows.from + row &* c.rows.length, c.rows.to + row &* c.rows.length)
      let table = row &* c.rowOfTables
      if c.isInterleaved {
        interleaved(x, y, c.cosines + table, c.sines + table)
      } else {
        halves(x, y, c.cosines + table, c.sines + table)
      }
      let rest = 2 &* c.pairs
      if rest < c.rows.length, UnsafePointer(y) != x {
        (y + rest).update(from: x + rest, count: c.rows.length &- rest)
      }
    }
  }

  @inline(__always)
  private func turned(_ a: V, _ b: V, _ cosine: V, _ sine: V) -> (V, V) {
    (a * cosine - b * sine, a * sine + b * cosine)
  }

  @inline(__always)
  private func halves(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ cosines: UnsafePointer<T>,
    _ sines: UnsafePointer<T>
  ) {
    var i = 0
    while i < c.pairs {
      let part = min(V.width, c.pairs &- i)
      let (a, b) = turned(
        V.load(x + i, first: part), V.load(x + c.pairs + i, first: part),
        V.load(cosines + i, first: part), V.load(sines + i, first: part))
      a.store(y + i, first: part)
      b.store(y + c.pairs + i, first: part)
      i += part
    }
  }

  @inline(__always)
  private func interleaved(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ cosines: UnsafePointer<T>,
    _ sines: UnsafePointer<T>
  ) {
    var i = 0
    while i < c.pairs {
      let part = min(V.width, c.pairs &- i)
      let first = min(V.width, 2 &* part)
      let second = 2 &* part &- first
      let (from, to) = (x + 2 &* i, y + 2 &* i)
      let (a, b) = V.unzip(
        V.load(from, first: first),
        second == 0 ? V.zero : V.load(from + V.width, first: second))
      let (p, q) = turned(
        a, b, V.load(cosines + i, first: part), V.load(sines + i, first: part))
      let (low, high) = V.zip(p, q)
      low.store(to, first: first)
      if second > 0 { high.store(to + V.width, first: second) }
      i += part
    }
  }
}
