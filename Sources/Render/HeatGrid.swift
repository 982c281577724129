import Kernels

/// The cells of a picture: each the largest of the values that fall together in it.
struct HeatGrid {
  enum Cell: Equatable {
    /// Masked, or −∞.
    case hidden
    /// A place on the scale and the value that has it.
    case position(Double, of: Double)
  }

  let rows: Int
  let columns: Int
  /// How many rows and columns of values one cell stands for.
  let rowStep: Int
  let columnStep: Int
  private let cells: [Cell]

  subscript(row: Int, column: Int) -> Cell {
    row < rows && column < columns ? cells[row * columns + column] : .hidden
  }

  /// - Parameters:
  ///   - block: the matrix's place among those of a tensor of higher rank.
  ///   - mostRows: at most so many rows of cells.
  init(
    _ tensor: Tensor, block: Int, visibility: Visibility, scale: HeatScale, mostRows: Int,
    mostColumns: Int
  ) {
    let rowCount = tensor.shape[tensor.rank - 2]
    let columnCount = tensor.shape[tensor.rank - 1]
    rowStep = Self.step(rowCount, atMost: mostRows)
    columnStep = Self.step(columnCount, atMost: mostColumns)
    rows = (rowCount + rowStep - 1) / rowStep
    columns = (columnCount + columnStep - 1) / columnStep
    // Where rows share one scale, only the largest numbers need their places on it.
    var best = [(size: Double, flat: Int)?](repeating: nil, count: rows * columns)
    for row in 0..<rowCount {
      let cellRow = row / rowStep * columns
      let tensorRow = block * rowCount + row
      for column in 0..<columnCount {
        let flat = tensorRow * columnCount + column
        let x = tensor[flat: flat]
        if x == -.infinity || visibility.hides(flat) { continue }
        let size = scale.isByRow ? scale.position(x, row: tensorRow) : x - scale.center
        let place = cellRow + column / columnStep
        if Self.isLarger(size, than: best[place]?.size, isDiverging: scale.isDiverging) {
          best[place] = (size, flat)
        }
      }
    }
    cells = best.map { best in
      guard let (size, flat) = best else { return .hidden }
      let value = tensor[flat: flat]
      return .position(scale.isByRow ? size : scale.position(value, row: 0), of: value)
    }
  }

  private static func step(_ count: Int, atMost: Int) -> Int {
    let most = max(1, atMost)
    return max(1, (count + most - 1) / most)
  }

  /// A single NaN is news and wins; by size where the sign has a colour of its own.
  private static func isLarger(_ new: Double, than old: Double?, isDiverging: Bool) -> Bool {
    guard let old, !new.isNaN else { return true }
    if old.isNaN { return false }
    return isDiverging ? abs(new) > abs(old) : new > old
  }
}
