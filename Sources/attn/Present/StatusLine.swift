import Render

/// The bottom row: where the lecture stands, the clock, and the keys as far as there is room.
struct StatusLine {
  var player: Player
  var section: String?
  /// On the wall, `14:03`.
  var clock: String
  var elapsedMinutes: Int
  /// A part of the output is still below the window.
  var hasMore = false
  /// What goes on, instead of the keys: how far a computation has come.
  var activity: String?

  /// One row of at most `width` columns.
  func text(width: Int, charset: Charset) -> String {
    let left = " \(player.step + 1)/\(player.count)"
    let right = "\(clock)  \(elapsedMinutes) min "
    var hint = charset.text(activity ?? player.notice ?? keys)
    let cut = { (text: String, width: Int) in
      text.truncated(to: max(0, width), ellipsis: charset.ellipsis)
    }
    if isQuestion { return cut(" " + keys, width) }
    var pieces = [left]
    var room = width - left.columns - right.columns - 2
    // The first key matters most.
    while activity == nil, player.notice == nil, player.phase != .failed, hint.columns + 2 > room,
      let place = hint.ranges(of: "  ").last
    {
      hint = String(hint[..<place.lowerBound])
    }
    // What has to be read now comes before the section's title.
    if hint.columns + 2 <= room {
      pieces.append(hint)
      room -= hint.columns + 2
    } else if activity != nil || player.notice != nil || player.phase == .failed {
      pieces.append(cut(hint, width - left.columns - 3))
      return cut(pieces.joined(separator: "  "), width)
    }
    if let section, room >= 8 {
      pieces.insert(cut(charset.text(section), room - 2), at: 1)
    }
    let text = pieces.joined(separator: "  ")
    let gap = width - text.columns - right.columns
    return gap >= 1 ? text + .blanks(gap) + right : cut(text, width)
  }

  private var isQuestion: Bool {
    switch player.mode {
    case .going, .leaving: true
    default: false
    }
  }

  private var keys: String {
    switch player.mode {
    case .going(let digits): return "go to step (1-\(player.count)): \(digits)_"
    case .leaving: return "leave the lecture? y or any other key"
    case .sections: return "number or arrows, Enter goes there"
    case .keys: return "any key goes on"
    case .lecture: break
    }
    if hasMore { return "space more" }
    switch player.phase {
    case .failed: return "r retry  e edit  s skip  b back"
    case .waiting: return "space runs it  ? keys"
    case .done: return player.isAtEnd ? "the end  q leaves" : "space next  ? keys"
    }
  }
}
