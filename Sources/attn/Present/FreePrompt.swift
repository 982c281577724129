import Language

/// The prompt that a speaker opens in the middle of a lecture, with all of its variables.
struct FreePrompt {
  let runner: Runner
  let editor: StageEditor?

  /// Until `resume`, Ctrl-D or the end of input; `note` is told of each entry that has run.
  func run(on stage: any Stage, note: (Performance.Entry) -> Void) {
    let screen = runner.screen
    screen.show(line: "free prompt: resume or Ctrl-D goes back to the lecture")
    screen.flush()
    while let text = readEntry(on: stage), text != "resume" {
      if text.allSatisfy(\.isWhitespace) { continue }
      var entry = Performance.Entry(code: text)
      screen.audience = {
        entry.shown.append($0)
        return false
      }
      entry.outcome = runner.runAll(of: Source(text: text), isFile: false)
      screen.audience = nil
      screen.flush()
      if entry.outcome == .leave { return }
      // A look at the variables is no part of what was computed.
      if !text.hasPrefix(":") || text.hasPrefix(":set") { note(entry) }
    }
  }

  private func readEntry(on stage: any Stage) -> String? {
    guard let editor else { return stage.readEntry(prompt: "", prefill: "") }
    return editor.read(prompt: "attn> ")
  }
}
