#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program on a real terminal: tmux draws the screen, types the keys and reads what is seen.
final class TmuxScreen {
  /// Holds the socket of a server of its own: no test sees another one or the user's sessions.
  private let directory: String

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static let isAvailable = (try? run(["tmux", "-V"])) != nil

  /// Starts `command` in a window of its own.
  init(
    columns: Int = 80, rows: Int = 24, environment: [String: String] = [:], command: [String]
  ) throws {
    var template = Array("/tmp/attn-tmux-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "no directory") }
    directory =
      template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? ""
    var words = ["env", "LC_ALL=C.UTF-8"]
    words += environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + command
    // tmux does not always learn how a program ended, a shell does; Ctrl-C is not meant for it.
    let program = "echo $$ > \(directory)/pid; exec \"$@\""
    let shell = "trap : INT; sh -c \(Self.quoted(program)) sh \"$@\"; echo $? > \(directory)/status"
    let line = (["sh", "-c", shell, "sh"] + words).map(Self.quoted).joined(separator: " ")
    // The window stays after the program has ended: its last screen and exit status are wanted.
    try tmux(
      "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "sleep 1000", ";",
      "set-option", "-g", "remain-on-exit", "on", ";", "set-option", "-g", "status", "off", ";",
      "set-option", "-g", "escape-time", "0", ";",
      "resize-window", "-x", "\(columns)", "-y", "\(rows)", ";",
      "respawn-pane", "-k", line)
  }

  deinit {
    _ = try? tmux("kill-server")
    for name in ["socket", "pid", "status"] { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }

  // MARK: - Doing

  /// Types the characters one after the other.
  func type(_ text: String) throws { try tmux("send-keys", "-l", "--", text) }

  /// Presses keys by their tmux names: `Enter`, `Tab`, `BSpace`, `Up`, `C-c`.
  func key(_ names: String...) throws { try tmux(["send-keys"] + names) }

  /// Pastes as a terminal does it: marked as pasted where the program asked for that.
  func paste(_ text: String) throws {
    try tmux("set-buffer", "--", text)
    try tmux("paste-buffer", "-p", "-r")
  }

  func resize(columns: Int, rows: Int) throws {
    try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// Ends the program at once, as `kill -9` does.
  func kill() throws {
    guard let pid = number(in: "pid") else { throw Failure(description: "no process") }
    _ = Self.send(SIGKILL, to: Int32(pid))
    _ = try exitStatus()
  }

  private static func send(_ signal: Int32, to pid: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.kill(pid, signal)
    #elseif canImport(Musl)
      Musl.kill(pid, signal)
    #else
      Darwin.kill(pid, signal)
    #endif
  }

  // MARK: - Seeing

  /// The rows of the screen, without blanks at their ends and empty rows at the bottom.
  func screen() throws -> [String] {
    var lines = try tmux("capture-pane", "-p").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Where the cursor stands, from 0.
  func cursor() throws -> (column: Int, row: Int) {
    let numbers = try value("cursor_x},#{cursor_y").split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 2 else { throw Failure(description: "no cursor") }
    return (numbers[0], numbers[1])
  }

  /// Waits until a row holds `text`; gives the screen.
  @discardableResult
  func waitFor(_ text: String, timeout seconds: Double = 30) throws -> [String] {
    try waitFor("a row with '\(text)'", timeout: seconds) { $0.contains { $0.contains(text) } }
  }

  /// Waits until the screen is as wanted; `what` names that in the failure.
  @discardableResult
  func waitFor(_ what: String, timeout seconds: Double = 30, _ isWanted: ([String]) -> Bool) throws
    -> [String]
  {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      let lines = try screen()
      if isWanted(lines) { return lines }
      guard ContinuousClock.now < deadline else {
        let seen = lines.map { "  │" + $0 }.joined(separator: "\n")
        throw Failure(description: "waited \(seconds) s for \(what); the screen:\n\(seen)")
      }
      usleep(20_000)
    }
  }

  /// Waits until the program has ended; 128 and the signal where a signal ended it.
  func exitStatus(timeout seconds: Double = 30) throws -> Int {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      if let status = number(in: "status") { return status }
      guard ContinuousClock.now < deadline else {
        throw Failure(description: "the program still runs after \(seconds) s")
      }
      usleep(20_000)
    }
  }

  /// The number that the shell around the program wrote into a file.
  private func number(in file: String) -> Int? {
    guard let text = try? Self.run(["cat", "\(directory)/\(file)"]) else { return nil }
    return text.hasSuffix("\n") ? Int(text.dropLast()) : nil
  }

  // MARK: - tmux

  private func value(_ name: String) throws -> String {
    var text = try tmux("display-message", "-p", "#{\(name)}")
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  @discardableResult
  private func tmux(_ words: String...) throws -> String { try tmux(words) }

  @discardableResult
  private func tmux(_ words: [String]) throws -> String {
    // An argument that ends in a semicolon would separate commands.
    let safe = words.map { $0 != ";" && $0.hasSuffix(";") ? $0.dropLast() + "\\;" : $0 }
    return try Self.run(
      ["env", "LC_ALL=C.UTF-8", "tmux", "-S", directory + "/socket", "-f", "/dev/null", "-u"] + safe
    )
  }

  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  /// Runs a program of the search path and gives its standard output.
  private static func run(_ words: [String]) throws -> String {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
    defer { close(ends[0]) }
    // The tmux server lives on: it must keep nothing open that this process holds, neither the
    // pipe nor a lock that was inherited.
    for descriptor in 3..<max(64, ends[0] + 1, ends[1] + 1) {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // Tests run on threads that block all signals; the program must get them.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let failure = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, environ)
    close(ends[1])
    guard failure == 0 else { throw Failure(description: "cannot run \(words[0])") }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(ends[0], &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      output += chunk[..<count]
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw Failure(description: "\(words.joined(separator: " ")) ended with status \(status)")
    }
    return String(decoding: output, as: UTF8.self)
  }
}
