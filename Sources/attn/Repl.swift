import Engine
import Kernels
import Language
import Terminal

/// The prompt: reads an entry, runs it, shows what it gives, until the user leaves.
struct Repl {
  let runner: Runner
  private let editor: LineEditor
  private let entry = Entry()

  /// The lines before the one that is being typed.
  final class Entry {
    var before = ""
  }

  init(runner: Runner) {
    self.runner = runner
    let editor = Self.editor(for: runner, entry)
    self.editor = editor
    runner.history = { editor.history }
  }

  /// With completion and hints from the session.
  static func editor(for runner: Runner, _ entry: Entry = Entry()) -> LineEditor {
    let (session, screen) = (runner.session, runner.screen)
    let editor = LineEditor(program: "attn", historyFile: Paths.historyFile) { line, cursor in
      Completer(session: session).complete(line, cursor, before: entry.before)
    }
    editor.hint = { line, cursor in
      guard screen.givesHints, screen.settings.hints else { return nil }
      let hint = session.hint(for: entry.before + line, at: entry.before.count + cursor)
      return hint.map(screen.settings.charset.text)
    }
    return editor
  }

  func run() {
    runner.screen.show(line: "attn \(version): type a formula, help explains, Ctrl-D leaves")
    runner.screen.flush()
    runner.runEntry = { entry in
      for line in entry.split(separator: "\n", omittingEmptySubsequences: false) {
        runner.screen.show(echo: "> \(line)")
      }
      return remembering(entry)
    }
    defer { runner.runEntry = nil }
    while true {
      guard let entry = readEntry() else {
        // Ctrl-D leaves the tour first.
        guard runner.tour != nil else { return }
        runner.leaveTour()
        continue
      }
      guard !entry.isEmpty else { continue }
      if !remembering(entry) { return }
    }
  }

  private func remembering(_ entry: String) -> Bool {
    editor.remember(entry)
    return runner.step(entry) { execute(entry) }
  }

  /// One whole entry, with continuation lines while a bracket or block is open; nil to leave.
  private func readEntry() -> String? {
    var entry = ""
    let prefill = runner.prefill
    runner.prefill = ""
    while true {
      self.entry.before = entry.isEmpty ? "" : entry + "\n"
      let isContinuation = !entry.isEmpty
      switch editor.read(
        prompt: isContinuation ? "  ... " : runner.tour == nil ? "attn> " : "tour> ",
        continuation: isContinuation, prefill: isContinuation ? "" : prefill)
      {
      case .line(let line): entry += isContinuation ? "\n" + line : line
      case .interrupted: return ""
      case .endOfInput:
        if isContinuation { return "" }
        return nil
      }
      if entry.allSatisfy(\.isWhitespace) { return "" }
      if !Self.isIncomplete(entry) { return entry }
    }
  }

  /// Whether a prompt asks for more lines.
  static func isIncomplete(_ entry: String) -> Bool {
    var parser = Parser(Source(text: entry))
    do {
      while try parser.next() != nil {}
      return false
    } catch {
      return error.isIncomplete
    }
  }

  /// Gives false when the user leaves.
  private func execute(_ entry: String) -> Bool {
    let source = Source(text: entry)
    var reader = ScriptReader(source)
    defer { runner.screen.flush() }
    while let step = reader.next() {
      runner.journal.describe(section: step.section, prose: step.prose, notes: step.notes)
      for item in step.items {
        switch runner.run(item, in: source, isFile: false) {
        case .done: continue
        case .leave: return false
        case .failed, .cancelled: return true
        }
      }
      if let failure = step.failure {
        runner.report(failure)
        return true
      }
    }
    return true
  }
}
