import CEdit

extension LineEditor {
  /// Brings the hint in line with the text, once libedit has drawn that and nothing more has been
  /// typed; what stands already is not drawn again.
  func updateHint() {
    guard let hint, capabilities.movesCursor, !wasInterrupted else { return }
    isInsideKey = pendingOfKey > 0
    guard !isInsideKey else {
      pendingOfKey -= 1
      return
    }
    guard !isSearching, KeyInput.waitingBytes(from: STDIN_FILENO, atMost: 1).isEmpty else { return }
    let line = line
    // The cursor in another row or another window changes where it stands, never what it says.
    let isSame = hintedLine == line && hintLine.shown != nil
    let text = isSame ? hintLine.shown?.text : hint(line.text, line.left.count)
    hintedLine = line
    let row = layout(of: line.text).row + 1
    if let shown = hintLine.shown, shown.row < row {
      // A key of the user's own has drawn over it.
      redraw()
    }
    // A text as high as the window has no room below it.
    guard let text, !text.isEmpty, row < windowSize.rows else { return eraseHint() }
    let fitted = DisplayText.fitted(text, columns: windowSize.columns - 1)
    show(
      hintLine.show(
        fitted, in: row, cursor: layout(of: line.left).row, isDim: capabilities.hasColor))
  }

  /// Before a key goes to libedit: takes the hint away where the key may draw over it.
  func prepareHint(for scalar: Unicode.Scalar) {
    guard hint != nil, !isInsideKey, !isSearching else { return }
    // The longest sequence that a key sends is `ESC[24;8~`.
    let following =
      scalar == "\u{1B}" ? KeyInput.waitingBytes(from: STDIN_FILENO, atMost: 8) : []
    switch scalar {
    case "\u{1B}": pendingOfKey = KeyEffect.length(ofSequence: following)
    // Ctrl-X and quoted insertion wait for another key.
    case "\u{18}", "\u{16}": pendingOfKey = 1
    default: break
    }
    switch KeyEffect(scalar, following: Array(following.prefix(max(pendingOfKey, 0)))) {
    case .harmless: return
    case .inserts(let scalar) where !startsRow(scalar): return
    default: eraseHint()
    }
  }

  private func startsRow(_ scalar: Unicode.Scalar) -> Bool {
    let line = line
    var text = Array(line.text.unicodeScalars)
    text.insert(scalar, at: line.cursor)
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    return layout(of: String(view)).row + 1 != hintLine.shown?.row
  }

  func eraseHint() {
    let bytes = hintLine.erase(cursor: layoutToCursor.row)
    if !bytes.isEmpty { show(bytes) }
  }
}
