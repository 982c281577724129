import Kernels

/// The window and the wishes that a layout has to meet.
public struct DisplayOptions: Sendable {
  /// In columns.
  public var width = 80
  /// In lines; how much of a long result is shown.
  public var height = 24
  /// Decimals.
  public var digits = 4
  public var charset = Charset.unicode
  /// Whether cells can be painted; otherwise a ramp of characters shows them.
  public var isColored = false

  public init() {}

  /// Everything, however large.
  public var unlimited: DisplayOptions {
    var options = self
    (options.width, options.height) = (1 << 30, 1 << 30)
    return options
  }

  /// Everything, in a window of the same width.
  public var full: DisplayOptions {
    var options = self
    options.height = 1 << 30
    return options
  }
}

/// Numbers, vectors, matrices and tensors as pages.
public struct TensorLayout {
  private let options: DisplayOptions
  private let tensor: Tensor
  private let format: CellFormat
  private let visible: Tensor?

  private init(_ tensor: Tensor, _ visible: Tensor?, _ options: DisplayOptions) {
    self.tensor = tensor
    self.options = options
    self.visible = visible
    format = CellFormat(tensor.doubles, digits: options.digits, charset: options.charset)
  }

  /// - Parameters:
  ///   - name: stands before the shape in the header of a matrix.
  ///   - visible: cells that are 0 there are masked and show `·`.
  public static func page(
    _ tensor: Tensor, name: String? = nil, visible: Tensor? = nil, _ options: DisplayOptions
  ) -> Page {
    let layout = TensorLayout(tensor, visible, options)
    switch tensor.rank {
    case 0: return Page(lines: [[number(tensor[flat: 0], options)]])
    case 1: return layout.vector()
    default:
      var page = Page(lines: [layout.header(name)])
      page.append(layout.blocks(tensor.shape, offset: 0, label: ""))
      return page
    }
  }

  /// A number on its own.
  public static func number(_ value: Double, _ options: DisplayOptions) -> Run {
    Run(
      NumberText.lone(value, digits: max(6, options.digits + 2), charset: options.charset),
      .number, value: value)
  }

  /// `A 4×5 f32 ×10⁻⁵`
  private func header(_ name: String?) -> Line {
    let words = [
      name ?? "", tensor.shape.map(String.init).joined(separator: options.charset.times),
      tensor.dtype == .f64 ? "" : tensor.dtype.name, format.scaleText,
    ]
    return [Run(words.filter { !$0.isEmpty }.joined(separator: " "), .header)]
  }

  // MARK: - Vectors

  private func vector() -> Page {
    let count = tensor.count
    guard count > 0 else { return Page(lines: [[Run("[ ]", .number)]]) }
    let scale = format.scaleText.isEmpty ? [] : [Run(" " + format.scaleText, .dim)]
    let capacity = max(options.height, 4) * max(options.width / 2, 1)
    if count <= capacity {
      let cells = (0..<count).map(cell)
      let line = separated(cells)
      if Page.width(of: line + scale) <= options.width { return Page(lines: [line + scale]) }
      let page = wrapped(cells)
      if page.lines.count <= max(options.height / 2, 4) {
        return Page(lines: page.lines.dropLast() + [(page.lines.last ?? []) + scale])
      }
    }
    return elidedVector(scale)
  }

