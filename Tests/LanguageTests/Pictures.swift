import Language
import Testing

/// A case of a table: its name is shown when it fails.
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let input: String
  let expected: String

  init(_ name: String, _ input: String, _ expected: String) {
    self.name = name
    self.input = input
    self.expected = expected
  }

  var testDescription: String { name }
}

/// What a text is read as: each item in canonical text, its reading line, the first error.
func picture(of text: String) -> String {
  var parser = Parser(Source(text: text))
  var lines: [String] = []
  do throws(Diagnostic) {
    while let item = try parser.next() { lines.append(picture(of: item)) }
  } catch {
    lines.append(picture(of: error))
  }
  return lines.joined(separator: "\n")
}

func picture(of item: Parser.Item) -> String {
  switch item {
  case .colon(let command): ":\(command.name.text) «\(command.rest.text)»"
  case .statement(let statement):
    statement.description + (statement.reading.map { "\n  read as \($0)" } ?? "")
  }
}

/// The message, the line with its marks and detail, the fixes.
func picture(of diagnostic: Diagnostic) -> String {
  let source = diagnostic.source
  let number = source.lineNumber(at: diagnostic.span.lower)
  let line = source.lineSpan(number)
  var lines = [(diagnostic.isIncomplete ? "more: " : "error: ") + diagnostic.message]
  lines.append("\(number) │ \(source.slice(line))")
  var marks = "  │ \(carets(diagnostic, line))"
  if !diagnostic.detail.isEmpty { marks += "    \(diagnostic.detail)" }
  lines.append(marks)
  for (index, fix) in diagnostic.fixes.enumerated() {
    lines.append("fix \(index + 1): \(fix.text)" + (fix.note.isEmpty ? "" : "    \(fix.note)"))
  }
  return lines.joined(separator: "\n")
}

private func carets(_ diagnostic: Diagnostic, _ line: Span) -> String {
  var cells: [Character] = []
  for mark in diagnostic.marks.sorted(by: { !$0.isPrimary && $1.isPrimary }) {
    let lower = diagnostic.source.slice(Span(line.lower, max(mark.span.lower, line.lower))).count
    let upper = diagnostic.source.slice(Span(line.lower, min(mark.span.upper, line.upper))).count
    guard mark.span.lower >= line.lower, mark.span.lower <= line.upper else { continue }
    while cells.count < max(upper, lower + 1) { cells.append(" ") }
    for cell in lower..<max(upper, lower + 1) { cells[cell] = mark.isPrimary ? "^" : "─" }
  }
  return String(cells)
}

/// The text after a fix was put on the line.
func applied(_ fix: Fix, to source: Source) -> String? {
  guard let span = fix.span else { return nil }
  return source.slice(Span(0, span.lower)) + fix.text
    + source.slice(Span(span.upper, source.bytes.count))
}

/// The error that a text gives first.
func firstError(in text: String) -> Diagnostic? {
  var parser = Parser(Source(text: text))
  do throws(Diagnostic) {
    while try parser.next() != nil {}
    return nil
  } catch {
    return error
  }
}
