import Foundation
import Testing

/// A lecture as a speaker gives it: real keys, a real screen.
@Suite(.serialized, .enabled(if: TmuxScreen.isAvailable, "needs tmux; scripts/test installs it"))
struct StageTests {
  static let lecture = """
    # A small lecture
    #| greet
    ## Softmax
    # Scores become
    # probabilities.
    #| let them guess
    z = [1 2 3]
    p = softmax z
    ## Random
    x = randn 3
    y = x + randn 3
    ## Errors
    softmax z tau=0
    #> error: a temperature must be more than 0
    w = missing + 1
    ## 끝
    q = w + sum y

    """

  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private func start(
    _ options: [String] = [], lecture: String = StageTests.lecture, columns: Int = 80,
    rows: Int = 24, record: Bool = true, terminal: String? = nil
  ) throws -> TmuxScreen {
    try lecture.write(toFile: folder.path("small.attn"), atomically: true, encoding: .utf8)
    let recording = record ? ["--record", folder.path("shown")] : ["--no-record"]
    return try TmuxScreen(
      columns: columns, rows: rows,
      environment: [
        "HOME": folder.path("home"), "XDG_STATE_HOME": folder.path("state"),
      ].merging(terminal.map { ["TERM": $0] } ?? [:]) { $1 },
      command: [Command.program, "present", folder.path("small.attn")]
        + (options.contains("--resume") ? [] : recording) + options)
  }

  /// Waits for a status row that begins so.
  @discardableResult
  private func waitFor(_ place: String, _ hint: String = "", on screen: TmuxScreen) throws
    -> [String]
  {
    try screen.waitFor("step \(place) with '\(hint)'") {
      guard let row = $0.last, row.hasPrefix(" \(place) ") else { return false }
      return hint.isEmpty || row.contains(hint)
    }
  }

  private func run(
    _ place: String, then hint: String = "next", first: Bool = false, on screen: TmuxScreen
  ) throws {
    if !first { try screen.key("Space") }
    try waitFor(place, "runs it", on: screen)
    try screen.key("Space")
    try waitFor(place, hint, on: screen)
  }

  private func type(_ line: String, on screen: TmuxScreen) throws {
    try screen.type(line)
    // A hint may stand below it.
    try screen.waitFor("the line") { $0.contains("attn> \(line)") }
    try screen.key("Enter")
    try screen.waitFor("the next prompt") { $0.last == "attn>" }
  }

  private func openPrompt(on screen: TmuxScreen) throws {
    try screen.type("!")
    try screen.waitFor("the prompt") { $0.last == "attn>" }
  }

  /// What `lit q` shows at the free prompt.
  private func value(of name: String, on screen: TmuxScreen) throws -> String {
    try openPrompt(on: screen)
    try type("lit \(name)", on: screen)
    // Below the line its value, and the next prompt.
    var rows: [String] = []
    try screen.waitFor("the value of \(name)") {
      rows = $0
      return $0.last == "attn>" && $0.dropLast().last?.contains("lit \(name)") == false
    }
    try screen.key("C-d")
    try screen.waitFor("the lecture") { $0.last?.contains("min") == true }
    return rows.dropLast().last ?? ""
  }

  private func leave(_ screen: TmuxScreen, status: Int = 0) throws {
    try screen.type("q")
    try screen.waitFor("leave the lecture?")
    try screen.type("y")
    #expect(try screen.exitStatus() == status)
  }

