import CMachine

#if KERNELS_V4
  typealias Floats = SIMD16<Float>
  typealias Words = SIMD16<Int32>
  typealias HalfOfFloats = SIMD8<Float>
#elseif KERNELS_V3
  typealias Floats = SIMD8<Float>
  typealias Words = SIMD8<Int32>
  typealias HalfOfFloats = SIMD4<Float>
#else
  typealias Floats = SIMD4<Float>
  typealias Words = SIMD4<Int32>
  typealias HalfOfFloats = SIMD2<Float>
#endif

/// Single precision.
struct F32: Lanes {
  var v: Floats

  @inline(__always) init(_ v: Floats) { self.v = v }
  @inline(__always) init(repeating x: Float) { v = Floats(repeating: x) }
  @inline(__always) static var width: Int { Floats.scalarCount }

  @inline(__always)
  static func load(_ p: UnsafePointer<Float>, count: Int) -> F32 {
    #if KERNELS_V4
      F32(machine_load_first(p, count))
    #elseif KERNELS_V3
      F32(load8(p, count))
    #else
      F32(load4(p, count))
    #endif
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>, count: Int) {
    #if KERNELS_V4
      machine_store_first(v, p, count)
    #else
      put(v, p, count)
    #endif
  }

  @inline(__always)
  static func + (a: F32, b: F32) -> F32 { F32(machine_add(a.v, b.v)) }
  @inline(__always)
  static func - (a: F32, b: F32) -> F32 { F32(machine_subtract(a.v, b.v)) }
  @inline(__always)
  static func * (a: F32, b: F32) -> F32 { F32(machine_multiply(a.v, b.v)) }
  @inline(__always)
  static func / (a: F32, b: F32) -> F32 { F32(machine_divide(a.v, b.v)) }
  @inline(__always)
  func squareRoot() -> F32 { F32(machine_square_root(v)) }
  @inline(__always) func floor() -> F32 { F32(machine_floor(v)) }
  @inline(__always) func ceil() -> F32 { F32(machine_ceil(v)) }
  @inline(__always) func round() -> F32 { F32(machine_round(v)) }

  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 {
    F32(machine_multiply_add(a.v, b.v, c.v))
  }

  @inline(__always)
  static func larger(_ a: F32, _ b: F32) -> F32 {
    select(b, where: a, isLessThan: b, else: a)
  }

  @inline(__always)
  static func select(_ a: F32, where x: F32, isLessThan y: F32, else b: F32) -> F32 {
    F32(machine_where_less(a.v, x.v, y.v, b.v))
  }

  @inline(__always)
  static func select(_ a: F32, where x: F32, equals y: F32, else b: F32) -> F32 {
    F32(machine_where_equal(a.v, x.v, y.v, b.v))
  }

  @inline(__always)
  var magnitude: F32 {
    let bits = machine_and(unsafeBitCast(v, to: Words.self), Words(repeating: .max))
    return F32(unsafeBitCast(bits, to: Floats.self))
  }

  @inline(__always)
  static func lost(_ square: F32, of x: F32) -> F32 {
    #if KERNELS_V3 || KERNELS_V4 || arch(arm64)
      return multiplyAdd(x, x, zero - square)
    #else
      // Halves of the digits, whose products are exact (Dekker 1971).
      let bits = machine_and(unsafeBitCast(x.v, to: Words.self), Words(repeating: ~0xfff))
      let high = F32(unsafeBitCast(bits, to: Floats.self))
      let low = x - high
      return ((high * high - square) + (high * low + high * low)) + low * low
    #endif
  }

  static func each(_ x: F32, _ function: (Double) -> Double) -> F32 {
    var y = x
    for i in 0..<width { y.v[i] = Float(function(Double(x.v[i]))) }
    return y
  }

  @inline(__always) func sum() -> Float { machine_sum(v) }
  @inline(__always) func largest() -> Float { machine_largest(v) }

