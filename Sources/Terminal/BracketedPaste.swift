import CEdit

/// The terminal's promise to mark what is pasted: `ESC[200~` … `ESC[201~`.
enum BracketedPaste {
  static let begin = "\u{1B}[200~"
  static let end = "\u{1B}[201~"
  static let enable = "\u{1B}[?2004h"
  static let disable = "\u{1B}[?2004l"

  /// Safe in a signal handler.
  static func writeDisabled() {
    // ESC [ ? 2 0 0 4 l, on the stack: a handler must not allocate.
    var bytes: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (
      0x1B, 0x5B, 0x3F, 0x32, 0x30, 0x30, 0x34, 0x6C
    )
    withUnsafeBytes(of: &bytes) { _ = CEdit.write(STDOUT_FILENO, $0.baseAddress, 8) }
  }
}
