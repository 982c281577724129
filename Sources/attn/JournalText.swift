// A journal as files.
extension Journal {
  /// A script of the lines that succeeded; it replays to the same values, bit for bit, also where
  /// nobody had chosen a seed.
  ///
  /// - Parameter expectsOutput: what was shown stands below each line, for `attn check`.
  func script(expectsOutput: Bool = false) -> String {
    var lines: [String] = []
    if entries.contains(where: { $0.hasSucceeded && $0.needsSeed }) { lines = ["seed \(seed)"] }
    for entry in allEntries {
      if let section = entry.section { lines += lines.isEmpty ? [] : [""] + ["## \(section)"] }
      lines += entry.prose.map { $0.isEmpty ? "#" : "# \($0)" }
      lines += entry.notes.map { $0.isEmpty ? "#|" : "#| \($0)" }
      guard entry.hasSucceeded || entry.expectedError != nil, !entry.code.isEmpty else { continue }
      lines.append(entry.code)
      if let message = entry.expectedError {
        lines.append("#> error: \(message)")
        continue
      }
      guard expectsOutput, let output = entry.output, !entry.isCut else { continue }
      lines += output.map { $0.isEmpty ? "#>" : "#> \($0)" }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Prose, and fenced transcripts: `> line`, what it showed.
  ///
  /// - Parameter includesFailures: lines that ended in an error stand there too.
  func markdown(title: String? = nil, includesFailures: Bool = false) -> String {
    var text = title.map { "# \($0)\n" } ?? ""
    var block: [String] = []
    func closeBlock() {
      guard !block.isEmpty else { return }
      let fence = Self.fence(around: block)
      text += "\n\(fence)attn\n" + block.map { $0 + "\n" }.joined() + "\(fence)\n"
      block = []
    }
    for entry in allEntries {
      if entry.section != nil || !entry.prose.isEmpty { closeBlock() }
      if let section = entry.section { text += "\n## \(section)\n" }
      if !entry.prose.isEmpty { text += "\n" + entry.prose.map { $0 + "\n" }.joined() }
      guard !entry.code.isEmpty, !entry.isBackground,
        entry.hasSucceeded || entry.expectedError != nil || includesFailures
      else { continue }
      block += Self.transcript(of: entry)
    }
    closeBlock()
    return text.first == "\n" ? String(text.dropFirst()) : text
  }

  private static func transcript(of entry: Entry) -> [String] {
    let code = entry.code.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = code.enumerated().map { ($0 == 0 ? "> " : "... ") + $1 }
    lines += entry.output ?? ["…"]
    if entry.isCut { lines.append("…") }
    return lines
  }

  /// Longer than any row of backticks inside.
  private static func fence(around lines: [String]) -> String {
    let longest = lines.map { line in
      line.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    }.max()
    return String(repeating: "`", count: max(3, (longest ?? 0) + 1))
  }
}
