import Foundation
import Testing

/// The program through pipes: what it prints, where, and its exit status.
@Suite struct CommandLineTests {
  @Test func anAnswerAndNothingElse() throws {
    let run = try Command.run(["-e", "softmax [1 2 3 4 1]"])
    #expect(run.output == "0.0311 0.0844 0.2295 0.6239 0.0311\n")
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test func noEscapeByteReachesAPipe() throws {
    let run = try Command.run(
      ["-e", "heat (randn 3 3)\nQ = randn 2 4\nattn Q Q Q\nhelp attn\nrandn 2 @ 1"],
      environment: ["TERM": "xterm-256color", "COLORTERM": "truecolor"])
    #expect(!(run.output + run.errors).utf8.contains(0x1B))
    #expect(run.output.contains("@@"))
  }

  @Test func colourCanBeForced() throws {
    let run = try Command.run(["--color", "always", "-e", "heat (eye 2)"])
    #expect(run.output.utf8.contains(0x1B))
  }

  @Test func asciiHoldsOnlyASCII() throws {
    let run = try Command.run([
      "--ascii", "-e", "heat (eye 2)\n[1 ∞; 2 3]\nhelp attn\nτ = 3\ncausal\n질의",
    ])
    #expect((run.output + run.errors).utf8.allSatisfy { $0 < 0x80 })
    #expect(run.output.contains("2x2"))
  }

  @Test func anErrorEndsAScript() throws {
    let script = try ScratchFile("lesson.attn", "x = 1;\nx @ x\nprint \"never\"\n")
    let run = try Command.run([script.url.path])
    #expect(run.status == 1)
    #expect(run.output == "")
    #expect(run.errors.contains("lesson.attn:2:1"))
  }

  @Test func keepGoingStillEndsWithOne() throws {
    let script = try ScratchFile("lesson.attn", "1 @ 1\nx = (\n2 + )\nprint \"after\"\n")
    let run = try Command.run(["--keep-going", script.url.path])
    #expect(run.status == 1)
    #expect(run.output.hasSuffix("after\n"))
  }

  @Test(arguments: [["--nonsense"], ["check"], ["--color", "red"], ["-e"], ["--plain=1"]])
  func badUsageEndsWithTwo(_ arguments: [String]) throws {
    let run = try Command.run(arguments)
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix("attn: "))
  }

