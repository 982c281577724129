/// Rows of vectors, 2, 4, 8 … of them, whose lanes are zipped until rows have become columns.
///
/// A round puts the lanes of row i and of row i + n/2 in turn into rows 2i and 2i + 1. After as many
/// rounds as n has bits lanes of the same place in n rows lie side by side.
protocol VectorRows: BitwiseCopyable {
  associatedtype V: Lanes
  static var count: Int { get }

  /// The first `columns` lanes of rows; behind the last of `rows` rows it is repeated.
  init(_ a: UnsafePointer<V.Scalar>, _ rowOfA: Int, rows: Int, columns: Int)
  func store(_ b: UnsafeMutablePointer<V.Scalar>, _ rowOfB: Int, rows: Int, columns: Int)
  static func zip(_ a: Self, _ b: Self) -> VectorRowPair<Self>

  /// What `operation` makes of the two vectors that rows of `a` and `b` become when they are zipped.
  static func across(_ a: Self, _ b: Self, _ operation: (V, V) -> V) -> Self
  /// Lane i is what is left of the lanes of row i, by halves.
  func remains(_ operation: (V, V) -> V) -> V
}

struct VectorRow<V: Lanes>: VectorRows {
  let lanes: V

  @inline(__always) static var count: Int { 1 }

  @inline(__always)
  init(_ lanes: V) { self.lanes = lanes }

  @inline(__always)
  init(_ a: UnsafePointer<V.Scalar>, _ rowOfA: Int, rows: Int, columns: Int) {
    lanes = V.load(a, first: columns)
  }

  @inline(__always)
  func store(_ b: UnsafeMutablePointer<V.Scalar>, _ rowOfB: Int, rows: Int, columns: Int) {
    if rows > 0 { lanes.store(b, first: columns) }
  }

  @inline(__always)
  static func zip(_ a: Self, _ b: Self) -> VectorRowPair<Self> {
    let (low, high) = V.zip(a.lanes, b.lanes)
    return VectorRowPair(upper: Self(low), lower: Self(high))
  }

  @inline(__always)
  static func across(_ a: Self, _ b: Self, _ operation: (V, V) -> V) -> Self {
    let (low, high) = V.zip(a.lanes, b.lanes)
    return Self(operation(low, high))
  }

  @inline(__always)
  func remains(_ operation: (V, V) -> V) -> V { lanes }
}

struct VectorRowPair<Half: VectorRows>: VectorRows {
  typealias V = Half.V
  let (upper, lower): (Half, Half)

  @inline(__always) static var count: Int { 2 &* Half.count }

  @inline(__always)
  init(upper: Half, lower: Half) { (self.upper, self.lower) = (upper, lower) }

  @inline(__always)
  init(_ a: UnsafePointer<V.Scalar>, _ rowOfA: Int, rows: Int, columns: Int) {
    upper = Half(a, rowOfA, rows: rows, columns: columns)
    let below = min(Half.count, rows &- 1)
    lower = Half(
      a + below &* rowOfA, rowOfA, rows: max(rows &- Half.count, 1), columns: columns)
  }

  @inline(__always)
  func store(_ b: UnsafeMutablePointer<V.Scalar>, _ rowOfB: Int, rows: Int, columns: Int) {
    upper.store(b, rowOfB, rows: rows, columns: columns)
    lower.store(
      b + Half.count &* rowOfB, rowOfB, rows: rows &- Half.count, columns: columns)
  }

  @inline(__always)
  static func zip(_ a: Self, _ b: Self) -> VectorRowPair<Self> {
    VectorRowPair<Self>(upper: Half.zip(a.upper, b.upper), lower: Half.zip(a.lower, b.lower))
  }

  @inline(__always)
  static func across(_ a: Self, _ b: Self, _ operation: (V, V) -> V) -> Self {
    Self(
      upper: Half.across(a.upper, b.upper, operation),
      lower: Half.across(a.lower, b.lower, operation))
  }

  @inline(__always)
  func remains(_ operation: (V, V) -> V) -> V {
    Half.across(upper, lower, operation).remains(operation)
  }

  /// After one round.
  @inline(__always)
  var zipped: Self { Half.zip(upper, lower) }
}

typealias VectorRows2<V: Lanes> = VectorRowPair<VectorRow<V>>
typealias VectorRows4<V: Lanes> = VectorRowPair<VectorRows2<V>>
typealias VectorRows8<V: Lanes> = VectorRowPair<VectorRows4<V>>
typealias VectorRows16<V: Lanes> = VectorRowPair<VectorRows8<V>>

/// B = Aᵀ: A [rows, columns] with `rowOfA` from row to row, B likewise, in squares of as many rows as a
/// vector has lanes.
@inline(__always)
func transpose<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, rowOfA: Int, rows: Int, columns: Int,
  _ b: UnsafeMutablePointer<V.Scalar>, rowOfB: Int
) {
  var i = 0
  while i < rows {
    let height = min(V.width, rows &- i)
    var j = 0
    while j < columns {
      let width = min(V.width, columns &- j)
      let (from, to) = (a + i &* rowOfA + j, b + j &* rowOfB + i)
      if height == V.width, width == V.width {
        square(V.self, from, rowOfA, to, rowOfB)
      } else {
        partOfSquare(V.self, from, rowOfA, rows: height, columns: width, to, rowOfB)
      }
      j += V.width
    }
    i += V.width
  }
}

// Functions of their own: together, the compiler asks everywhere how much of a square there is.

@inline(never)
private func square<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, _ rowOfA: Int,
  _ b: UnsafeMutablePointer<V.Scalar>, _ rowOfB: Int
) {
  V.transposed(V.Square(a, rowOfA, rows: V.width, columns: V.width))
    .store(b, rowOfB, rows: V.width, columns: V.width)
}

@inline(never)
private func partOfSquare<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, _ rowOfA: Int, rows: Int, columns: Int,
  _ b: UnsafeMutablePointer<V.Scalar>, _ rowOfB: Int
) {
  V.transposed(V.Square(a, rowOfA, rows: rows, columns: columns))
    .store(b, rowOfB, rows: columns, columns: rows)
}
