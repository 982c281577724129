/// Did you mean …?
public enum Suggest {
  /// The names within reach of a slip, best first: one change for names up to 4 letters, two up to
  /// 8, else three. A fixed three offers nonsense for short names.
  public static func nearest(to name: String, among names: some Sequence<String>) -> [String] {
    let reach = name.count <= 4 ? 1 : name.count <= 8 ? 2 : 3
    let scored = names.compactMap { candidate -> (name: String, distance: Int)? in
      guard candidate != name, abs(candidate.count - name.count) <= reach else { return nil }
      let distance = editDistance(name, candidate)
      return distance <= reach ? (candidate, distance) : nil
    }
    return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
  }

  /// Insertions, deletions, replacements and swaps of neighbours (Damerau 1964, restricted).
  public static func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var twoAgo: [Int] = []
    var before = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(before[j + 1] + 1, row[j] + 1, before[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, twoAgo[j - 1] + 1) }
        row.append(best)
      }
      (twoAgo, before) = (before, row)
    }
    return before[b.count]
  }
}
