import Language

/// Errors as pages: the sentence, the line with its marks, and the fixes.
public struct DiagnosticLayout {
  private let diagnostic: Diagnostic
  private let options: DisplayOptions
  private let gutter: Int

  /// Where the location ends on the first line, unless the window is narrower.
  private static let locationEnd = 72

  public static func page(_ diagnostic: Diagnostic, _ options: DisplayOptions) -> Page {
    DiagnosticLayout(diagnostic, options).page()
  }

  private init(_ diagnostic: Diagnostic, _ options: DisplayOptions) {
    self.diagnostic = diagnostic
    self.options = options
    let lines =
      [diagnostic.source.lineNumber(at: diagnostic.span.lower)]
      + diagnostic.callers.map { $0.source.lineNumber(at: $0.span.lower) }
      + diagnostic.marks.map { diagnostic.source.lineNumber(at: $0.span.lower) }
    gutter = lines.map { "\($0)".count }.max() ?? 1
  }

  private func page() -> Page {
    var page = Page()
    let message: Line = [Run("error: ", .error), Run(ascii(diagnostic.message.sanitised), .strong)]
    let location = self.location(diagnostic.source, diagnostic.span)
    let room = min(options.width, Self.locationEnd) - Page.width(of: message)
    if location.isEmpty {
      page.append(message)
    } else if DisplayWidth.of(location) + 2 <= room {
      let blanks = String(repeating: " ", count: room - DisplayWidth.of(location))
      page.append(message + [Run(blanks), Run(location, .dim)])
    } else {
      page.append(message)
      page.append([Run("  at \(location)", .dim)])
    }
    appendSource(to: &page)
    appendFixes(to: &page)
    for note in diagnostic.notes { page.append([Run("note: ", .dim), Run(ascii(note.sanitised))]) }
    for caller in diagnostic.callers { append(caller, to: &page) }
    return page
  }

  private func location(_ source: Source, _ span: Span) -> String {
    guard !source.name.isEmpty else { return "" }
    return source.name.sanitised
      + ":\(source.lineNumber(at: span.lower)):\(source.column(at: span.lower))"
  }

  private func ascii(_ text: String) -> String {
    options.charset == .ascii ? ASCII.text(text) : text
  }

  // MARK: - The line and its marks

  private func appendSource(to page: inout Page) {
    let source = diagnostic.source
    guard !source.bytes.isEmpty else {
      if !diagnostic.detail.isEmpty { page.append([Run("  " + ascii(diagnostic.detail.sanitised))]) }
      return
    }
    let byLine = Dictionary(grouping: diagnostic.marks) { source.lineNumber(at: $0.span.lower) }
    let lines = byLine.isEmpty ? [source.lineNumber(at: diagnostic.span.lower)] : byLine.keys.sorted()
    for number in lines {
      let isLast = number == lines.last
      append(
        source, number, byLine[number] ?? [],
        detail: isLast ? diagnostic.detail : "", to: &page)
    }
  }

  private func append(
    _ source: Source, _ number: Int, _ marks: [Diagnostic.Mark], detail: String, to page: inout Page
  ) {
    let span = source.lineSpan(number)
    let window = SourceWindow(
      source, span, around: marks.map(\.span), width: max(options.width - gutter - 4, 20),
      charset: options.charset)
    let bar = options.charset.bar
    page.append([Run("\(number)".paddedLeft(to: gutter) + " \(bar) ", .dim), Run(window.text)])
    guard !marks.isEmpty || !detail.isEmpty else { return }
    var columns = Array(repeating: Character(" "), count: 0)
    for mark in marks.sorted(by: { !$0.isPrimary && $1.isPrimary }) {
      let (from, to) = window.columns(of: mark.span)
      while columns.count < to { columns.append(" ") }
      let sign: Character = mark.isPrimary ? "^" : Character(options.charset.dash)
      for column in from..<to { columns[column] = sign }
    }
    let gap = String(repeating: " ", count: gutter) + " \(bar) "
    var line: Line = [Run(gap, .dim), Run(String(columns), .mark)]
    if !detail.isEmpty {
      let text = ascii(detail.sanitised)
      if gutter + 3 + columns.count + 4 + DisplayWidth.of(text) <= options.width || marks.isEmpty {
        line += [Run("    "), Run(text)]
      } else {
        page.append(line)
        line = [Run(gap, .dim), Run(text)]
      }
    }
    page.append(line)
  }

  // MARK: - Fixes and callers

  private func appendFixes(to page: inout Page) {
    let texts = diagnostic.fixes.map { ascii($0.text.sanitised) }
    let width = texts.map(DisplayWidth.of).max() ?? 0
    for (index, fix) in diagnostic.fixes.enumerated() {
      var line: Line = [Run("fix \(index + 1): ", .fix), Run(texts[index], .strong)]
      if !fix.note.isEmpty {
        let padding = String(repeating: " ", count: width - DisplayWidth.of(texts[index]) + 4)
        line += [Run(padding), Run(ascii(fix.note.sanitised))]
      }
      page.append(line)
    }
  }

  private func append(_ caller: Diagnostic.Caller, to page: inout Page) {
    let place = location(caller.source, caller.span)
    page.append([
      Run("in \(caller.function.sanitised), called from", .dim),
      Run(place.isEmpty ? " here" : " \(place)", .dim),
    ])
    append(
      caller.source, caller.source.lineNumber(at: caller.span.lower),
      [Diagnostic.Mark(caller.span, isPrimary: false)], detail: "", to: &page)
  }
}

/// The part of a source line that fits, and where spans of it stand on the screen.
private struct SourceWindow {
  private(set) var text = ""
  /// The screen column at which each byte of the line begins.
  private var columnOfByte: [Int: Int] = [:]
  private let line: Span
  private let width: Int

  init(_ source: Source, _ line: Span, around marks: [Span], width: Int, charset: Charset) {
    self.line = line
    self.width = width
    var cells: [(text: String, byte: Int, width: Int)] = []
    var byte = line.lower
    for character in source.slice(line) {
      var shown = String(character).sanitised
      if charset == .ascii { shown = ASCII.text(shown) }
      cells.append((shown, byte, DisplayWidth.of(shown)))
      byte += character.utf8.count
    }
    let total = cells.reduce(0) { $0 + $1.width }
    var first = 0
    if total > width, let begin = marks.map(\.lower).min() {
      // Show a third of the window before the first mark.
      var before = 0
      for (index, cell) in cells.enumerated() where cell.byte < begin { before += cell.width; first = index }
      var skip = 0
      first = 0
      while skip < before - width / 3, first < cells.count {
        skip += cells[first].width
        first += 1
      }
    }
    var column = 0
    if first > 0 {
      text = charset.ellipsis
      column = DisplayWidth.of(text)
    }
    for cell in cells[first...] {
      if column + cell.width > width - 1, total > width {
        text += charset.ellipsis
        break
      }
      columnOfByte[cell.byte] = column
      text += cell.text
      column += cell.width
    }
    columnOfByte[byte] = columnOfByte[byte] ?? column
  }

  /// From and to, at least one column, inside the window.
  func columns(of span: Span) -> (Int, Int) {
    let from = column(span.lower, fallback: 0)
    let to = span.upper > line.upper ? DisplayWidth.of(text) : column(span.upper, fallback: DisplayWidth.of(text))
    return (min(from, width), max(min(to, width), min(from, width) + 1))
  }

  private func column(_ byte: Int, fallback: Int) -> Int {
    var byte = byte
    while byte >= line.lower {
      if let column = columnOfByte[byte] { return column }
      byte -= 1
    }
    return fallback
  }
}
