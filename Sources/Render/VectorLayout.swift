import Kernels

/// A vector: one line where it fits, otherwise a few lines of aligned columns.
struct VectorLayout {
  let tensor: Tensor
  let format: CellFormat
  let visibility: Visibility
  let options: DisplayOptions

  /// More lines than these are a wall of numbers.
  private static let mostLines = 6
  private static let gap = 2

  private func cell(_ index: Int) -> CellFormat.Cell {
    visibility.hides(index)
      ? CellFormat.masked(options.charset) : format.cell(tensor[flat: index])
  }

  private func run(_ cell: CellFormat.Cell) -> Run { Run(cell.text, cell.role, value: cell.value) }

  private var unit: Line {
    format.scale == 0
      ? [] : [.blanks(2), Run(options.charset.powerOfTen(format.scale), .strong)]
  }

  func page() -> Page {
    if tensor.count == 0 { return Page("[]", .dim) }
    if let line = singleLine() { return Page(lines: [line]) }
    return wrapped()
  }

  private func singleLine() -> Line? {
    // Each element takes a character and a blank at least.
    guard tensor.count <= options.columns / 2 + 1 else { return nil }
    var line: Line = []
    for index in 0..<tensor.count {
      if index > 0 { line.append(.blanks(1)) }
      line.append(run(cell(index)))
    }
    line += unit
    return line.columns <= options.columns ? line : nil
  }

  private func wrapped() -> Page {
    let mostLines = options.full ? Int.max : min(Self.mostLines, max(3, options.rows ?? .max))
    let candidates = Elision(
      tensor.count,
      fitting: options.full ? tensor.count : options.columns &* Self.mostLines)
    let width = candidates.shown.reduce(1) { max($0, cell($1).columns) }
    let perLine = max(1, (options.columns + Self.gap) / (width + Self.gap))
    let lineCount = (tensor.count + perLine - 1) / perLine
    let lines = Elision(lineCount, fitting: lineCount <= mostLines ? lineCount : mostLines - 1)
    var page = Page()
    for line in lines.indices {
      guard let line else {
        page.append([
          .ellipsis(options.charset), .blanks(2), Run("\(tensor.count) values", .dim),
        ])
        continue
      }
      page.append(row(line * perLine..<min(tensor.count, (line + 1) * perLine), width))
    }
    if !unit.isEmpty { page.append(Array(unit.dropFirst())) }
    return page
  }

  private func row(_ range: Range<Int>, _ width: Int) -> Line {
    var line: Line = []
    var blanks = 0
    for index in range {
      let cell = cell(index)
      line += [.blanks(blanks + width - cell.columns), run(cell)]
      blanks = Self.gap + cell.tail
    }
    return line
  }
}
