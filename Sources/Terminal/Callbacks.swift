import CEdit

// What libedit calls. These stand outside of any type: a closure could be bound to an actor, and
// libedit calls on whatever thread reads.

/// How libedit goes on after one of our commands.
private enum Reply {
  static let nothing = UInt8(CC_NORM)
  static let refresh = UInt8(CC_REFRESH)
  static let beep = UInt8(CC_ERROR)
  static let end = UInt8(CC_EOF)
}

private func editor(of handle: OpaquePointer?) -> LineEditor? {
  guard let handle, let client = cedit_client(handle) else { return nil }
  // SAFETY: `LineEditor` stores itself there and ends the handle before it goes.
  return Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue()
}

func currentPrompt(_ handle: OpaquePointer?) -> UnsafeMutablePointer<Int32>? {
  editor(of: handle)?.promptBuffer
}

/// 1 with a code point, 0 at the end of input, -1 at Ctrl-C.
func readScalar(_ handle: OpaquePointer?, _ result: UnsafeMutablePointer<Int32>?) -> Int32 {
  guard let editor = editor(of: handle), let result else { return 0 }
  result.pointee = 0
  switch editor.nextScalar() {
  case .scalar(let scalar):
    result.pointee = Int32(bitPattern: scalar.value)
    return 1
  case .end: return 0
  case .interrupted:
    cedit_set_errno(EINTR)
    return -1
  }
}

func completeCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  return editor.complete() ? Reply.refresh : Reply.beep
}

func olderCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  return editor.goUp() ? Reply.refresh : Reply.beep
}

func newerCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  return editor.goDown() ? Reply.refresh : Reply.beep
}

func searchCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  return editor.searchHistory() ? Reply.refresh : Reply.end
}

func pasteCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  return editor.takePaste() ? Reply.refresh : Reply.end
}

func deleteOrLeaveCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  let line = editor.line
  if line.text.isEmpty { return Reply.end }
  guard line.cursor < line.text.unicodeScalars.count else { return Reply.beep }
  editor.moveCursor(to: line.cursor + 1)
  editor.delete(1)
  return Reply.refresh
}

func clearScreenCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 {
  guard let editor = editor(of: handle) else { return Reply.beep }
  editor.clearScreen()
  return Reply.nothing
}

func ignoreCommand(_ handle: OpaquePointer?, _ key: Int32) -> UInt8 { Reply.nothing }
