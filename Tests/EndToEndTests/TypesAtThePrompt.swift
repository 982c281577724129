#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tests that start the program in a window and type at its prompt.
protocol TypesAtThePrompt {
  var home: TestHome { get }
}

extension TypesAtThePrompt {
  /// The program at its first prompt.
  func start(
    columns: Int = 80, rows: Int = 24, environment: [String: String] = [:],
    arguments: [String] = []
  ) throws -> TmuxScreen {
    let directories = [
      "HOME": home.path, "XDG_STATE_HOME": home.path, "XDG_CONFIG_HOME": home.path,
    ]
    let screen = try TmuxScreen(
      columns: columns, rows: rows, environment: directories.merging(environment) { $1 },
      command: [Command.program] + arguments)
    try waitForPrompt(screen)
    return screen
  }

  func waitForPrompt(_ screen: TmuxScreen, timeout: Double = 30) throws {
    try screen.waitFor("an empty prompt", timeout: timeout) { $0.last == "attn>" }
  }

  func enter(_ line: String, on screen: TmuxScreen) throws {
    try screen.type(line)
    // Before that the last prompt is still the empty one.
    try waitForLine(line, on: screen)
    try screen.key("Enter")
    try waitForPrompt(screen)
  }

  /// Waits until the line being edited is `line`; a hint may stand below it.
  func waitForLine(_ line: String, on screen: TmuxScreen) throws {
    try screen.waitFor("the line '\(line)'") { rows in
      rows.last { $0.hasPrefix("attn>") } == "attn> \(line)"
    }
  }
}

/// A home of its own for each test, so that none sees the user's files.
final class TestHome: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/attn-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
  }

  deinit {
    for name in ["attn/history", "attn/init.attn", ".editrc", "x.attn"] {
      unlink(path + "/" + name)
    }
    rmdir(path + "/attn")
    rmdir(path)
  }

  /// Writes a file of the user's own.
  func write(_ name: String, _ text: String) {
    mkdir(path + "/attn", 0o700)
    guard let file = fopen(path + "/" + name, "w") else { return }
    fputs(text, file)
    fclose(file)
  }
}
