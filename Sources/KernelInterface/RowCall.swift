/// A function of each of some rows, which lie one after the other.
public struct RowCall<T> {
  public let from: UnsafePointer<T>
  /// May be `from`.
  public let to: UnsafeMutablePointer<T>
  public let rows: Int
  public let length: Int

  @inline(__always)
  public init(
    from: UnsafePointer<T>, to: UnsafeMutablePointer<T>, rows: Int, length: Int
  ) {
    (self.from, self.to, self.rows, self.length) = (from, to, rows, length)
  }
}
