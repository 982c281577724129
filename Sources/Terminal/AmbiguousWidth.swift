import CEdit

/// Whether a terminal draws `█`, `─` and `×` one or two columns wide, as some East Asian ones do.
public enum AmbiguousWidth: Equatable, Sendable {
  case narrow, wide
  /// No terminal, or it did not answer in time.
  case unknown

  /// How long a terminal may take: a local one answers within a few milliseconds.
  private static let milliseconds: Int64 = 100

  /// Prints `█` at the start of the line, asks where the cursor is, and wipes it out again. What
  /// was typed meanwhile goes to the line editor.
  public static func detect() -> AmbiguousWidth {
    guard StandardStreams.isTerminal(STDIN_FILENO), StandardStreams.isTerminal(STDOUT_FILENO),
      let term = Environment.value(of: "TERM"), term != "dumb"
    else { return .unknown }
    var mode = termios()
    guard cedit_take_keys(STDIN_FILENO, &mode) == 0 else { return .unknown }
    defer { _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) }
    StandardStreams.write(STDOUT_FILENO, "\r█\u{1B}[6n")
    defer { StandardStreams.write(STDOUT_FILENO, "\r\u{1B}[K") }
    var report = CursorReport()
    let deadline = Clock.milliseconds() + milliseconds
    waiting: while report.column == nil {
      let rest = deadline - Clock.milliseconds()
      guard rest > 0 else { break }
      switch KeyInput.next(from: STDIN_FILENO, milliseconds: Int32(rest)) {
      case .byte(let byte): report.add(byte)
      case .signal: continue
      case .timeout, .end: break waiting
      }
    }
    KeyInput.putBack(report.others)
    switch report.column {
    case 2: return .narrow
    case 3: return .wide
    default:
      if report.column == nil { KeyInput.expectLateReport() }
      return .unknown
    }
  }
}

/// Finds `ESC[row;columnR` among other bytes.
struct CursorReport {
  private(set) var column: Int?
  private var before: [UInt8] = []
  private var candidate: [UInt8] = []

  /// All bytes that are no part of the report, in their order.
  var others: [UInt8] { before + candidate }

  mutating func add(_ byte: UInt8) {
    candidate.append(byte)
    if Self.isBeginning(candidate) { return }
    if byte == UInt8(ascii: "R"), let column = Self.column(of: candidate.dropLast()) {
      self.column = column
      candidate = []
      return
    }
    // Another sequence may begin with the byte that broke this one off.
    before += candidate.dropLast()
    candidate = [byte]
    if !Self.isBeginning(candidate) {
      before += candidate
      candidate = []
    }
  }

  var isPending: Bool { !candidate.isEmpty }

  /// `ESC`, `ESC[`, then digits and one semicolon.
  private static func isBeginning(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == 0x1B else { return false }
    guard bytes.count > 1 else { return true }
    guard bytes[1] == UInt8(ascii: "["), bytes.count < 16 else { return false }
    return bytes[2...].allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ";") }
  }

  private static func column(of bytes: [UInt8].SubSequence) -> Int? {
    let numbers = bytes.dropFirst(2).split(separator: UInt8(ascii: ";"))
    guard numbers.count == 2 else { return nil }
    return Int(String(decoding: numbers[1], as: UTF8.self))
  }
}
