/// What remains of each column of some neighbouring rows of a matrix, in blocks of at most
/// `rowsOfFold`: rows of sums and the like, one for each block.
public struct FoldCall<T> {
  /// [rows, columns], `row` from one row to the next
  public let from: UnsafePointer<T>
  /// [⌈rows/`rowsOfFold`⌉, columns], likewise
  public let to: UnsafeMutablePointer<T>
  public let rows: Int
  public let columns: Int
  public let row: Int
  /// What deviations are from: for the variance, of which the sum of squares is all that is found.
  /// [columns]
  public let means: UnsafePointer<T>?
  public let isCancelled: UnsafeRawPointer

  @inline(__always)
  public init(
    from: UnsafePointer<T>, to: UnsafeMutablePointer<T>, rows: Int, columns: Int, row: Int,
    means: UnsafePointer<T>?, isCancelled: UnsafeRawPointer
  ) {
    (self.from, self.to, self.rows, self.columns, self.row) = (from, to, rows, columns, row)
    (self.means, self.isCancelled) = (means, isCancelled)
  }
}

/// So few that errors of their sums do not add up to much.
@inlinable @inline(__always) public var rowsOfFold: Int { 32 }
