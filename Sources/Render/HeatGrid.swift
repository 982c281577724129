import Kernels

/// The cells of a picture: each the largest of the values that fall together in it.
struct HeatGrid {
  enum Cell: Equatable {
    /// Masked, or −∞.
    case hidden
    case value(Double)
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
    _ tensor: Tensor, block: Int, visibility: Visibility, map: ColorMap, mostRows: Int,
    mostColumns: Int
  ) {
    let rowCount = tensor.shape[tensor.rank - 2]
    let columnCount = tensor.shape[tensor.rank - 1]
    rowStep = Self.step(rowCount, atMost: mostRows)
    columnStep = Self.step(columnCount, atMost: mostColumns)
    rows = (rowCount + rowStep - 1) / rowStep
    columns = (columnCount + columnStep - 1) / columnStep
    var cells = [Cell](repeating: .hidden, count: rows * columns)
    for row in 0..<rowCount {
      let cellRow = row / rowStep * columns
      for column in 0..<columnCount {
        let flat = (block * rowCount + row) * columnCount + column
        if visibility.hides(flat) { continue }
        let place = cellRow + column / columnStep
        cells[place] = Self.larger(cells[place], tensor[flat: flat], map)
      }
    }
    self.cells = cells
  }

  private static func step(_ count: Int, atMost: Int) -> Int {
    let most = max(1, atMost)
    return max(1, (count + most - 1) / most)
  }

  /// A single NaN is news and wins; by size where the sign has a colour of its own.
  private static func larger(_ cell: Cell, _ x: Double, _ map: ColorMap) -> Cell {
    guard case .value(let old) = cell else { return x == -.infinity ? .hidden : .value(x) }
    if old.isNaN || x == -.infinity { return cell }
    let isLarger = map == .diverging ? abs(x) > abs(old) : x > old
    return x.isNaN || isLarger ? .value(x) : cell
  }
}
