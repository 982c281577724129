/// A vector register of numbers; what a variant computes in is `F32` and `F64`.
///
/// A protocol of this target with concrete conformers: generic comparisons and selections of SIMD
/// become loops over the lanes, and what the standard library would be asked for at run time would
/// leave symbols that all variants share.
protocol Lanes: BitwiseCopyable {
  associatedtype Scalar: BitwiseCopyable
  static var width: Int { get }

  init(repeating x: Scalar)
  /// The first lanes, fewer than all; the others are 0.
  static func load(_ p: UnsafePointer<Scalar>, count: Int) -> Self
  func store(_ p: UnsafeMutablePointer<Scalar>, count: Int)

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  func squareRoot() -> Self
  func floor() -> Self
  func ceil() -> Self
  /// Halves to the even number.
  func round() -> Self
  /// a·b + c, rounded once where the processor can.
  static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self
  /// The larger one; a NaN in `b` is not seen.
  static func larger(_ a: Self, _ b: Self) -> Self
  /// `a` where x < y, elsewhere `b`.
  static func select(_ a: Self, where x: Self, isLessThan y: Self, else b: Self) -> Self
  static func select(_ a: Self, where x: Self, equals y: Self, else b: Self) -> Self
  var magnitude: Self { get }
  func sum() -> Scalar
  func largest() -> Scalar

  /// 0, 1, 2 …
  static var ramp: Self { get }
  static func scalar(_ x: Int) -> Scalar
  static func scalar(_ x: Double) -> Scalar
  static func double(_ x: Scalar) -> Double
  static func sum(_ x: Scalar, _ y: Scalar) -> Scalar
  static func isOne(_ x: Scalar) -> Bool

  /// The lanes of two vectors in turn: low and high half.
  static func zip(_ even: Self, _ odd: Self) -> (Self, Self)
  /// The lanes of even and of odd places.
  static func unzip(_ low: Self, _ high: Self) -> (Self, Self)
  /// Stores so many lanes, rounded to this precision.
  static func storeRounded(_ x: F64, _ p: UnsafeMutablePointer<Scalar>, _ count: Int)

  /// Whether x < y in any lane.
  static func anyIsLess(_ x: Self, _ y: Self) -> Bool
  static var negativeInfinity: Scalar { get }
  /// As many vectors as each has lanes, and their transpose.
  associatedtype Square: VectorRows where Square.V == Self
  static func transposed(_ square: Square) -> Square

  /// e^x to a unit in the last place, subnormal numbers and ∞ included.
  static func exp(_ x: Self) -> Self
  /// e^x for x ≤ 0, to a unit in the last place, times `expScale`: no result is subnormal.
  static func scaledExp(_ x: Self) -> Self
  static var expScale: Double { get }
  /// e^x − 1 for |x| ≤ 80.
  static func expm1(_ x: Self) -> Self
  /// tanh, to a few units in the last place.
  static func tanh(_ x: Self) -> Self
  /// To about a unit in the last place, of any angle; NaN of ±∞.
  static func sine(_ x: Self) -> Self
  static func cosine(_ x: Self) -> Self
  /// See Logarithm.swift and ErrorFunction.swift.
  static var ln2: (high: Self, low: Self) { get }
  static var inverseOfLn2: (high: Self, low: Self) { get }
  static func exponentAndFraction(_ x: Self) -> (Self, Self)
  static func logSeries(_ z: Self) -> Self
  static func errorSeries(_ z: Self) -> Self
  static func complementSeries(_ q: Self) -> Self
  /// A function of each number, for what there are no vectors of.
  static func each(_ x: Self, _ function: (Double) -> Double) -> Self
  /// x² less its rounded value.
  static func lost(_ square: Self, of x: Self) -> Self
  /// 2^x for x below the largest exponent, 0 or subnormal where the result is no normal number;
  /// NaN stays.
  static func exp2(_ x: Self) -> Self
}

extension Lanes {
  @inline(__always)
  static func load(_ p: UnsafePointer<Scalar>) -> Self {
    UnsafeRawPointer(p).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  static func load(_ p: UnsafeMutablePointer<Scalar>) -> Self { load(UnsafePointer(p)) }

  /// So many lanes, all of them or fewer.
  @inline(__always)
  static func load(_ p: UnsafePointer<Scalar>, first count: Int) -> Self {
    count == width ? load(p) : load(p, count: count)
  }

  /// All of them without a mask: what a mask has stored is slow to come back.
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Scalar>, first count: Int) {
    if count == Self.width { store(p) } else { store(p, count: count) }
  }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(p).storeBytes(of: self, as: Self.self)
  }

  /// The larger one; a NaN stays once it is there, as no comparison with it is true.
  @inline(__always)
  static func largerOrNaN(_ a: Self, _ b: Self) -> Self {
    select(larger(a, b), where: b, equals: b, else: b)
  }

  @inline(__always)
  static func smallerOrNaN(_ a: Self, _ b: Self) -> Self {
    select(select(b, where: b, isLessThan: a, else: a), where: b, equals: b, else: b)
  }

  /// x/y; `inverse` is 1/y.
  @inline(__always)
  static func quotient(_ x: Self, by y: Self, inverse: Self) -> Self {
    #if KERNELS_V3 || KERNELS_V4 || arch(arm64)
      // Several times faster than a division: the product, and what a fused one says is missing.
      let about = x * inverse
      let missing = multiplyAdd(zero - about, y, x)
      // Of ∞, and where the quotient is ∞, nothing can be said to be missing.
      return select(
        multiplyAdd(missing, inverse, about), where: missing - missing, equals: zero, else: about)
    #else
      x / y
    #endif
  }

  @inline(__always)
  subscript(lane: Int) -> Scalar {
    withUnsafeBytes(of: self) {
      $0.load(fromByteOffset: lane &* MemoryLayout<Scalar>.stride, as: Scalar.self)
    }
  }

  @inline(__always)
  static var minusInfinity: Self { Self(repeating: negativeInfinity) }

  @inline(__always)
  static var zero: Self { Self(repeating: scalar(0)) }
}

/// A number that many finite ones are divided by: its inverse to twice the digits.
struct Divisor<V: Lanes> {
  #if KERNELS_V3 || KERNELS_V4 || arch(arm64)
    let (inverse, lost): (V, V)

    @inline(__always)
    init(_ y: V) {
      let one = V(repeating: V.scalar(1))
      inverse = one / y
      lost = V.multiplyAdd(V.zero - inverse, y, one) * inverse
    }

    @inline(__always)
    func divide(_ x: V) -> V { V.multiplyAdd(x, inverse, x * lost) }
  #else
    let y: V

    @inline(__always)
    init(_ y: V) { self.y = y }

    @inline(__always)
    func divide(_ x: V) -> V { x / y }
  #endif
}

/// Two registers of neighbouring columns.
struct Two<V: Lanes> {
  var l: V
  var h: V
}
