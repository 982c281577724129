import Engine
import Kernels

/// Heatmaps: up to twelve columns coloured cells with their values, above that half blocks (or one
/// character a cell without colour), each showing the maximum of the values that fall together.
public struct HeatLayout {
  private let options: DisplayOptions
  private let values: Tensor
  private let visible: Tensor?
  private let rowNames: [String]
  private let columnNames: [String]
  private let limits: Limits
  private let format: CellFormat

  private static let widestWithValues = 12
  static let ramp = Array(" .:-=+*#%@")

  public static func page(_ figure: HeatFigure, _ options: DisplayOptions) -> Page {
    guard figure.values.rank > 2 else {
      return HeatLayout(figure, figure.values, figure.visible, options).page(figure.title)
    }
    // One picture for each entry of the leading axes.
    let shape = figure.values.shape
    let planes = shape.dropLast(2).reduce(1, *)
    let flat = figure.values.reshaped([planes] + shape.suffix(2))
    let shown = min(planes, max(1, options.height))
    let pages = (0..<shown).map { index in
      HeatLayout(figure, flat.subtensor(index), figure.visible, options).page("[\(index)]")
    }
    var page = Page.sideBySide(pages, width: options.width)
    if shown < planes { page.append([Run("\(options.charset.ellipsis) \(planes) in all", .dim)]) }
    return page
  }

  /// What the ends of the colour map stand for.
  private struct Limits {
    let low: Double
    let high: Double
    let isSigned: Bool

    init(_ values: [Double]) {
      let finite = values.filter(\.isFinite)
      let (least, most) = (finite.min() ?? 0, finite.max() ?? 0)
      isSigned = least < 0 && most > 0
      let reach = max(-least, most)
      (low, high) = isSigned ? (-reach, reach) : (least, most)
    }

    /// From 0 to 1, or −1 to 1 for signed data.
    func place(_ value: Double) -> Double {
      if value == .infinity { return 1 }
      if value == -.infinity { return isSigned ? -1 : 0 }
      guard high > low else { return isSigned ? 0 : 0.5 }
      // Halves, because high − low may overflow.
      return isSigned ? value / high : (value / 2 - low / 2) / (high / 2 - low / 2)
    }
  }

  private init(_ figure: HeatFigure, _ plane: Tensor, _ visible: Tensor?, _ options: DisplayOptions)
  {
    self.options = options
    self.visible = visible
    values = plane
    let (rows, columns) = (plane.shape[0], plane.shape[1])
    let name = { (text: String) in
      options.charset == .ascii ? ASCII.text(text.sanitised) : text.sanitised
    }
    rowNames = figure.rows?.map(name) ?? (0..<rows).map(String.init)
    columnNames = figure.columns?.map(name) ?? (0..<columns).map(String.init)
    let doubles = plane.doubles
    let seen = visible.map { mask in doubles.enumerated().filter { mask[flat: $0.offset] != 0 }.map(\.element) }
    limits = Limits(seen ?? doubles)
    format = CellFormat(seen ?? doubles, digits: min(options.digits, 4), charset: options.charset)
  }

  private func page(_ title: String?) -> Page {
    let shape = values.shape.map(String.init).joined(separator: options.charset.times)
    var header: Line = [Run([title?.sanitised ?? "", shape].filter { !$0.isEmpty }.joined(separator: "  "), .header)]
    guard values.count > 0 else { return Page(lines: [header]) }
    if values.shape[1] <= Self.widestWithValues, values.shape[0] <= max(options.height, 12) {
      let cells = withValues()
      if cells.width <= options.width {
        header.append(Run(format.exponent == 0 ? "" : " \(format.scaleText)", .header))
        return Page(lines: [header] + cells.lines + [colorBar()])
      }
    }
    let (grid, note) = downsampled()
    header.append(Run(note, .dim))
    var lines = [header]
    if Page.width(of: header) > options.width {
      lines = [[header[0]], [Run(note.trimmed.clipped(to: options.width), .dim)]]
    }
    return Page(lines: lines + grid.lines + [colorBar()])
  }

  private func isVisible(_ row: Int, _ column: Int) -> Bool {
    visible.map { $0[flat: row * values.shape[1] + column] != 0 } ?? true
  }

  private func value(_ row: Int, _ column: Int) -> Double {
    values[flat: row * values.shape[1] + column]
  }

  private func color(_ value: Double) -> CellColor {
    CellColor(limits.place(value), map: limits.isSigned ? .diverging : .sequential)
  }

  private func sign(_ value: Double) -> Character {
    guard !value.isNaN else { return "?" }
    let share = limits.isSigned ? abs(limits.place(value)) : limits.place(value)
    let place = min(max(share, 0), 1) * Double(Self.ramp.count - 1)
    // What is not the least must not look like it.
    let index = Int(place.rounded())
    return Self.ramp[index == 0 && place > 0 ? 1 : index]
  }

  // MARK: - Cells with values

  private func withValues() -> Page {
    let (rows, columns) = (values.shape[0], values.shape[1])
    let texts = (0..<rows).map { row in
      (0..<columns).map { column in
        isVisible(row, column) ? format.text(value(row, column)) : options.charset.masked
      }
    }
    var aligned = AlignedColumn()
    for text in texts.joined() { aligned.include(text) }
    let gap = options.isColored ? 2 : 4
    let nameWidth = columnNames.map(DisplayWidth.of).max() ?? 0
    let cellWidth = max(aligned.width + gap, nameWidth + 1)
    let labelWidth = rowNames.map(DisplayWidth.of).max() ?? 0
    var page = Page(lines: [
      [Run(String(repeating: " ", count: labelWidth + 3))]
        + columnNames.map { Run($0.paddedLeft(to: cellWidth - 1) + " ", .dim) }
    ])
    for row in 0..<rows {
      var line: Line = [Run("  " + rowNames[row].paddedLeft(to: labelWidth) + " ", .dim)]
      for column in 0..<columns {
        let text = aligned.padded(texts[row][column])
        line += cell(text, row, column, width: cellWidth)
      }
      page.append(line)
    }
    return page
  }

