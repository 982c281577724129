/// B = Aᵀ: A [rows, columns] with `rowOfA` from row to row, B likewise, in squares of 4×4.
@inline(__always)
func transpose<V: Lanes>(
  _ type: V.Type, _ a: UnsafePointer<V.Scalar>, rowOfA: Int, rows: Int, columns: Int,
  _ b: UnsafeMutablePointer<V.Scalar>, rowOfB: Int
) {
  var i = 0
  while i < rows {
    let height = min(4, rows &- i)
    var j = 0
    while j < columns {
      let width = min(4, columns &- j)
      let (from, to) = (a + i &* rowOfA + j, b + j &* rowOfB + i)
      if height == 4, width == 4 {
        V.transposeSquare(from, rowOfA, to, rowOfB)
      } else {
        for r in 0..<height {
          for c in 0..<width { to[c &* rowOfB &+ r] = from[r &* rowOfA &+ c] }
        }
      }
      j += 4
    }
    i += 4
  }
}
