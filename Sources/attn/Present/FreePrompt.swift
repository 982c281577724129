import Language

/// The prompt that a speaker opens in the middle of a lecture, with all of its variables.
struct FreePrompt {
  let runner: Runner
  let editor: StageEditor?

  /// What moves values behind the lecture's back.
  private static let notHere: Set = [":undo", ":redo", ":load", ":edit", "tour"]

  /// Until `resume`, Ctrl-D or the end of input; `note` is told of each entry that has run.
  func run(on stage: any Stage, note: (Performance.Entry) -> Void) {
    let screen = runner.screen
    // What a prompt offers belongs to no statement of the lecture.
    screen.givesHints = stage.hasLists
    defer {
      screen.givesHints = false
      runner.leaveTour()
    }
    screen.show(line: "free prompt: resume or Ctrl-D goes back to the lecture")
    screen.flush()
    while let text = readEntry(on: stage), text != "resume" {
      if text.allSatisfy(\.isWhitespace) { continue }
      if Self.notHere.contains(String(text.prefix { $0 != " " })) {
        screen.show(line: "this would leave the lecture's track: resume, then b goes back")
        screen.flush()
        continue
      }
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

  /// With the lines that follow while a bracket or block is open.
  private func readEntry(on stage: any Stage) -> String? {
    var entry = ""
    let prefill = runner.prefill
    runner.prefill = ""
    while true {
      let prompt = entry.isEmpty ? "attn> " : "  ... "
      let line =
        editor.map { $0.read(prompt: prompt, prefill: entry.isEmpty ? prefill : "") }
        ?? stage.readEntry(prompt: "", prefill: "")
      guard let line else { return entry.isEmpty ? nil : "" }
      entry += (entry.isEmpty ? "" : "\n") + line
      if Repl.isIncomplete(entry) { continue }
      if entry != "resume" { editor?.editor.remember(entry) }
      return entry
    }
  }
}
