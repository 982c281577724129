/// Which lines of a long text a window shows.
struct Window: Equatable {
  /// The first line that is shown.
  private(set) var top = 0
  var height: Int
  var count = 0

  init(height: Int) { self.height = max(1, height) }

  var hasMore: Bool { top + height < count }

  var lines: Range<Int> { min(top, count)..<min(count, top + height) }

  /// Shows the end, but never more than what begins with `fresh`: its first lines come first.
  mutating func show(_ count: Int, fresh: Int) {
    self.count = count
    top = min(max(0, count - height), max(0, fresh))
  }

  /// The next page, with the last line of this one at its top.
  mutating func turnPage() { scroll(by: max(1, height - 1)) }

  mutating func scroll(by lines: Int) {
    top = min(max(0, top + lines), max(0, count - height))
  }

  /// Another size of window or another layout of the same text.
  mutating func fit(height: Int, count: Int) {
    let wasAtEnd = !hasMore
    (self.height, self.count) = (max(1, height), count)
    top = wasAtEnd ? max(0, count - self.height) : min(top, max(0, count - self.height))
  }
}
