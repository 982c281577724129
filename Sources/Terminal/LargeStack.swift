import CEdit
import Synchronization

/// Runs `body` on a thread with a stack of `bytes` and gives what it gives; the waiting thread
/// leaves Ctrl-C and window sizes to it. Where no such thread can be made, runs `body` here.
public func runOnLargeStack(bytes: Int, _ body: @escaping @Sendable () -> Int32) -> Int32 {
  let work = Work(body)
  let context = Unmanaged.passUnretained(work)
  // SAFETY: `work` outlives the thread, which is joined before this returns.
  let isRun = withExtendedLifetime(work) {
    cedit_run_on_stack(max(bytes, 1 << 16), runWork, context.toOpaque()) == 0
  }
  return isRun ? work.result.load(ordering: .acquiring) : body()
}

private final class Work: Sendable {
  let body: @Sendable () -> Int32
  let result = Atomic<Int32>(0)

  init(_ body: @escaping @Sendable () -> Int32) {
    self.body = body
  }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  // SAFETY: `runOnLargeStack` passes a `Work` and keeps it alive.
  let work = Unmanaged<Work>.fromOpaque(context).takeUnretainedValue()
  StackGuard.captureCurrentThread()
  work.result.store(work.body(), ordering: .releasing)
  return nil
}

/// How much stack the working thread has left, so that deep nesting ends in an error.
public enum StackGuard {
  private static let floor = Atomic<UInt>(0)

  /// Measures from now on the thread that calls this.
  public static func captureCurrentThread() {
    floor.store(UInt(cedit_stack_floor()), ordering: .relaxed)
  }

  /// Bytes left on the captured thread; `Int.max` where its limits are not known.
  public static var remaining: Int {
    let lowest = floor.load(ordering: .relaxed)
    guard lowest != 0 else { return Int.max }
    var mark: UInt8 = 0
    // SAFETY: only the address is used, never what lies there.
    let here = withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
    return Int(bitPattern: here &- lowest)
  }
}
