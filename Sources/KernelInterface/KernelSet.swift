/// What every processor variant of the fast kernels offers.
///
/// A variant is the folder `KernelsBase`, compiled once more for newer processors.
public protocol KernelSet {
  /// `base`, `v3` or `v4`.
  static var name: String { get }
  static var single: any KernelTable<Float>.Type { get }
  static var double: any KernelTable<Double>.Type { get }
}

/// The kernels of one precision: one list, kept complete by the compiler. The witness table of a
/// conformance is the table of entry points that is chosen once at run time.
public protocol KernelTable<Scalar> {
  associatedtype Scalar
  /// How many numbers it computes at once.
  static var lanes: Int { get }

  static func multiply(_ product: Product<Scalar>)

  static func flash(_ call: FlashCall<Scalar>)
  /// With the weights [queries, keys]; shift and total are left alone.
  static func weigh(_ call: FlashCall<Scalar>, _ weights: UnsafeMutablePointer<Scalar>)
  static func flashGradient(_ call: FlashGradientCall<Scalar>)

  /// softmax(x/τ) of each row, NaN and infinities as in IEEE arithmetic.
  static func softmax(_ call: RowCall<Scalar>, tau: Scalar)
  /// Its logarithm, exact also where the probability is all but 1.
  static func logSoftmax(_ call: RowCall<Scalar>, tau: Scalar)
  /// The same of columns.
  static func softmax(_ call: ColumnCall<Scalar>, tau: Scalar)
  static func logSoftmax(_ call: ColumnCall<Scalar>, tau: Scalar)
  /// exp((x − largest)/τ) of a part of one row, stored where `keeps`: the sum of all that are not
  /// the largest, and how often the largest is there.
  static func exponentials(_ call: RowCall<Scalar>, largest: Scalar, tau: Scalar, keeps: Bool)
    -> (others: Double, ties: Double)

  /// Linear attention: what is known of keys, and what queries read of it, those of a causal chunk
  /// also of the keys within.
  static func linearSumKeys(_ call: LinearCall<Scalar>)
  static func linearAttend(_ call: LinearCall<Scalar>)
  static func linearAttendCausally(_ call: LinearCall<Scalar>)

  /// One number for each row.
  static func reduce(_ call: RowCall<Scalar>, to remains: Remains)
  static func fold(_ call: ColumnFoldCall<Scalar>, to fold: ColumnFold<Scalar>)
  static func norm(_ call: NormCall<Scalar>)
  static func normGradient(_ call: NormGradientCall<Scalar>)

  /// Sines, cosines and the pairs that they turn.
  static func turns(_ call: TurnCall<Scalar>)
  static func turnSums(_ call: TurnSumCall<Scalar>)
  static func rotate(_ call: RotateCall<Scalar>)

  static func adam(_ call: AdamCall<Scalar>)

  /// Arithmetic in one pass over the elements.
  static func chain(_ call: ChainCall<Scalar>)

  /// A function of each of `count` elements.
  static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Scalar>, _ to: UnsafeMutablePointer<Scalar>,
    count: Int)

  /// Runs so many steps of products and sums in registers; the value is there to be used, or
  /// nothing would be computed.
  static func peak(steps: Int) -> (operations: Int, value: Double)
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
