/// The sines and cosines of position·ω for some frequencies ω.
public struct TurnCall<T> {
  public let position: Double
  public let frequencies: UnsafePointer<Double>
  public let count: Int
  /// [count] each. Without cosines, sines and cosines stand in turn in `sines`, a last cosine left
  /// out where `length`, the numbers wanted, is odd.
  public let sines: UnsafeMutablePointer<T>
  public let cosines: UnsafeMutablePointer<T>?
  public let length: Int

  @inline(__always)
  public init(
    position: Double, frequencies: UnsafePointer<Double>, count: Int,
    sines: UnsafeMutablePointer<T>, cosines: UnsafeMutablePointer<T>
  ) {
    (self.position, self.frequencies, self.count) = (position, frequencies, count)
    (self.sines, self.cosines, length) = (sines, cosines, 2 * count)
  }

  @inline(__always)
  public init(
    position: Double, frequencies: UnsafePointer<Double>, inTurn: UnsafeMutablePointer<T>,
    length: Int
  ) {
    (self.position, self.frequencies, count) = (position, frequencies, (length + 1) / 2)
    (sines, cosines, self.length) = (inTurn, nil, length)
  }
}

/// Turns through sums of angles: of one row of them, and each of some others.
public struct TurnSumCall<T> {
  /// [count] sines and cosines of the one row.
  public let sines: UnsafePointer<Double>
  public let cosines: UnsafePointer<Double>
  /// [rows, count] of the others.
  public let stepSines: UnsafePointer<Double>
  public let stepCosines: UnsafePointer<Double>
  public let rows: Int
  public let count: Int
  /// [rows, count]
  public let sinesOfSums: UnsafeMutablePointer<T>
  public let cosinesOfSums: UnsafeMutablePointer<T>

  @inline(__always)
  public init(
    sines: UnsafePointer<Double>, cosines: UnsafePointer<Double>,
    stepSines: UnsafePointer<Double>, stepCosines: UnsafePointer<Double>, rows: Int, count: Int,
    sinesOfSums: UnsafeMutablePointer<T>, cosinesOfSums: UnsafeMutablePointer<T>
  ) {
    (self.sines, self.cosines) = (sines, cosines)
    (self.stepSines, self.stepCosines) = (stepSines, stepCosines)
    (self.rows, self.count) = (rows, count)
    (self.sinesOfSums, self.cosinesOfSums) = (sinesOfSums, cosinesOfSums)
  }
}

/// Rows whose pairs are turned: (x, y) ↦ (x c − y s, x s + y c).
public struct RotateCall<T> {
  public let rows: RowCall<T>
  public let cosines: UnsafePointer<T>
  public let sines: UnsafePointer<T>
  /// Pairs of a row, and of each row of the tables; entries behind them stay.
  public let pairs: Int
  /// From one row of the tables to the next, 0 where all rows have one.
  public let rowOfTables: Int
  /// (2i, 2i + 1), otherwise (i, i + pairs).
  public let isInterleaved: Bool

  @inline(__always)
  public init(
    rows: RowCall<T>, cosines: UnsafePointer<T>, sines: UnsafePointer<T>, pairs: Int,
    rowOfTables: Int, isInterleaved: Bool
  ) {
    (self.rows, self.cosines, self.sines) = (rows, cosines, sines)
    (self.pairs, self.rowOfTables, self.isInterleaved) = (pairs, rowOfTables, isInterleaved)
  }
}
