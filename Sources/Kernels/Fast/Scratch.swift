import CMachine
import Synchronization

/// Memory for kernels to pack their operands in, kept from call to call.
enum Scratch {
  /// What the largest packed product takes: blocks of both operands, on huge pages behind room for
  /// small work.
  static let byteCount = smallBytes + (4 << 20)
  private static let smallBytes = 2 << 20

  /// The address of one that is free, or 0: most calls find it without a lock.
  private static let atHand = Atomic<UInt>(0)
  private static let free = Mutex<[UInt]>([])

  /// Lends 6 MB, aligned to 2 MB; pages that nobody writes cost nothing.
  @inline(__always)
  static func with<R>(_ body: (UnsafeMutableRawPointer) throws -> R) rethrows -> R {
    let address = atHand.exchange(0, ordering: .acquiring)
    let buffer = UnsafeMutableRawPointer(bitPattern: address) ?? another()
    defer { giveBack(buffer) }
    return try body(buffer)
  }

  private static func another() -> UnsafeMutableRawPointer {
    let address = free.withLock { $0.popLast() }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) } ?? allocate()
  }

  @inline(__always)
  private static func giveBack(_ buffer: UnsafeMutableRawPointer) {
    let other = atHand.exchange(UInt(bitPattern: buffer), ordering: .acquiringAndReleasing)
    if other != 0 { free.withLock { $0.append(other) } }
  }

  /// Lends at least so many bytes.
  static func with<R>(
    bytes: Int, _ body: (UnsafeMutableRawPointer) throws -> R
  ) rethrows -> R {
    if bytes <= byteCount { return try with(body) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { buffer.deallocate() }
    return try body(buffer)
  }

  private static func allocate() -> UnsafeMutableRawPointer {
    // SAFETY: never freed; there are as many as ever ran at the same time.
    let base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: smallBytes)
    machine_advise_huge_pages(base + smallBytes, byteCount - smallBytes)
    return base
  }
}
