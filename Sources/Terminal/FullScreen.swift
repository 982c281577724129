import CEdit
import Synchronization

/// The terminal's second screen: what stood on the first one is there again afterwards.
public enum FullScreen {
  /// In use, cleared, the cursor hidden.
  public static func enter() {
    isUsed.store(true, ordering: .releasing)
    StandardStreams.write(STDOUT_FILENO, "\u{1B}[?1049h\u{1B}[H\u{1B}[2J" + hideCursor)
  }

  public static func leave() {
    guard isUsed.exchange(false, ordering: .acquiringAndReleasing) else { return }
    StandardStreams.write(STDOUT_FILENO, showCursor + "\u{1B}[?1049l")
  }

  public static let hideCursor = "\u{1B}[?25l"
  public static let showCursor = "\u{1B}[?25h"

  private static let isUsed = Atomic<Bool>(false)

  /// Safe in a signal handler.
  static func leaveBySignal() {
    guard isUsed.load(ordering: .acquiring) else { return }
    // ESC [ ? 25 h ESC [ ? 1049 l, on the stack: a handler must not allocate.
    var bytes: (UInt64, UInt64) = (
      UInt64(littleEndian: 0x5B1B_6835_323F_5B1B), UInt64(littleEndian: 0x0000_6C39_3430_313F)
    )
    withUnsafeBytes(of: &bytes) { _ = CEdit.write(STDOUT_FILENO, $0.baseAddress, 14) }
  }
}