  private func separated(_ cells: [Run]) -> Line {
    var line: Line = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { line.append(Run(" ")) }
      line.append(cell)
    }
    return line
  }

  private func wrapped(_ cells: [Run]) -> Page {
    var column = AlignedColumn()
    for cell in cells { column.include(cell.text) }
    let perLine = max(1, (options.width + 1) / (column.width + 1))
    let lines = stride(from: 0, to: cells.count, by: perLine).map { first in
      separated(
        cells[first..<min(first + perLine, cells.count)].map { cell in
          var cell = cell
          cell.text = column.padded(cell.text)
          return cell
        })
    }
    return Page(lines: lines)
  }

  /// The first and last entries that fit on a line, and how many there are.
  private func elidedVector(_ scale: Line) -> Page {
    let count = tensor.count
    let tail: Line = [Run(" ")] + [Run("(\(count) values)", .dim)] + scale
    let ellipsis = Run(options.charset.ellipsis, .dim)
    var shown = 1
    func line(_ shown: Int) -> Line {
      let front = (0..<(shown + 1) / 2).map(cell)
      let back = (count - shown / 2..<count).map(cell)
      return separated(front + [ellipsis] + back) + tail
    }
    while shown + 1 < count, Page.width(of: line(shown + 1)) <= options.width { shown += 1 }
    return Page(lines: [line(shown)])
  }

  private func cell(_ index: Int) -> Run {
    if let visible, visible[flat: index % max(visible.count, 1)] == 0 {
      return Run(options.charset.masked, .masked, value: 0)
    }
    let value = tensor[flat: index]
    return Run(format.text(value), .number, value: value)
  }

  // MARK: - Matrices and more

  private func blocks(_ shape: [Int], offset: Int, label: String) -> Page {
    guard shape.count > 2 else { return matrix(shape[0], shape[1], offset: offset) }
    var page = Page()
    let size = shape.dropFirst().reduce(1, *)
    let linesOfOne = shape.count == 3 ? min(shape[1], options.height) + 1 : options.height
    let fitting = max(2, options.height / max(linesOfOne, 1))
    for index in kept(shape[0], fitting) {
      guard let index else {
        page.append([Run(options.charset.ellipsis, .dim)])
        continue
      }
      let inner = label + (label.isEmpty ? "" : ", ") + "\(index)"
      if shape.count == 3 { page.append([Run("[\(inner)]", .header)]) }
      page.append(
        blocks(Array(shape.dropFirst()), offset: offset + index * size, label: inner))
    }
    return page
  }

  /// Which of `count` things are shown where `fitting` can be: nil stands for those left out.
  private func kept(_ count: Int, _ fitting: Int) -> [Int?] {
    guard count > fitting else { return Array(0..<count) }
    let front = max(1, fitting / 2)
    let back = max(0, min(fitting - 1 - front, count - front))
    return Array(0..<front) + [nil] + Array(count - back..<count)
  }

  private func matrix(_ rows: Int, _ columns: Int, offset: Int) -> Page {
    guard rows > 0, columns > 0 else { return Page() }
    let shownRows = kept(rows, max(options.height - 3, 4))
    let (shownColumns, column) = fittingColumns(columns, shownRows.compactMap { $0 }, offset)
    return Page(
      lines: shownRows.map { row in
        guard let row else { return [Run("  "), Run(options.charset.ellipsis, .dim)] }
        var line: Line = []
        for place in shownColumns {
          line.append(Run("  "))
          guard let place else {
            line.append(Run(options.charset.ellipsis, .dim))
            continue
          }
          var cell = cell(offset + row * columns + place)
          cell.text = column.padded(cell.text)
          line.append(cell)
        }
        return line
      })
  }

  /// As many columns as the window holds, all of one width.
  private func fittingColumns(_ columns: Int, _ rows: [Int], _ offset: Int) -> (
    [Int?], AlignedColumn
  ) {
    let room = options.width - DisplayWidth.of(options.charset.ellipsis) - 2
    // No cell is narrower than one column and its gap of two.
    let most = max(1, options.width / 3)
    var shown = kept(columns, most)
    while true {
      var column = AlignedColumn()
      for row in rows {
        for place in shown {
          if let place { column.include(cell(offset + row * columns + place).text) }
        }
      }
      let count = shown.count { $0 != nil }
      let isWhole = count == columns
      let needed = count * (column.width + 2)
      if needed <= (isWhole ? options.width : room) || count <= 1 { return (shown, column) }
      let fitting = max(1, room / (column.width + 2))
      shown = kept(columns, min(fitting + 1, count))
      if shown.count(where: { $0 != nil }) >= count { return (shown, column) }
    }
  }

  // MARK: - Summaries

  /// One line for an assignment: `Q 4×8  mean -0.1126  sd 0.9337`, `x = 3`.
  public static func summary(_ tensor: Tensor, name: String, _ options: DisplayOptions) -> Line {
    guard tensor.rank > 0 else {
      return [Run("\(name) = "), number(tensor[flat: 0], options)]
    }
    let shape = tensor.shape.map(String.init).joined(separator: options.charset.times)
    let dtype = tensor.dtype == .f64 ? "" : " \(tensor.dtype.name)"
    var line: Line = [Run("\(name.sanitised) ", .name), Run(shape + dtype, .header)]
    guard tensor.count > 0, let mean = try? tensor.reduce(.mean, axis: nil, keep: false)[flat: 0],
      let sd = try? tensor.reduce(.std, axis: nil, keep: false)[flat: 0]
    else { return line }
    line += [Run("  mean "), statistic(mean, options), Run("  sd "), statistic(sd, options)]
    let missing = mean.isNaN ? tensor.doubles.count(where: \.isNaN) : 0
    if missing > 0 { line.append(Run("  (\(missing) NaN)", .dim)) }
    return line
  }

  private static func statistic(_ value: Double, _ options: DisplayOptions) -> Run {
    let isTiny = value != 0 && value.magnitude < CellFormat.power(-options.digits + 1)
    let isHuge = value.magnitude >= 1e9
    let text =
      isTiny || isHuge || !value.isFinite
      ? NumberText.lone(value, charset: options.charset)
      : NumberText.fixed(value, decimals: options.digits)
    return Run(text, .number, value: value)
  }
}
