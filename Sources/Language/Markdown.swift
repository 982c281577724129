/// A Markdown file as a script, line for line so that places in errors are those of the file: prose
/// becomes comments, and what stands in fences marked `attn` code and its expected output.
public func script(ofMarkdown text: String) -> String {
  var fence: (mark: String, isTranscript: Bool)?
  let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  return lines.map { line -> String in
    let mark = String(line.prefix { $0 == "`" })
    if let open = fence {
      if line == open.mark {
        fence = nil
        return ""
      }
      return open.isTranscript ? transcriptLine(line) : comment(line)
    }
    if mark.count >= 3 {
      fence = (mark, line.dropFirst(mark.count) == "attn")
      return ""
    }
    return line.hasPrefix("## ") ? String(line) : comment(line)
  }.joined(separator: "\n")
}

private func comment(_ line: Substring) -> String {
  line.allSatisfy(\.isWhitespace) ? "" : line.hasPrefix("# ") ? String(line) : "# \(line)"
}

private func transcriptLine(_ line: Substring) -> String {
  for prompt in ["> ", "... "] where line.hasPrefix(prompt) {
    return String(line.dropFirst(prompt.count))
  }
  return line.isEmpty ? "#>" : "#> \(line)"
}
