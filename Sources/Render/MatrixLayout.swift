import Kernels

/// The rows of a matrix, or of one matrix inside a tensor of higher rank.
struct MatrixLayout {
  let tensor: Tensor
  let format: CellFormat
  let visibility: Visibility
  let options: DisplayOptions

  static let indent = 2
  static let gap = 2

  private var rowCount: Int { tensor.shape[tensor.rank - 2] }
  private var columnCount: Int { tensor.shape[tensor.rank - 1] }

  private func cell(_ block: Int, _ row: Int, _ column: Int) -> CellFormat.Cell {
    let flat = (block * rowCount + row) * columnCount + column
    return visibility.hides(flat)
      ? CellFormat.masked(options.charset) : format.cell(tensor[flat: flat])
  }

  /// The width that the cells of these rows and columns share.
  private func cellWidth(_ blocks: [Int], _ rows: [Int], _ columns: [Int]) -> Int {
    var width = 1
    for block in blocks {
      for row in rows {
        for column in columns { width = max(width, cell(block, row, column).columns) }
      }
    }
    return width
  }

  /// Columns to show, in bands one below the other, and the width of a cell.
  struct Plan {
    var bands: [Elision]
    var offsets: [Int]
    var cellWidth: Int
  }

  func plan(blocks: [Int], rows: Elision) -> Plan {
    let room = options.columns - Self.indent + Self.gap
    // No cell is narrower than one column, so no more than these can be shown.
    let candidates = Elision(
      columnCount, fitting: options.full ? columnCount : room / (1 + Self.gap) + 1)
    let width = cellWidth(blocks, rows.shown, candidates.shown)
    let pitch = width + Self.gap
    if columnCount <= room / pitch || columnCount == 0 {
      return Plan(bands: [Elision(all: columnCount)], offsets: [0], cellWidth: width)
    }
    if options.full {
      let perBand = max(1, room / pitch)
      let offsets = Array(stride(from: 0, to: columnCount, by: perBand))
      let bands = offsets.map { Elision(all: min(perBand, columnCount - $0)) }
      return Plan(bands: bands, offsets: offsets, cellWidth: width)
    }
    let fitting = (room - options.charset.ellipsis.columns - Self.gap) / pitch
    return Plan(
      bands: [Elision(columnCount, fitting: fitting)], offsets: [0], cellWidth: width)
  }

  func lines(block: Int, rows: Elision, plan: Plan) -> [Line] {
    var result: [Line] = []
    for (band, offset) in zip(plan.bands, plan.offsets) {
      if plan.bands.count > 1 {
        let range = "columns \(offset):\(offset + band.count)"
        result.append([.blanks(Self.indent), Run(range, .dim)])
      }
      for row in rows.indices {
        result.append(
          line(block: block, row: row, band.indices.map { $0.map { $0 + offset } }, plan))
      }
    }
    return result
  }

  private func line(block: Int, row: Int?, _ columns: [Int?], _ plan: Plan) -> Line {
    var line: Line = []
    var blanks = Self.indent
    for column in columns {
      guard let column, let row else {
        let ellipsis = Run.ellipsis(options.charset)
        let width =
          column == nil ? ellipsis.text.columns : max(plan.cellWidth, ellipsis.text.columns)
        line += [.blanks(blanks + width - ellipsis.text.columns), ellipsis]
        blanks = Self.gap
        continue
      }
      let cell = cell(block, row, column)
      line.append(.blanks(blanks + plan.cellWidth - cell.columns))
      line.append(Run(cell.text, cell.role, value: cell.value))
      blanks = Self.gap + cell.tail
    }
    return line
  }
}
