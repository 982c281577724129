import CEdit

/// One key press.
public enum Key: Equatable, Sendable {
  case character(Character)
  case enter, escape, backspace, tab
  case up, down, left, right
  case interrupt
  case endOfInput
  case other
}

/// Waits for one key press on standard input, without echo; `endOfInput` where that is no
/// terminal.
@discardableResult
public func readKey() -> Key {
  var mode = termios()
  guard StandardStreams.isTerminal(STDIN_FILENO), cedit_take_keys(STDIN_FILENO, &mode) == 0 else {
    return .endOfInput
  }
  Interrupts.noteTerminal(mode)
  defer {
    _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
    Interrupts.forgetTerminal()
  }
  _ = Interrupts.takeInterrupt()
  var decoder = KeyDecoder()
  while true {
    switch KeyInput.next(from: STDIN_FILENO) {
    case .byte(0x1B): return keyAfterEscape()
    case .byte(let byte):
      if let scalar = decoder.decode(byte) { return key(for: scalar) }
    case .signal:
      if Interrupts.takeInterrupt() { return .interrupt }
    case .timeout: continue
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
  var isFirst = true
  while case .byte(let byte) = KeyInput.next(from: STDIN_FILENO, milliseconds: milliseconds) {
    guard (0x40...0x7E).contains(byte) else {
      isFirst = false
      continue
    }
    guard isFirst else { return .other }
    switch byte {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return .right
    case UInt8(ascii: "D"): return .left
    default: return .other
    }
  }
  return .other
}