  /// Back, a jump, a free prompt and an error on the way; the values in the end are those of a
  /// straight replay.
  @Test func aWholeLecture() throws {
    let screen = try start()
    #expect(try waitFor("1/8", "next", on: screen).first == "A small lecture")
    try run("2/8", on: screen)
    try run("3/8", on: screen)
    try screen.type("b")
    try waitFor("2/8", "next", on: screen)
    try screen.type("g5")
    try screen.waitFor("go to step (1-8): 5_")
    try screen.key("Enter")
    try waitFor("5/8", "runs it", on: screen)
    try screen.key("Space")
    try waitFor("5/8", "next", on: screen)

    // What is typed here is undone by going back over it.
    try openPrompt(on: screen)
    try type("y = 100 * randn 3", on: screen)
    try type("resume", ending: "5/8", on: screen)
    try screen.type("b")
    try waitFor("4/8", "next", on: screen)
    try run("5/8", on: screen)

    try screen.key("Space")
    try waitFor("6/8", "runs it", on: screen)
    try screen.key("Space")
    try waitFor("6/8", "next", on: screen)
    #expect(try screen.screen().contains { $0.hasPrefix("error: a temperature must be") })

    try screen.key("Space")
    try waitFor("7/8", "runs it", on: screen)
    try screen.key("Space")
    try waitFor("7/8", "r retry  e edit  s skip  b back", on: screen)
    try screen.key("Space")
    try waitFor("7/8", "an error waits", on: screen)
    try openPrompt(on: screen)
    try type("missing = 41", on: screen)
    try type("resume", ending: "7/8", on: screen)
    try screen.key("Space")
    try waitFor("7/8", "next", on: screen)
    try run("8/8", then: "the end", on: screen)
    #expect(try screen.screen().contains("끝"))
    let shown = try value(of: "q", on: screen)
    try leave(screen)

    let script = try text("shown.attn")
    #expect(script.contains("\nmissing = 41\nw = missing + 1\n"))
    #expect(!script.contains("100 * randn"))
    let replay = try Command.run([folder.path("shown.attn"), "-"], input: Array("lit q".utf8))
    #expect(replay.status == 0)
    #expect(replay.output.split(separator: "\n").last.map(String.init) == shown)
    let seed = script.prefix { $0 != "\n" }
    let straight = try Command.run(
      ["-"],
      input: Array(
        ("\(seed); missing = 41\n"
          + Self.lecture.replacingOccurrences(of: "softmax z tau=0\n", with: "") + "lit q").utf8))
    #expect(straight.output.split(separator: "\n").last.map(String.init) == shown)

    let check = try Command.run(["check", folder.path("shown.attn"), folder.path("shown.md")])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(try text("shown.md").contains("## Softmax\n\nScores become\nprobabilities.\n"))
    try expectValidCast(steps: 8)
  }

