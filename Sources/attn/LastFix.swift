import Language

/// `:fix`: the last error's entry as one of its fixes would have it, ready for Enter.
struct LastFix {
  private let screen: Screen

  init(_ screen: Screen) { self.screen = screen }

  /// Which fix an entry asks for: 1 for `:fix`, 2 for `:fix 2`; nil where it asks for none.
  static func number(askedFor entry: String) -> Int? {
    let words = entry.split(separator: " ")
    guard words.first == ":fix", words.count <= 2 else { return nil }
    return words.count == 1 ? 1 : Int(words[1])
  }

  /// What goes on the edit line; empty, and said why, where there is nothing to put there.
  func entry(_ number: Int) -> String {
    guard let error = screen.lastError else { return refused("there is no error to fix") }
    guard !error.fixes.isEmpty else { return refused("no fix is known for the last error") }
    guard (1...error.fixes.count).contains(number) else {
      return refused(
        "the last error has \(error.fixes.count == 1 ? "one fix" : "\(error.fixes.count) fixes")")
    }
    let fix = error.fixes[number - 1]
    guard error.source.name.isEmpty else {
      return refused("the last error is in \(error.source.name), not in a line typed here")
    }
    guard let span = fix.span else {
      return refused("this fix can not be typed for you: \(fix.text)")
    }
    let end = error.source.bytes.count
    return error.source.slice(Span(0, span.lower)) + fix.text
      + error.source.slice(Span(span.upper, end))
  }

  private func refused(_ sentence: String) -> String {
    screen.show(line: sentence)
    screen.flush()
    return ""
  }
}
