import Engine
import Terminal

/// Tab: names and options from the session, `:` commands, settings, files inside strings.
struct Completer {
  let session: Session

  /// - Parameters:
  ///   - before: the lines of the entry before the one that is being typed.
  ///   - cursor: in characters of the line.
  func complete(_ line: String, _ cursor: Int, before: String = "") -> Completion {
    if let path = openString(line, cursor) {
      return Completion(
        replaceFrom: cursor - path.count,
        candidates: Paths.completions(of: path).map { Candidate(text: $0, note: "") }, hint: [])
    }
    if before.isEmpty, let command = colonCommand(String(line.prefix(cursor))) { return command }
    let list = session.completions(in: before + line, at: before.count + cursor)
    return Completion(
      replaceFrom: max(0, list.start - before.count),
      candidates: list.items.map { Candidate(text: $0.text, note: $0.note) }, hint: list.hint)
  }

  /// What stands in a string that is still open at the cursor.
  private func openString(_ line: String, _ cursor: Int) -> String? {
    let left = line.prefix(cursor)
    guard left.count(where: { $0 == "\"" }) % 2 == 1, let quote = left.lastIndex(of: "\"") else {
      return nil
    }
    return String(left[left.index(after: quote)...])
  }

  // MARK: - `:` lines

  /// `:s`, `:set di`, `:set hints o`, `:why Q`, `:load les`; nil where the line begins otherwise.
  private func colonCommand(_ left: String) -> Completion? {
    guard left.drop(while: { $0 == " " }).first == ":" else { return nil }
    let words = left.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      .drop { $0.isEmpty }
    guard let name = words.first?.dropFirst(), let last = words.last else { return nil }
    guard words.count > 1 else { return offer(Self.commands, for: String(name), left) }
    let command = PromptCommand.all.first { $0.names.contains(String(name)) }
    // An expression follows.
    if case .line = command?.argument { return nil }
    let values = Settings.keys.first { $0.name == words[words.startIndex + 1] }?.values ?? []
    let isValue = words.count == 3 && command?.name == "set"
    guard words.count == 2 || isValue else { return offer([], for: last, left) }
    let candidates = isValue ? values.map { Candidate(text: $0) } : subjects(of: command, last)
    return offer(candidates, for: last, left)
  }

  private func subjects(of command: PromptCommand?, _ word: String) -> [Candidate] {
    switch command?.argument {
    case .file: Paths.completions(of: word).map { Candidate(text: $0) }
    case .variable:
      session.variables.map { Candidate(text: $0.name, note: $0.value.shapeText) }
    case .setting: Settings.keys.map { Candidate(text: $0.name, note: $0.meaning) }
    case .command: Self.commands
    case .line, .nothing, nil: []
    }
  }

  private static let commands = PromptCommand.all.map {
    Candidate(text: $0.name, note: $0.meaning)
  }

  private func offer(_ candidates: [Candidate], for word: String, _ left: String) -> Completion {
    Completion(
      replaceFrom: left.count - word.count,
      candidates: candidates.filter { $0.text.hasPrefix(word) }, hint: [])
  }
}
