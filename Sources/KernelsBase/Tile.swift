// SAFETY: here and in the other kernels all offsets stay inside what the caller measured; vectors
// are loaded unaligned.

/// How many rows of a product stay in registers at once, each as two vectors of columns, beside
/// what they are made from: there are 32 registers, or 16, or 16 and products need one more.
#if KERNELS_V4 || arch(arm64)
  let tileRows = 12
#elseif KERNELS_V3
  let tileRows = 6
#else
  let tileRows = 4
#endif

/// Where the numbers of a tile come from: A(i, k) at ⌊i/4⌋·groupOfA + (i mod 4)·rowOfA + k·stepOfA,
/// rows of B one after the other.
struct TileSource<T> {
  var a: UnsafePointer<T>
  let rowOfA: Int
  let groupOfA: Int
  let stepOfA: Int
  var b: UnsafePointer<T>
  let stepOfB: Int
  let depth: Int

  /// Rows of A are as far from each other everywhere.
  @inline(__always)
  init(
    a: UnsafePointer<T>, rowOfA: Int, stepOfA: Int, b: UnsafePointer<T>, stepOfB: Int, depth: Int
  ) {
    (self.a, self.rowOfA, groupOfA, self.stepOfA) = (a, rowOfA, 4 &* rowOfA, stepOfA)
    (self.b, self.stepOfB, self.depth) = (b, stepOfB, depth)
  }

  /// Packed: groups of four rows, and a panel of B.
  @inline(__always)
  init(groups a: UnsafePointer<T>, panel b: UnsafePointer<T>, columns: Int, depth: Int) {
    (self.a, rowOfA, groupOfA, stepOfA) = (a, 1, 4 &* depth, 4)
    (self.b, stepOfB, self.depth) = (b, columns, depth)
  }
}

/// Where a tile goes.
struct TileTarget<T> {
  var c: UnsafeMutablePointer<T>
  let rowOfC: Int
  /// Fewer than the tile has at the right edge.
  var columns: Int
  let addsTo: Bool
}

/// One tile of at most `tileRows` rows and two vectors of columns.
@inline(never)
func tile<V: Lanes>(
  _ type: V.Type, rows: Int, _ s: TileSource<V.Scalar>, _ t: TileTarget<V.Scalar>
) {
  // Sums begin with their first product.
  if s.depth == 0 {
    if !t.addsTo { clear(rows, t) }
  } else if t.columns > V.width {
    tile(of: WideRow<V>.self, rows, s, t)
  } else {
    tile(of: NarrowRow<V>.self, rows, s, t)
  }
}

private func clear<T>(_ rows: Int, _ t: TileTarget<T>) {
  let bytes = t.columns &* MemoryLayout<T>.size
  for i in 0..<rows {
    UnsafeMutableRawPointer(t.c + i &* t.rowOfC)
      .initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }
}

@inline(__always)
private func tile<Row: TileRows>(
  of type: Row.Type, _ rows: Int, _ s: TileSource<Row.Scalar>, _ t: TileTarget<Row.Scalar>
) {
  switch rows {
  case 1: sum(Row.self, s, t)
  case 2: sum(Rows2<Row>.self, s, t)
  case 3: sum(Rows3<Row>.self, s, t)
  case 4: sum(Rows4<Row>.self, s, t)
  #if KERNELS_V4 || KERNELS_V3 || arch(arm64)
    case 5: sum(Rows<Rows4<Row>, Row>.self, s, t)
    case 6: sum(Rows<Rows4<Row>, Rows2<Row>>.self, s, t)
  #endif
  #if KERNELS_V4 || arch(arm64)
    case 7: sum(Rows<Rows4<Row>, Rows3<Row>>.self, s, t)
    case 8: sum(Rows8<Row>.self, s, t)
    case 9: sum(Rows<Rows8<Row>, Row>.self, s, t)
    case 10: sum(Rows<Rows8<Row>, Rows2<Row>>.self, s, t)
    case 11: sum(Rows<Rows8<Row>, Rows3<Row>>.self, s, t)
    case 12: sum(Rows<Rows8<Row>, Rows4<Row>>.self, s, t)
  #endif
  default: break
  }
}

/// C = Σₖ A(i, k) B(k, …), all of it in registers, and then to memory.
@inline(__always)
private func sum<R: TileRows>(
  _ rows: R.Type, _ s: TileSource<R.Scalar>, _ t: TileTarget<R.Scalar>
) {
  var (a, b) = (s.a, s.b)
  var sums = R(a, s, R.columns(b))
  for _ in 1..<s.depth {
    a += s.stepOfA
    b += s.stepOfB
    sums.add(a, s, R.columns(b))
  }
  if t.addsTo { sums.add(stored: t.c, t.rowOfC, t.columns) }
  sums.store(t.c, t.rowOfC, t.columns)
}

// MARK: - Rows in registers

/// Sums of products for some rows of a tile.
///
/// Structures of structures and no array: an array is first cleared in memory, and a tile would
/// begin with as many stores and loads as it has registers.
private protocol TileRows {
  associatedtype Scalar: BitwiseCopyable
  associatedtype Columns
  static var count: Int { get }

