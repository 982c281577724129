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
      F64(load8(p, count))
    #elseif KERNELS_V3
      F64(load4(p, count))
    #else
      F64(load2(p, count))
    #endif
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Double>, count: Int) { put(v, p, count) }

  @inline(__always) static func + (a: F64, b: F64) -> F64 { F64(a.v + b.v) }
  @inline(__always) static func - (a: F64, b: F64) -> F64 { F64(a.v - b.v) }
  @inline(__always) static func * (a: F64, b: F64) -> F64 { F64(a.v * b.v) }
  @inline(__always) static func / (a: F64, b: F64) -> F64 { F64(a.v / b.v) }

  @inline(__always)
  static func multiplyAdd(_ a: F64, _ b: F64, _ c: F64) -> F64 {
    #if KERNELS_V3 || KERNELS_V4 || arch(arm64)
      F64(c.v.addingProduct(a.v, b.v))
    #else
      // Without the instruction a fused product is a call for each lane.
      F64(a.v * b.v + c.v)
    #endif
  }

  @inline(__always)
  static func larger(_ a: F64, _ b: F64) -> F64 { F64(a.v.replacing(with: b.v, where: a.v .< b.v)) }

  @inline(__always)
  static func select(_ a: F64, where x: F64, isLessThan y: F64, else b: F64) -> F64 {
    F64(b.v.replacing(with: a.v, where: x.v .< y.v))
  }

  @inline(__always)
  static func select(_ a: F64, where x: F64, equals y: F64, else b: F64) -> F64 {
    F64(b.v.replacing(with: a.v, where: x.v .== y.v))
  }

  @inline(__always)
  var magnitude: F64 {
    F64(unsafeBitCast(unsafeBitCast(v, to: Longs.self) & Longs(repeating: .max), to: Doubles.self))
  }

  @inline(__always) func sum() -> Double { halvesSummed(v) }
  @inline(__always) func largest() -> Double { largestOfHalves(v) }

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

  /// As for single precision, to degree 13.
  @inline(__always)
  static func expOfNegative(_ x: F64) -> F64 {
    let lowest = F64(repeating: -708.39)
    let clamped = select(lowest, where: x, isLessThan: lowest, else: x)
    let magic = F64(repeating: 6_755_399_441_055_744)
    let t = multiplyAdd(clamped, F64(repeating: 1.442_695_040_888_963_4), magic)
    let k = t - magic
    var r = multiplyAdd(k, F64(repeating: -6.931_471_803_691_238_164_90e-1), clamped)
    r = multiplyAdd(k, F64(repeating: -1.908_214_929_270_587_700_02e-10), r)
    var p = F64(repeating: 1 / 6_227_020_800)
    p = multiplyAdd(p, r, F64(repeating: 1 / 479_001_600))
    p = multiplyAdd(p, r, F64(repeating: 1 / 39_916_800))
    p = multiplyAdd(p, r, F64(repeating: 1 / 3_628_800))
    p = multiplyAdd(p, r, F64(repeating: 1 / 362_880))
    p = multiplyAdd(p, r, F64(repeating: 1 / 40_320))
    p = multiplyAdd(p, r, F64(repeating: 1 / 5040))
    p = multiplyAdd(p, r, F64(repeating: 1 / 720))
    p = multiplyAdd(p, r, F64(repeating: 1 / 120))
    p = multiplyAdd(p, r, F64(repeating: 1 / 24))
    p = multiplyAdd(p, r, F64(repeating: 1 / 6))
    p = multiplyAdd(p, r, F64(repeating: 0.5))
    p = multiplyAdd(p, r, F64(repeating: 1))
    p = multiplyAdd(p, r, F64(repeating: 1))
    let bits = unsafeBitCast(p.v, to: Longs.self) &+ (unsafeBitCast(t.v, to: Longs.self) &<< 52)
    return select(
      F64(repeating: 0), where: x, isLessThan: lowest,
      else: F64(unsafeBitCast(bits, to: Doubles.self)))
  }
}