  @Test func aMissingFileIsBadUsage() throws {
    let run = try Command.run(["/nonexistent/lesson.attn"])
    #expect(run.status == 2)
    #expect(
      run.errors == "attn: /nonexistent/lesson.attn can not be read: No such file or directory\n")
  }

  @Test func standardInputIsRun() throws {
    let run = try Command.run(
      [], input: Array("x = [1\n2]\n:set digits 2\nx / 3\n1 +\n 1\nexit\n7".utf8))
    #expect(run.output == "x 2×1  mean 1.5  sd 0.5\n2×1\n  0.33\n  0.67\n2\n")
    #expect(run.status == 0)
  }

  @Test func whyIsAnsweredOnStandardInput() throws {
    let run = try Command.run([], input: Array("seed 42; Q = randn 2 3;\n:why Q\n:why K\n".utf8))
    #expect(run.output == "Q = randn 2 3   2×3   seed 42, draws 0…5\n")
    #expect(run.errors.hasPrefix("error: there is no variable 'K'"))
    #expect(run.status == 1)
  }

  @Test func echoShowsEachStatement() throws {
    let script = try ScratchFile("lesson.attn", "# prose\n1 + 1\n")
    #expect(try Command.run(["--echo", script.url.path]).output == "# prose\n> 1 + 1\n2\n")
  }

  @Test func echoShowsWhatCanNotBeReadAndProseAlone() throws {
    let script = try ScratchFile(
      "lesson.attn", "## One\n# before\n1 +* 2\n2\n## Two\n# the end\n")
    let run = try Command.run(["--echo", "--keep-going", script.url.path])
    #expect(
      run.output == "## One\n# before\n> 1 +* 2\n> 2\n2\n## Two\n# the end\n", "\(run.errors)")
  }

  /// Nothing is cut off, and no equation is broken beside its sign.
  @Test(arguments: [
    "softmax [3 2 1 -1]", "rope (randn 4 8) (randn 4 8) positions=5 kpositions=3", "alibi 8",
    "sinusoidal 6 8", "flash (randn 8 4) (randn 8 4) (randn 8 4) causal block=2 row=5",
    "gumbel_softmax [1 2 3]", "layernorm [1 2 3 4 5 6]",
  ])
  func anExplanationFitsSixtyColumns(_ call: String) throws {
    let run = try Command.run(["-e", "explain \(call)"], environment: ["COLUMNS": "60"])
    #expect(run.status == 0)
    for line in run.output.split(separator: "\n") {
      #expect(line.count <= 60 && !line.hasSuffix("…") && !line.hasSuffix("="), "\(line)")
      #expect(!line.drop { $0 == " " }.hasPrefix("= "), "\(line)")
    }
  }

  @Test func aComparisonFitsSixtyColumns() throws {
    let run = try Command.run(
      ["-e", "compare (softmax [1 2 3]) (softmax [1 2 3])"], environment: ["COLUMNS": "60"])
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
  }

  @Test func aTitleHasOneLine() throws {
    let code = "explain softmax(\n  [1 2 3],\n  tau=2\n)\nsweep tau=[1 2] softmax(\n[1\n2]')"
    let run = try Command.run(["-e", code])
    #expect(run.output.hasPrefix("explain softmax([1 2 3], tau=2)  "))
    #expect(run.output.contains("softmax([1; 2]')"))
  }

  @Test func stepWaitsForAKey() throws {
    let script = try ScratchFile("lesson.attn", "1 + 1\n2 + 2\n")
    let run = try Command.run(["--step", script.url.path], input: Array("  ".utf8))
    #expect(run.output == "> 1 + 1\n2\n> 2 + 2\n4\n")
  }

  @Test func memoryIsRefusedBeforeItIsTaken() throws {
    let run = try Command.run(["-e", "zeros 1000000 1000000 1000000"])
    #expect(run.errors.contains("6.9 EiB needed"))
    #expect(run.status == 1)
  }

  @Test func numbersInSinglePrecisionShowWhatTheyHold() throws {
    let input = ":set digits 17\nf32 0.1\nf32 [0.1]\n:set digits 6\nf32 0.1\n"
    let run = try Command.run([], input: Array(input.utf8))
    #expect(run.output == "0.10000000149011612\n0.10000000149011612\n0.1\n")
  }

  // MARK: - check and bless

  @Test func checkComparesAtTheWrittenDigits() throws {
    let script = try ScratchFile(
      "a.attn",
      "softmax [1 2 3]\n#> 0.09003057 0.2447 0.665\nmask causal 2\n#> 1 0\n#> 1 1\n1 @ 1\n#> error: …\nrange 100\n#> 0 1 2 … 99\n"
    )
    let run = try Command.run(["check", script.url.path])
    #expect(run.output == "4 passed, 0 failed\n")
    #expect(run.status == 0)
  }

  /// What a terminal shows of an error counts lines from 1, wherever it is pasted.
  @Test(arguments: [(1, 0), (4, 0), (2, 1)])
  func checkTakesErrorsWithTheirLines(_ line: Int, _ status: Int32) throws {
    let script = try ScratchFile(
      "a.attn",
      """
      # Two lines
      # of prose.

      2 @ [1 2]
      #> error: @ multiplies vectors and matrices, not numbers
      #> \(line) │ 2 @ [1 2]
      #>   │ …

      """)
    let run = try Command.run(
      ["check", script.url.path], environment: ["LANG": "C.UTF-8"])
    #expect(run.status == status)
  }

  /// Times differ whenever they are measured; an error is still one.
  @Test func checkTakesMeasuredTimesAsTheyAre() throws {
    let script = try ScratchFile(
      "a.attn", "bench 1 + 1\n#> bench 1 + 1\ncompare (1) (2)\n#> never\n")
    #expect(try Command.run(["check", script.url.path]).output == "2 passed, 0 failed\n")
    let failing = try ScratchFile("b.attn", "bench missing\n#> bench missing\n")
    #expect(try Command.run(["check", failing.url.path]).status == 1)
  }

  @Test func checkShowsWhatDiffers() throws {
    let script = try ScratchFile("a.attn", "softmax [1 2 3]\n#> 0.09003057 0.2448 0.6652\n")
    let run = try Command.run(["check", script.url.path])
    #expect(run.status == 1)
    #expect(run.output.contains("  - 0.09003057 0.2448 0.6652\n  + 0.09003057 0.2447 0.6652\n"))
    #expect(run.output.hasSuffix("0 passed, 1 failed\n"))
  }

  @Test(arguments: ["0 1", "1", "1 0 0", "0.6 0.4", "… 1 0 1", "error: no"])
  func checkCanFail(_ expected: String) throws {
    let script = try ScratchFile("a.attn", "[1 0]\n#> \(expected)\n")
    #expect(try Command.run(["check", script.url.path]).status == 1)
  }

  @Test func blessKeepsEachNumbersDigits() throws {
    let script = try ScratchFile(
      "a.attn", "# prose\nsoftmax [1 2 3]\n#> 0.1 0.11111 0.1\n1 + 1\n#>\n3\n")
    let run = try Command.run(["bless", script.url.path])
    #expect(run.status == 0)
    #expect(script.text == "# prose\nsoftmax [1 2 3]\n#> 0.1 0.24473 0.7\n1 + 1\n#> 2\n3\n")
    #expect(try Command.run(["check", script.url.path]).status == 0)
  }

  @Test(arguments: [
    ("3\n\n#> 4\n", "0 passed, 1 failed\n"), ("3\n# so\n#> 3\n", "1 passed, 0 failed\n"),
    ("#> 3\n3\n", "0 passed, 1 failed\n"),
  ])
  func noExpectationIsOverlooked(_ text: String, _ summary: String) throws {
    let script = try ScratchFile("a.attn", text)
    #expect(try Command.run(["check", script.url.path]).output.hasSuffix(summary))
  }

  @Test func blessKeepsWhatIsTrueAndReportsErrors() throws {
    let script = try ScratchFile(
      "a.attn", "Q\n#> error: …\n[1 2; 3 4]/3\n#> … 1.33\nfoo\n1\n#> 2\n")
    let before = script.text
    let run = try Command.run(["bless", script.url.path])
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("error: no name 'foo'"))
    #expect(script.text == before)
  }

  @Test func anErrorThatIsExpectedStopsNothing() throws {
    let script = try ScratchFile("a.attn", "softmax [1 2] tau=0\n#> error: …\n3\n")
    let run = try Command.run([script.url.path])
    #expect(run.status == 0 && run.output == "3\n")
    #expect(run.errors.hasPrefix("error: a temperature must be more than 0"))
  }

  @Test func echoShowsCodeFromEverywhere() throws {
    #expect(try Command.run(["--echo", "-e", "1 + 1"]).output == "> 1 + 1\n2\n")
    #expect(
      try Command.run(["--echo"], input: Array("1\n2;3\n".utf8)).output == "> 1\n1\n> 2\n> 3\n3\n")
  }

  @Test func aLongMatrixMayComeThroughAPipe() throws {
    let rows = (0..<20_000).map { "\($0) 1" }.joined(separator: "\n")
    let run = try Command.run([], input: Array("A = [\(rows)]\nfoo\n".utf8))
    #expect(run.output.hasPrefix("A 20000×2"))
    #expect(run.errors.contains("stdin:20001:1"))
  }

  // MARK: - Files

  @Test func arraysAreSavedAndLoaded() throws {
    let file = try ScratchFile("x.npy")
    let path = file.url.path
    let code = "seed 1; x = randn 3 4; save x \"\(path)\"; y = load \"\(path)\"; all (x == y)"
    #expect(try Command.run(["-e", code]).output == "1\n")
    let again = try Command.run(["-e", "save 1 \"\(path)\""])
    #expect(again.status == 1)
    #expect(again.errors.contains("exists already"))
    #expect(
      try Command.run(["-e", "save 1 \"\(path)\" force=1; load \"\(path)\""]).output == "1\n")
  }

  @Test(arguments: [
    "x.csv": "1,2.5", "x.md": "| r0 | 1 | 2.5 |", "x.txt": "1.0000  2.5000",
    "x.svg": "<title>2.5</title>", "x.html": "title=\"2.5\"",
  ])
  func theEndingChoosesTheFormat(_ name: String, _ part: String) throws {
    let file = try ScratchFile(name)
    let run = try Command.run(["-e", "save [1 2.5; 3 4] \"\(file.url.path)\""])
    #expect(run.errors == "" && run.output == "")
    #expect(file.text.replacing("1.0000 | 2.5000", with: "1 | 2.5").contains(part), "\(file.text)")
  }

  @Test func aFixThatIsTriedTouchesNoFile() throws {
    let file = try ScratchFile("x.npy")
    let run = try Command.run(["-e", "mean save [1 2] \"\(file.url.path)\""])
    #expect(run.errors.hasPrefix("error: mean takes 1 argument, not 3"))
    #expect(!FileManager.default.fileExists(atPath: file.url.path))
  }

  @Test func aPictureIsSaved() throws {
    let file = try ScratchFile("x.PNG")
    let run = try Command.run([
      "-e", "save (heat (eye 3)) \"\(file.url.path)\" theme=dark width=60",
    ])
    #expect(run.errors == "")
    #expect(try Data(contentsOf: file.url).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
  }

  @Test(arguments: [
    ("1", "x.pdf", "", "a file's ending says how it is written: .npy, .csv"),
    ("1", "x", "", "a file's ending says how it is written"),
    ("causal", "x.npy", "", "only numbers and tensors can be saved so, not a mask rule"),
    ("(zeros 2 2 2)", "x.csv", "", "such a file has at most 2 axes, not 3"),
    ("1", "x.svg", "width=5", "width must be between 20 and 1000, not 5"),
  ])
  func whatCanNotBeSaved(_ value: String, _ name: String, _ option: String, _ error: String) throws
  {
    let file = try ScratchFile(name)
    let run = try Command.run(["-e", "save \(value) \"\(file.url.path)\" \(option)"])
    #expect(run.errors.hasPrefix("error: " + error))
    #expect(!FileManager.default.fileExists(atPath: file.url.path))
  }
}
