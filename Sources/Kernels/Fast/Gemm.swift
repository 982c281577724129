/// The matrix product in register tiles: four rows by eight columns stay in registers while the
/// inner index runs, so each loaded element serves four or eight products.
enum Gemm<T: Real> {
  private typealias Vector = SIMD4<T>
  private static var tileRows: Int { 4 }
  private static var tileColumns: Int { 8 }
  /// A panel of B of this many rows stays in the second-level cache.
  private static var panel: Int { 256 }

  // SAFETY: all offsets stay inside the buffers, whose lengths the caller derived from the same
  // three numbers; loads of vectors do not ask for alignment.
  /// C = A B, or C + A B where `addsTo`.
  static func multiply(
    _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, _ c: UnsafeMutableBufferPointer<T>,
    rows: Int, inner: Int, columns: Int, addsTo: Bool = false
  ) throws {
    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress, inner > 0 else {
      if !addsTo { c.initialize(repeating: 0) }
      return
    }
    let wholeColumns = columns / tileColumns * tileColumns
    var first = 0
    while first < inner {
      let depth = min(panel, inner - first)
      let isFirst = first == 0 && !addsTo
      for i in stride(from: 0, to: rows, by: tileRows) {
        try Cancellation.check()
        let height = min(tileRows, rows - i)
        let rowsOfA = a + i * inner + first
        let panelOfB = b + first * columns
        if height == tileRows {
          for j in stride(from: 0, to: wholeColumns, by: tileColumns) {
            tile(rowsOfA, panelOfB + j, c + i * columns + j, inner, columns, depth, isFirst)
          }
        }
        let fromColumn = height == tileRows ? wholeColumns : 0
        if fromColumn < columns {
          edge(
            rowsOfA, panelOfB, c + i * columns, height: height, columns: fromColumn..<columns,
            strideA: inner, strideB: columns, depth: depth, isFirst: isFirst)
        }
      }
      first += depth
    }
  }

  @inline(__always)
  private static func load(_ p: UnsafePointer<T>) -> Vector {
    UnsafeRawPointer(p).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  private static func store(_ p: UnsafeMutablePointer<T>, _ v: Vector, _ isFirst: Bool) {
    let sum = isFirst ? v : load(p) + v
    UnsafeMutableRawPointer(p).storeBytes(of: sum, as: Vector.self)
  }

  @inline(__always)
  private static func tile(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafeMutablePointer<T>,
    _ strideA: Int, _ strideB: Int, _ depth: Int, _ isFirst: Bool
  ) {
    let zero = Vector(repeating: 0)
    var (c00, c01, c10, c11, c20, c21, c30, c31) = (zero, zero, zero, zero, zero, zero, zero, zero)
    var row = b
    for k in 0..<depth {
      let (low, high) = (load(row), load(row + 4))
      let a0 = Vector(repeating: a[k])
      let a1 = Vector(repeating: a[strideA + k])
      c00 += a0 * low
      c01 += a0 * high
      c10 += a1 * low
      c11 += a1 * high
      let a2 = Vector(repeating: a[2 * strideA + k])
      let a3 = Vector(repeating: a[3 * strideA + k])
      c20 += a2 * low
      c21 += a2 * high
      c30 += a3 * low
      c31 += a3 * high
      row += strideB
    }
    store(c, c00, isFirst)
    store(c + 4, c01, isFirst)
    store(c + strideB, c10, isFirst)
    store(c + strideB + 4, c11, isFirst)
    store(c + 2 * strideB, c20, isFirst)
    store(c + 2 * strideB + 4, c21, isFirst)
    store(c + 3 * strideB, c30, isFirst)
    store(c + 3 * strideB + 4, c31, isFirst)
  }

  /// What is left at the right and lower edge, row by row.
  private static func edge(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafeMutablePointer<T>, height: Int,
    columns: Range<Int>, strideA: Int, strideB: Int, depth: Int, isFirst: Bool
  ) {
    for i in 0..<height {
      let target = c + i * strideB
      if isFirst { for j in columns { target[j] = 0 } }
      for k in 0..<depth {
        let factor = a[i * strideA + k]
        let row = b + k * strideB
        for j in columns { target[j] += factor * row[j] }
      }
    }
  }
}
