import Engine
import Terminal

/// Tab: names and options from the session, files inside strings.
struct Completer {
  let session: Session

  func complete(_ line: String, _ cursor: Int) -> Completion {
    if let path = openString(line, cursor) {
      return Completion(
        replaceFrom: cursor - path.count,
        candidates: Paths.completions(of: path).map { Candidate(text: $0, note: "") }, hint: [])
    }
    let list = session.completions(in: line, at: cursor)
    return Completion(
      replaceFrom: list.start,
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
}
