import Language

/// An error as a page: the sentence and where, the source with its marks, the proved ways out.
///
///     error: these shapes do not multiply                      lesson.attn:3:5
///     3 │ S = Q @ K
///       │     ─ ^ ─    Q 4×8   K 5×8   inner 8 ≠ 5
///     fix 1: Q @ K'    4×8 @ 8×5 → 4×5
public func layout(_ diagnostic: Diagnostic, options: DisplayOptions = DisplayOptions()) -> Page {
  let texts = DiagnosticTexts(options: options)
  let source = diagnostic.source
  var page = texts.headline(diagnostic)
  page.append(
    SourceExcerpt(
      source: source,
      marks: diagnostic.marks.isEmpty ? [.init(diagnostic.span)] : diagnostic.marks,
      detail: diagnostic.detail, options: options
    ).page())
  page.append(texts.fixes(diagnostic.fixes))
  for note in diagnostic.notes { page.append(texts.labelled("note: ", note, .note)) }
  page.append(texts.callers(diagnostic.callers))
  return page
}

/// The parts of an error around its source lines.
private struct DiagnosticTexts {
  let options: DisplayOptions

  private var charset: Charset { options.charset }

  /// Where `file:line:col` ends in a wide window: near enough to be read with the sentence.
  private var locationEdge: Int { min(72, options.columns) }

  func headline(_ diagnostic: Diagnostic) -> Page {
    var page = labelled("error: ", diagnostic.message, .error)
    guard !diagnostic.source.name.isEmpty else { return page }
    let location = place(diagnostic.source, diagnostic.span)
    let missing = locationEdge - location.columns
    if page.lines.count == 1, page.lines[0].columns + 2 <= missing {
      page.lines[0] = page.lines[0].padded(to: missing) + [Run(location, .location)]
    } else {
      page.append(labelled("  at ", location, .location))
    }
    return page
  }

  private func place(_ source: Source, _ span: Span) -> String {
    let offset = min(max(span.lower, 0), source.bytes.count)
    let name = source.name.isEmpty ? "line " : charset.text(source.name) + ":"
    let column = source.name.isEmpty ? "" : ":\(source.column(at: offset))"
    return name + "\(source.lineNumber(at: offset))" + column
  }

  /// A label and a text of any length, continued below its beginning.
  func labelled(_ label: String, _ text: String, _ role: Role) -> Page {
    let lines = Sanitise.lines(charset.isAscii ? Ascii.keepingBreaks(text) : text, charset: charset)
      .flatMap { wrap($0, width: options.columns - label.columns) }
    var page = Page()
    for (index, line) in lines.enumerated() {
      let start = index == 0 ? Run(label, role) : .blanks(label.columns)
      page.append([start, Run(line, index == 0 && role == .error ? .strong : .plain)])
    }
    return page
  }

  /// `fix 1: Q @ K'    4×8 @ 8×5 → 4×5`, the notes one below the other.
  func fixes(_ fixes: [Fix]) -> Page {
    let texts = fixes.map { charset.text(Sanitise.expandingTabs($0.text)) }
    let notes = fixes.map { charset.text($0.note) }
    let label = "fix \(fixes.count): ".columns
    let widest = texts.map(\.columns).max() ?? 0
    let hasRoom = zip(texts, notes).allSatisfy { _, note in
      label + widest + 4 + note.columns <= options.columns
    }
    var page = Page()
    for (index, (text, note)) in zip(texts, notes).enumerated() {
      let start = Run("fix \(index + 1): ".padded(to: label), .fix)
      if hasRoom {
        page.append([start, Run(text.padded(to: widest + 4), .code), Run(note, .dim)])
        continue
      }
      for (place, line) in wrap(text, width: options.columns - label).enumerated() {
        page.append([place == 0 ? start : .blanks(label), Run(line, .code)])
      }
      if note.isEmpty { continue }
      for line in wrap(note, width: options.columns - label - 2) {
        page.append([.blanks(label + 2), Run(line, .dim)])
      }
    }
    return page
  }

  /// The first few calls and the outermost one; a deep recursion has thousands between.
  func callers(_ callers: [Diagnostic.Caller]) -> Page {
    var page = Page()
    for index in Elision(callers.count, fitting: 4).indices {
      guard let index else {
        page.append([
          .ellipsis(charset), Run(" \(callers.count - 4) more calls", .dim),
        ])
        continue
      }
      let caller = callers[index]
      let function = charset.text(caller.function)
      let label = function.isEmpty ? "called from " : "\(function), called from "
      page.append(labelled(label, place(caller.source, caller.span), .dim))
      page.append(
        SourceExcerpt(
          source: caller.source, marks: [.init(caller.span, isPrimary: false)], detail: "",
          options: options
        ).page())
    }
    return page
  }
}

extension Charset {
  var isAscii: Bool { self == .ascii }
}

extension Ascii {
  /// Line breaks and tabs stay, for whoever splits and expands them next.
  static func keepingBreaks(_ text: String) -> String {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      .map { self.text(Sanitise.expandingTabs(String($0))) }.joined(separator: "\n")
  }
}

/// Lines of at most `width` columns, broken at blanks where there are any.
public func wrap(_ text: String, width: Int) -> [String] {
  let width = max(width, 8)
  var lines: [String] = []
  var rest = Substring(text)
  while rest.utf8.count > width, String(rest).columns > width {
    let head = String(rest).prefix(columns: width)
    let end = rest.index(rest.startIndex, offsetBy: head.count)
    // A blank right behind the head is as good a place as one inside.
    let blank = rest[end] == " " ? end : rest[..<end].lastIndex(of: " ")
    if let blank, blank > rest.startIndex {
      lines.append(String(rest[..<blank]).trimmingTrailingBlanks())
      rest = rest[blank...].drop { $0 == " " }
    } else {
      lines.append(head)
      rest = rest[end...]
    }
  }
  if !rest.isEmpty || lines.isEmpty { lines.append(String(rest)) }
  return lines
}
