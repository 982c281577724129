/// Candidates as lines for the screen.
struct CandidateList {
  var columns: Int
  var rows: Int
  var isDim: Bool

  /// Up to this many candidates stand one to a line, with their notes.
  private static let fewCount = 10
  private static let gap = 2

  func lines(for candidates: [Candidate]) -> [String] {
    let names = Self.names(of: candidates)
    let hasNotes = candidates.contains { !$0.note.isEmpty }
    let isFew = candidates.count <= Self.fewCount && hasNotes
    let lines = isFew ? noted(names, candidates) : grid(names)
    // The line itself and one line of what stood before stay visible.
    let most = max(3, rows - 3)
    guard lines.count > most else { return lines }
    let shown = lines.prefix(most - 1)
    return shown + [fitted("… type more letters to see the rest")]
  }

  func lines(ofHint hint: [String]) -> [String] { hint.map(fitted) }

  /// Paths that share a folder are listed by what follows it.
  private static func names(of candidates: [Candidate]) -> [String] {
    let texts = candidates.map { DisplayText.withoutControls($0.text) }
    guard let first = texts.first, let slash = first.dropLast().lastIndex(of: "/") else {
      return texts
    }
    let folder = String(first[...slash])
    guard texts.allSatisfy({ $0.hasPrefix(folder) && $0 != folder }) else { return texts }
    return texts.map { String($0.dropFirst(folder.count)) }
  }

  private func noted(_ names: [String], _ candidates: [Candidate]) -> [String] {
    let width = names.map(DisplayText.width).max() ?? 0
    return zip(names, candidates).map { name, candidate in
      let start = name + Self.blanks(width - DisplayText.width(of: name) + Self.gap)
      let room = columns - 1 - DisplayText.width(of: start)
      let note = DisplayText.fitted(candidate.note, columns: room)
      guard !note.isEmpty else { return fitted(name) }
      return isDim ? "\(start)\u{1B}[2m\(note)\u{1B}[0m" : start + note
    }
  }

  private func grid(_ names: [String]) -> [String] {
    let cell = (names.map(DisplayText.width).max() ?? 0) + Self.gap
    let across = max(1, (columns - 1 + Self.gap) / cell)
    let down = (names.count + across - 1) / across
    return (0..<down).map { row in
      let inRow = stride(from: row, to: names.count, by: down).map { names[$0] }
      let line = inRow.dropLast().map { $0 + Self.blanks(cell - DisplayText.width(of: $0)) }
        .joined()
      return fitted(line + (inRow.last ?? ""))
    }
  }

  private func fitted(_ line: String) -> String { DisplayText.fitted(line, columns: columns - 1) }

  private static func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}
