import Kernels

/// A small matrix as painted cells with their values in them and names around them.
struct HeatTable {
  let tensor: Tensor
  let format: CellFormat
  let scale: HeatScale
  let visibility: Visibility
  let options: HeatOptions
  let arrangement: Arrangement
  let valueWidth: Int
  let labelWidth: Int

  /// Where a cell's colour stands: behind its value, or as a ramp before or under it.
  enum Arrangement {
    case painted, rampBefore, rampBelow

    /// The columns of a cell beside its value: a blank on either side, a ramp of two characters
    /// and two blanks, or a blank between neighbours.
    var margin: Int {
      switch self {
      case .painted: 2
      case .rampBefore: 4
      case .rampBelow: 1
      }
    }

    var linesPerRow: Int { self == .rampBelow ? 2 : 1 }
  }

  /// More columns than these are a picture, no table.
  static let mostColumns = 12
  private static let indent = 2
  /// Without a window's height: a screenful.
  private static let mostRows = 48

  private var rowCount: Int { tensor.shape[tensor.rank - 2] }
  private var columnCount: Int { tensor.shape[tensor.rank - 1] }

  /// Nil where the matrix is too large for its values to be read.
  init?(
    _ tensor: Tensor, census: Census, scale: HeatScale, visibility: Visibility,
    options: HeatOptions
  ) {
    let rowCount = tensor.shape[tensor.rank - 2]
    let columnCount = tensor.shape[tensor.rank - 1]
    let room = options.display.rows.map { max(1, $0 - 3) } ?? Self.mostRows
    let mostColumns = options.showsValues == true ? Int.max : Self.mostColumns
    guard options.showsValues != false, columnCount <= mostColumns, rowCount <= room,
      tensor.count <= rowCount * columnCount
    else { return nil }
    let names = (0..<rowCount).map { options.rowName($0).columns }.max() ?? 0
    let labelWidth = min(names, max(4, options.display.columns / 4))
    let arrangements: [Arrangement] =
      options.depth != .none
      ? [.painted] : rowCount * 2 <= room ? [.rampBefore, .rampBelow] : [.rampBefore]
    // Fewer decimals are better than no values.
    let digitCounts = (2...max(2, options.display.decimals)).reversed()
    for (arrangement, digits) in arrangements.flatMap({ form in digitCounts.map { (form, $0) } }) {
      var format = CellFormat(census, digits: digits, charset: options.charset)
      format.showsPlus = scale.isDiverging && scale.center == 0
      let cells = (0..<tensor.count).filter { !visibility.hides($0) }
      let width = cells.map { format.cell(tensor[flat: $0]).columns }.max() ?? 1
      let pitch = width + arrangement.margin
      let total = Self.indent + labelWidth + 1 + columnCount * pitch
      guard total <= options.display.columns else { continue }
      let spare = columnCount > 0 ? (options.display.columns - total) / columnCount : 0
      let columnNames = (0..<columnCount).map { options.columnName($0).columns }.max() ?? 0
      self.tensor = tensor
      self.format = format
      self.scale = scale
      self.visibility = visibility
      self.options = options
      self.labelWidth = labelWidth
      self.arrangement = arrangement
      // Long names widen the cells as far as the window allows.
      let missing = columnNames - (pitch - 1)
      valueWidth = width + max(0, min(missing, spare))
      return
    }
    return nil
  }

  func page() -> Page {
    var page = Page()
    let ellipsis = options.charset.ellipsis
    let pitch = valueWidth + arrangement.margin
    var head: Line = [.blanks(Self.indent + labelWidth + 1)]
    for column in 0..<columnCount {
      let name = options.columnName(column).truncated(to: pitch - 1, ellipsis: ellipsis)
      let trailing = arrangement == .painted ? 1 : 0
      head += [
        .blanks(max(0, pitch - trailing - name.columns)), Run(name, .dim), .blanks(trailing),
      ]
    }
    page.append(head)
    for row in 0..<rowCount {
      let name = options.rowName(row).truncated(to: labelWidth, ellipsis: ellipsis)
      let label = name.padded(to: labelWidth, .right)
      page.append(
        [.blanks(Self.indent), Run(label, .dim), .blanks(1)]
          + (0..<columnCount).flatMap { cell(row, $0) })
      guard arrangement == .rampBelow else { continue }
      page.append(
        [.blanks(Self.indent + labelWidth + 1)]
          + (0..<columnCount).flatMap { [.blanks(1), ramp(row, $0, width: valueWidth)] })
    }
    return page
  }

  /// As the legend says it; `.` belongs to the ramp.
  private var masked: CellFormat.Cell {
    var cell = CellFormat.masked(options.charset)
    if arrangement != .painted { cell.text = HeatPicture.maskedRamp(options.charset) }
    return cell
  }

  private func cell(_ row: Int, _ column: Int) -> Line {
    let flat = row * columnCount + column
    let cell = visibility.hides(flat) ? masked : format.cell(tensor[flat: flat])
    let text = .blanks(valueWidth - cell.columns) + cell.text + .blanks(cell.tail)
    switch arrangement {
    case .painted:
      let style =
        isUnpainted(flat)
        ? Style(.dim)
        : Style(.number, cell: scale.color(at: scale.position(tensor[flat: flat], row: row)))
      return [Run(" " + text + " ", style, value: cell.value)]
    case .rampBefore:
      return [
        .blanks(1), ramp(row, column, width: 2), .blanks(1),
        Run(text, cell.role, value: cell.value),
      ]
    case .rampBelow: return [.blanks(1), Run(text, cell.role, value: cell.value)]
    }
  }

  private func isUnpainted(_ flat: Int) -> Bool {
    visibility.hides(flat) || tensor[flat: flat] == -.infinity
  }

  private func ramp(_ row: Int, _ column: Int, width: Int) -> Run {
    let flat = row * columnCount + column
    if isUnpainted(flat) { return .blanks(width) }
    let position = scale.position(tensor[flat: flat], row: row)
    return Run(String(repeating: scale.rampCharacter(at: position), count: width))
  }
}