  /// A row of B.
  static func columns(_ b: UnsafePointer<Scalar>) -> Columns
  /// The first products.
  init(_ a: UnsafePointer<Scalar>, _ s: TileSource<Scalar>, _ b: Columns)
  mutating func add(_ a: UnsafePointer<Scalar>, _ s: TileSource<Scalar>, _ b: Columns)
  /// The second of two vectors may have fewer columns.
  mutating func add(stored c: UnsafeMutablePointer<Scalar>, _ rowOfC: Int, _ columns: Int)
  func store(_ c: UnsafeMutablePointer<Scalar>, _ rowOfC: Int, _ columns: Int)
}

private typealias Rows2<Row: TileRows> = Rows<Row, Row>
private typealias Rows3<Row: TileRows> = Rows<Rows2<Row>, Row>
private typealias Rows4<Row: TileRows> = Rows2<Rows2<Row>>
private typealias Rows8<Row: TileRows> = Rows2<Rows4<Row>>

/// Rows over rows.
private struct Rows<Upper: TileRows, Lower: TileRows>: TileRows
where Upper.Columns == Lower.Columns, Upper.Scalar == Lower.Scalar {
  typealias Scalar = Upper.Scalar
  typealias Columns = Upper.Columns
  var upper: Upper
  var lower: Lower

  @inline(__always) static var count: Int { Upper.count &+ Lower.count }

  /// Of the lower rows of A.
  @inline(__always)
  private static func offset(_ s: TileSource<Scalar>) -> Int {
    Upper.count & 3 == 0 ? Upper.count / 4 &* s.groupOfA : Upper.count &* s.rowOfA
  }

  @inline(__always)
  static func columns(_ b: UnsafePointer<Scalar>) -> Columns { Upper.columns(b) }

  @inline(__always)
  init(_ a: UnsafePointer<Scalar>, _ s: TileSource<Scalar>, _ b: Columns) {
    upper = Upper(a, s, b)
    lower = Lower(a + Self.offset(s), s, b)
  }

  @inline(__always)
  mutating func add(_ a: UnsafePointer<Scalar>, _ s: TileSource<Scalar>, _ b: Columns) {
    upper.add(a, s, b)
    lower.add(a + Self.offset(s), s, b)
  }

  @inline(__always)
  mutating func add(stored c: UnsafeMutablePointer<Scalar>, _ rowOfC: Int, _ columns: Int) {
    upper.add(stored: c, rowOfC, columns)
    lower.add(stored: c + Upper.count &* rowOfC, rowOfC, columns)
  }

  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Scalar>, _ rowOfC: Int, _ columns: Int) {
    upper.store(c, rowOfC, columns)
    lower.store(c + Upper.count &* rowOfC, rowOfC, columns)
  }
}

/// One row, two vectors wide.
private struct WideRow<V: Lanes>: TileRows {
  var (low, high): (V, V)

  @inline(__always) static var count: Int { 1 }

  @inline(__always)
  static func columns(_ b: UnsafePointer<V.Scalar>) -> (V, V) { (V.load(b), V.load(b + V.width)) }

  @inline(__always)
  init(_ a: UnsafePointer<V.Scalar>, _ s: TileSource<V.Scalar>, _ b: (V, V)) {
    let factor = V(repeating: a[0])
    (low, high) = (factor * b.0, factor * b.1)
  }

  @inline(__always)
  mutating func add(_ a: UnsafePointer<V.Scalar>, _ s: TileSource<V.Scalar>, _ b: (V, V)) {
    let factor = V(repeating: a[0])
    low = V.multiplyAdd(factor, b.0, low)
    high = V.multiplyAdd(factor, b.1, high)
  }

  @inline(__always)
  mutating func add(stored c: UnsafeMutablePointer<V.Scalar>, _ rowOfC: Int, _ columns: Int) {
    low = V.load(c) + low
    high = V.load(c + V.width, first: columns &- V.width) + high
  }

  @inline(__always)
  func store(_ c: UnsafeMutablePointer<V.Scalar>, _ rowOfC: Int, _ columns: Int) {
    low.store(c)
    high.store(c + V.width, first: columns &- V.width)
  }
}

private struct NarrowRow<V: Lanes>: TileRows {
  var sums: V

  @inline(__always) static var count: Int { 1 }

  @inline(__always)
  static func columns(_ b: UnsafePointer<V.Scalar>) -> V { V.load(b) }

  @inline(__always)
  init(_ a: UnsafePointer<V.Scalar>, _ s: TileSource<V.Scalar>, _ b: V) {
    sums = V(repeating: a[0]) * b
  }

  @inline(__always)
  mutating func add(_ a: UnsafePointer<V.Scalar>, _ s: TileSource<V.Scalar>, _ b: V) {
    sums = V.multiplyAdd(V(repeating: a[0]), b, sums)
  }

  @inline(__always)
  mutating func add(stored c: UnsafeMutablePointer<V.Scalar>, _ rowOfC: Int, _ columns: Int) {
    sums = V.load(c, first: columns) + sums
  }

  @inline(__always)
  func store(_ c: UnsafeMutablePointer<V.Scalar>, _ rowOfC: Int, _ columns: Int) {
    sums.store(c, first: columns)
  }
}
