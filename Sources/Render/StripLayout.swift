import Engine
import Kernels

/// Strips as a page: names, marks that share one axis, numbers.
struct StripLayout {
  let strips: Strips
  let view: View

  private static let indent = 2
  private static let gap = 2
  /// Longer bars are no easier to compare.
  private static let mostColumns = 60

  private var charset: Charset { view.charset }
  private var columns: Int { view.display.columns }

  func page() -> Page {
    var page = Page()
    if let title = strips.title {
      page.append(
        charset.text(title).truncated(to: columns, ellipsis: charset.ellipsis), .title)
    }
    page.append(strips.hasBars ? GroupedBars(strips, view).page() : rows())
    for note in strips.notes {
      page.lines += wrap(charset.text(note), width: max(8, columns - Self.indent)).map {
        [.blanks(Self.indent), Run($0, .dim)]
      }
    }
    return page
  }

  // MARK: - One mark a row

  private func rows() -> Page {
    let names = NameColumn(
      strips.rows.map(\.name), header: strips.nameColumn, most: max(4, columns / 4), charset)
    let taken = Self.indent + names.width + Self.gap
    let numbers = NumberColumns(strips, view, room: columns - taken)
    let room = columns - taken - numbers.width - (numbers.width > 0 ? Self.gap : 0)
    let marks = hasMarks ? StripMarks(strips, view, room: max(1, min(room, Self.mostColumns))) : nil
    var page = Page()
    if !strips.nameColumn.isEmpty || !strips.columns.isEmpty {
      page.append(
        line(Run(names.header, .dim), marks.map { [Run.blanks($0.width)] } ?? [], numbers.header))
    }
    for (index, row) in strips.rows.enumerated() {
      page.append(
        line(Run(names[index], .name), marks?.line(row.mark) ?? [], numbers.line(index)))
    }
    if let ruler = marks?.ruler() {
      page.append([.blanks(taken)] + ruler)
    }
    if let note = marks?.note { page.append([.blanks(Self.indent), Run(note, .dim)]) }
    return page
  }

  private var hasMarks: Bool {
    strips.rows.contains { if case .none = $0.mark { false } else { true } }
  }

  private func line(_ name: Run, _ mark: Line, _ numbers: Line) -> Line {
    var line: Line = [.blanks(Self.indent), name, .blanks(Self.gap)] + mark
    if !numbers.isEmpty { line += (mark.isEmpty ? [] : [.blanks(Self.gap)]) + numbers }
    return line
  }
}

/// Names in a column of one width.
struct NameColumn {
  let width: Int
  let header: String
  private let names: [String]

  init(_ names: [String], header: String = "", most: Int, _ charset: Charset) {
    let shown = names.enumerated().map { index, name in
      charset.name(name, orElse: "\(index)")
    }
    let width = min(([header] + shown).map(\.columns).max() ?? 0, most)
    func fitted(_ name: String) -> String {
      name.truncated(to: width, ellipsis: charset.ellipsis).padded(to: width, .right)
    }
    self.width = width
    self.header = fitted(charset.text(header))
    self.names = shown.map(fitted)
  }

  subscript(index: Int) -> String { names[index] }
}

/// The numbers behind the marks, each column with its own count of decimals.
struct NumberColumns {
  let width: Int
  let header: Line
  private let lines: [Line]

  private static let gap = 2

  func line(_ row: Int) -> Line { lines[row] }

  init(_ strips: Strips, _ view: View, room: Int) {
    let count = strips.rows.map(\.numbers.count).max() ?? 0
    guard count > 0 else {
      (width, header, lines) = (0, [], strips.rows.map { _ in [] })
      return
    }
    let all = (0..<count).map { Self.column($0, strips, view) }
    let ellipsis = view.charset.ellipsis
    var shown = Elision(all: count)
    let isFitting = { (shown: Elision) in
      let widths = shown.indices.map { $0.map { all[$0].width } ?? ellipsis.columns }
      return widths.reduce(0) { $0 + $1 + Self.gap } - Self.gap <= room
    }
    var fitting = count
    while fitting > 1 && !isFitting(shown) {
      fitting -= 1
      shown = Elision(count, fitting: fitting)
    }
    func joined(_ cell: (Int) -> Run, _ other: Run) -> Line {
      shown.indices.enumerated().flatMap { place, index -> Line in
        let run = index.map(cell) ?? other
        let width = index.map { all[$0].width } ?? ellipsis.columns
        return [.blanks((place > 0 ? Self.gap : 0) + width - run.text.columns), run]
      }
    }
    let isNamed = !strips.columns.isEmpty
    header = isNamed ? joined({ Run(all[$0].name, .dim) }, .blanks(ellipsis.columns)) : []
    lines = strips.rows.indices.map { row in
      joined({ all[$0].cells[row] }, .ellipsis(view.charset))
    }
    width = lines.first?.columns ?? 0
  }

  private static func column(
    _ index: Int, _ strips: Strips, _ view: View
  ) -> (name: String, cells: [Run], width: Int) {
    // A shorter row has nothing in the last columns.
    let numbers = strips.rows.map { $0.numbers[safe: index] }
    let charset = view.charset
    let name = strips.columns[safe: index].map(charset.text) ?? ""
    guard let tensor = try? Tensor(numbers.compactMap { $0 }) else {
      return (name, numbers.map { _ in Run("") }, name.columns)
    }
    // Large numbers need no four decimals beside a picture.
    let census = Census(tensor)
    let digits = census.largest >= 100 ? min(2, view.display.decimals) : view.display.decimals
    let format = CellFormat(census, digits: digits, charset: charset, mayScale: false)
    let cells = numbers.map { number -> Run in
      guard let number else { return Run("") }
      let cell = format.cell(number)
      return Run(cell.text + .blanks(cell.tail), cell.role, value: cell.value)
    }
    return (name, cells, max(name.columns, cells.map(\.text.columns).max() ?? 0))
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
