import Synchronization

/// Memory for kernels to pack their operands in, kept from call to call.
enum Scratch {
  /// What the largest packed product takes: blocks of both operands.
  static let byteCount = 4 << 20

  private static let free = Mutex<[Buffer]>([])

  private struct Buffer: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
  }

  /// Lends 4 MB, aligned to 64 bytes; pages that nobody writes cost nothing.
  @inline(__always)
  static func with<R>(_ body: (UnsafeMutableRawPointer) throws -> R) rethrows -> R {
    let buffer = free.withLock { $0.popLast() } ?? Buffer(base: allocate())
    defer { free.withLock { $0.append(buffer) } }
    return try body(buffer.base)
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
    UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
  }
}
