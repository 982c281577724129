import Foundation
import Testing

/// Commands with a colon, on standard input: what they say and what they leave.
@Suite struct SessionTests {
  private func run(_ text: String, _ arguments: [String] = []) throws -> Command {
    try Command.run(arguments, input: Array(text.utf8))
  }

  @Test func undoAndRedoSayWhatComesBack() throws {
    let session = try run(
      """
      seed 42; A = randn 4 8; B = 1;
      A = 3; B = 2;
      :undo
      A = randn 2;
      B
      :undo
      :redo
      :undo 7

      """)
    #expect(
      session.output == """
        undone: A = 3; B = 2;
        A is again 4×8, B is again number
        1
        undone: A = randn 2;
        A is again 4×8; random state too
        redone: A = randn 2;
        A is again vector 2; random state too
        undone: 2 lines, the last one: seed 42; A = randn 4 8; B = 1;
        A is gone, B is gone; random state too

        """)
    #expect(session.status == 0)
  }

  @Test func undoBringsTheSameRandomNumbers() throws {
    let session = try run("randn 2\n:undo\nrandn 2\n:undo\n:redo\nrandn 1\n")
    let rows = session.output.split(separator: "\n").filter {
      !$0.hasPrefix("undone") && !$0.hasPrefix("redone") && !$0.hasPrefix("the ")
    }
    #expect(rows.count == 3 && rows[0] == rows[1])
  }

  @Test(arguments: [
    (":undo\n", "there is nothing to undo"), (":redo\n", "there is nothing to redo"),
    (":undo many\n", ":undo takes a number of lines"),
    (":save\n", ":save needs the name of a file"),
    (":save x.attn\n", "there is nothing to save yet"),
    (
      "x = 1;\n:save x.txt\n",
      "a file's ending says what is saved"
    ),
    (":load /nonexistent.attn\n", "/nonexistent.attn can not be read: No such file or directory"),
    (":edit\n", ":edit works at a terminal's prompt"), (":hlep\n", "there is no command :hlep"),
  ])
  func refusals(_ text: String, _ message: String) throws {
    let session = try run(text)
    let first = session.errors.split(separator: "\n").first ?? ""
    #expect(first.hasPrefix("error: \(message)"), "\(session.errors)")
    #expect(session.status == 1)
  }

  @Test func savedLinesReplayToTheSameBitsWithoutASeed() throws {
    let file = try ScratchFile("s.attn")
    let show = "print (lit (A @ A')) (lit ans);"
    let first = try run(
      """
      # Two draws
      A = randn 2 3;
      A @ K
      A = A + rand 2 3; randn 2
      B = 3
      :undo
      :set digits 6
      :save \(file.url.path)
      \(show)

      """, ["--keep-going"])
    let again = try Command.run([file.url.path, "-e", "1"])
    #expect(again.status == 0)
    let text = file.text
    #expect(text.hasPrefix("seed "))
    #expect(
      text.hasSuffix(
        "# Two draws\nA = randn 2 3;\nA = A + rand 2 3;\nrandn 2\n:set digits 6\n"), "\(text)")
    try (text + show + "\n").write(to: file.url, atomically: true, encoding: .utf8)
    let replayed = try Command.run([file.url.path])
    #expect(replayed.output.split(separator: "\n").last == first.output.split(separator: "\n").last)
  }

  @Test func notesHoldProseLinesAndOutput() throws {
    let file = try ScratchFile("notes.md")
    let path = file.url.path
    let session = try run(
      "## Softmax\n# Three scores.\nsoftmax [1 2 3]\nx = nothing_here\ndef f x {\n  x + 1\n}\nf 2;\n"
        + ":save \(path)\n:save \(path)\n:save \(path) force\n", ["--keep-going"])
    #expect(
      file.text == """
        ## Softmax

        Three scores.

        ```attn
        > softmax [1 2 3]
        0.0900 0.2447 0.6652
        > def f x {
        ...   x + 1
        ... }
        f defined
        > f 2;
        ```

        """)
    #expect(session.errors.contains("error: \(path) exists already"))
    #expect(session.output.hasSuffix("3 lines saved in \(path)\n3 lines saved in \(path)\n"))
  }

  @Test func loadRunsAScriptHereAndNamesItsLine() throws {
    let good = try ScratchFile("good.attn", "# prose\nx = 20;\nx + y\n")
    let session = try run("y = 22;\n:load \(good.url.path)\nx\n:undo\nx\n")
    #expect(
      session.output
        == "42\n20\nundone: :load \(good.url.path)\nx is gone\n".replacing(
          ":load \(good.url.path)", with: label(":load \(good.url.path)")))
    let bad = try ScratchFile("bad.attn", "x = 20;\nx + z\n")
    #expect(try run(":load \(bad.url.path)\n").errors.contains("bad.attn:2:5"))
  }

  private func label(_ text: String) -> String { text.count <= 60 ? text : text.prefix(59) + "…" }

  @Test func timeIsTakenAlsoIntoAPipe() throws {
    let session = try run(
      ":time 1 + 1;\n:time 1 + 1\n:time x = 40 + 2\n:time for i in 0:2 { print i }\nx\n:time\n")
    let lines = session.output.split(separator: "\n").map(String.init)
    let expected: [String?] = [nil, "2", nil, "x = 42", nil, "0", "1", nil, "42"]
    #expect(lines.count == expected.count, "\(lines)")
    for (line, expected) in zip(lines, expected) {
      #expect(expected.map { line == $0 } ?? line.hasSuffix("s"), "\(lines)")
    }
    #expect(session.errors.contains(":time needs a line to run"))
  }

  /// What made older versions and what they showed is forgotten; the lines themselves stay.
  @Test func manyLinesLeaveMemoryFlat() throws {
    func peak(_ rounds: Int) throws -> Int {
      let lines = "x = softmax (randn 8 8 / sqrt 2) @ randn 8 4\nrandn 4 4\n"
      let input = Array(String(repeating: lines, count: rounds).utf8)
      return try Command.run([], input: input, seconds: 60).peak
    }
    let (few, many) = (try peak(1000), try peak(3000))
    #expect(many - few < 3000, "\(few) to \(many) KiB")
  }

  @Test func historyListsAndSearches() throws {
    let session = try run("a = 1;\nb = 2;\na + b\n:history 2\n:history b =\n:history z\n")
    #expect(
      session.output == "3\n  2  b = 2;\n  3  a + b\n  2  b = 2;\nno line has 'z'\n")
  }

  @Test func helpListsEveryCommandInEightyColumns() throws {
    let lines = try run(":help\n").output.split(separator: "\n")
    #expect(lines.count == 14)
    #expect(lines.allSatisfy { $0.count < 80 && $0.hasPrefix(":") }, "\(lines)")
    #expect(try run(":help :undo\n").output.hasPrefix(":undo [N]  take back"))
  }

  @Test func initFileIsForThePromptOnly() throws {
    let file = try ScratchFile("init.attn", "x = 1\n")
    let session = try Command.run(
      [], input: Array("x\n".utf8),
      environment: ["XDG_CONFIG_HOME": file.url.deletingLastPathComponent().path])
    #expect(session.status == 1)
  }

  @Test func theTourReadsAnswersFromAPipe() throws {
    let session = try run(
      "x = 5;\ntour\nsoftmax [3 2 1]\nsoftmax [1 2 3]\n행렬 = [1 2; 3 4]\nback\nA @ A\nquit\nx\n:undo 9\n"
    )
    #expect(session.output.hasPrefix("The tour: 13 small tasks, about ten minutes\n"))
    #expect(session.output.contains("Task: take the softmax of the numbers 1, 2 and 3."))
    #expect(session.output.contains("not yet. hint: numbers stand in brackets"))
    #expect(session.output.contains("✓ done\n\n2/13  Matrices\n"))
    #expect(session.output.contains("right, and it wants the name A: A = …"))
    #expect(
      session.output.hasSuffix(
        "The tour ends here; tour begins it again. Your variables are as they were\n  before it.\n"
          + "5\nundone: x = 5;\nx is gone\n"), "\(session.output.suffix(300))")
    #expect(session.errors.contains("no name 'A'"))
    #expect(session.status == 0)
  }
}