  @inline(__always)
  static var ramp: F32 {
    var r = Floats()
    for i in 0..<width { r[i] = Float(i) }
    return F32(r)
  }

  @inline(__always) static func scalar(_ x: Int) -> Float { Float(x) }
  @inline(__always) static func scalar(_ x: Double) -> Float { Float(x) }
  @inline(__always) static func double(_ x: Float) -> Double { Double(x) }
  @inline(__always) static func sum(_ x: Float, _ y: Float) -> Float { x + y }
  @inline(__always) static func isOne(_ x: Float) -> Bool { x == 1 }

  @inline(__always)
  static func zip(_ even: F32, _ odd: F32) -> (F32, F32) {
    (F32(machine_zip_low(even.v, odd.v)), F32(machine_zip_high(even.v, odd.v)))
  }

  @inline(__always)
  static func unzip(_ low: F32, _ high: F32) -> (F32, F32) {
    (F32(machine_even(low.v, high.v)), F32(machine_odd(low.v, high.v)))
  }

  @inline(__always)
  static func storeRounded(_ x: F64, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
    let lanes = machine_rounded(x.v)
    if count == F64.width {
      UnsafeMutableRawPointer(p).storeBytes(of: lanes, as: HalfOfFloats.self)
    } else {
      put(lanes, p, count)
    }
  }

  @inline(__always)
  static func anyIsLess(_ x: F32, _ y: F32) -> Bool { any(x.v .< y.v) }

  @inline(__always)
  static var negativeInfinity: Float { -.infinity }

  #if KERNELS_V4
    typealias Square = VectorRows16<F32>
  #elseif KERNELS_V3
    typealias Square = VectorRows8<F32>
  #else
    typealias Square = VectorRows4<F32>
  #endif

  @inline(__always)
  static func transposed(_ square: Square) -> Square {
    #if KERNELS_V4
      square.zipped.zipped.zipped.zipped
    #elseif KERNELS_V3
      square.zipped.zipped.zipped
    #else
      square.zipped.zipped
    #endif
  }

  /// (e^2x − 1)/(e^2x + 1) for the magnitude, where e^y − 1 keeps the digits of small y.
  @inline(__always)
  static func tanh(_ x: F32) -> F32 {
    let limit = F32(repeating: 9.1)
    let size = x.magnitude
    let y = expm1(select(limit, where: limit, isLessThan: size, else: size) * F32(repeating: 2))
    let value = y / (y + F32(repeating: 2))
    let sign = machine_and(unsafeBitCast(x.v, to: Words.self), Words(repeating: .min))
    let bits = machine_or(unsafeBitCast(value.v, to: Words.self), sign)
    return F32(unsafeBitCast(bits, to: Floats.self))
  }

  /// e^x − 1 = 2^k (e^r − 1) + (2^k − 1), for x that overflow nothing.
  @inline(__always)
  static func expm1(_ x: F32) -> F32 {
    let (r, t) = reduced(x)
    let k = unsafeBitCast(t.v, to: Words.self) &+ Words(repeating: 127)
    let power = F32(unsafeBitCast(machine_shift_left(k, 23), to: Floats.self))
    return multiplyAdd(
      power, multiplyAdd(polynomial(r) * r, r, r), power - F32(repeating: 1))
  }

  @inline(__always)
  private static var magic: Floats { Floats(repeating: 12_582_912) }

  /// x = k·ln 2 + r with |r| ≤ ln 2/2; k are the low bits of the second number.
  @inline(__always)
  static func reduced(_ x: F32) -> (F32, F32) {
    // Adding 1.5·2²³ rounds to a whole number, which is then the low bits of the sum.
    let magic = F32(Self.magic)
    let t = multiplyAdd(x, F32(repeating: 1.442_695_04), magic)
    let k = t - magic
    // ln 2 in two parts; the first has so few bits that k times it is exact.
    let r = multiplyAdd(k, F32(repeating: -0.693_145_751_953_125), x)
    return (multiplyAdd(k, F32(repeating: -1.428_606_8e-6), r), t)
  }

