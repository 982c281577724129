import KernelInterface

/// Rows of B whose panel stays in the second-level cache, and its columns; rows of A packed at once.
private let depthOfBlock = 256
private let bytesOfBlock = 512 << 10
private let rowsOfBlock = 1536 / 12 * tileRows

/// Up to so many products nothing is packed that lies well.
private let fewProducts = 1 << 20

/// C = A B in tiles that stay in registers, from operands packed for blocks that stay in the cache.
/// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
///
/// Every element is the sum of its products in one order, whatever tile it falls in: the result
/// depends neither on how the work is cut up nor on what is packed.
struct Multiplication<V: Lanes> {
  typealias T = V.Scalar
  let p: Product<T>

  private static var panelColumns: Int { 2 &* V.width }
  private static var columnsOfBlock: Int {
    bytesOfBlock / (depthOfBlock &* MemoryLayout<T>.size)
  }

  private var packedA: UnsafeMutablePointer<T> {
    p.scratch.assumingMemoryBound(to: T.self) + depthOfBlock &* Self.columnsOfBlock
  }
  private var packedB: UnsafeMutablePointer<T> { p.scratch.assumingMemoryBound(to: T.self) }

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
      return VectorMatrix<V>(p: p, depthOfBlock: depthOfBlock).run()
    }
    var k = 0
    while k < p.inner {
      let depth = min(depthOfBlock, p.inner &- k)
      let addsTo = p.addsTo || k > 0
      if p.rows &* p.inner &* p.columns <= fewProducts {
        direct(k, depth, addsTo)
      } else {
        packed(k, depth, addsTo)
      }
      k += depth
    }
  }

  private func clear() {
    for i in 0..<p.rows { (p.c + i &* p.rowOfC).update(repeating: V.scalar(0), count: p.columns) }
  }

  // MARK: - Small products

  private func direct(_ k: Int, _ depth: Int, _ addsTo: Bool) {
    var j = 0
    while j < p.columns {
      let count = min(Self.panelColumns, p.columns &- j)
      // A whole tile of vectors, or half of one, is read where it lies.
      let liesWell = p.b.column == 1 && (count == Self.panelColumns || count == V.width)
      if !liesWell { pack(columns: j, count, k, depth, to: packedB) }
      let s = TileSource(
        a: p.a.base + k &* p.a.column, rowOfA: p.a.row, stepOfA: p.a.column,
        b: liesWell ? p.b.base + k &* p.b.row + j : UnsafePointer(packedB),
        stepOfB: liesWell ? p.b.row : Self.panelColumns, depth: depth)
      column(s, j, count, addsTo)
      j += count
    }
  }

  private func column(_ source: TileSource<T>, _ j: Int, _ count: Int, _ addsTo: Bool) {
    var s = source
    var t = TileTarget(c: p.c + j, rowOfC: p.rowOfC, columns: count, addsTo: addsTo)
    var i = 0
    while i < p.rows {
      let rows = min(tileRows, p.rows &- i)
      tile(V.self, rows: rows, s, t)
      i += rows
      s.a += rows &* s.rowOfA
      t.c += rows &* t.rowOfC
    }
  }

  // MARK: - Large products

  private func packed(_ k: Int, _ depth: Int, _ addsTo: Bool) {
    var i = 0
    while i < p.rows {
      let rows = min(rowsOfBlock, p.rows &- i)
      packA(i, rows, k, depth)
      var j = 0
      while j < p.columns {
        let columns = min(Self.columnsOfBlock, p.columns &- j)
        packB(j, columns, k, depth)
        block(i, rows, j, columns, depth, addsTo)
        j += columns
      }
      i += rows
    }
  }

  private func block(
    _ i: Int, _ rows: Int, _ j: Int, _ columns: Int, _ depth: Int, _ addsTo: Bool
  ) {
    var r = 0
    while r < rows {
      if machineIsSet(p.isCancelled) { return }
      let height = min(tileRows, rows &- r)
      var c = 0
      while c < columns {
        let t = TileTarget(
          c: p.c + (i &+ r) &* p.rowOfC + j + c, rowOfC: p.rowOfC,
          columns: min(Self.panelColumns, columns &- c), addsTo: addsTo)
        let s = TileSource<T>(
          a: packedA + r &* depth, rowOfA: 1, stepOfA: tileRows, b: packedB + c &* depth,
          stepOfB: Self.panelColumns, depth: depth)
        tile(V.self, rows: height, s, t)
        c += Self.panelColumns
      }
      r += height
    }
  }

  /// Runs of `tileRows` rows: [depth, tileRows] each.
  private func packA(_ i: Int, _ rows: Int, _ k: Int, _ depth: Int) {
    var r = 0
    var target = packedA
    while r < rows {
      let height = min(tileRows, rows &- r)
      let a = p.a.base + (i &+ r) &* p.a.row + k &* p.a.column
      if p.a.column == 1 {
        transpose(
          V.self, a, rowOfA: p.a.row, rows: height, columns: depth, target, rowOfB: tileRows)
        target += tileRows &* depth
      } else {
        for step in 0..<depth {
          for row in 0..<height { target[row] = a[row &* p.a.row &+ step &* p.a.column] }
          target += tileRows
        }
      }
      r += height
    }
  }

  private func packB(_ j: Int, _ columns: Int, _ k: Int, _ depth: Int) {
    var c = 0
    while c < columns {
      let count = min(Self.panelColumns, columns &- c)
      pack(columns: j &+ c, count, k, depth, to: packedB + c &* depth)
      c += Self.panelColumns
    }
  }

  /// Columns of B as [depth, panelColumns], zeros behind the last.
  private func pack(
    columns j: Int, _ count: Int, _ k: Int, _ depth: Int, to panel: UnsafeMutablePointer<T>
  ) {
    var b = p.b.base + k &* p.b.row + j &* p.b.column
    var target = panel
    if p.b.row == 1, p.b.column != 1 {
      transpose(
        V.self, b, rowOfA: p.b.column, rows: count, columns: depth, target,
        rowOfB: Self.panelColumns)
      guard count < Self.panelColumns else { return }
      for step in 0..<depth {
        for c in count..<Self.panelColumns {
          target[step &* Self.panelColumns &+ c] = V.scalar(0)
        }
      }
      return
    }
    for _ in 0..<depth {
      if p.b.column == 1 {
        if count == Self.panelColumns {
          V.load(b).store(target)
          V.load(b + V.width).store(target + V.width)
        } else if count >= V.width {
          V.load(b).store(target)
          V.load(b + V.width, count: count &- V.width).store(target + V.width)
        } else {
          V.load(b, count: count).store(target)
        }
      } else {
        for c in 0..<count { target[c] = b[c &* p.b.column] }
        for c in count..<Self.panelColumns { target[c] = V.scalar(0) }
      }
      b += p.b.row
      target += Self.panelColumns
    }
  }
}
