import CEdit

extension LineEditor {
  enum Input {
    case scalar(Unicode.Scalar)
    case end
    case interrupted
  }

  /// Waits for the next code point; meanwhile answers new window sizes and Ctrl-Z.
  func nextScalar() -> Input {
    if wasInterrupted { return .interrupted }
    if hasEnded { return .end }
    showPrefill()
    synchronize()
    updateHint()
    while true {
      switch withTrueCursor({ KeyInput.next(from: STDIN_FILENO) }) {
      case .byte(let byte):
        guard let scalar = decoder.decode(byte) else { continue }
        prepareHint(for: scalar)
        return .scalar(scalar)
      case .signal:
        if !answerSignals() { return .interrupted }
      case .timeout: continue
      case .end:
        hasEnded = true
        return .end
      }
    }
  }

  /// Gives false at Ctrl-C.
  private func answerSignals() -> Bool {
    defer { updateHint() }
    if Interrupts.takeInterrupt() {
      eraseHint()
      leaveLine()
      wasInterrupted = true
      return false
    }
    if Interrupts.takeSuspend() { suspend() }
    if Interrupts.takeContinue() { resume() }
    if Interrupts.takeResize() { redraw() }
    return true
  }

  /// What is pasted, up to the terminal's end mark, goes into the line; gives false at Ctrl-C and
  /// at the end of input.
  func takePaste() -> Bool {
    let mark = Array(BracketedPaste.end.utf8)
    var bytes: [UInt8] = []
    while !bytes.ends(with: mark) {
      switch KeyInput.next(from: STDIN_FILENO, takesMuch: true) {
      case .byte(let byte): bytes.append(byte)
      case .signal: if !answerSignals() { return false }
      case .timeout: continue
      case .end:
        hasEnded = true
        return false
      }
    }
    insert(DisplayText.pasted(String(decoding: bytes.dropLast(mark.count), as: UTF8.self)))
    return true
  }

  private func showPrefill() {
    guard !pendingPrefill.isEmpty else { return }
    let drawn = layoutToCursor
    insert(pendingPrefill)
    pendingPrefill = ""
    redraw(from: drawn)
  }

  private func suspend() {
    guard let handle else { return }
    eraseHint()
    leaveLine()
    releaseTerminal(of: handle)
    cedit_take_default(SIGTSTP)
    // The process goes on here after `fg`.
    _ = Interrupts.takeContinue()
    resume()
  }

  /// After a stop the shell may have left the terminal in another mode.
  private func resume() {
    guard let handle else { return }
    cedit_set_raw(handle, 0)
    takeTerminal(of: handle)
    hintLine.forget()
    show("\r")
    cedit_refresh(handle)
  }
}

extension Array where Element: Equatable {
  func ends(with tail: [Element]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}
