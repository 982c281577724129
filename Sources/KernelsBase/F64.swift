import CMachine

#if KERNELS_V4
  typealias Doubles = SIMD8<Double>
  typealias Longs = SIMD8<Int64>
#elseif KERNELS_V3
  typealias Doubles = SIMD4<Double>
  typealias Longs = SIMD4<Int64>
#else
  typealias Doubles = SIMD2<Double>
  typealias Longs = SIMD2<Int64>
#endif

/// Double precision.
struct F64: Lanes {
  var v: Doubles

  @inline(__always) init(_ v: Doubles) { self.v = v }
  @inline(__always) init(repeating x: Double) { v = Doubles(repeating: x) }
  @inline(__always) static var width: Int { Doubles.scalarCount }

  @inline(__always)
  static func load(_ p: UnsafePointer<Double>, count: Int) -> F64 {
    #if KERNELS_V4
      F64(machine_load_first(p, count))
    #elseif KERNELS_V3
      F64(load4(p, count))
    #else
      F64(load2(p, count))
    #endif
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Double>, count: Int) {
    #if KERNELS_V4
      machine_store_first(v, p, count)
    #else
      put(v, p, count)
    #endif
  }

  @inline(__always)
  static func + (a: F64, b: F64) -> F64 { F64(machine_add(a.v, b.v)) }
  @inline(__always)
  static func - (a: F64, b: F64) -> F64 { F64(machine_subtract(a.v, b.v)) }
  @inline(__always)
  static func * (a: F64, b: F64) -> F64 { F64(machine_multiply(a.v, b.v)) }
  @inline(__always)
  static func / (a: F64, b: F64) -> F64 { F64(machine_divide(a.v, b.v)) }
  @inline(__always)
  func squareRoot() -> F64 { F64(machine_square_root(v)) }
  @inline(__always) func floor() -> F64 { F64(machine_floor(v)) }
  @inline(__always) func ceil() -> F64 { F64(machine_ceil(v)) }
  @inline(__always) func round() -> F64 { F64(machine_round(v)) }

  @inline(__always)
  static func multiplyAdd(_ a: F64, _ b: F64, _ c: F64) -> F64 {
    F64(machine_multiply_add(a.v, b.v, c.v))
  }

  @inline(__always)
  static func larger(_ a: F64, _ b: F64) -> F64 {
    select(b, where: a, isLessThan: b, else: a)
  }

  @inline(__always)
  static func select(_ a: F64, where x: F64, isLessThan y: F64, else b: F64) -> F64 {
    F64(machine_where_less(a.v, x.v, y.v, b.v))
  }

  @inline(__always)
  static func select(_ a: F64, where x: F64, equals y: F64, else b: F64) -> F64 {
    F64(machine_where_equal(a.v, x.v, y.v, b.v))
  }

  @inline(__always)
  var magnitude: F64 {
    let bits = machine_and(unsafeBitCast(v, to: Longs.self), Longs(repeating: .max))
    return F64(unsafeBitCast(bits, to: Doubles.self))
  }

  @inline(__always)
  static func lost(_ square: F64, of x: F64) -> F64 {
    #if KERNELS_V3 || KERNELS_V4 || arch(arm64)
      return multiplyAdd(x, x, zero - square)
    #else
      // Halves of the digits, whose products are exact (Dekker 1971).
      let bits = machine_and(unsafeBitCast(x.v, to: Longs.self), Longs(repeating: ~0x7ff_ffff))
      let high = F64(unsafeBitCast(bits, to: Doubles.self))
      let low = x - high
      return ((high * high - square) + (high * low + high * low)) + low * low
    #endif
  }

  static func each(_ x: F64, _ function: (Double) -> Double) -> F64 {
    var y = x
    for i in 0..<width { y.v[i] = function(x.v[i]) }
    return y
  }

  @inline(__always) func sum() -> Double { machine_sum(v) }
  @inline(__always) func largest() -> Double { machine_largest(v) }

  @inline(__always)
  static var ramp: F64 {
    var r = Doubles()
    for i in 0..<width { r[i] = Double(i) }
    return F64(r)
  }

