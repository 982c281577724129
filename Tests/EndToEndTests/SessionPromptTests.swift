import Testing

/// Undo, the editor, the init file, the tour and long results, with real keys on a real screen.
@Suite(.serialized, .enabled(if: TmuxScreen.isAvailable, "needs tmux; scripts/test installs it"))
struct SessionPromptTests: TypesAtThePrompt {
  let home = TestHome()

  @Test func undoAndRedoAtThePrompt() throws {
    let screen = try start()
    try enter("A = [1 2; 3 4]", on: screen)
    try enter("A = A @ A", on: screen)
    try enter("A", on: screen)
    try enter(":undo", on: screen)
    #expect(try screen.screen().suffix(3) == ["undone: A = A @ A", "A is again 2×2", "attn>"])
    try enter("A[1, 1]", on: screen)
    #expect(try screen.screen().suffix(2) == ["4", "attn>"])
    try enter(":redo", on: screen)
    try enter("A[1, 1]", on: screen)
    #expect(try screen.screen().suffix(2) == ["22", "attn>"])
  }

  @Test func theInitFileRunsBeforeTheFirstPrompt() throws {
    home.write("attn/init.attn", "# mine\nhalf = x -> x / 2;\n")
    let screen = try start()
    try enter("half 84", on: screen)
    #expect(try screen.screen().contains("42"))
    try enter(":save \(home.path)/x.attn", on: screen)
    try enter("print (1)", on: screen)
    let without = try start(arguments: ["--no-init"])
    try enter("half 84", on: without)
    #expect(try without.screen().contains("error: no name 'half'"))
    // What was saved holds what the init file made: a script runs without it.
    try enter(":load \(home.path)/x.attn", on: without)
    #expect(try without.screen().contains("42"))
  }

  @Test func theInitFileRunsBeforeTheFilesOfAnInteractiveSession() throws {
    home.write("attn/init.attn", "half = x -> x / 2;\n")
    home.write("x.attn", "half 84\n")
    let screen = try start(arguments: ["\(home.path)/x.attn", "-i"])
    #expect(try screen.screen().contains("42"))
    let environment = ["XDG_CONFIG_HOME": home.path]
    let script = try Command.run(["\(home.path)/x.attn"], environment: environment)
    #expect(script.errors.hasPrefix("error: no name 'half'"))
  }

  @Test func anErrorInTheInitFileNamesItsLine() throws {
    home.write("attn/init.attn", "x = 1;\ny = z\n")
    let screen = try start()
    #expect(try screen.screen().contains { $0.hasSuffix("init.attn:2:5") })
    try enter("x + 41", on: screen)
    #expect(try screen.screen().contains("42"))
  }

  @Test func keysOfTheUsersOwnFileCount() throws {
    home.write(".editrc", "attn:bind ^T ed-move-to-beg\nattn:bind ^I ed-move-to-beg\n")
    let screen = try start()
    try screen.type("2 + 2")
    try screen.key("C-t")
    try screen.type("40 + ")
    try waitForLine("40 + 2 + 2", on: screen)
    // The program's own keys stay.
    try screen.key("C-u")
    try screen.type("softm")
    try screen.key("Tab")
    try waitForLine("softmax", on: screen)
  }

  @Test func editorRunsWhatComesBack() throws {
    let screen = try start(
      environment: ["VISUAL": "sed -i s/1/41/"])
    try enter("1 + 1", on: screen)
    try enter(":edit", on: screen)
    #expect(try screen.screen().suffix(3) == ["> 41 + 1", "42", "attn>"])
    try enter("def f x = x + 1", on: screen)
    try enter(":edit f", on: screen)
    try enter("f 1", on: screen)
    #expect(try screen.screen().suffix(2) == ["42", "attn>"])
    try screen.key("Up")
    try screen.key("Up")
    try waitForLine("def f x = x + 41", on: screen)
  }

  @Test func editorThatFailsRunsNothing() throws {
    let screen = try start(environment: ["EDITOR": "false"])
    try enter("x = 1", on: screen)
    try enter(":edit x", on: screen)
    #expect(try screen.screen().contains("error: false ended with status 1"))
    let other = try start(environment: ["EDITOR": "true"])
    try enter("x = 1", on: other)
    try enter(":edit x", on: other)
    #expect(try other.screen().contains("nothing changed: nothing was run"))
  }

  @Test func tourIsTakenAtThePrompt() throws {
    let screen = try start()
    try enter("x = 42", on: screen)
    try screen.type("tour")
    try screen.key("Enter")
    try screen.waitFor("an empty tour prompt") { $0.last == "tour>" }
    try screen.type("softmax [1 2 3]")
    try screen.key("Enter")
    try screen.waitFor("2/13  Matrices")
    try screen.key("C-d")
    try screen.waitFor("an empty prompt") { $0.last == "attn>" }
    try enter("x", on: screen)
    #expect(try screen.screen().contains("42"))
  }

  @Test func broadcastingIsAnnouncedOnce() throws {
    let screen = try start()
    try enter("Q = ones 4 8; b = range 8", on: screen)
    try enter("x = Q + b", on: screen)
    try enter("x = Q - b", on: screen)
    let notes = try screen.screen().filter { $0.hasPrefix("note: ") }
    #expect(notes == ["note: b 8 was stretched over 4 rows"])
  }

  @Test func theReadingLineIsShownWherePrecedenceMattered() throws {
    let screen = try start()
    try enter("z = [1 2 3]", on: screen)
    try enter("softmax z - 1", on: screen)
    try enter("1 / sqrt 4", on: screen)
    let readings = try screen.screen().filter { $0.hasPrefix("reads: ") }
    #expect(readings == ["reads: softmax(z) - 1"])
  }

  @Test(arguments: [8, 10, 11, 24])
  func whatIsCutToTheWindowNeedsNoKey(_ rows: Int) throws {
    let screen = try start(rows: rows)
    try enter("ones 100 2", on: screen)
    #expect(try screen.screen().contains { $0.hasSuffix("…") })
  }

  @Test func longResultsComeByTheWindow() throws {
    let screen = try start(rows: 12)
    try enter("7 * 6", on: screen)
    try screen.type("show (range 100)[:, ]")
    try screen.key("C-u")
    try screen.type("show (col (range 100))")
    try screen.key("Enter")
    try screen.waitFor("11 of 101 lines  space more  enter line  a all  q quit")
    try screen.key("Space")
    try screen.waitFor("22 of 101 lines")
    try screen.key("Enter")
    try screen.waitFor("23 of 101 lines")
    try screen.type("q")
    try waitForPrompt(screen)
    #expect(try screen.screen().suffix(3) == ["  21", "… 78 more lines", "attn>"])
    try enter("20 + 22", on: screen)
    #expect(try screen.screen().contains("42"))
  }

  @Test func theGuideFitsInASmallWindow() throws {
    let screen = try start()
    try enter("help", on: screen)
    #expect(try screen.screen().contains("attn> help"))
  }
}
