/// What every processor variant of the fast kernels offers: one list, kept complete by the compiler.
///
/// A variant is the folder `KernelsBase`, compiled once more for newer processors. The witness table
/// of its conformance is the table of entry points that is chosen once at run time.
public protocol KernelSet {
  /// `base`, `v3` or `v4`.
  static var name: String { get }
  /// How many numbers of single and of double precision it computes at once.
  static var lanes: (single: Int, double: Int) { get }

  static func multiply(_ product: Product<Float>)
  static func multiply(_ product: Product<Double>)

  static func flash(_ call: FlashCall<Float>)
  static func flash(_ call: FlashCall<Double>)
  /// With the weights [queries, keys]; shift and total are left alone.
  static func weigh(_ call: FlashCall<Float>, _ weights: UnsafeMutablePointer<Float>)
  static func weigh(_ call: FlashCall<Double>, _ weights: UnsafeMutablePointer<Double>)
  static func flashGradient(_ call: FlashGradientCall<Float>)
  static func flashGradient(_ call: FlashGradientCall<Double>)

  /// softmax(x/τ) of each row, NaN and infinities as in IEEE arithmetic.
  static func softmax(_ call: RowCall<Float>, tau: Float)
  static func softmax(_ call: RowCall<Double>, tau: Double)
  /// Its logarithm, exact also where the probability is all but 1.
  static func logSoftmax(_ call: RowCall<Float>, tau: Float)
  static func logSoftmax(_ call: RowCall<Double>, tau: Double)

  /// The same of columns.
  static func softmax(_ call: ColumnCall<Float>, tau: Float)
  static func softmax(_ call: ColumnCall<Double>, tau: Double)
  static func logSoftmax(_ call: ColumnCall<Float>, tau: Float)
  static func logSoftmax(_ call: ColumnCall<Double>, tau: Double)
  /// exp((x − largest)/τ) of a part of one row, stored where `keeps`: the sum of all that are not
  /// the largest, and how often the largest is there.
  static func exponentials(_ call: RowCall<Float>, largest: Float, tau: Float, keeps: Bool)
    -> (others: Double, ties: Double)
  static func exponentials(_ call: RowCall<Double>, largest: Double, tau: Double, keeps: Bool)
    -> (others: Double, ties: Double)

  /// Linear attention: what is known of keys, and what queries read of it, those of a causal chunk
  /// also of the keys within.
  static func linearSumKeys(_ call: LinearCall<Float>)
  static func linearSumKeys(_ call: LinearCall<Double>)
  static func linearAttend(_ call: LinearCall<Float>)
  static func linearAttend(_ call: LinearCall<Double>)
  static func linearAttendCausally(_ call: LinearCall<Float>)
  static func linearAttendCausally(_ call: LinearCall<Double>)

  /// One number for each row.
  static func reduce(_ call: RowCall<Float>, to remains: RowRemains)
  static func reduce(_ call: RowCall<Double>, to remains: RowRemains)
  static func norm(_ call: NormCall<Float>)
  static func norm(_ call: NormCall<Double>)
  static func normGradient(_ call: NormGradientCall<Float>)
  static func normGradient(_ call: NormGradientCall<Double>)

  /// Sines, cosines and the pairs that they turn.
  static func turns(_ call: TurnCall<Float>)
  static func turns(_ call: TurnCall<Double>)
  static func turnSums(_ call: TurnSumCall<Float>)
  static func turnSums(_ call: TurnSumCall<Double>)
  static func rotate(_ call: RotateCall<Float>)
  static func rotate(_ call: RotateCall<Double>)

  /// A function of each of `count` elements.
  static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>,
    count: Int)
  static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Double>, _ to: UnsafeMutablePointer<Double>,
    count: Int)

  /// Runs so many steps of products and sums in registers, of single or of double precision; the
  /// value is there to be used, or nothing would be computed.
  static func peak(steps: Int, isSingle: Bool) -> (operations: Int, value: Double)
}

/// A matrix that somebody else holds: element (i, j) lies at i·row + j·column.
public struct Strided<T> {
  public let base: UnsafePointer<T>
  public let row: Int
  public let column: Int

  @inline(__always)
  public init(_ base: UnsafePointer<T>, row: Int, column: Int) {
    (self.base, self.row, self.column) = (base, row, column)
  }
}

/// C = A B, or C + A B: A [rows, inner], B [inner, columns], C [rows, columns].
public struct Product<T> {
  public let a: Strided<T>
  public let b: Strided<T>
  public let c: UnsafeMutablePointer<T>
  /// From one row of C to the next.
  public let rowOfC: Int
  public let rows: Int
  public let inner: Int
  public let columns: Int
  public let addsTo: Bool
  /// Room for packed operands: 6 MB, aligned to 2 MB; the first two hold those of small products.
  public let scratch: UnsafeMutableRawPointer
  public let isCancelled: UnsafeRawPointer

  @inline(__always)
  public init(
    a: Strided<T>, b: Strided<T>, c: UnsafeMutablePointer<T>, rowOfC: Int, rows: Int, inner: Int,
    columns: Int, addsTo: Bool, scratch: UnsafeMutableRawPointer, isCancelled: UnsafeRawPointer
  ) {
    (self.a, self.b, self.c, self.rowOfC) = (a, b, c, rowOfC)
    (self.rows, self.inner, self.columns) = (rows, inner, columns)
    (self.addsTo, self.scratch, self.isCancelled) = (addsTo, scratch, isCancelled)
  }
}
