import Testing

/// The line under the input, Tab and `:fix`, on a real screen.
@Suite(.serialized, .enabled(if: TmuxScreen.isAvailable, "needs tmux; scripts/test installs it"))
struct HintLineTests: TypesAtThePrompt {
  let home = TestHome()

  private func begin(
    columns: Int = 80, rows: Int = 24, environment: [String: String] = [:],
    arguments: [String] = []
  ) throws -> TmuxScreen {
    let screen = try start(
      columns: columns, rows: rows, environment: environment, arguments: arguments)
    // Each fits into a window of 40 columns.
    for line in ["seed 1; Q = randn 4 8;", "K = randn 5 8;", "V = randn 5 6;"] {
      try enter(line, on: screen)
    }
    return screen
  }

  /// Waits until the line and the hint below it are the last rows.
  private func waitFor(_ line: String, _ hint: String, on screen: TmuxScreen) throws {
    try screen.waitFor("'\(line)' and '\(hint)'") { $0.suffix(2) == ["attn> \(line)", hint] }
  }

  @Test func theResultStandsUnderTheLine() throws {
    let screen = try begin()
    try screen.type("Q @ ")
    try waitFor("Q @", "needs 8×n; in scope: K' 8×5, Q' 8×4", on: screen)
    try screen.type("K'")
    try waitFor("Q @ K'", "→ 4×5", on: screen)
    let cursor = try screen.cursor()
    #expect(cursor.column == 6 + 6)
    try screen.key("BSpace", "BSpace")
    try waitFor("Q @", "needs 8×n; in scope: K' 8×5, Q' 8×4", on: screen)
    try screen.key("C-u")
    try waitForPrompt(screen)
  }

  @Test func enterLeavesNothingOfTheHint() throws {
    let screen = try begin()
    try screen.type("sum (Q @ K')")
    try waitFor("sum (Q @ K')", "→ number", on: screen)
    try screen.key("Enter")
    try waitForPrompt(screen)
    #expect(try !screen.screen().contains { $0.contains("→") })
  }

  @Test func worksOnTheBottomRow() throws {
    let screen = try begin(rows: 8)
    for number in 0..<6 { try enter("\(number)0", on: screen) }
    #expect(try screen.cursor().row == 7)
    try screen.type("Q @ K'")
    try waitFor("Q @ K'", "→ 4×5", on: screen)
    #expect(try screen.cursor().row == 6)
    try screen.key("C-u")
    try waitForPrompt(screen)
    try screen.type("Q")
    try waitFor("Q", "→ 4×8", on: screen)
    try screen.key("Enter")
    try waitForPrompt(screen)
    let rows = try screen.screen()
    #expect(rows.filter { $0.hasPrefix("→") } == [])
  }

  @Test func followsALineThatWrapsInANarrowWindow() throws {
    let screen = try begin(columns: 40, rows: 10)
    try screen.type("attn Q K V causal scale=0.125 tau=2")
    try screen.waitFor("a line of two rows") { $0.suffix(2) == ["2", "→ 4×6"] }
    try screen.key("BSpace", "BSpace")
    try screen.waitFor("a line of one row") {
      $0.suffix(2).first == "attn> attn Q K V causal scale=0.125 tau"
    }
    try screen.key("C-u")
    try waitForPrompt(screen)
    try screen.type("attn Q K ")
    try screen.waitFor("a hint of the window's width") { rows in
      (rows.last ?? "").hasPrefix("V needs 5×dv; in scope: V 5×6, K 5×8")
        && rows.last?.count ?? 0 < 40
    }
  }

  @Test func survivesAResizeInMidLine() throws {
    let screen = try begin(columns: 60, rows: 12)
    try screen.type("softmax (Q @ K' / sqrt 8) @ ")
    try screen.waitFor("needs 5×n; in scope: K 5×8")
    try screen.resize(columns: 30, rows: 12)
    try screen.waitFor("the wrapped line") { rows in
      rows.last?.hasPrefix("needs 5×n; in scope: K 5×8") == true
        && rows.suffix(3).first == "attn> softmax (Q @ K' / sqrt 8"
    }
    try screen.resize(columns: 60, rows: 12)
    try screen.type("V")
    try waitFor("softmax (Q @ K' / sqrt 8) @ V", "→ 4×6", on: screen)
    #expect(try screen.screen().filter { $0.contains("needs") } == [])
  }

  @Test func hangulKeepsTheHintBelowIt() throws {
    let screen = try begin(columns: 40)
    try enter("질의 = Q;", on: screen)
    try screen.type("질의 @ K'")
    try waitFor("질의 @ K'", "→ 4×5", on: screen)
    try screen.type(" + 질의질의질의질의질의질의 * 2")
    try screen.waitFor("no name '질의질의질의질의질의질의'")
    try screen.key("C-a")
    try screen.type("값 = ")
    try screen.waitFor("a changed line") { $0.contains { $0.hasPrefix("attn> 값 = 질의 @ K'") } }
    try screen.key("C-c")
    try waitForPrompt(screen)
  }

