import Kernels

/// A small matrix as painted cells with their values in them and names around them.
struct HeatTable {
  let tensor: Tensor
  let format: CellFormat
  let scale: HeatScale
  let visibility: Visibility
  let options: HeatOptions
  let valueWidth: Int
  let labelWidth: Int

  /// More columns than these are a picture, no table.
  static let mostColumns = 12
  private static let indent = 2
  /// Without a window's height: a screenful.
  private static let mostRows = 48

  private var rowCount: Int { tensor.shape[tensor.rank - 2] }
  private var columnCount: Int { tensor.shape[tensor.rank - 1] }

  /// The ramp stands in front of the value where there is no colour to stand behind it.
  private var isPainted: Bool { options.depth != .none }

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
    // Fewer decimals are better than no values.
    for digits in (2...max(2, options.display.decimals)).reversed() {
      var format = CellFormat(census, digits: digits, charset: options.charset)
      format.showsPlus = scale.isDiverging && scale.center == 0
      let cells = (0..<tensor.count).filter { !visibility.hides($0) }
      let width = cells.map { format.cell(tensor[flat: $0]).columns }.max() ?? 1
      let pitch = Self.pitch(width, isPainted: options.depth != .none)
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
      // Long names widen the cells as far as the window allows.
      let missing = columnNames - (pitch - 1)
      valueWidth = width + max(0, min(missing, spare))
      return
    }
    return nil
  }

  /// A painted value has a blank on either side; a ramp two characters and two blanks.
  private static func pitch(_ width: Int, isPainted: Bool) -> Int { width + (isPainted ? 2 : 4) }

  func page() -> Page {
    var page = Page()
    let ellipsis = options.charset.ellipsis
    let pitch = Self.pitch(valueWidth, isPainted: isPainted)
    var head: Line = [.blanks(Self.indent + labelWidth + 1)]
    for column in 0..<columnCount {
      let name = options.columnName(column).truncated(to: pitch - 1, ellipsis: ellipsis)
      let trailing = isPainted ? 1 : 0
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
    }
    return page
  }

  /// As the legend says it; `.` belongs to the ramp.
  private var masked: CellFormat.Cell {
    var cell = CellFormat.masked(options.charset)
    if !isPainted { cell.text = HeatPicture.maskedRamp(options.charset) }
    return cell
  }

  private func cell(_ row: Int, _ column: Int) -> Line {
    let flat = row * columnCount + column
    let isHidden = visibility.hides(flat)
    let cell = isHidden ? masked : format.cell(tensor[flat: flat])
    let text = .blanks(valueWidth - cell.columns) + cell.text + .blanks(cell.tail)
    let x = tensor[flat: flat]
    let isUnpainted = isHidden || x == -.infinity
    let position = scale.position(x, row: row)
    if isPainted {
      let style = isUnpainted ? Style(.dim) : Style(.number, cell: scale.color(at: position))
      return [Run(" " + text + " ", style, value: cell.value)]
    }
    let ramp = isUnpainted ? "  " : String(repeating: scale.rampCharacter(at: position), count: 2)
    return [.blanks(1), Run(ramp), .blanks(1), Run(text, cell.role, value: cell.value)]
  }
}
