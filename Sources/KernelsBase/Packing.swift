/// Room for packed operands: a block of B stays in the second-level cache, that of A in the third.
/// They lie behind what small products pack.
private let smallBytes = 2 << 20
private let bytesOfB = 512 << 10
private let bytesOfA = 3 << 20
/// Rows of a tile as they are packed, in groups of four.
private let groupedRows = (tileRows + 3) / 4 * 4

extension Multiplication {
  func columnsOfBlock(_ depth: Int) -> Int {
    bytesOfB / (depth &* Self.panelColumns &* MemoryLayout<T>.size) &* Self.panelColumns
  }

  func rowsOfBlock(_ depth: Int) -> Int {
    bytesOfA / (depth &* groupedRows &* MemoryLayout<T>.size) &* tileRows
  }

  /// Panels of columns, one after the other.
  var packedB: UnsafeMutablePointer<T> {
    (p.scratch + smallBytes).assumingMemoryBound(to: T.self)
  }

  /// The tile that begins in this row of the block.
  func packedA(_ row: Int, _ depth: Int) -> UnsafeMutablePointer<T> {
    (p.scratch + smallBytes + bytesOfB).assumingMemoryBound(to: T.self)
      + row / tileRows &* groupedRows &* depth
  }

  // MARK: - A

  /// Groups of four rows, [depth, 4] each; the last row is repeated behind itself.
  @inline(never)
  func packA(
    _ i: Int, _ height: Int, _ k: Int, _ depth: Int, to target: UnsafeMutablePointer<T>
  ) {
    var target = target
    var r = 0
    while r < height {
      let rows = min(4, height &- r)
      let a = p.a.base + (i &+ r) &* p.a.row + k &* p.a.column
      if p.a.column == 1 {
        packGroup(a, rows, depth, to: target)
      } else {
        copyGroup(a, rows, depth, to: target)
      }
      target += 4 &* depth
      r += 4
    }
  }

  @inline(__always)
  private func packGroup(
    _ a: UnsafePointer<T>, _ rows: Int, _ depth: Int, to target: UnsafeMutablePointer<T>
  ) {
    var step = 0
    while step &+ V.width <= depth {
      // The same rows of the next tile.
      prefetch(a + step, ahead: tileRows &* p.a.row)
      prefetch(a + step, ahead: (tileRows &+ 1) &* p.a.row)
      prefetch(a + step, ahead: (tileRows &+ 2) &* p.a.row)
      prefetch(a + step, ahead: (tileRows &+ 3) &* p.a.row)
      VectorRows4<V>(a + step, p.a.row, rows: rows, columns: V.width).zipped.zipped
        .store(target + 4 &* step, V.width, rows: 4, columns: V.width)
      step += V.width
    }
    copyGroup(a + step, rows, depth &- step, to: target + 4 &* step)
  }

  @inline(__always)
  private func copyGroup(
    _ a: UnsafePointer<T>, _ rows: Int, _ depth: Int, to target: UnsafeMutablePointer<T>
  ) {
    // The last row is repeated behind itself.
    let second = min(1, rows &- 1) &* p.a.row
    let third = min(2, rows &- 1) &* p.a.row
    let fourth = min(3, rows &- 1) &* p.a.row
    for step in 0..<depth {
      let (from, to) = (a + step &* p.a.column, target + 4 &* step)
      to[0] = from[0]
      to[1] = from[second]
      to[2] = from[third]
      to[3] = from[fourth]
    }
  }

  // MARK: - B

  func packB(_ j: Int, _ columns: Int, _ k: Int, _ depth: Int) {
    if p.b.column == 1 { return packRows(j, columns, k, depth) }
    var c = 0
    while c < columns {
      let count = min(Self.panelColumns, columns &- c)
      pack(columns: j &+ c, count, k, depth, to: packedB + c &* depth)
      c += Self.panelColumns
    }
  }

  /// Eight rows at a time over all panels: memory is read along its rows.
  private func packRows(_ j: Int, _ columns: Int, _ k: Int, _ depth: Int) {
    var step = 0
    while step < depth {
      let rows = min(8, depth &- step)
      var c = 0
      while c < columns {
        let count = min(Self.panelColumns, columns &- c)
        var b = p.b.base + (k &+ step) &* p.b.row + j + c
        var target = packedB + c &* depth + step &* Self.panelColumns
        for _ in 0..<rows {
          prefetch(b, ahead: 8 &* p.b.row)
          prefetch(b, ahead: 8 &* p.b.row &+ V.width)
          copyRow(b, count, to: target)
          b += p.b.row
          target += Self.panelColumns
        }
        c += count
      }
      step += rows
    }
  }

  /// What lies behind the last column is not looked at.
  @inline(__always)
  private func copyRow(_ b: UnsafePointer<T>, _ count: Int, to target: UnsafeMutablePointer<T>) {
    if count == Self.panelColumns {
      V.load(b).store(target)
      V.load(b + V.width).store(target + V.width)
    } else if count >= V.width {
      V.load(b).store(target)
      V.load(b + V.width, count: count &- V.width).store(target + V.width)
    } else {
      V.load(b, count: count).store(target)
    }
  }

  /// Columns of B as [depth, panelColumns].
  func pack(
    columns j: Int, _ count: Int, _ k: Int, _ depth: Int, to panel: UnsafeMutablePointer<T>
  ) {
    let b = p.b.base + k &* p.b.row + j &* p.b.column
    if p.b.row == 1, p.b.column != 1 {
      transpose(
        V.self, b, rowOfA: p.b.column, rows: count, columns: depth, panel,
        rowOfB: Self.panelColumns)
    } else if p.b.column == 1 {
      for step in 0..<depth {
        copyRow(b + step &* p.b.row, count, to: panel + step &* Self.panelColumns)
      }
    } else {
      for step in 0..<depth {
        let (from, to) = (b + step &* p.b.row, panel + step &* Self.panelColumns)
        for c in 0..<count { to[c] = from[c &* p.b.column] }
      }
    }
  }
}
