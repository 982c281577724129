/// Rows and columns of characters that marks are drawn on; row 0 is at the bottom.
struct Canvas {
  /// What hides what: a data point is never hidden by something that only guides the eye.
  enum Layer: Int, Comparable {
    case guide, bar, rule, connector, marker, text

    static func < (a: Layer, b: Layer) -> Bool { a.rawValue < b.rawValue }
  }

  private struct Cell {
    var text = " "
    var style = Style.plain
    var layer: Layer?
    var series: Int?
  }

  let columns: Int
  let rows: Int
  private var cells: [Cell]
  /// Where marks of two series fell together.
  private(set) var hasOverlap = false

  /// Stands for marks of several series in one cell.
  static let overlap = "*"

  init(columns: Int, rows: Int) {
    self.columns = max(1, columns)
    self.rows = max(1, rows)
    cells = Array(repeating: Cell(), count: self.columns * self.rows)
  }

  mutating func draw(
    _ text: String, _ style: Style, at column: Int, _ row: Int, _ layer: Layer, series: Int? = nil
  ) {
    guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
    let place = row * columns + column
    if let old = cells[place].layer {
      if old > layer { return }
      if old == layer && layer == .marker && (cells[place].series ?? -1) != series {
        cells[place] = Cell(
          text: Self.overlap, style: Style(.strong), layer: .marker, series: nil)
        hasOverlap = true
        return
      }
      if old == layer && layer == .connector { return }
    }
    cells[place] = Cell(text: text, style: style, layer: layer, series: series)
  }

  /// What a cell shows of a layer, nil where it shows something else.
  func mark(at column: Int, _ row: Int, ofLayer layer: Layer) -> (text: String, style: Style)? {
    let cell = cells[row * columns + column]
    return cell.layer == layer ? (cell.text, cell.style) : nil
  }

  /// From top to bottom; neighbours of one style are one run.
  func lines() -> [Line] {
    (0..<rows).reversed().map { row in
      var line: Line = []
      for cell in cells[row * columns..<(row + 1) * columns] {
        if let last = line.last, last.style == cell.style {
          line[line.count - 1].text += cell.text
        } else {
          line.append(Run(cell.text, cell.style))
        }
      }
      return line
    }
  }
}
