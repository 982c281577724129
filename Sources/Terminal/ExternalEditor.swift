import CEdit

/// The user's own editor, for a text that is easier to write there.
public enum ExternalEditor {
  public enum Outcome: Equatable, Sendable {
    case text(String)
    /// Why there is none, as a sentence.
    case failed(String)
  }

  /// What `VISUAL` or `EDITOR` names, arguments included; a shell reads it.
  private static var command: String {
    Environment.value(of: "VISUAL") ?? Environment.value(of: "EDITOR") ?? "vi"
  }

  /// Lets the user edit `text` in a temporary file, and gives the terminal back as it was.
  public static func edit(_ text: String) -> Outcome {
    guard StandardStreams.isTerminal(STDIN_FILENO), StandardStreams.isTerminal(STDOUT_FILENO) else {
      return .failed("an editor needs a terminal")
    }
    guard let path = temporaryFile(text) else {
      return .failed("the text can not be written to a temporary file")
    }
    defer { unlink(path) }
    var mode = termios()
    let isKnown = tcgetattr(STDIN_FILENO, &mode) == 0
    let status = cedit_run_shell("\(command) \(quoted(path))")
    if isKnown { _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) }
    _ = Interrupts.takeInterrupt()
    guard status == 0 else {
      return .failed(
        status < 0 ? "\(command) can not be run" : "\(command) ended with status \(status)")
    }
    guard let text = contents(of: path) else { return .failed("the edited text can not be read") }
    return .text(text)
  }

  private static func temporaryFile(_ text: String) -> String? {
    let folder = Environment.value(of: "TMPDIR") ?? "/tmp"
    let ending = ".attn"
    var template = Array("\(folder)/attn-XXXXXX\(ending)".utf8CString)
    let file = mkstemps(&template, Int32(ending.utf8.count))
    guard file >= 0 else { return nil }
    defer { close(file) }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard StandardStreams.write(file, text) else {
      unlink(path)
      return nil
    }
    return path
  }

  private static func contents(of path: String) -> String? {
    let file = cedit_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      guard count >= 0 else { return nil }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  private static func quoted(_ path: String) -> String {
    "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
