import CEdit
import Synchronization

/// Ctrl-C, a new window size and the other signals of a terminal.
public enum Interrupts {
  /// Runs inside the signal handler: only what is safe there, such as storing to an atomic.
  public typealias Handler = @convention(c) () -> Void

  /// Catches Ctrl-C and new window sizes so that a waiting read returns (no SA_RESTART), ignores
  /// SIGPIPE so that writing fails instead, and gives the terminal back when the process is ended
  /// by a signal.
  public static func install(onInterrupt: Handler) {
    interruptHandler.store(unsafeBitCast(onInterrupt, to: UInt.self), ordering: .releasing)
    prepare()
    cedit_catch(SIGINT, takeInterruptSignal)
    cedit_ignore(SIGPIPE)
  }

  /// Whether Ctrl-C came since it was last asked.
  public static func takeInterrupt() -> Bool {
    hasInterrupt.exchange(false, ordering: .acquiringAndReleasing)
  }

  /// Whether the window changed its size since it was last asked.
  public static func takeResize() -> Bool {
    hasResize.exchange(false, ordering: .acquiringAndReleasing)
  }

  /// What the line editor needs, also where `install` was not called.
  static func prepare() {
    guard !isPrepared.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var ends: [Int32] = [-1, -1]
    cedit_make_pipe(&ends)
    wakeReadEnd.store(ends[0], ordering: .releasing)
    wakeWriteEnd.store(ends[1], ordering: .releasing)
    cedit_catch(SIGWINCH, takeResizeSignal)
    cedit_catch(SIGCONT, takeContinueSignal)
    // `nohup` and the like ignore some, and that is to last.
    for signal in [SIGTERM, SIGHUP, SIGQUIT] where cedit_is_ignored(signal) == 0 {
      cedit_catch(signal, takeFatalSignal)
    }
  }

  static func takeSuspend() -> Bool { hasSuspend.exchange(false, ordering: .acquiringAndReleasing) }

  static func takeContinue() -> Bool {
    hasContinue.exchange(false, ordering: .acquiringAndReleasing)
  }

  /// Becomes readable at each signal; -1 where there is no pipe.
  static var wakeDescriptor: Int32 { wakeReadEnd.load(ordering: .acquiring) }

  static func drainWakeDescriptor() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(wakeDescriptor, &bytes, bytes.count) > 0 {}
  }

  /// While a line is edited, Ctrl-Z first gives the terminal back.
  static func catchSuspend() { cedit_catch(SIGTSTP, takeSuspendSignal) }

  static func releaseSuspend() { cedit_stop_catching(SIGTSTP) }

  /// Remembers how the terminal was, for a signal that ends the process.
  static func noteTerminal(_ mode: termios) {
    guard !hasSavedMode.load(ordering: .acquiring) else { return }
    savedMode.update(from: [mode], count: 1)
    hasSavedMode.store(true, ordering: .releasing)
  }

  static func forgetTerminal() { hasSavedMode.store(false, ordering: .releasing) }
}

// Signal handlers touch only these: atomics and memory that is allocated before.
private let interruptHandler = Atomic<UInt>(0)
private let hasInterrupt = Atomic<Bool>(false)
private let hasResize = Atomic<Bool>(false)
private let hasSuspend = Atomic<Bool>(false)
private let hasContinue = Atomic<Bool>(false)
private let isPrepared = Atomic<Bool>(false)
private let hasSavedMode = Atomic<Bool>(false)
private let wakeReadEnd = Atomic<Int32>(-1)
private let wakeWriteEnd = Atomic<Int32>(-1)
// SAFETY: written before `hasSavedMode` is set, read by handlers only while it is.
nonisolated(unsafe) private let savedMode: UnsafeMutablePointer<termios> = {
  let mode = UnsafeMutablePointer<termios>.allocate(capacity: 1)
  mode.initialize(to: termios())
  return mode
}()

private func wake() {
  let before = cedit_errno()
  var byte: UInt8 = 0
  _ = write(wakeWriteEnd.load(ordering: .acquiring), &byte, 1)
  cedit_set_errno(before)
}

private func takeInterruptSignal(_ number: Int32) {
  let address = interruptHandler.load(ordering: .acquiring)
  // SAFETY: only `install` stores here, always a function of this type.
  if address != 0 { unsafeBitCast(address, to: Interrupts.Handler.self)() }
  hasInterrupt.store(true, ordering: .releasing)
  wake()
}

private func takeResizeSignal(_ number: Int32) {
  hasResize.store(true, ordering: .releasing)
  wake()
}

private func takeContinueSignal(_ number: Int32) {
  hasContinue.store(true, ordering: .releasing)
  wake()
}

private func takeSuspendSignal(_ number: Int32) {
  hasSuspend.store(true, ordering: .releasing)
  wake()
}

private func takeFatalSignal(_ number: Int32) {
  if hasSavedMode.load(ordering: .acquiring) {
    _ = tcsetattr(STDIN_FILENO, TCSANOW, savedMode)
    BracketedPaste.writeDisabled()
  }
  FullScreen.leaveBySignal()
  cedit_take_default(number)
}