  @Test func entriesOfSeveralLinesCountAsOne() throws {
    let screen = try begin()
    try screen.type("attn(Q, K,")
    try waitFor(
      "attn(Q, K,", "V needs 5×dv; in scope: V 5×6, K 5×8   values, one for each key",
      on: screen)
    try screen.key("Enter")
    try screen.waitFor("  ...")
    try screen.type("V)")
    try screen.waitFor("the shape of the whole entry") { $0.suffix(2) == ["  ... V)", "→ 4×6"] }
    try screen.key("Enter")
    try waitForPrompt(screen)
  }

  @Test func historyAndPasteTakeTheHintWithThem() throws {
    let screen = try begin()
    try enter("Q @ K'", on: screen)
    try enter("1 + 1", on: screen)
    try screen.type("V")
    try waitFor("V", "→ 5×6", on: screen)
    try screen.key("C-u", "Up", "Up")
    try waitFor("Q @ K'", "→ 4×5", on: screen)
    try screen.key("C-u")
    try screen.paste("a = Q;\nb = a @ K'")
    try screen.waitFor("the pasted lines") {
      $0.suffix(3) == ["attn> a = Q;", "b = a @ K'", "→ 4×5"]
    }
    try screen.key("Up", "C-a", "Left", "Right")
    try screen.waitFor("the same lines") {
      $0.suffix(3) == ["attn> a = Q;", "b = a @ K'", "→ 4×5"]
    }
    try screen.key("Enter")
    try waitForPrompt(screen)
    #expect(try !screen.screen().contains("→ 4×5"))
  }

  struct Quiet: CustomTestStringConvertible {
    let name: String
    var environment: [String: String] = [:]
    var arguments: [String] = []
    var command: String?
    var testDescription: String { name }
  }

  @Test(arguments: [
    Quiet(name: "TERM=dumb", environment: ["TERM": "dumb"]),
    Quiet(name: "--plain", arguments: ["--plain"]),
    Quiet(name: ":set hints off", command: ":set hints off"),
  ])
  func canBeSilent(_ quiet: Quiet) throws {
    let screen = try begin(environment: quiet.environment, arguments: quiet.arguments)
    if let command = quiet.command { try enter(command, on: screen) }
    try screen.type("Q @ K'")
    try waitForLine("Q @ K'", on: screen)
    #expect(try screen.screen().last == "attn> Q @ K'")
  }

  // MARK: - Tab

  @Test func tabOffersWhatFitsFirst() throws {
    let screen = try begin()
    try screen.type("attn Q K ")
    try screen.key("Tab")
    try screen.waitFor("what fits") { rows in
      rows.contains { $0.hasPrefix("V ") && $0.contains("5×6") }
        && rows.contains { $0.hasPrefix("tau=") }
    }
    try screen.key("C-u")
    try screen.type("attn Q K V ")
    try screen.key("Tab")
    try screen.waitFor("masks and options") { rows in
      rows.contains { $0.hasPrefix("causal") } && rows.contains { $0.hasPrefix("bias=") }
    }
    try screen.key("Tab")
    try screen.waitFor("attn Q K V [mask] scale=1/√dk bias=0 tau=1 softcap=∞")
    try waitForLine("attn Q K V", on: screen)
  }

  @Test func tabWritesSymbolsAndSettings() throws {
    let screen = try begin()
    try screen.type("\\tau")
    try screen.key("Tab")
    try waitForLine("τ", on: screen)
    try screen.key("C-u")
    try screen.type(":set hin")
    try screen.key("Tab")
    try waitForLine(":set hints", on: screen)
    try screen.type(" of")
    try screen.key("Tab")
    try waitForLine(":set hints off", on: screen)
    try screen.key("C-u")
    try screen.type("rope Q layout=h")
    try screen.key("Tab")
    try waitForLine("rope Q layout=half", on: screen)
  }

  // MARK: - :fix

  @Test func fixPutsTheFirstFixOnTheLine() throws {
    let screen = try begin()
    try enter(":fix", on: screen)
    #expect(try screen.screen().contains("error: there is no error to fix"))
    try screen.type("S = softmax (Q @ K)")
    try screen.key("Enter")
    try screen.waitFor("fix 1: Q @ K'")
    try waitForPrompt(screen)
    // A `:fix` that fails is not what the next one mends.
    try enter(":fix 9", on: screen)
    #expect(try screen.screen().contains("error: :fix takes a number"))
    try screen.type(":fix")
    try screen.key("Enter")
    try waitFor("S = softmax (Q @ K')", "→ 4×5", on: screen)
    try screen.key("Enter")
    try screen.waitFor("S 4×5")
  }

  @Test func fixTakesEntriesOfSeveralLines() throws {
    let screen = try begin()
    try screen.type("attn(Q, K,")
    try screen.key("Enter")
    try screen.type("V, casual)")
    try screen.key("Enter")
    try screen.waitFor("fix 1: causal")
    try waitForPrompt(screen)
    try screen.type(":fix")
    try screen.key("Enter")
    try screen.waitFor("both lines") {
      $0.suffix(3) == ["attn> attn(Q, K,", "V, causal)", "→ 4×6"]
    }
  }
}
