import KernelInterface

/// Products of one element are summed in runs of about the same length, which depends on nothing
/// but their number, so that what is packed stays in the caches.
func depthOfRun(_ inner: Int) -> Int {
  let longest = 384
  let runs = (inner &+ longest &- 1) / longest
  return ((inner &+ runs &- 1) / runs &+ 15) & ~15
}

/// Up to so many products nothing is packed that lies well.
private let fewProducts = 1 << 20
/// Half of a second-level cache.
private let cachedBytes = 512 << 10

/// C = A B in tiles that stay in registers, from operands packed for blocks that stay in the cache.
/// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
///
/// Every element is the sum of its products in one order, whatever tile it falls in: the result
/// depends neither on how the work is cut up nor on what is packed.
struct Multiplication<V: Lanes> {
  typealias T = V.Scalar
  let p: Product<T>

  static var panelColumns: Int { 2 &* V.width }

  func run() {
    if p.inner == 0 {
      if !p.addsTo { clear() }
      return
    }
    if p.columns == 1, p.a.column == 1 {
      return MatrixVector<V>(
        p: p, vector: p.b.base, step: p.b.row, c: p.c, stepOfC: p.rowOfC, matrix: p.a.base,
        row: p.a.row, rows: p.rows
      ).run()
    }
    if p.rows == 1, p.b.row == 1 {
      return MatrixVector<V>(
        p: p, vector: p.a.base, step: p.a.column, c: p.c, stepOfC: 1, matrix: p.b.base,
        row: p.b.column, rows: p.columns
      ).run()
    }
    if p.rows == 1, p.b.column == 1, p.columns >= 4 &* V.width {
      return VectorMatrix<V>(p: p, depthOfBlock: depthOfRun(p.inner)).run()
    }
    let run = depthOfRun(p.inner)
    var k = 0
    while k < p.inner {
      let depth = min(run, p.inner &- k)
      let addsTo = p.addsTo || k > 0
      if isSmall { direct(k, depth, addsTo) } else { packed(k, depth, addsTo) }
      k += depth
    }
  }

  /// Whether packing would cost more than it saves: where there are few products, few for each
  /// number of B, or all of B stays in the cache, whose places its rows do not contend for, and A is
  /// read along its rows or hardly more than once.
  private var isSmall: Bool {
    let bytesOfB = p.inner &* p.columns &* MemoryLayout<T>.size
    if p.rows &* p.inner &* p.columns <= fewProducts { return true }
    if p.rows <= 2 &* tileRows { return bytesOfB <= 4 &* cachedBytes }
    return bytesOfB <= cachedBytes
      && max(p.b.row, p.rowOfC) <= 16 &* Self.panelColumns
      && (p.a.column == 1 || p.columns <= 2 &* Self.panelColumns)
  }

  private func clear() {
    for i in 0..<p.rows { (p.c + i &* p.rowOfC).update(repeating: V.scalar(0), count: p.columns) }
  }

  // MARK: - Small products

  private func direct(_ k: Int, _ depth: Int, _ addsTo: Bool) {
    let panel = p.scratch.assumingMemoryBound(to: T.self)
    var j = 0
    while j < p.columns {
      let count = min(Self.panelColumns, p.columns &- j)
      // A whole tile of vectors, or half of one, is read where it lies.
      let liesWell = p.b.column == 1 && (count == Self.panelColumns || count == V.width)
      if !liesWell { pack(columns: j, count, k, depth, to: panel) }
      let s = TileSource(
        a: p.a.base + k &* p.a.column, rowOfA: p.a.row, stepOfA: p.a.column,
        b: liesWell ? p.b.base + k &* p.b.row + j : UnsafePointer(panel),
        stepOfB: liesWell ? p.b.row : Self.panelColumns, depth: depth)
      column(s, j, count, addsTo)
      j += count
    }
  }

  private func column(_ source: TileSource<T>, _ j: Int, _ count: Int, _ addsTo: Bool) {
    var s = source
    var t = TileTarget(c: p.c + j, rowOfC: p.rowOfC, columns: count, addsTo: addsTo)
    var left = p.rows
    var tiles = (left &+ tileRows &- 1) / tileRows
    while tiles > 0 {
      if machineIsSet(p.isCancelled) { return }
      // Of equal height: a tile of one row waits for its sums.
      let rows = (left &+ tiles &- 1) / tiles
      tile(V.self, rows: rows, s, t)
      s.a += rows &* s.rowOfA
      t.c += rows &* t.rowOfC
      left &-= rows
      tiles &-= 1
    }
  }

  // MARK: - Large products

  private func packed(_ k: Int, _ depth: Int, _ addsTo: Bool) {
    var i = 0
    while i < p.rows {
      let rows = min(rowsOfBlock(depth), p.rows &- i)
      var j = 0
      while j < p.columns {
        let columns = min(columnsOfBlock(depth), p.columns &- j)
        packB(j, columns, k, depth)
        block(i, rows, j, columns, k, depth, addsTo)
        j += columns
      }
      i += rows
    }
  }

  private func block(
    _ i: Int, _ rows: Int, _ j: Int, _ columns: Int, _ k: Int, _ depth: Int, _ addsTo: Bool
  ) {
    var r = 0
    while r < rows {
      if machineIsSet(p.isCancelled) { return }
      let height = min(tileRows, rows &- r)
      let a = packedA(r, depth)
      if j == 0 { packA(i &+ r, height, k, depth, to: a) }
      var c = 0
      while c < columns {
        let t = TileTarget(
          c: p.c + (i &+ r) &* p.rowOfC + j + c, rowOfC: p.rowOfC,
          columns: min(Self.panelColumns, columns &- c), addsTo: addsTo)
        if addsTo { prefetch(t, height) }
        tile(
          V.self, rows: height,
          TileSource(
            groups: a, panel: packedB + c &* depth, columns: Self.panelColumns, depth: depth), t)
        c += Self.panelColumns
      }
      r += height
    }
  }

  /// C is on its way while products are summed. What is only written comes by itself: rows that lie
  /// a power of 2 apart would drive each other out of the first-level cache before that.
  @inline(__always)
  private func prefetch(_ t: TileTarget<T>, _ height: Int) {
    var c = t.c
    for _ in 0..<height {
      prefetchToWrite(c)
      prefetchToWrite(c + V.width)
      c += t.rowOfC
    }
  }
}
