import CEdit

extension LineEditor {
  /// As libedit counts: it takes sizes that cannot be for unknown.
  var windowSize: TerminalSize {
    var size = TerminalSize.current()
    if size.columns < 2 { size.columns = 80 }
    return size
  }

  var layoutToCursor: ScreenLayout { layout(of: line.left) }

  func layout(of text: String) -> ScreenLayout {
    var layout = ScreenLayout(columns: windowSize.columns)
    layout.add(prompt.visible.unicodeScalars)
    layout.add(text.unicodeScalars)
    return layout
  }

  /// Wipes out what is drawn, and draws prompt and line again.
  ///
  /// - Parameter drawn: where the cursor stands now. Terminals wrap lines anew when the window
  ///   changes, so for a new size this is counted in its columns.
  func redraw(from drawn: ScreenLayout? = nil) {
    guard let handle else { return }
    let row = min((drawn ?? layoutToCursor).row, windowSize.rows - 1)
    hintLine.forget()
    if capabilities.movesCursor {
      show("\r" + (row > 0 ? "\u{1B}[\(row)A" : "") + "\u{1B}[J")
    } else {
      show("\r\n")
    }
    el_resize(handle)
    cedit_refresh(handle)
  }

  /// Lets the line stand and goes to the start of the row below it.
  ///
  /// - Parameter drawn: the line as it is on the screen, where that is not yet the present one.
  func leaveLine(_ drawn: EditedLine? = nil) {
    let drawn = drawn ?? line
    let lowest = windowSize.rows - 1
    let rows = min(layout(of: drawn.text).row, lowest) - min(layout(of: drawn.left).row, lowest)
    show(String(repeating: "\n", count: max(0, rows)) + "\r\n")
  }

  /// In a text higher than the window libedit scrolls the rows but not the cursor: puts that where
  /// it belongs for as long as `wait` takes.
  func withTrueCursor<Result>(_ wait: () -> Result) -> Result {
    let lowest = windowSize.rows - 1
    let line = line
    let end = layout(of: line.text).row
    guard capabilities.movesCursor, end > lowest else { return wait() }
    let cursor = layout(of: line.left).row
    let up = min(cursor, lowest) - max(0, cursor - (end - lowest))
    guard up > 0 else { return wait() }
    show("\u{1B}7\u{1B}[\(up)A")
    defer { show("\u{1B}8") }
    return wait()
  }

  /// Shows lines below the line being edited, and that again below them.
  func showBelow(_ lines: [String], drawn: EditedLine) {
    guard let handle else { return }
    eraseHint()
    leaveLine(drawn)
    show(lines.map { $0 + "\r\n" }.joined())
    cedit_refresh(handle)
  }

  /// In a text higher than the window, libedit (3.1-20221030) leaves the cursor where it is when a
  /// key moves it to the end, and what is typed there then writes past its rows: draws all anew.
  func synchronize() {
    let line = line
    defer { lastSeen = line }
    if let lastSeen, lastSeen.text != line.text, line.cursor < line.text.unicodeScalars.count,
      layout(of: line.text).row > 0, line.text.unicodeScalars.contains(where: \.isWide)
    {
      // A change within wide characters that move on to the next row leaves old halves standing.
      redraw()
      return
    }
    guard let lastSeen, lastSeen.text == line.text, lastSeen.cursor != line.cursor,
      line.cursor == line.text.unicodeScalars.count, layout(of: line.text).row >= windowSize.rows
    else { return }
    clearScreen()
  }

  func clearScreen() {
    guard let handle else { return }
    hintLine.forget()
    show(capabilities.movesCursor ? "\u{1B}[H\u{1B}[2J" : "\r\n")
    cedit_refresh(handle)
  }
}

extension Unicode.Scalar {
  /// Takes two columns.
  fileprivate var isWide: Bool { DisplayText.columns(of: self) > 1 }
}