  /// (e^r − 1 − r)/r² such that the largest relative error of e^r, of degree 6, is the smallest.
  @inline(__always)
  static func polynomial(_ r: F32) -> F32 {
    var p = F32(repeating: 0.001_381_459_5)
    p = multiplyAdd(p, r, F32(repeating: 0.008_368_717))
    p = multiplyAdd(p, r, F32(repeating: 0.041_668_39))
    p = multiplyAdd(p, r, F32(repeating: 0.166_665_21))
    p = multiplyAdd(p, r, F32(repeating: 0.499_999_94))
    return p
  }

  /// e^r
  @inline(__always)
  private static func expReduced(_ r: F32) -> F32 {
    multiplyAdd(multiplyAdd(polynomial(r), r, F32(repeating: 1)), r, F32(repeating: 1))
  }

  /// 2^k in two factors, either of which can be said.
  @inline(__always)
  static func exp(_ x: F32) -> F32 {
    let (lowest, highest) = (F32(repeating: -105), F32(repeating: 90))
    let raised = select(lowest, where: x, isLessThan: lowest, else: x)
    let (r, t) = reduced(select(highest, where: highest, isLessThan: raised, else: raised))
    let p = expReduced(r)
    // The low bits of t, with their sign.
    let magic = unsafeBitCast(F32.magic, to: Words.self)
    let k = unsafeBitCast(t.v, to: Words.self) &- magic
    let half = machine_shift_right(k, 1)
    let first = machine_shift_left(half &+ Words(repeating: 127), 23)
    let second = machine_shift_left(k &- half &+ Words(repeating: 127), 23)
    return p * F32(unsafeBitCast(first, to: Floats.self))
      * F32(unsafeBitCast(second, to: Floats.self))
  }

  @inline(__always) static var expScale: Double { 0x1p64 }

  #if !KERNELS_V4
    /// 2^64·e^x = 2^(k + 64)·e^r; for the lowest k the bits of the power are those of 0.
    @inline(__always)
    static func scaledExp(_ x: F32) -> F32 {
      let (r, t) = reduced(larger(x, F32(repeating: -132.391)))
      let exponent = unsafeBitCast(t.v, to: Words.self) &+ Words(repeating: 127 + 64)
      let power = F32(unsafeBitCast(machine_shift_left(exponent, 23), to: Floats.self))
      return expReduced(r) * power
    }

    /// 2^x = 2^k·2^r with |r| ≤ 1/2. The low bits of t are the exponent of 2^k as it is stored, which
    /// is 0 for the lowest k.
    @inline(__always)
    static func exp2(_ x: F32) -> F32 {
      let shift = F32(magic) + F32(repeating: 127)
      let bounded = larger(x, F32(repeating: -127))
      let t = bounded + shift
      let r = bounded - (t - shift)
      let power = machine_shift_left(unsafeBitCast(t.v, to: Words.self), 23)
      return multiplyAdd(exp2Polynomial(r), r, F32(repeating: 1))
        * F32(unsafeBitCast(power, to: Floats.self))
    }

    /// (2^r − 1)/r such that the largest relative error of 2^r, of degree 6, is the smallest.
    @inline(__always)
    private static func exp2Polynomial(_ r: F32) -> F32 {
      var p = F32(repeating: 0.000_154_614_45)
      p = multiplyAdd(p, r, F32(repeating: 0.001_340_042_8))
      p = multiplyAdd(p, r, F32(repeating: 0.009_618_057))
      p = multiplyAdd(p, r, F32(repeating: 0.055_503_27))
      p = multiplyAdd(p, r, F32(repeating: 0.240_226_5))
      p = multiplyAdd(p, r, F32(repeating: 0.693_147_2))
      return p
    }
  #endif
}
