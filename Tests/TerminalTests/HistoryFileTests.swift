import Testing

@testable import Terminal

@Suite struct HistoryFileTests {
  @Test(arguments: [
    ("Q = 1", "Q = 1"), ("a\nb", "a\\nb"), ("\\tau", "\\\\tau"), ("a\\nb", "a\\\\nb"),
    ("질의\n", "질의\\n"),
    ("a\u{1B}b\rc", "abc"), ("", ""),
  ])
  func oneEntryIsOneLine(_ entry: String, _ line: String) {
    #expect(HistoryFile.escaped(entry) == line)
    #expect(HistoryFile.unescaped(line) == DisplayText.withoutControlsButLineEnds(entry))
  }

  @Test func entriesComeBackInTheNextSession() throws {
    let file = TemporaryFile()
    let history = HistoryFile(path: file.path)
    #expect(history.load() == [])
    for entry in ["a", "def f(x) {\n  x\n}", "\\tau"] { #expect(history.append(entry)) }
    #expect(HistoryFile(path: file.path).load() == ["a", "def f(x) {\n  x\n}", "\\tau"])
    #expect(file.mode == 0o600)
  }

  @Test func twoSessionsAtOnceLoseNothing() async {
    let file = TemporaryFile()
    await withTaskGroup(of: Void.self) { group in
      for session in 0..<2 {
        group.addTask {
          let history = HistoryFile(path: file.path)
          for number in 0..<200 { history.append("entry \(number) of \(session)") }
        }
      }
    }
    let loaded = HistoryFile(path: file.path).load()
    #expect(loaded.count == 400)
    for session in 0..<2 {
      #expect(
        loaded.filter { $0.hasSuffix("of \(session)") }
          == (0..<200).map { "entry \($0) of \(session)" })
    }
  }

  @Test func aLineThatWasCutOffDoesNotSwallowTheNext() {
    let file = TemporaryFile(holding: "whole\nhal")
    HistoryFile(path: file.path).append("next")
    #expect(HistoryFile(path: file.path).load() == ["whole", "hal", "next"])
  }

  @Test func ofALongFileTheEndIsRead() {
    let file = TemporaryFile(holding: (0..<200_000).map { "entry \($0)\n" }.joined())
    let loaded = HistoryFile(path: file.path).load()
    #expect(loaded.last == "entry 199999")
    #expect(loaded.count < 200_000 && loaded.count > 50_000)
    #expect(loaded.first?.hasPrefix("entry ") == true)
  }

  @Test func veryLongEntriesAreNotKept() {
    let file = TemporaryFile()
    let history = HistoryFile(path: file.path)
    #expect(!history.append(String(repeating: "x", count: 70_000)))
    #expect(history.append(String(repeating: "x", count: 60_000)))
    #expect(history.load().count == 1)
  }

  @Test(arguments: ["/nonexistent/history", "/dev/null", "/proc/self/mem", "/", ""])
  func aPlaceThatCannotHoldItIsSilent(_ path: String) {
    let history = HistoryFile(path: path)
    history.append("x")
    #expect(history.load() == [])
  }

  @Test func anyBytesAreRead() {
    let file = TemporaryFile(bytes: [0xFF, 0x0A, 0x1B, 0x5B, 0x41, 0x0A, 0x0A, 0x5C, 0x0A])
    #expect(HistoryFile(path: file.path).load() == ["\u{FFFD}", "[A", ""])
  }

  @Test func theEditorSkipsWhatIsRepeated() {
    let file = TemporaryFile()
    let editor = LineEditor(program: "attn", historyFile: file.path) { _, cursor in
      Completion(replaceFrom: cursor, candidates: [])
    }
    for entry in ["a", "a", "", "b", "a"] { editor.remember(entry) }
    #expect(editor.history == ["a", "b", "a"])
    #expect(HistoryFile(path: file.path).load() == ["a", "b", "a"])
  }
}

extension DisplayText {
  fileprivate static func withoutControlsButLineEnds(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map {
      withoutControls(String($0))
    }
    .joined(separator: "\n")
  }
}
