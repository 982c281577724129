/// Ctrl-R: the newest entry that contains the pattern.
struct HistorySearch {
  private let entries: [String]
  private(set) var pattern = ""
  private(set) var match: String?
  private(set) var isFailing = false
  private var position: Int

  init(entries: [String]) {
    self.entries = entries
    position = entries.count
  }

  mutating func type(_ scalar: Unicode.Scalar) {
    pattern.unicodeScalars.append(scalar)
    search(from: min(position, entries.count - 1))
  }

  mutating func erase() {
    guard !pattern.isEmpty else { return }
    pattern.removeLast()
    search(from: entries.count - 1)
  }

  /// The next older match.
  mutating func older() {
    search(from: position - 1)
  }

  private mutating func search(from start: Int) {
    guard !pattern.isEmpty else {
      match = nil
      isFailing = false
      position = entries.count
      return
    }
    let current = match
    let found =
      start < 0
      ? nil
      : entries[...start].indices.last { index in
        entries[index].contains(pattern) && (index == position || entries[index] != current)
      }
    isFailing = found == nil
    guard let found else { return }
    position = found
    match = entries[found]
  }

  var prompt: String { "\(isFailing ? "no match" : "search") '\(pattern)': " }
}
