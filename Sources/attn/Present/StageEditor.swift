import Terminal

/// The line editor on a stage: what is typed is seen, so it is recorded too.
struct StageEditor {
  let editor: LineEditor
  let screen: Screen

  /// Nil at Ctrl-D and Ctrl-C.
  func read(prompt: String, prefill: String = "") -> String? {
    guard case .line(let line) = editor.read(prompt: prompt, continuation: false, prefill: prefill)
    else { return nil }
    screen.listener?(prompt + line + "\n")
    return line
  }
}
