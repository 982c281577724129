import CEdit

/// Rows and columns of the window.
public struct TerminalSize: Equatable, Sendable {
  public var rows: Int
  public var columns: Int

  /// What the terminal behind `descriptor` says; else COLUMNS and LINES; else 80×24.
  public static func current(_ descriptor: Int32 = STDOUT_FILENO) -> TerminalSize {
    var rows: Int32 = 0
    var columns: Int32 = 0
    let isKnown = cedit_window_size(descriptor, &rows, &columns) == 0
    return TerminalSize(
      rows: isKnown && rows > 0 ? Int(rows) : number("LINES") ?? 24,
      columns: isKnown && columns > 0 ? Int(columns) : number("COLUMNS") ?? 80)
  }

  private static func number(_ variable: String) -> Int? {
    guard let text = Environment.value(of: variable), let number = Int(text) else { return nil }
    return (1...10_000).contains(number) ? number : nil
  }
}
