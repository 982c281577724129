import Synchronization

/// What a kernel can run into that is no mistake in its shapes.
public enum KernelError: Error, Equatable, Sendable {
  /// Ctrl-C.
  case cancelled
  /// A result would need more memory than the limit leaves, in bytes.
  case memory(needed: Int, limit: Int)
}

/// Asked for by Ctrl-C, polled by every kernel that can run longer than a blink.
public enum Cancellation {
  private static let flag = Atomic<Bool>(false)

  /// Safe to call in a signal handler.
  public static func request() { flag.store(true, ordering: .relaxed) }
  public static func reset() { flag.store(false, ordering: .relaxed) }
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  @inline(__always)
  public static func check() throws(KernelError) {
    if flag.load(ordering: .relaxed) { throw .cancelled }
  }
}

extension UnsafeMutableBufferPointer {
  /// Sets every element, in blocks between which Ctrl-C is looked for: fresh pages take longer than
  /// a blink.
  func fill(with value: Element) throws(KernelError) {
    for first in stride(from: 0, to: count, by: 1 << 20) {
      try Cancellation.check()
      self[first..<Swift.min(first + (1 << 20), count)].initialize(repeating: value)
    }
  }
}

/// The bytes that all tensors hold, and how many they may.
public enum Memory {
  private static let live = Atomic<Int>(0)
  private static let limitInBytes = Atomic<Int>(Int.max)

  public static var limit: Int {
    get { limitInBytes.load(ordering: .relaxed) }
    set { limitInBytes.store(newValue, ordering: .relaxed) }
  }

  public static var inUse: Int { live.load(ordering: .relaxed) }

  /// Refuses an allocation before it is made.
  public static func reserve(_ bytes: Int) throws(KernelError) {
    guard bytes <= limit - inUse else {
      throw .memory(needed: bytes, limit: limit)
    }
    live.wrappingAdd(bytes, ordering: .relaxed)
  }

  static func release(_ bytes: Int) { live.wrappingSubtract(bytes, ordering: .relaxed) }
}
