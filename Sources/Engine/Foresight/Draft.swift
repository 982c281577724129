import Language

/// A text that may break off anywhere, read as if its brackets were closed and a `?` stood where
/// something is missing.
struct Draft {
  let source: Source
  let statements: [Statement]

  enum Reading {
    case draft(Draft)
    case refused(Diagnostic)
    /// A `:` command, a string that is still open, a text too long to be read at each key.
    case other
  }

  private static let lengthLimit = 4000

  static func read(_ text: String) -> Reading {
    guard text.utf8.count <= lengthLimit, let closing = closing(of: text) else { return .other }
    var problem: Diagnostic?
    var endings = ["", closing, "?" + closing, " ?" + closing]
    if closing.isEmpty { endings.remove(at: 1) }
    for ending in endings {
      let source = Source(text: text + ending)
      do {
        guard let statements = try statements(of: source) else { return .other }
        return .draft(Draft(source: source, statements: statements))
      } catch {
        problem = problem ?? error
      }
    }
    guard let problem, !problem.isIncomplete else { return .other }
    return .refused(problem)
  }

  /// nil where there are `:` commands.
  private static func statements(of source: Source) throws(Diagnostic) -> [Statement]? {
    var parser = Parser(source)
    var statements: [Statement] = []
    while let item = try parser.next() {
      guard case .statement(let statement) = item else { return nil }
      statements.append(statement)
    }
    return statements
  }

  /// The brackets that are still open, as they would be closed; nil inside a string.
  private static func closing(of text: String) -> String? {
    let closings: [Character: Character] = ["(": ")", "[": "]", "{": "}"]
    var open: [Character] = []
    var (isInString, isInComment, isEscaped) = (false, false, false)
    for character in text {
      if isInString {
        if character == "\"", !isEscaped { isInString = false }
        isEscaped = character == "\\" && !isEscaped
      } else if isInComment {
        isInComment = !character.isNewline
      } else if character == "\"" {
        isInString = true
      } else if character == "#" {
        isInComment = true
      } else if let closing = closings[character] {
        open.append(closing)
      } else if character == open.last {
        open.removeLast()
      }
    }
    return isInString ? nil : String(open.reversed())
  }
}
