/// Up and Down: the entries that begin with what stood left of the cursor.
struct HistoryWalk {
  private let entries: [String]
  private let prefix: String
  private let original: String
  private let originalCursor: Int
  /// In `entries`; their count stands for the line as it was typed.
  private var position: Int

  /// What is to stand in the line, and where the cursor is to be, in code points.
  struct Line: Equatable {
    var text: String
    var cursor: Int
  }

  init(entries: [String], line: String, cursor: Int) {
    self.entries = entries
    original = line
    originalCursor = cursor
    prefix = String(String.UnicodeScalarView(line.unicodeScalars.prefix(cursor)))
    position = entries.count
  }

  private var shown: String { position < entries.count ? entries[position] : original }

  /// The next older entry; nil where there is none.
  mutating func older() -> Line? {
    let current = shown
    guard
      let found = entries[..<position].lastIndex(where: { $0.hasPrefix(prefix) && $0 != current })
    else { return nil }
    position = found
    return line
  }

  /// The next newer entry, at last the line as it was typed; nil where that stands already.
  mutating func newer() -> Line? {
    guard position < entries.count else { return nil }
    let current = shown
    position =
      entries[(position + 1)...].firstIndex { $0.hasPrefix(prefix) && $0 != current }
      ?? entries.count
    return line
  }

  private var line: Line {
    position < entries.count
      ? Line(text: entries[position], cursor: entries[position].unicodeScalars.count)
      : Line(text: original, cursor: originalCursor)
  }
}
