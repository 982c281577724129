import CMachine
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
  /// Where the fast kernels look too.
  static let flag = Flag()

  /// Safe to call in a signal handler.
  public static func request() { machine_set(flag.place, true) }
  public static func reset() { machine_set(flag.place, false) }
  public static var isRequested: Bool { machine_is_set(flag.place) }

  @inline(__always)
  public static func check() throws(KernelError) {
    if isRequested { throw .cancelled }
  }

  struct Flag: @unchecked Sendable {
    let place: UnsafeMutableRawPointer

    init() {
      // SAFETY: never freed; read and written by the atomic operations of CMachine alone.
      place = .allocate(byteCount: 1, alignment: 1)
      place.storeBytes(of: false, as: Bool.self)
    }
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

  /// For a process that computes all its life: what a tensor leaves is there for the next one.
  /// Fetching it from the system again took a third of a training step.
  public static func keepFreed() { machine_keep_freed(Int32(Blocks.smallest), Int32(Blocks.most)) }

  static func release(_ bytes: Int) { live.wrappingSubtract(bytes, ordering: .relaxed) }
}
