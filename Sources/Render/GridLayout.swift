import Engine
import Kernels

/// A matrix with names beside it and above it, and one cell in brackets.
struct GridLayout {
  let grid: Explanation.Grid
  let view: View
  private let format: CellFormat
  private let visibility: Visibility
  private let cellWidth: Int
  private let names: [String]
  private let titles: [String]

  /// `[-0.178]` and the blank that keeps columns apart.
  private static let narrowestCell = 8
  private static let mostRows = 12

  init(_ grid: Explanation.Grid, _ view: View) {
    self.grid = grid
    self.view = view
    visibility = Visibility(grid.visible, of: grid.values)
    format = CellFormat(
      Census(grid.values, skipping: visibility.test), digits: grid.decimals, charset: view.charset,
      mayScale: false)
    names = grid.rows.map(view.charset.text)
    titles = grid.columns.map(view.charset.text)
    var widest = titles.map(\.columns).max() ?? 0
    for row in Self.shown(grid.rows.count, most: Self.mostRows, grid.marked?.row) {
      for column in Self.shown(grid.columns.count, most: 20, grid.marked?.column) {
        guard let row, let column else { continue }
        let flat = row * grid.columns.count + column
        guard !visibility.hides(flat) else { continue }
        widest = max(widest, format.cell(grid.values[flat: flat]).columns + (grid.isShaded ? 2 : 0))
      }
    }
    cellWidth = max(Self.narrowestCell, widest + 1)
  }

  private static func shown(_ count: Int, most: Int, _ kept: Int?) -> [Int?] {
    Explanation.shown(count, most: max(3, most), keeping: kept ?? 0)
  }

  private var labelWidth: Int { (names.map(\.columns).max() ?? 0) + 4 }

  /// With all columns.
  var fullWidth: Int { labelWidth + cellWidth * grid.columns.count + lastBracket }

  /// The column for a bracket behind the last cell.
  private var lastBracket: Int { grid.marked?.column == grid.columns.count - 1 ? 1 : 0 }

  func page(width: Int) -> Page {
    guard grid.values.count > 0 else { return Page() }
    let columns = Self.shown(
      grid.columns.count, most: (width - labelWidth - lastBracket) / cellWidth, grid.marked?.column)
    let rows = Self.shown(grid.rows.count, most: Self.mostRows, grid.marked?.row)
    let ellipsis = view.charset.ellipsis
    let head = columns.map { ($0.map { titles[$0] } ?? ellipsis).padded(to: cellWidth, .right) }
    var page = Page(
      lines: [[Run(.blanks(labelWidth) + head.joined(), .dim)]])
    for row in rows { page.append(line(row, columns)) }
    return page
  }

  private func line(_ row: Int?, _ columns: [Int?]) -> Line {
    guard let row else {
      return [Run(view.charset.ellipsis.padded(to: labelWidth - 1, .right), .dim)]
    }
    var line: Line = [Run(names[row].padded(to: labelWidth - 1, .right) + " ", .name)]
    var isOpen = false
    for column in columns {
      line += cell(row, column, afterBracket: &isOpen)
    }
    if isOpen { line.append(Run("]", .mark)) }
    return line
  }

  /// - Parameter isOpen: the bracket of the cell before still has to be closed.
  private func cell(_ row: Int, _ column: Int?, afterBracket isOpen: inout Bool) -> Line {
    var room = cellWidth
    var line: Line = []
    if isOpen {
      line.append(Run("]", .mark))
      room -= 1
      isOpen = false
    }
    guard let column else {
      return line + [Run(view.charset.ellipsis.padded(to: room, .right), .dim)]
    }
    let flat = row * grid.columns.count + column
    let isHidden = visibility.hides(flat)
    let cell = isHidden ? CellFormat.masked(view.charset) : format.cell(grid.values[flat: flat])
    let isMarked = grid.marked == Explanation.Cell(row: row, column: column)
    let tail = min(cell.tail, max(0, room - cell.text.columns - 1))
    var blanks = max(0, room - cell.text.columns - tail)
    if grid.isShaded, !isHidden, blanks >= 3 {
      line.append(ProseLayout(view: view).shade(grid.values[flat: flat], width: 2))
      blanks -= 2
    }
    if isMarked, blanks > 0 {
      line += [.blanks(blanks - 1), Run("[", .mark)]
    } else {
      line.append(.blanks(blanks))
    }
    line.append(Run(cell.text, isMarked ? .strong : cell.role, value: cell.value))
    guard isMarked else { return line + (tail > 0 ? [.blanks(tail)] : []) }
    guard tail > 0 else {
      isOpen = true
      return line
    }
    return line + [Run("]", .mark), .blanks(tail - 1)]
  }
}
