/// What the numbers of a column are folded to.
public enum ColumnFold<T> {
  case sum
  /// Σ (x − mean)²; the means [columns] lie apart from the results.
  case squares(from: UnsafePointer<T>)
  /// NaN where there is one.
  case largest, smallest

  /// The same of the columns from one on.
  @inlinable @inline(__always)
  public func from(column: Int) -> ColumnFold {
    if case .squares(let means) = self { .squares(from: means + column) } else { self }
  }
}

/// The columns of some rows of a matrix, folded in blocks of at most `rowsOfFold` rows: a row of
/// results for each block, which the caller folds again.
public struct ColumnFoldCall<T> {
  /// [rows, columns], `row` from one row to the next
  public let from: UnsafePointer<T>
  /// [⌈rows/`rowsOfFold`⌉, columns], likewise
  public let to: UnsafeMutablePointer<T>
  public let rows: Int
  public let columns: Int
  public let row: Int
  public let isCancelled: UnsafeRawPointer

  @inline(__always)
  public init(
    from: UnsafePointer<T>, to: UnsafeMutablePointer<T>, rows: Int, columns: Int, row: Int,
    isCancelled: UnsafeRawPointer
  ) {
    (self.from, self.to, self.rows, self.columns) = (from, to, rows, columns)
    (self.row, self.isCancelled) = (row, isCancelled)
  }
}

/// Enough for the results of blocks to be little work, and so few that errors do not add up.
@inlinable @inline(__always) public var rowsOfFold: Int { 32 }