  private func cell(_ text: String, _ row: Int, _ column: Int, width: Int) -> Line {
    let value = value(row, column)
    guard isVisible(row, column) else {
      return [Run((text + " ").paddedLeft(to: width), .masked, value: 0)]
    }
    if options.isColored {
      guard !value.isNaN else { return [Run((text + " ").paddedLeft(to: width), .dim, value: value)] }
      return [Run((text + " ").paddedLeft(to: width), .cell(color(value)), value: value)]
    }
    let blanks = String(repeating: " ", count: max(width - DisplayWidth.of(text) - 3, 0))
    let shade = String(repeating: sign(value), count: 2)
    return [Run(blanks), Run(shade, .dim), Run(" "), Run(text, .number, value: value)]
  }

  // MARK: - Many cells

  /// One value for each tile of values: the largest, or for signed data that of largest magnitude.
  private func downsampled() -> (Page, note: String) {
    let (rows, columns) = (values.shape[0], values.shape[1])
    let labelWidth = min(max("\(rows - 1)".count, 1), 6)
    let room = max(options.width - labelWidth - 3, 1)
    let linesOfCells = max(options.height - 5, 4) * (options.isColored ? 2 : 1)
    let (tileRows, tileColumns) = ((rows - 1) / linesOfCells + 1, (columns - 1) / room + 1)
    let (gridRows, gridColumns) = ((rows - 1) / tileRows + 1, (columns - 1) / tileColumns + 1)
    var grid: [[Double?]] = []
    for r in 0..<gridRows {
      grid.append((0..<gridColumns).map { c in tile(r * tileRows, c * tileColumns, tileRows, tileColumns) })
    }
    let note = self.note(tileRows, tileColumns)
    let wide = !options.isColored && gridColumns * 2 <= room ? 2 : 1
    let step = options.isColored ? 2 : 1
    var page = Page()
    for r in stride(from: 0, to: gridRows, by: step) {
      var line: Line = [Run("  " + "\(r * tileRows)".paddedLeft(to: labelWidth) + " ", .dim)]
      for c in 0..<gridColumns {
        if options.isColored {
          line.append(halfBlock(grid[r][c], r + 1 < gridRows ? grid[r + 1][c] : nil))
        } else {
          let sign = grid[r][c].map { self.sign($0) } ?? Character(options.charset.masked)
          line.append(Run(String(repeating: sign, count: wide)))
        }
      }
      page.append(line)
    }
    return (page, note)
  }

  private func note(_ tileRows: Int, _ tileColumns: Int) -> String {
    var parts = ""
    if tileRows > 1 || tileColumns > 1 {
      let what = limits.isSigned ? "largest magnitude" : "max"
      parts += "  1 cell = \(tileRows)\(options.charset.times)\(tileColumns) values (\(what))"
    }
    let columns = values.shape[1]
    if let place = (try? values.reshaped([values.count]).reduce(.argmax, axis: 0, keep: false)) {
      let index = Int(place[flat: 0])
      let most = NumberText.lone(values[flat: index], charset: options.charset)
      parts += "  max \(most) at [\(index / columns), \(index % columns)]"
    }
    return parts
  }

  /// nil where every cell is masked.
  private func tile(_ row: Int, _ column: Int, _ height: Int, _ width: Int) -> Double? {
    var best: Double?
    for r in row..<min(row + height, values.shape[0]) {
      for c in column..<min(column + width, values.shape[1]) where isVisible(r, c) {
        let value = value(r, c)
        guard let known = best, !known.isNaN else {
          best = value
          continue
        }
        if limits.isSigned ? abs(value) > abs(known) : value > known { best = value }
      }
    }
    return best
  }

  private func halfBlock(_ upper: Double?, _ lower: Double?) -> Run {
    switch (upper, lower) {
    case (nil, nil): return Run(" ")
    case (let upper?, nil):
      return Run("▀", .cell(CellColor(color(upper).value, map: color(upper).map, lower: .nan)))
    case (nil, let lower?):
      return Run("▀", .cell(CellColor(.nan, map: color(lower).map, lower: color(lower).value)))
    case (let upper?, let lower?):
      return Run("▀", .cell(CellColor(color(upper).value, map: color(upper).map, lower: color(lower).value)))
    }
  }

  // MARK: - The legend

  private func colorBar() -> Line {
    let low = NumberText.lone(limits.low, digits: 5, charset: options.charset)
    let high = NumberText.lone(limits.high, digits: 5, charset: options.charset)
    let map: CellColor.Map = limits.isSigned ? .diverging : .sequential
    var line: Line = [Run("  \(low) ", .dim)]
    if options.isColored {
      let steps = 20
      for step in 0..<steps {
        let share = Double(step) / Double(steps - 1)
        let value = limits.isSigned ? share * 2 - 1 : share
        line.append(Run(" ", .cell(CellColor(value, map: map))))
      }
    } else {
      let ramp = Self.ramp
      line.append(Run(limits.isSigned ? "[\(String(ramp.reversed()))\(String(ramp.dropFirst()))]" : "[\(String(ramp))]"))
    }
    line.append(Run(" \(high)", .dim))
    return line
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
