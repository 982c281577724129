import CEdit

/// Standard input, output and error as descriptors.
public enum StandardStreams {
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Writes all bytes, over interruptions and short writes; gives false where nobody reads any
  /// more (`attn … | head`) or the device fails.
  @discardableResult
  public static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { write(descriptor, $0) }
  }

  @discardableResult
  public static func write(_ descriptor: Int32, _ text: String) -> Bool {
    write(descriptor, Array(text.utf8))
  }

  /// Why the last `write` gave false; nil where only nobody reads any more.
  public static var failure: String? {
    cedit_errno() == EPIPE ? nil : String(cString: strerror(cedit_errno()))
  }

  @discardableResult
  public static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = CEdit.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if cedit_errno() == EAGAIN {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
      } else if cedit_errno() != EINTR {
        return false
      }
    }
    return true
  }
}
