// Matrices in panels of two vectors of columns, zeros behind the last column: the second factor of
// a product as the register tile reads it, without lines of the cache that fall on each other.

/// How many elements the panels of so many rows and columns take.
@inline(__always)
func panelElements<V: Lanes>(_ type: V.Type, rows: Int, columns: Int) -> Int {
  let width = 2 &* V.width
  return (columns &+ width &- 1) / width &* width &* rows
}

/// A matrix [rows, columns] in panels, each row times its factor where there are factors.
@inline(__always)
func pack<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, rowOfA: Int, rows: Int, columns: Int,
  times factors: UnsafePointer<V.Scalar>? = nil, to panels: UnsafeMutablePointer<V.Scalar>
) {
  var (column, target) = (0, panels)
  while column < columns {
    let count = min(2 &* V.width, columns &- column)
    for row in 0..<rows {
      let from = a + row &* rowOfA + column
      var low = V.load(from, first: min(V.width, count))
      var high = V.zero
      if count > V.width { high = V.load(from + V.width, first: count &- V.width) }
      if let factors {
        let factor = V(repeating: factors[row])
        (low, high) = (low * factor, high * factor)
      }
      low.store(target)
      high.store(target + V.width)
      target += 2 &* V.width
    }
    column += 2 &* V.width
  }
}

/// The transpose of a matrix [rows, columns] in panels, each for some rows.
@inline(__always)
func packTransposed<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, rows: Int, columns: Int,
  to panels: UnsafeMutablePointer<V.Scalar>
) {
  let width = 2 &* V.width
  var (row, target) = (0, panels)
  while row < rows {
    let count = min(width, rows &- row)
    if count < width {
      for i in 0..<columns &* width { target[i] = V.scalar(0) }
    }
    transpose(
      V.self, a + row &* columns, rowOfA: columns, rows: count, columns: columns, target,
      rowOfB: width)
    target += columns &* width
    row += width
  }
}

/// C = A B or C + A B: A [rows, depth] with steps of its own, B [depth, columns] in panels.
@inline(__always)
func multiply<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, rowOfA: Int, stepOfA: Int, rows: Int, depth: Int,
  panels: UnsafePointer<V.Scalar>, columns: Int, to c: UnsafeMutablePointer<V.Scalar>, rowOfC: Int,
  addsTo: Bool
) {
  var (column, b) = (0, panels)
  while column < columns {
    let count = min(2 &* V.width, columns &- column)
    var s = TileSource(
      a: a, rowOfA: rowOfA, stepOfA: stepOfA, b: b, stepOfB: 2 &* V.width, depth: depth)
    var t = TileTarget(c: c + column, rowOfC: rowOfC, columns: count, addsTo: addsTo)
    var left = rows
    // Tiles of about equal height.
    var tiles = (rows &+ tileRows &- 1) / tileRows
    while tiles > 0 {
      let height = left / tiles
      tile(V.self, rows: height, s, t)
      s.a += height &* rowOfA
      t.c += height &* rowOfC
      left -= height
      tiles -= 1
    }
    b += 2 &* V.width &* depth
    column += 2 &* V.width
  }
}
