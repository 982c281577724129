/// As many short rows as a vector has lanes, each step of all of them before the next: of one row alone
/// each step would wait for the last, and what is left of its lanes would be found by itself.
struct RowGroup<V: Lanes> {
  typealias T = V.Scalar
  private let memory: UnsafeMutablePointer<T>

  /// Rows of so many elements that `summed` adds them up in one run.
  @inline(__always)
  static func suits(length: Int) -> Bool { length < runOfSum(V.self) }

  @inline(__always)
  static func with(_ body: (RowGroup) -> Void) {
    withUnsafeTemporaryAllocation(of: V.self, capacity: 2 &* V.width &+ 2) {
      guard let start = $0.baseAddress else { return }
      // SAFETY: vectors are numbers and nothing else.
      body(RowGroup(memory: UnsafeMutableRawPointer(start).assumingMemoryBound(to: T.self)))
    }
  }

  /// Two vectors of each row.
  @inline(__always)
  func first(_ row: Int) -> UnsafeMutablePointer<T> { memory + row &* V.width }
  @inline(__always)
  func second(_ row: Int) -> UnsafeMutablePointer<T> { first(V.width &+ row) }
  /// Two numbers of each row.
  var numbers: UnsafeMutablePointer<T> { first(2 &* V.width) }
  var others: UnsafeMutablePointer<T> { first(2 &* V.width &+ 1) }

  /// What is left of the lanes of each row's first or second vector, by halves.
  @inline(__always)
  func remains(
    of vectors: UnsafeMutablePointer<T>, to numbers: UnsafeMutablePointer<T>,
    _ operation: (V, V) -> V
  ) {
    V.Square(vectors, V.width, rows: V.width, columns: V.width).remains(operation).store(numbers)
  }
}
