import CEdit

extension LineEditor {
  /// Up: the line above in a text of several lines, else the older entry with the same beginning.
  func goUp() -> Bool {
    let line = line
    if !isWalking(line) {
      if moveByLine(line, down: false) { return true }
      walk = (HistoryWalk(entries: history, line: line.text, cursor: line.cursor), shown(line))
    }
    return step { $0.older() }
  }

  /// Down: the line below in a text of several lines, else the newer entry.
  func goDown() -> Bool {
    let line = line
    guard isWalking(line) else { return moveByLine(line, down: true) }
    return step { $0.newer() }
  }

  private func shown(_ line: EditedLine) -> HistoryWalk.Line {
    HistoryWalk.Line(text: line.text, cursor: line.cursor)
  }

  private func isWalking(_ line: EditedLine) -> Bool {
    walk.map { $0.shown == shown(line) } ?? false
  }

  private func step(_ move: (inout HistoryWalk) -> HistoryWalk.Line?) -> Bool {
    guard var state = walk?.state, let next = move(&state) else { return false }
    replaceLine(with: next.text, cursor: next.cursor)
    walk = (state, next)
    return true
  }

  /// To the same place of the neighbouring line; gives false where there is none.
  private func moveByLine(_ line: EditedLine, down: Bool) -> Bool {
    let scalars = Array(line.text.unicodeScalars)
    let start = (scalars[..<line.cursor].lastIndex(of: "\n") ?? -1) + 1
    let place = line.cursor - start
    if down {
      guard let end = scalars[line.cursor...].firstIndex(of: "\n") else { return false }
      let nextEnd = scalars[(end + 1)...].firstIndex(of: "\n") ?? scalars.count
      moveCursor(to: min(end + 1 + place, nextEnd))
    } else {
      guard start > 0 else { return false }
      let previous = (scalars[..<(start - 1)].lastIndex(of: "\n") ?? -1) + 1
      moveCursor(to: min(previous + place, start - 1))
    }
    return true
  }

  /// Ctrl-R: each letter narrows, Ctrl-R goes on to older ones, Ctrl-G gives up; any other key
  /// takes what is found and does its work. Gives false at Ctrl-C and at the end of input.
  func searchHistory() -> Bool {
    guard let handle else { return false }
    let before = line
    let promptBefore = prompt
    var search = HistorySearch(entries: history)
    isSearching = true
    defer { (walk, isSearching) = (nil, false) }
    while true {
      show(search, over: before)
      var value: UInt32 = 0
      guard cedit_read_scalar(handle, &value) == 1, let scalar = Unicode.Scalar(value) else {
        return false
      }
      switch scalar {
      case "\u{12}": search.older()
      case "\u{8}", "\u{7F}": search.erase()
      case "\u{7}":
        finish(before, promptBefore)
        return true
      default:
        guard DisplayText.isControl(scalar) else {
          search.type(scalar)
          continue
        }
        finish(line, promptBefore)
        cedit_push(handle, [value, 0])
        return true
      }
    }
  }

  private func show(_ search: HistorySearch, over before: EditedLine) {
    let drawn = layoutToCursor
    let text = search.match ?? before.text
    replaceLine(with: text, cursor: text.unicodeScalars.count)
    setPrompt(Prompt(search.prompt, hasColor: false))
    redraw(from: drawn)
  }

  private func finish(_ line: EditedLine, _ prompt: Prompt) {
    let drawn = layoutToCursor
    replaceLine(with: line.text, cursor: line.cursor)
    setPrompt(prompt)
    redraw(from: drawn)
  }
}
