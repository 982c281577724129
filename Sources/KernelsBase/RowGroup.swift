/// As many short rows as a vector has lanes, each step of all of them before the next: of one row
/// alone each step would wait for the last, and what is left of its lanes would be found by itself.
struct RowGroup<V: Lanes> {
  typealias T = V.Scalar
  /// Two vectors of each row.
  let first: Vectors
  let second: Vectors
  /// Two numbers of each row.
  let numbers: UnsafeMutablePointer<T>
  let others: UnsafeMutablePointer<T>

  /// Rows of so many elements that `summed` adds them up in one run.
  @inline(__always)
  static func suits(length: Int) -> Bool { length < elementsOfRun(V.self) }

  /// Each part for itself: more than 1024 bytes would not come from the stack.
  @inline(__always)
  static func with(_ body: (RowGroup) -> Void) {
    withUnsafeTemporaryAllocation(of: V.self, capacity: V.width) { first in
      withUnsafeTemporaryAllocation(of: V.self, capacity: V.width) { second in
        withUnsafeTemporaryAllocation(of: V.self, capacity: 2) { numbers in
          guard let first = first.baseAddress, let second = second.baseAddress,
            let numbers = numbers.baseAddress
          else { return }
          body(
            RowGroup(
              first: Vectors(first), second: Vectors(second), numbers: scalars(numbers),
              others: scalars(numbers + 1)))
        }
      }
    }
  }

  @inline(__always)
  private static func scalars(_ vectors: UnsafeMutablePointer<V>) -> UnsafeMutablePointer<T> {
    // SAFETY: vectors are numbers and nothing else.
    UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: T.self)
  }

  /// One vector of each row.
  struct Vectors {
    private let start: UnsafeMutablePointer<T>

    @inline(__always)
    init(_ vectors: UnsafeMutablePointer<V>) { start = scalars(vectors) }

    @inline(__always)
    subscript(row: Int) -> V {
      get { V.load(start + row &* V.width) }
      nonmutating set { newValue.store(start + row &* V.width) }
    }

    /// What is left of the lanes of each row, by halves.
    @inline(__always)
    func remains(to numbers: UnsafeMutablePointer<T>, _ operation: (V, V) -> V) {
      V.Square(start, V.width, rows: V.width, columns: V.width).remains(operation).store(numbers)
    }
  }
}
