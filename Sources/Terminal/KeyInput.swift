import CEdit
import Synchronization

/// Bytes from the terminal. What one reader took too much waits here for the next, so that
/// nothing typed ahead is lost.
enum KeyInput {
  enum Event: Equatable {
    case byte(UInt8)
    /// Flags of `Interrupts` may be set.
    case signal
    case timeout
    case end
  }

  /// The next one stands last.
  private static let waiting = Mutex<[UInt8]>([])
  private static let isReportLate = Atomic<Bool>(false)

  /// A terminal that did not answer in time may do so later: then its report is swallowed.
  static func expectLateReport() { isReportLate.store(true, ordering: .releasing) }

  /// Puts bytes back, before all others that wait.
  static func putBack(_ bytes: [UInt8]) {
    waiting.withLock { $0.append(contentsOf: bytes.reversed()) }
  }

  /// Forgets what has come and was not taken.
  static func drop(from descriptor: Int32) {
    waiting.withLock { $0 = [] }
    _ = tcflush(descriptor, TCIFLUSH)
  }

  /// The bytes that have come already, without taking them: at most `limit`.
  static func waitingBytes(from descriptor: Int32, atMost limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      if let byte = waiting.withLock({ $0.popLast() }) {
        bytes.append(byte)
        continue
      }
      // Without the wake descriptor: a signal must still end the wait that follows.
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard poll(&entry, 1, 0) == 1, read(descriptor, &byte, 1) == 1 else { break }
      bytes.append(byte)
    }
    putBack(bytes)
    return bytes
  }

  /// The next byte.
  ///
  /// - Parameters:
  ///   - milliseconds: how long to wait; -1 without limit.
  ///   - takesMuch: reads all there is at once, for long texts whose end is marked.
  static func next(from descriptor: Int32, milliseconds: Int32 = -1, takesMuch: Bool = false)
    -> Event
  {
    let event = nextByte(from: descriptor, milliseconds, takesMuch)
    guard event == .byte(0x1B), isReportLate.load(ordering: .acquiring) else { return event }
    return withoutReport(from: descriptor)
  }

  /// What comes at an ESC that may begin a late report.
  private static func withoutReport(from descriptor: Int32) -> Event {
    var report = CursorReport()
    report.add(0x1B)
    // The bytes of one report arrive together.
    while report.isPending, case .byte(let byte) = nextByte(from: descriptor, 30, false) {
      report.add(byte)
    }
    if report.column != nil { isReportLate.store(false, ordering: .releasing) }
    putBack(Array(report.others.dropFirst()))
    return report.others.first.map(Event.byte) ?? .signal
  }

  private static func nextByte(from descriptor: Int32, _ milliseconds: Int32, _ takesMuch: Bool)
    -> Event
  {
    if let byte = waiting.withLock({ $0.popLast() }) { return .byte(byte) }
    var entries = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Interrupts.wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&entries, nfds_t(entries.count), milliseconds)
    if count == 0 { return .timeout }
    if entries[1].revents != 0 {
      Interrupts.drainWakeDescriptor()
      return .signal
    }
    if count < 0 { return cedit_errno() == EINTR ? .signal : .end }
    var chunk = [UInt8](repeating: 0, count: takesMuch ? 4096 : 1)
    let length = read(descriptor, &chunk, chunk.count)
    if length < 0 { return cedit_errno() == EINTR || cedit_errno() == EAGAIN ? .signal : .end }
    guard length > 0 else { return .end }
    if length > 1 { putBack(Array(chunk[1..<length])) }
    return .byte(chunk[0])
  }
}
