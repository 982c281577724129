import Engine
import Kernels
import Language
import Terminal

/// The prompt: reads an entry, runs it, shows what it gives, until the user leaves.
struct Repl {
  let runner: Runner
  private let editor: LineEditor

  init(runner: Runner) {
    self.runner = runner
    let session = runner.session
    editor = LineEditor(program: "attn", historyFile: Paths.historyFile) { line, cursor in
      Completer(session: session).complete(line, cursor)
    }
  }

  func run() {
    runner.screen.show(line: "attn \(version): type a formula, help explains, Ctrl-D leaves")
    runner.screen.flush()
    while let entry = readEntry() {
      guard !entry.isEmpty else { continue }
      editor.remember(entry)
      if !execute(entry) { return }
    }
  }

  /// One whole entry, with continuation lines while a bracket or block is open; nil to leave.
  private func readEntry() -> String? {
    var entry = ""
    while true {
      let isContinuation = !entry.isEmpty
      switch editor.read(
        prompt: isContinuation ? "  ... " : "attn> ", continuation: isContinuation, prefill: "")
      {
      case .line(let line): entry += isContinuation ? "\n" + line : line
      case .interrupted: return ""
      case .endOfInput:
        if isContinuation { return "" }
        return nil
      }
      if entry.allSatisfy(\.isWhitespace) { return "" }
      if !isIncomplete(entry) { return entry }
    }
  }

  private func isIncomplete(_ entry: String) -> Bool {
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
    var parser = Parser(source)
    do {
      while let item = try parser.next() {
        switch runner.run(item, in: source, isFile: false) {
        case .done: continue
        case .leave: return false
        case .failed, .cancelled: return true
        }
      }
    } catch {
      runner.screen.show(error: error)
    }
    runner.screen.flush()
    return true
  }
}
