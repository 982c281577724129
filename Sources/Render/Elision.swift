/// Which of `count` entries are shown where only some fit: the first and the last ones.
struct Elision {
  let head: Int
  let tail: Int
  let count: Int

  var isComplete: Bool { head + tail >= count }

  /// - Parameter fitting: how many entries fit besides the `…`.
  init(_ count: Int, fitting: Int) {
    self.count = count
    let shown = min(max(fitting, 1), count)
    head = shown == count ? count : (shown + 1) / 2
    tail = shown - head
  }

  init(all count: Int) { self.init(count, fitting: count) }

  /// The entries in order, nil for `…`.
  var indices: [Int?] {
    if isComplete { return (0..<count).map { $0 } }
    return (0..<head).map { $0 } + [nil] + (count - tail..<count).map { $0 }
  }

  var shown: [Int] { indices.compactMap { $0 } }
}