  @inline(__always) static func scalar(_ x: Int) -> Double { Double(x) }
  @inline(__always) static func scalar(_ x: Double) -> Double { Double(x) }
  @inline(__always) static func double(_ x: Double) -> Double { Double(x) }
  @inline(__always) static func sum(_ x: Double, _ y: Double) -> Double { x + y }
  @inline(__always) static func isOne(_ x: Double) -> Bool { x == 1 }

  @inline(__always)
  static func zip(_ even: F64, _ odd: F64) -> (F64, F64) {
    (F64(machine_zip_low(even.v, odd.v)), F64(machine_zip_high(even.v, odd.v)))
  }

  @inline(__always)
  static func unzip(_ low: F64, _ high: F64) -> (F64, F64) {
    (F64(machine_even(low.v, high.v)), F64(machine_odd(low.v, high.v)))
  }

  @inline(__always)
  static func storeRounded(_ x: F64, _ p: UnsafeMutablePointer<Double>, _ count: Int) {
    x.store(p, first: count)
  }

  @inline(__always)
  static func anyIsLess(_ x: F64, _ y: F64) -> Bool { any(x.v .< y.v) }

  @inline(__always)
  static var negativeInfinity: Double { -.infinity }

  #if KERNELS_V4
    typealias Square = VectorRows8<F64>
  #elseif KERNELS_V3
    typealias Square = VectorRows4<F64>
  #else
    typealias Square = VectorRows2<F64>
  #endif

  @inline(__always)
  static func transposed(_ square: Square) -> Square {
    #if KERNELS_V4
      square.zipped.zipped.zipped
    #elseif KERNELS_V3
      square.zipped.zipped
    #else
      square.zipped
    #endif
  }

  /// (e^2x − 1)/(e^2x + 1) for the magnitude, where e^y − 1 keeps the digits of small y.
  @inline(__always)
  static func tanh(_ x: F64) -> F64 {
    let limit = F64(repeating: 19.1)
    let size = x.magnitude
    let y = expm1(select(limit, where: limit, isLessThan: size, else: size) * F64(repeating: 2))
    let value = y / (y + F64(repeating: 2))
    let sign = machine_and(unsafeBitCast(x.v, to: Longs.self), Longs(repeating: .min))
    let bits = machine_or(unsafeBitCast(value.v, to: Longs.self), sign)
    return F64(unsafeBitCast(bits, to: Doubles.self))
  }

  /// e^x − 1 = 2^k (e^r − 1) + (2^k − 1), for x that overflow nothing.
  @inline(__always)
  static func expm1(_ x: F64) -> F64 {
    let (r, t) = reduced(x)
    let k = unsafeBitCast(t.v, to: Longs.self) &+ Longs(repeating: 1023)
    let power = F64(unsafeBitCast(machine_shift_left(k, 52), to: Doubles.self))
    return multiplyAdd(
      power, multiplyAdd(polynomial(r) * r, r, r), power - F64(repeating: 1))
  }

  @inline(__always)
  private static var magic: Doubles { Doubles(repeating: 6_755_399_441_055_744) }

  /// x = k·ln 2 + r with |r| ≤ ln 2/2; k are the low bits of the second number.
  @inline(__always)
  static func reduced(_ x: F64) -> (F64, F64) {
    // Adding 1.5·2⁵² rounds to a whole number, which is then the low bits of the sum.
    let magic = F64(Self.magic)
    let t = multiplyAdd(x, F64(repeating: 1.442_695_040_888_963_4), magic)
    let k = t - magic
    // ln 2 in two parts; the first has so few bits that k times it is exact.
    let r = multiplyAdd(k, F64(repeating: -6.931_471_803_691_238_164_90e-1), x)
    return (multiplyAdd(k, F64(repeating: -1.908_214_929_270_587_700_02e-10), r), t)
  }

  /// (e^r − 1 − r)/r² such that the largest relative error of e^r, of degree 11, is the smallest.
  @inline(__always)
  static func polynomial(_ r: F64) -> F64 {
    var p = F64(repeating: 2.500_005_834_905_014_5e-08)
    p = multiplyAdd(p, r, F64(repeating: 2.763_024_830_872_524e-07))
    p = multiplyAdd(p, r, F64(repeating: 2.755_758_638_258_107_5e-06))
    p = multiplyAdd(p, r, F64(repeating: 2.480_149_309_914_401e-05))
    p = multiplyAdd(p, r, F64(repeating: 0.000_198_412_695_065_711_07))
    p = multiplyAdd(p, r, F64(repeating: 0.001_388_888_894_362_984))
    p = multiplyAdd(p, r, F64(repeating: 0.008_333_333_333_494_463))
    p = multiplyAdd(p, r, F64(repeating: 0.041_666_666_666_530_16))
    p = multiplyAdd(p, r, F64(repeating: 0.166_666_666_666_664_13))
    p = multiplyAdd(p, r, F64(repeating: 0.500_000_000_000_001_1))
    return p
  }

