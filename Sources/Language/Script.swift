/// A step of a script: what stands on one line (or in one block of lines), the prose above it and
/// the output expected below it.
public struct ScriptStep: Sendable {
  /// The `## Title` that begins a section with this step.
  public var section: String?
  /// `# text` lines above, without the sign.
  public var prose: [String] = []
  /// `#| text` lines above: speaker's notes.
  public var notes: [String] = []
  public var items: [Parser.Item] = []
  /// Why the code could not be read; the items before it stand.
  public var failure: Diagnostic?
  /// The code.
  public var span = Span(0, 0)
  /// The text of the `#>` lines directly below.
  public var expected: [String] = []
  /// From the start of the first `#>` line to the end of the last; nil where there is none.
  public var expectedSpan: Span?
  /// `#>` lines with no code above them: nothing can be expected there.
  public var isStray = false

  fileprivate var isDescribed: Bool { section != nil || !prose.isEmpty || !notes.isEmpty }
}

/// Cuts a script into steps, each only when it is asked for.
public struct ScriptReader {
  private let source: Source
  /// Of some of the lines only: the tokens of a long script would take more memory than its text
  /// and the time to fetch it.
  private var parser: Parser
  private var part = Span(0, 0)
  /// 1-based.
  private var line = 1

  private static let linesOfPart = 200

  public init(_ source: Source) {
    self.source = source
    parser = Parser(source, part)
  }

  /// The next step; the last one before a title, or of all, may hold prose alone.
  public mutating func next() -> ScriptStep? {
    var step = ScriptStep()
    while line <= source.lineCount {
      if startsCode(line), holdsCode(line) {
        readCode(&step)
        readExpectation(&step)
        return step
      }
      let text = trimmed(line)
      if text.isEmpty {
        line += 1
      } else if text.hasPrefix("#>") {
        step.isStray = true
        readExpectation(&step)
        return step
      } else if text.hasPrefix("#") {
        // What stands before a title does not belong to its section.
        if text.hasPrefix("## "), step.isDescribed { return step }
        describe(text, &step)
        line += 1
      } else {
        line += 1
      }
    }
    return step.isDescribed ? step : nil
  }

  /// Neither blank nor a comment.
  private func startsCode(_ line: Int) -> Bool {
    let span = source.lineSpan(line)
    for place in span.lower..<span.upper {
      switch source.bytes[place] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): continue
      case UInt8(ascii: "#"): return false
      // Perhaps another kind of blank.
      case 0x80...: return !trimmed(line).isEmpty && !trimmed(line).hasPrefix("#")
      default: return true
      }
    }
    return false
  }

  private func trimmed(_ line: Int) -> Substring {
    var text = Substring(source.slice(source.lineSpan(line)))
    while let first = text.unicodeScalars.first, first.isBlank {
      text = Substring(text.unicodeScalars.dropFirst())
    }
    return text
  }

  /// More than a `;`.
  private mutating func holdsCode(_ line: Int) -> Bool {
    let start = source.lineSpan(line).lower
    if start < part.lower || start >= part.upper { read(Self.linesOfPart, from: line) }
    parser.seek(to: start)
    return parser.hasMoreOnLine
  }

  private mutating func read(_ lines: Int, from line: Int) {
    let next = line + lines
    let end = next <= source.lineCount ? source.lineSpan(next).lower : source.bytes.count
    part = Span(source.lineSpan(line).lower, end)
    parser = Parser(source, part)
  }

  private func describe(_ text: Substring, _ step: inout ScriptStep) {
    if text.hasPrefix("#|") {
      step.notes.append(afterSign(text, 2))
    } else if text.hasPrefix("## ") {
      step.section = afterSign(text, 2)
    } else {
      step.prose.append(afterSign(text, 1))
    }
  }

  private func afterSign(_ text: Substring, _ count: Int) -> String {
    let rest = text.dropFirst(count)
    return String(rest.first == " " ? rest.dropFirst() : rest)
  }

  /// All statements that begin on the line where another one ends belong together.
  private mutating func readCode(_ step: inout ScriptStep) {
    readItems(&step)
    var lines = Self.linesOfPart
    // What a part ends with may go on behind it; where an error ends, the whole text decides.
    while part.upper < source.bytes.count, step.failure != nil || !parser.hasMore {
      lines = step.failure == nil ? 2 * lines : source.lineCount
      (step.items, step.failure) = ([], nil)
      read(lines, from: line)
      readItems(&step)
    }
    if step.span.upper > source.lineSpan(line).upper {
      line = max(line, source.lineNumber(at: max(step.span.lower, step.span.upper - 1)))
    }
    line += 1
  }

  private mutating func readItems(_ step: inout ScriptStep) {
    parser.seek(to: source.lineSpan(line).lower)
    let begin = parser.offset
    var end = begin
    do {
      repeat {
        guard let item = try parser.next() else { break }
        step.items.append(item)
        end = parser.lastTokenEnd
      } while parser.hasMoreOnLine
    } catch {
      step.failure = error
      parser.recover()
      end = parser.lastTokenEnd
    }
    step.span = Span(begin, max(begin, end))
  }

  /// The `#>` lines below; empty lines and prose may stand in between.
  private mutating func readExpectation(_ step: inout ScriptStep) {
    var ahead = line
    while ahead <= source.lineCount {
      if startsCode(ahead) { return }
      let text = trimmed(ahead)
      if text.hasPrefix("#>") { break }
      guard text.isEmpty || text.hasPrefix("#") && !text.hasPrefix("##") else { return }
      ahead += 1
    }
    guard ahead <= source.lineCount else { return }
    while line < ahead {
      let text = trimmed(line)
      if text.hasPrefix("#") { describe(text, &step) }
      line += 1
    }
    while line <= source.lineCount, trimmed(line).hasPrefix("#>") {
      step.expected.append(afterSign(trimmed(line), 2))
      let span = source.lineSpan(line)
      step.expectedSpan = step.expectedSpan?.joined(with: span) ?? span
      line += 1
    }
  }
}

extension Parser {
  /// Where the text that has been read ends, line breaks and `;` not counted.
  fileprivate var lastTokenEnd: Int {
    var index = position - 1
    while index > 0, tokens[index].kind == .newline { index -= 1 }
    return index >= 0 ? tokens[index].span.upper : 0
  }

  /// More than ends of statements.
  fileprivate var hasMore: Bool {
    tokens[position...].contains { !$0.endsStatement }
  }

  fileprivate var hasMoreOnLine: Bool {
    var index = position
    while tokens[index].kind == .semicolon { index += 1 }
    return tokens[index].kind != .newline && tokens[index].kind != .end
  }
}