  private func type(_ line: String, ending place: String, on screen: TmuxScreen) throws {
    try screen.type(line)
    try screen.key("Enter")
    try waitFor(place, on: screen)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path(name), encoding: .utf8)
  }

  /// A header, times that never fall, and a marker for each step.
  private func expectValidCast(steps: Int) throws {
    let lines = try text("shown.cast").split(separator: "\n")
    let values = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    let header = try #require(values.first as? [String: Any])
    #expect(header["version"] as? Int == 2)
    #expect(header["width"] as? Int == 80)
    #expect(header["height"] as? Int == 24)
    let events = values.dropFirst().compactMap { $0 as? [Any] }
    #expect(events.count == values.count - 1)
    let times = events.compactMap { $0.first as? Double }
    #expect(times.count == events.count)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    let markers = events.filter { $0[1] as? String == "m" }.compactMap { $0[2] as? String }
    for step in 1...steps { #expect(markers.contains { $0.hasPrefix("\(step) ") }) }
    let output = events.filter { $0[1] as? String == "o" }.compactMap { $0[2] as? String }
    #expect(output.joined().contains("Scores become probabilities."))
  }

  @Test func aKilledLectureGoesOnWithTheSameValues() throws {
    let first = try start(["--notes", folder.path("notes.txt")])
    try waitFor("1/8", on: first)
    try run("2/8", on: first)
    #expect(try text("notes.txt").contains("let them guess\n\nnow: Softmax\nnext: p = softmax z"))
    try run("3/8", on: first)
    try run("4/8", on: first)
    try run("5/8", on: first)
    let before = try value(of: "y", on: first)
    try first.key("Space")
    try waitFor("6/8", "runs it", on: first)
    try first.kill()

    let second = try start(["--resume"])
    #expect(try waitFor("6/8", "runs it", on: second).contains { $0.hasPrefix("> softmax z tau") })
    #expect(try value(of: "y", on: second) == before)
    try leave(second)
    try expectValidCast(steps: 6)
    #expect(try text("shown.attn").contains("y = x + randn 3"))
  }

  @Test func aResizeDrawsTheStepAnew() throws {
    let screen = try start(record: false)
    try waitFor("1/8", on: screen)
    try run("2/8", on: screen)
    try screen.resize(columns: 40, rows: 8)
    // The terminal itself only cuts off what stood there.
    try screen.waitFor("the statement, and the status on the last row") {
      $0.count == 8 && $0[7].hasPrefix(" 2/8 ") && $0.contains("> z = [1 2 3]")
    }
    try screen.resize(columns: 100, rows: 30)
    try screen.waitFor("the status on the last row") {
      $0.count == 30 && $0[29].hasPrefix(" 2/8 ") && $0[0] == "A small lecture"
    }
    try leave(screen)
  }

  @Test func aBigStepHasTheScreenAndALongOutputComesInPages() throws {
    let screen = try start(
      ["--big", "--type"],
      lecture: """
        ## One
        # A line of prose that is longer than sixty columns of a projector can hold at once.
        a = 1
        for i in 0:40 { print i }
        """, record: false)
    try screen.waitFor("the whole statement") { $0.contains("> a = 1") }
    #expect(
      try screen.screen()[3...4] == [
        "A line of prose that is longer than sixty columns of a", "projector can hold at once.",
      ])
    try screen.key("Space")
    try waitFor("1/2", "next", on: screen)
    try screen.key("Space")
    let typed = try waitFor("2/2", "runs it", on: screen)
    #expect(typed.first?.hasPrefix("> f") == true)
    try screen.key("n")
    try screen.waitFor("the whole statement") { $0.first == "> for i in 0:40 { print i }" }
    try screen.key("Space")
    let page = try waitFor("2/2", "more", on: screen)
    #expect(page.first == "> for i in 0:40 { print i }")
    #expect(page[22] == "21")
    try screen.key("Space")
    #expect(try waitFor("2/2", "the end", on: screen)[22] == "39")
    try leave(screen)
  }

  @Test func aStatementIsEditedBeforeItRuns() throws {
    let screen = try start()
    try waitFor("1/8", on: screen)
    try screen.key("Space")
    try waitFor("2/8", "runs it", on: screen)
    try screen.type("e")
    try screen.waitFor("the statement to edit") { $0.last == "> z = [1 2 3]" }
    try screen.key("BSpace")
    try screen.type(" 4]")
    try screen.key("Enter")
    try waitFor("2/8", "runs it", on: screen)
    try screen.key("Space")
    try waitFor("2/8", "next", on: screen)
    #expect(try screen.screen().contains("> z = [1 2 3 4]"))
    try leave(screen)
    #expect(try text("shown.attn").contains("\nz = [1 2 3 4]\n"))
  }

  @Test func controlCCancelsAndLosesNothing() throws {
    let screen = try start(
      lecture: "x = 40\nx = randn 4000 4000 @ randn 4000 4000\n", record: false)
    try screen.key("Space")
    try waitFor("1/2", "next", on: screen)
    try screen.key("Space")
    try waitFor("2/2", "runs it", on: screen)
    try screen.key("Space")
    try waitFor("2/2", "Ctrl-C cancels", on: screen)
    usleep(200_000)
    try screen.key("C-c")
    try waitFor("2/2", "r retry", on: screen)
    #expect(try value(of: "x", on: screen) == "40")
    try screen.key("C-c")
    try screen.waitFor("leave the lecture?")
    try screen.key("C-c")
    #expect(try screen.exitStatus() == 0)
  }

  /// Keys pressed while a statement runs would skip what it gives.
  @Test func keysBeforeTheResultAreForgotten() throws {
    let screen = try start(
      lecture: "x = 1\nfor i in 0:400 { randn 300 300 @ randn 300 300; }\ny = 2\n", record: false)
    try run("1/3", then: "next", first: true, on: screen)
    try screen.key("Space")
    try waitFor("2/3", "runs it", on: screen)
    try screen.key("Space")
    try waitFor("2/3", "Ctrl-C cancels", on: screen)
    try screen.key("Space", "Space", "n")
    try waitFor("2/3", "next", on: screen)
    usleep(300_000)
    try waitFor("2/3", "next", on: screen)
    try screen.key("Space")
    try waitFor("3/3", "runs it", on: screen)
    try leave(screen)
  }

  @Test func anExplanationIsWalkedThroughOnce() throws {
    let screen = try start(
      ["--big"], lecture: "explain softmax [3 2 1 -1]\ny = 2\n", columns: 60, rows: 20,
      record: false)
    try screen.key("Space")
    let first = try screen.waitFor("1/6")
    #expect(first.last { !$0.isEmpty } == "  1/6  space next  b back  1-6 step  c code  q quit")
    for part in 2...6 {
      try screen.key("Space")
      try screen.waitFor("\(part)/6  space")
    }
    try screen.key("Space")
    try waitFor("2/2", "runs it", on: screen)
    try screen.type("b")
    try waitFor("1/2", "more", on: screen)
    try leave(screen)
  }

  @Test func aPartHigherThanTheWindowIsPaged() throws {
    let screen = try start(
      lecture: "explain attn (eye 4) (eye 4) (eye 4)\ny = 2\n", columns: 60, rows: 10,
      record: false)
    try waitFor("1/2", "runs it", on: screen)
    try screen.key("Space")
    try screen.waitFor("1/6  space more")
    try screen.key("Space")
    #expect(try screen.waitFor("1/6  space next").contains { $0.hasPrefix("   q3 ") })
    try screen.type("b")
    #expect(try screen.waitFor("1/6  space more").first?.hasPrefix("explain attn") == true)
    try screen.type("q")
    try waitFor("1/2", "next", on: screen)
    try leave(screen)
  }

  @Test func aSettingIsUndoneByGoingBack() throws {
    let screen = try start(lecture: "x = 1/3\n:set digits 2\n[x x]\n", record: false)
    try run("1/3", first: true, on: screen)
    try run("2/3", on: screen)
    try run("3/3", then: "the end", on: screen)
    #expect(try screen.screen().contains("0.33 0.33"))
    try screen.type("bb")
    try waitFor("1/3", "next", on: screen)
    try openPrompt(on: screen)
    try type("[x x]", on: screen)
    #expect(try screen.screen().contains("0.3333 0.3333"))
    try screen.key("C-d")
    try leave(screen)
  }

  @Test func whatALectureSavedItMaySaveAgain() throws {
    let file = folder.path("x.csv")
    let lecture = "x = [1 2]\nsave x \"\(file)\"\ny = 1\n"
    let first = try start(lecture: lecture)
    try run("1/3", first: true, on: first)
    try run("2/3", on: first)
    try first.type("r")
    // Nothing on the screen tells when it has run again.
    usleep(500_000)
    try waitFor("2/3", "next", on: first)
    try first.key("Space")
    try waitFor("3/3", "runs it", on: first)
    try first.kill()

    let second = try start(["--resume"], lecture: lecture)
    try waitFor("3/3", "written again: /", on: second)
    try leave(second)
    // Another showing may not.
    let third = try start(lecture: lecture, record: false)
    try waitFor("1/3", "--resume goes on", on: third)
    try third.key("Space")
    try waitFor("1/3", "next", on: third)
    try run("2/3", then: "r retry", on: third)
    try leave(third, status: 1)
  }

  @Test func aDumbTerminalTakesLines() throws {
    let screen = try start(record: false, terminal: "dumb")
    try screen.waitFor("a line") { $0.last == "(1/8)" }
    try screen.key("Enter", "Enter")
    try screen.waitFor("the result") { $0.contains("z 3  mean 2  sd 0.8165") }
    try screen.type("g 8")
    try screen.key("Enter")
    try screen.waitFor("r retry  e edit  s skip  b back")
    try screen.type("q")
    try screen.key("Enter")
    #expect(try screen.exitStatus() == 1)
  }

  @Test func linesOfAPipeAreKeys() throws {
    try Self.lecture.write(toFile: folder.path("small.attn"), atomically: true, encoding: .utf8)
    let keys = "\n\n!\nw = 5\nresume\n\n\ng 7\n\nbogus\ne\nw = 6\n\n\n\nq\n"
    let result = try Command.run(
      ["present", folder.path("small.attn"), "--no-record"], input: Array(keys.utf8),
      environment: ["XDG_STATE_HOME": folder.path("state")])
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(
      result.output.hasPrefix(
        """
        A small lecture

        Softmax
        ───────

        Scores become probabilities.

        > z = [1 2 3]
        z 3  mean 2  sd 0.8165
        """))
    #expect(result.output.contains("error: no name 'missing'"))
    #expect(result.output.hasSuffix("> q = w + sum y\nq = \(lastNumber(result.output))\n"))
  }

  @Test func theLinesOfAnItemStandUnderItsText() throws {
    let lecture = "# Take away:\n# 1. Attention is a mean\n#    of values, and more.\n# - x\n1\n"
    try lecture.write(toFile: folder.path("small.attn"), atomically: true, encoding: .utf8)
    let result = try Command.run(
      ["present", folder.path("small.attn"), "--no-record"], input: Array("q\n".utf8),
      environment: ["XDG_STATE_HOME": folder.path("state"), "COLUMNS": "30"])
    #expect(
      result.output.hasPrefix(
        """
        Take away:

        1. Attention is a mean of
           values, and more.

        - x
        """), "\(result.output)")
  }

  private func lastNumber(_ text: String) -> String {
    text.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) } ?? ""
  }

  @Test func nothingIsOverwritten() throws {
    try "mine".write(toFile: folder.path("shown.md"), atomically: true, encoding: .utf8)
    try Self.lecture.write(toFile: folder.path("small.attn"), atomically: true, encoding: .utf8)
    let result = try Command.run(
      ["present", folder.path("small.attn"), "--record", folder.path("shown")])
    #expect(result.status == 1)
    #expect(
      result.errors
        == "attn: \(folder.path("shown.md")) exists already; --record takes another name\n")
    let notes = try Command.run(
      ["present", folder.path("small.attn"), "--notes", folder.path("small.attn")])
    #expect(notes.status == 1)
    #expect(try text("small.attn") == Self.lecture)
    #expect(try text("shown.md") == "mine")
  }
}

/// A folder that goes with the test.
private final class Scratch: Sendable {
  private let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }
}
