import CEdit

/// One key press.
public enum Key: Equatable, Sendable {
  case character(Character)
  case enter, escape, backspace, tab
  case up, down, left, right
  /// What a presenter's remote control sends.
  case pageUp, pageDown
  case interrupt
  /// The window has another size, or the program goes on after a stop: all is to be drawn again.
  case resize
  case timeout
  case endOfInput
  case other
}

/// The terminal in the state in which it gives single keys without echo.
public struct TakenKeys {
  private var before = termios()

  /// Nil where standard input is no terminal.
  public init?() {
    guard StandardStreams.isTerminal(STDIN_FILENO), cedit_take_keys(STDIN_FILENO, &before) == 0
    else { return nil }
    Interrupts.noteTerminal(before)
  }

  public mutating func release() {
    _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
    Interrupts.forgetTerminal()
  }
}

/// Waits for one key press on standard input, without echo; `endOfInput` where that is no
/// terminal.
@discardableResult
public func readKey() -> Key {
  guard var keys = TakenKeys() else { return .endOfInput }
  defer { keys.release() }
  return nextKey()
}

/// Forgets the keys that were pressed before there was anything to see that they could be for.
public func dropKeys() { KeyInput.drop(from: STDIN_FILENO) }

/// Waits for one key press while the keys are taken.
///
/// - Parameter milliseconds: how long; -1 without limit.
public func nextKey(within milliseconds: Int32 = -1) -> Key {
  _ = Interrupts.takeInterrupt()
  var decoder = KeyDecoder()
  while true {
    switch KeyInput.next(from: STDIN_FILENO, milliseconds: milliseconds) {
    case .byte(0x1B): return keyAfterEscape()
    case .byte(let byte):
      if let scalar = decoder.decode(byte) { return key(for: scalar) }
    case .signal:
      if Interrupts.takeInterrupt() { return .interrupt }
      if Interrupts.takeContinue() {
        // A shell has used the terminal meanwhile.
        var mode = termios()
        _ = cedit_take_keys(STDIN_FILENO, &mode)
        return .resize
      }
      if Interrupts.takeResize() { return .resize }
    case .timeout: return .timeout
    case .end: return .endOfInput
    }
  }
}

private func key(for scalar: Unicode.Scalar) -> Key {
  switch scalar {
  case "\r", "\n": .enter
  case "\t": .tab
  case "\u{3}": .interrupt
  case "\u{4}": .endOfInput
  case "\u{8}", "\u{7F}": .backspace
  default: DisplayText.isControl(scalar) ? .other : .character(Character(scalar))
  }
}

/// The rest of `ESC[A` and the like; a lone ESC where nothing follows soon.
private func keyAfterEscape() -> Key {
  // The bytes of one key arrive together; a person needs longer.
  let milliseconds: Int32 = 30
  guard case .byte(let second) = KeyInput.next(from: STDIN_FILENO, milliseconds: milliseconds)
  else {
    return .escape
  }
  guard second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else { return .other }
  var sequence = ""
  while case .byte(let byte) = KeyInput.next(from: STDIN_FILENO, milliseconds: milliseconds) {
    sequence.unicodeScalars.append(Unicode.Scalar(byte))
    if (0x40...0x7E).contains(byte) { break }
  }
  return keysOfSequences[sequence] ?? .other
}

private let keysOfSequences: [String: Key] = [
  "A": .up, "B": .down, "C": .right, "D": .left, "5~": .pageUp, "6~": .pageDown,
]
