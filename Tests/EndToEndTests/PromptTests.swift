import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The prompt as a user meets it: real keys, a real screen.
@Suite(.serialized, .enabled(if: TmuxScreen.isAvailable, "needs tmux; scripts/test installs it"))
struct PromptTests: TypesAtThePrompt {
  let home = TestHome()

  @Test func historyLastsOverTwoRuns() throws {
    let first = try start()
    try enter("20 + 3", on: first)
    try first.key("C-d")
    #expect(try first.exitStatus() == 0)

    let second = try start()
    try second.key("Up")
    try waitForLine("20 + 3", on: second)
    try second.key("Enter")
    try second.waitFor("the result") { $0.contains("23") }
  }

  @Test func killedProgramKeepsItsHistory() throws {
    let first = try start()
    try enter("20 + 4", on: first)
    try first.kill()

    let second = try start()
    try second.key("Up")
    try waitForLine("20 + 4", on: second)
  }

  @Test func upFindsEntriesWithTheSameBeginning() throws {
    let screen = try start()
    try enter("11 + 1", on: screen)
    try enter("22 + 2", on: screen)
    try screen.type("11")
    try screen.key("Up")
    try waitForLine("11 + 1", on: screen)
    try screen.key("Down")
    try waitForLine("11", on: screen)
    try screen.key("C-u", "Up")
    try waitForLine("22 + 2", on: screen)
  }

  @Test func tabCompletesABuiltin() throws {
    let screen = try start()
    try screen.type("softm")
    try screen.key("Tab")
    try waitForLine("softmax", on: screen)
    try screen.type(" [1 2 3 4 1]")
    try screen.key("Enter")
    try screen.waitFor("0.0311")
  }

  @Test func pastedBlockRunsAsOne() throws {
    let screen = try start()
    try screen.paste("def twice(x) {\n  y = x + x\n  y\n}\ntwice 21")
    try screen.waitFor("the last pasted line") { $0.contains("twice 21") }
    try screen.key("Enter")
    try waitForPrompt(screen)
    let rows = try screen.screen()
    #expect(rows.contains("42"))
    #expect(rows.filter { $0.hasPrefix("attn>") } == ["attn> def twice(x) {", "attn>"])
    try screen.key("Up")
    try screen.waitFor("the whole block again") { rows in
      rows.suffix(6).contains(["attn> def twice(x) {", "  y = x + x", "  y", "}", "twice 21"])
    }
  }

  @Test func ctrlCStopsTrainingAndKeepsWhatItHas() throws {
    let screen = try start()
    try screen.type("p, h = minimize (x -> (x - 3)^2) 0 steps=100000000 lr=1e-4;")
    try screen.key("Enter")
    try screen.waitFor("the live line") { $0.last?.contains("/100000000") == true }
    // It is one line, however often it is rewritten.
    usleep(500_000)
    #expect(try screen.screen().count { $0.hasPrefix("step ") } == 1)
    try screen.key("C-c")
    try screen.waitFor("stopped after")
    try waitForPrompt(screen)
    try enter("print (p > 0 and p <= 3) (first (shape h) > 1)", on: screen)
    #expect(try screen.screen().contains("1 1"))
  }

  @Test func hangulIsTypedAndErased() throws {
    let screen = try start()
    try screen.type("질의")
    try waitForLine("질의", on: screen)
    #expect(try screen.cursor().column == 6 + 4)
    try screen.key("BSpace")
    try waitForLine("질", on: screen)
    #expect(try screen.cursor().column == 6 + 2)
    try screen.type("문 = 41")
    try screen.key("Enter")
    try waitForPrompt(screen)
    try enter("질문 + 1", on: screen)
    #expect(try screen.screen().contains("42"))
  }

  @Test func controlCClearsAHalfTypedLine() throws {
    let screen = try start()
    try screen.type("1 + (2")
    try waitForLine("1 + (2", on: screen)
    try screen.key("C-c")
    try waitForPrompt(screen)
    try enter("20 + 5", on: screen)
    #expect(try screen.screen().contains("25"))
  }

  @Test func controlCCancelsAComputation() throws {
    let screen = try start()
    try enter("x = 40", on: screen)
    try screen.type("randn 4000 4000 @ randn 4000 4000")
    try screen.key("Enter")
    usleep(300_000)
    #expect(try screen.screen().last != "attn>", "the product was too quick to be interrupted")
    try screen.key("C-c")
    try waitForPrompt(screen, timeout: 2)
    try enter("x + 2", on: screen)
    #expect(try screen.screen().contains("42"))
  }

  /// The first of seven parts of an explanation.
  private func explainAttention() throws -> TmuxScreen {
    let screen = try start(rows: 40)
    try enter("seed 42; Q = randn 4 4; K = randn 4 4; V = randn 4 4", on: screen)
    try screen.type("explain attn Q K V causal")
    try waitForLine("explain attn Q K V causal", on: screen)
    try screen.key("Enter")
    try screen.waitFor("1/7  space next")
    return screen
  }

  @Test func explanationsComeByKey() throws {
    let screen = try explainAttention()
    #expect(try !screen.screen().contains { $0.contains("2/5 S / √dₖ") })
    try screen.key("Space")
    let two = try screen.waitFor("2/7  space next")
    #expect(two.contains { $0.contains("1/5 S = Q Kᵀ") && $0.contains("2/5 S / √dₖ") })
    #expect(two.contains { $0.contains("q2 × k1") })
    try screen.key("Up")
    try screen.waitFor("q1 × k1")
    try screen.type("5")
    let five = try screen.waitFor("5/7  space next")
    #expect(five.contains { $0.contains("5/5 O = A V") })
    try screen.type("b")
    try screen.waitFor("4/7  space next")
    try screen.type("c")
    try screen.waitFor("O = A @ V")
    try screen.type("q")
    try waitForPrompt(screen)
    try enter("20 + 22", on: screen)
    #expect(try screen.screen().contains("42"))
  }

  @Test func controlCLeavesAnExplanation() throws {
    let screen = try explainAttention()
    try screen.key("C-c")
    try waitForPrompt(screen)
    // What is typed is seen again, and Ctrl-D still ends the program.
    try enter("20 + 22", on: screen)
    #expect(try screen.screen().contains("42"))
    try screen.key("C-d")
    #expect(try screen.exitStatus() == 0)
  }

  @Test func controlDLeavesOnAnEmptyLineOnly() throws {
    let screen = try start()
    try screen.type("ab")
    try screen.key("C-a", "C-d")
    try waitForLine("b", on: screen)
    try screen.key("C-u", "C-d")
    #expect(try screen.exitStatus() == 0)
  }
}
