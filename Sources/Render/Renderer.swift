/// How many colours the output can show.
public enum ColorDepth: Sendable, Equatable {
  case none, ansi16, ansi256, trueColor
}

/// Turns pages into text.
public enum Renderer {
  /// Without any escape byte, blanks at line ends removed.
  public static func plain(_ page: Page) -> [String] { page.lines.map(plain) }

  public static func plain(_ line: Line) -> String {
    var text = line.map(\.text).joined()[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  public static func text(_ page: Page, depth: ColorDepth) -> String {
    guard depth != .none else { return plain(page).map { $0 + "\n" }.joined() }
    return page.lines.map { colored(trimmed($0), depth) + "\n" }.joined()
  }

  /// Blanks at the end of a line removed, unless they are painted.
  private static func trimmed(_ line: Line) -> Line {
    var line = line
    while let last = line.last {
      if case .cell = last.style.role { break }
      var text = last.text[...]
      while text.last == " " { text.removeLast() }
      if !text.isEmpty {
        line[line.count - 1].text = String(text)
        break
      }
      line.removeLast()
    }
    return line
  }

  private static func colored(_ line: Line, _ depth: ColorDepth) -> String {
    var result = ""
    for run in line {
      guard let codes = codes(for: run.style.role, depth), !run.text.isEmpty else {
        result += run.text
        continue
      }
      result += "\u{1B}[\(codes)m\(run.text)\u{1B}[0m"
    }
    return result
  }

  /// Colours of the user's own theme wherever meaning is meant, so that light and dark both read.
  private static func codes(for role: Role, _ depth: ColorDepth) -> String? {
    switch role {
    case .plain, .number: nil
    case .header: "1"
    case .name: "1"
    case .strong: "1"
    case .dim, .masked: "2"
    case .error: "1;31"
    case .mark: "31"
    case .fix: "32"
    case .cell(let color): color.codes(depth)
    }
  }
}
