/// The line under the text being edited: what of it stands on the screen, and what a change needs.
///
/// Pure: it gives the bytes for the terminal. Rows count from the prompt's first one.
struct HintLine {
  /// What is on the screen now; nil where nothing is.
  private(set) var shown: (text: String, row: Int)?

  /// What makes `text` stand in `row`, below the text's last row.
  ///
  /// - Parameter cursor: the row in which the cursor stands, and stays.
  mutating func show(_ text: String, in row: Int, cursor: Int, isDim: Bool) -> String {
    if let shown, shown == (text, row) { return "" }
    let isMoved = shown?.row != row
    let erasing = isMoved ? erase(cursor: cursor) : ""
    shown = (text, row)
    let down = row - cursor
    // At the bottom of the window `ESC D` scrolls to make room; elsewhere it only moves.
    let room = isMoved ? Self.down(down - 1) + "\u{1B}D" + Self.up(down) : ""
    let styled = isDim ? "\u{1B}[2m\(text)\u{1B}[0m" : text
    return erasing + room + Self.at(down, styled + "\u{1B}[K")
  }

  /// What wipes the hint out again, and nothing else.
  mutating func erase(cursor: Int) -> String {
    guard let row = shown?.row else { return "" }
    shown = nil
    return Self.at(row - cursor, "\u{1B}[K")
  }

  /// The screen below was wiped out by somebody else.
  mutating func forget() { shown = nil }

  /// Writes at the start of the row so far below the cursor, which comes back to where it is.
  private static func at(_ down: Int, _ text: String) -> String {
    "\u{1B}7" + self.down(down) + "\r" + text + "\u{1B}8"
  }

  private static func down(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)B" : "" }
  private static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
}
