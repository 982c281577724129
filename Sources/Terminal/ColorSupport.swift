/// How many colours a terminal shows.
public enum ColorSupport: Int, Comparable, Sendable, CaseIterable {
  case none, ansi16, ansi256, trueColor

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// From NO_COLOR, COLORTERM and TERM.
  ///
  /// - Parameter environment: the value of a variable, nil where it is unset or empty.
  public static func detect(
    environment: (String) -> String? = Environment.value, isTerminal: Bool
  ) -> ColorSupport {
    guard isTerminal, environment("NO_COLOR") == nil else { return .none }
    guard let term = environment("TERM"), term != "dumb" else { return .none }
    switch environment("COLORTERM") {
    case "truecolor", "24bit": return .trueColor
    default: break
    }
    if term.hasSuffix("-direct") { return .trueColor }
    if term.contains("256color") { return .ansi256 }
    if term.hasPrefix("vt") && !term.hasPrefix("vte") { return .none }
    return .ansi16
  }
}
