/// Which SGR parameters a role has.
public struct Theme: Sendable {
  /// By the roles' raw values.
  private var parameters: [String?]

  public init(parameters: KeyValuePairs<Role, String>) {
    self.parameters = Array(repeating: nil, count: Role.allCases.count)
    for (role, text) in parameters { self.parameters[role.rawValue] = text }
  }

  subscript(role: Role) -> String? { parameters[role.rawValue] }

  /// Nobody knows whether the terminal is dark or light: these have a contrast of about 4 and more
  /// on black and on white.
  public static let standard = Theme(parameters: [
    .strong: "1", .dim: "2", .error: "1;38;5;160", .fix: "38;5;28", .note: "38;5;30",
    .location: "2", .mark: "1;38;5;160", .secondMark: "38;5;130", .name: "1", .header: "38;5;30",
    .prompt: "1;38;5;32", .title: "1",
  ])

  /// Of sixteen colours the terminal's own: without blue, which is dark on black, and yellow, which
  /// is bright on white.
  public static let basic = Theme(parameters: [
    .strong: "1", .dim: "2", .error: "1;31", .fix: "32", .note: "36", .location: "2",
    .mark: "1;31", .secondMark: "35", .name: "1", .header: "36", .prompt: "1;36", .title: "1",
  ])

  static func fitting(_ depth: ColorDepth) -> Theme { depth == .ansi16 ? basic : standard }
}

/// A page for a terminal: text with SGR escapes, switched off at the end of each line.
public func ansi(
  _ page: Page, depth: ColorDepth, theme: Theme? = nil, charset: Charset = .unicode
) -> String {
  page.lines.reduce(into: "") { text, line in
    text += ansi(line, depth: depth, theme: theme, charset: charset)
    text += "\n"
  }
}

/// One line without its line break.
public func ansi(
  _ line: Line, depth: ColorDepth, theme: Theme? = nil, charset: Charset = .unicode
) -> String {
  if depth == .none { return plain(line, charset: charset) }
  let theme = theme ?? .fitting(depth)
  var result = ""
  var active = ""
  for run in withoutTrailingBlanks(line) {
    let text = charset.text(run.text)
    if text.isEmpty { continue }
    // Blanks look the same in every style without a background.
    let isBlank = run.style.cell == nil && text.utf8.allSatisfy { $0 == UInt8(ascii: " ") }
    let wanted = isBlank ? "" : parameters(run.style, depth, theme)
    if wanted != active {
      if !active.isEmpty { result += "\u{1B}[0m" }
      if !wanted.isEmpty { result += "\u{1B}[\(wanted)m" }
      active = wanted
    }
    result += text
  }
  return active.isEmpty ? result : result + "\u{1B}[0m"
}

private func parameters(_ style: Style, _ depth: ColorDepth, _ theme: Theme) -> String {
  var parts: [String] = []
  if style.cell == nil && style.ink == nil, let role = theme[style.role] {
    parts.append(role)
  }
  if let ink = style.ink {
    parts.append(ink.parameters(depth, isBackground: false))
  } else if let cell = style.cell {
    parts.append(cell.contrastingInk(depth))
  }
  if let cell = style.cell { parts.append(cell.parameters(depth, isBackground: true)) }
  return parts.filter { !$0.isEmpty }.joined(separator: ";")
}

/// Painted blanks are part of a picture and stay.
private func withoutTrailingBlanks(_ line: Line) -> Line {
  var line = line
  while let last = line.last, last.style.cell == nil {
    let text = last.text.trimmingTrailingBlanks()
    line[line.count - 1].text = text
    if !text.isEmpty { break }
    line.removeLast()
  }
  return line
}
