import Files
import Terminal

/// What is left of a lecture: NAME.cast with all that was seen, NAME.md and NAME.attn with what was
/// shown and run in the end. It is there at once, however the program ends.
final class Recording {
  /// The path without its ending.
  let prefix: String
  private let cast: GrowingFile
  /// On the clock that never goes back.
  private let start: Int64
  /// Why something could not be written; nothing is tried any more.
  private(set) var problem: String?

  /// - Throws: `FileFault` also where one of the files exists.
  init(creating prefix: String, title: String, _ size: TerminalSize) throws(FileFault) {
    self.prefix = prefix
    for path in Self.paths(prefix) where FileAccess.exists(path) {
      throw FileFault("\(path) exists already; --record takes another name")
    }
    cast = try GrowingFile(creating: prefix + ".cast")
    start = Clock.milliseconds()
    try cast.append(
      Cast.header(
        columns: size.columns, rows: size.rows, timestamp: Clock.secondsOfTheEra(), title: title,
        terminal: Environment.value(of: "TERM") ?? "dumb"))
  }

  /// Goes on where a recording ended.
  init(continuing prefix: String) throws(FileFault) {
    self.prefix = prefix
    let path = prefix + ".cast"
    start = Clock.milliseconds() - Cast.end(of: try FileAccess.read(path))
    cast = try GrowingFile(continuing: path)
  }

  private static func paths(_ prefix: String) -> [String] {
    [".cast", ".md", ".attn"].map { prefix + $0 }
  }

  /// A name that is not used: `softmax-2026-03-01`, then `softmax-2026-03-01-2` and so on.
  static func freePrefix(_ name: String, date: String) -> String {
    let first = "\(name)-\(date)"
    let names = [first] + (2...1000).map { "\(first)-\($0)" }
    return names.first { !paths($0).contains(where: FileAccess.exists) } ?? first
  }

  // MARK: - Adding

  func output(_ text: String) { add(.output, Self.withReturns(text)) }

  func marker(_ name: String) { add(.marker, name) }

  func resize(_ size: TerminalSize) { add(.resize, "\(size.columns)x\(size.rows)") }

  private func add(_ event: Cast.Event, _ text: String) {
    trying { () throws(FileFault) in
      try cast.append(Cast.line(event, text, at: Clock.milliseconds() - start))
    }
  }

  /// What was shown and run in the end.
  func keep(markdown: String, script: String) {
    trying { () throws(FileFault) in
      try FileAccess.write(Array(markdown.utf8), to: prefix + ".md", force: true)
      try FileAccess.write(Array(script.utf8), to: prefix + ".attn", force: true)
    }
  }

  /// A full disk must not end a lecture.
  private func trying(_ work: () throws(FileFault) -> Void) {
    guard problem == nil else { return }
    do { try work() } catch { problem = "the recording stopped: \(error.message)" }
  }

  /// A terminal adds the return to a line end by itself, a player does not.
  static func withReturns(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if scalar == "\n", last != "\r" { result.append("\r") }
      result.append(scalar)
      last = scalar
    }
    return String(result)
  }
}