  /// e^r
  @inline(__always)
  private static func expReduced(_ r: F64) -> F64 {
    multiplyAdd(multiplyAdd(polynomial(r), r, F64(repeating: 1)), r, F64(repeating: 1))
  }

  /// 2^k in two factors, either of which can be said.
  @inline(__always)
  static func exp(_ x: F64) -> F64 {
    let (lowest, highest) = (F64(repeating: -750), F64(repeating: 712))
    let raised = select(lowest, where: x, isLessThan: lowest, else: x)
    let (r, t) = reduced(select(highest, where: highest, isLessThan: raised, else: raised))
    let p = expReduced(r)
    // The low bits of t, with their sign.
    let magic = unsafeBitCast(F64.magic, to: Longs.self)
    let k = unsafeBitCast(t.v, to: Longs.self) &- magic
    let half = machine_shift_right(k, 1)
    let first = machine_shift_left(half &+ Longs(repeating: 1023), 52)
    let second = machine_shift_left(k &- half &+ Longs(repeating: 1023), 52)
    return p * F64(unsafeBitCast(first, to: Doubles.self))
      * F64(unsafeBitCast(second, to: Doubles.self))
  }

  @inline(__always) static var expScale: Double { 0x1p512 }

  #if !KERNELS_V4
    /// 2^512·e^x = 2^(k + 512)·e^r; for the lowest k the bits of the power are those of 0.
    @inline(__always)
    static func scaledExp(_ x: F64) -> F64 {
      let (r, t) = reduced(larger(x, F64(repeating: -1063.98)))
      let exponent = unsafeBitCast(t.v, to: Longs.self) &+ Longs(repeating: 1023 + 512)
      let power = F64(unsafeBitCast(machine_shift_left(exponent, 52), to: Doubles.self))
      return expReduced(r) * power
    }

    /// 2^x = 2^k·2^r with |r| ≤ 1/2. The low bits of t are the exponent of 2^k as it is stored, which
    /// is 0 for the lowest k: what is to be 0 is 0.
    @inline(__always)
    static func exp2(_ x: F64) -> F64 {
      let shift = F64(magic) + F64(repeating: 1023)
      let bounded = larger(x, F64(repeating: -1023))
      let t = bounded + shift
      let r = bounded - (t - shift)
      let power = machine_shift_left(unsafeBitCast(t.v, to: Longs.self), 52)
      return multiplyAdd(exp2Polynomial(r), r, F64(repeating: 1))
        * F64(unsafeBitCast(power, to: Doubles.self))
    }

    /// (2^r − 1)/r such that the largest relative error of 2^r, of degree 11, is the smallest.
    @inline(__always)
    private static func exp2Polynomial(_ r: F64) -> F64 {
      var p = F64(repeating: 4.078_071_786_092_870_5e-10)
      p = multiplyAdd(p, r, F64(repeating: 7.072_570_394_540_799e-09))
      p = multiplyAdd(p, r, F64(repeating: 1.018_064_766_057_306_9e-07))
      p = multiplyAdd(p, r, F64(repeating: 1.321_544_267_545_285_4e-06))
      p = multiplyAdd(p, r, F64(repeating: 1.525_272_738_518_977_5e-05))
      p = multiplyAdd(p, r, F64(repeating: 0.000_154_035_304_415_718_5))
      p = multiplyAdd(p, r, F64(repeating: 0.001_333_355_815_343_997))
      p = multiplyAdd(p, r, F64(repeating: 0.009_618_129_107_607_003))
      p = multiplyAdd(p, r, F64(repeating: 0.055_504_108_664_790_39))
      p = multiplyAdd(p, r, F64(repeating: 0.240_226_506_959_100_97))
      p = multiplyAdd(p, r, F64(repeating: 0.693_147_180_559_945_7))
      return p
    }
  #endif
}
