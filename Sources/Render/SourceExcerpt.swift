import Language

/// Source lines with a gutter, and under each of them its marks.
struct SourceExcerpt {
  let source: Source
  let marks: [Diagnostic.Mark]
  let detail: String
  let options: DisplayOptions

  /// More marked lines than these are cut in the middle.
  private static let mostLines = 6

  private var charset: Charset { options.charset }
  private var ellipsis: String { charset.ellipsis }

  func page() -> Page {
    let numbers = markedLines()
    let gutter = String(numbers.last ?? 1).count
    var page = Page()
    let chosen = Elision(numbers.count, fitting: Self.mostLines)
    for index in chosen.indices {
      guard let index else {
        page.append([Run(ellipsis, .dim)])
        continue
      }
      if index > 0, numbers[index] > numbers[index - 1] + 1, chosen.shown.contains(index - 1) {
        page.append([Run(ellipsis, .dim)])
      }
      page.append(line(numbers[index], gutter, isLast: index == numbers.count - 1))
    }
    return page
  }

  /// The 1-based numbers of all lines that a mark touches.
  private func markedLines() -> [Int] {
    var numbers: Set<Int> = []
    for mark in marks {
      let span = clamped(mark.span)
      let first = source.lineNumber(at: span.lower)
      // A span that ends with a line break does not touch the next line.
      let last = source.lineNumber(at: max(span.lower, span.upper - 1))
      if last - first < 2 * Self.mostLines {
        numbers.formUnion(first...last)
      } else {
        numbers.formUnion(first...first + Self.mostLines)
        numbers.formUnion(last - Self.mostLines...last)
      }
    }
    return numbers.sorted()
  }

  private func clamped(_ span: Span) -> Span {
    let lower = min(max(span.lower, 0), source.bytes.count)
    return Span(lower, min(max(span.upper, lower), source.bytes.count))
  }

  // MARK: - One line

  private enum Paint {
    case none, second, first
  }

  /// A column of the source line as it is shown.
  private struct Glyph {
    var text: String
    var columns: Int
    var paint: Paint
  }

  private func line(_ number: Int, _ gutter: Int, isLast: Bool) -> Page {
    let room = max(8, options.columns - gutter - 3)
    let glyphs = windowed(glyphs(of: number), room: room)
    let bar = Run(" \(charset.vertical) ", .dim)
    let text = glyphs.map(\.text).joined()
    var page = Page(lines: [
      [Run(String(number).padded(to: gutter, .right), .dim), bar, Run(text, .code)]
    ])
    var marked: Line = [.blanks(gutter), bar] + markRuns(glyphs)
    let detail = isLast ? charset.text(detail) : ""
    if !detail.isEmpty && marked.columns + 4 + detail.columns <= options.columns {
      marked += [.blanks(4), Run(detail, .strong)]
      page.append(marked)
      return page
    }
    page.append(marked)
    if detail.isEmpty { return page }
    for part in wrap(detail, width: room - 2) {
      page.append([.blanks(gutter), bar, .blanks(2), Run(part, .strong)])
    }
    return page
  }

  /// What each character shows as, how wide that is, and which mark stands under it.
  private func glyphs(of number: Int) -> [Glyph] {
    let span = source.lineSpan(number)
    var result: [Glyph] = []
    var offset = span.lower
    var column = 0
    let measure = DisplayWidth()
    for character in source.slice(span) {
      let end = offset + character.utf8.count
      let text: String
      if character == "\t" {
        text = .blanks(4 - column % 4)
      } else {
        text = charset.text(String(character))
      }
      let columns = measure.columns(of: text)
      result.append(Glyph(text: text, columns: columns, paint: paint(Span(offset, end))))
      column += columns
      offset = end
    }
    // An empty span, or one at the end of the line, still has a place.
    let atEnd = paint(Span(span.upper, span.upper + 1))
    let isEmptyMark = atEnd != .none && !result.contains { $0.paint != .none }
    if isEmptyMark { result.append(Glyph(text: " ", columns: 1, paint: atEnd)) }
    return result
  }

  private func paint(_ place: Span) -> Paint {
    var result = Paint.none
    for mark in marks {
      let span = clamped(mark.span)
      let upper = max(span.upper, span.lower + 1)
      guard span.lower < place.upper && place.lower < upper else { continue }
      if mark.isPrimary { return .first }
      result = .second
    }
    return result
  }

  private func markRuns(_ glyphs: [Glyph]) -> Line {
    var line: Line = []
    guard let last = glyphs.lastIndex(where: { $0.paint != .none }) else { return line }
    for glyph in glyphs[...last] {
      switch glyph.paint {
      case .none: line.append(.blanks(glyph.columns))
      case .first: line.append(Run(String(repeating: "^", count: glyph.columns), .mark))
      case .second:
        let text = String(repeating: charset.horizontal, count: glyph.columns)
        line.append(Run(text, .secondMark))
      }
    }
    return line
  }

  /// The part of a long line around its first mark, with `…` where it goes on.
  private func windowed(_ glyphs: [Glyph], room: Int) -> [Glyph] {
    let total = glyphs.reduce(0) { $0 + $1.columns }
    if total <= room { return glyphs }
    let cut = Glyph(text: ellipsis, columns: ellipsis.columns, paint: .none)
    let focus =
      glyphs.firstIndex { $0.paint == .first } ?? glyphs.firstIndex { $0.paint != .none } ?? 0
    // A third of the window stands before the mark, unless the line ends soon behind it.
    var before = room / 3 - cut.columns
    let behind = glyphs[focus...].reduce(0) { $0 + $1.columns }
    if behind < room - before - cut.columns { before = room - behind - cut.columns }
    var first = focus
    while first > 0, glyphs[first - 1].columns <= before {
      before -= glyphs[first - 1].columns
      first -= 1
    }
    var result = first > 0 ? [cut] : []
    var left = room - (first > 0 ? cut.columns : 0)
    for index in first..<glyphs.count {
      let needed = glyphs[index].columns + (index + 1 < glyphs.count ? cut.columns : 0)
      if needed > left {
        result.append(cut)
        break
      }
      result.append(glyphs[index])
      left -= glyphs[index].columns
    }
    return result
  }
}
