/// A function of each of some neighbouring columns of a matrix.
public struct ColumnCall<T> {
  public let from: UnsafePointer<T>
  public let to: UnsafeMutablePointer<T>
  /// Numbers in a column.
  public let length: Int
  /// A multiple of the kernels' lanes.
  public let columns: Int
  /// From one row to the next.
  public let row: Int
  public let isCancelled: UnsafeRawPointer

  @inline(__always)
  public init(
    from: UnsafePointer<T>, to: UnsafeMutablePointer<T>, length: Int, columns: Int, row: Int,
    isCancelled: UnsafeRawPointer
  ) {
    (self.from, self.to, self.length) = (from, to, length)
    (self.columns, self.row, self.isCancelled) = (columns, row, isCancelled)
  }
}

/// Vectors of a row that are handled together: one or more pages of memory next to each other.
@inlinable @inline(__always) public var columnVectors: Int { 64 }
