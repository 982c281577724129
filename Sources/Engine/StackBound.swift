/// How much of the current thread's stack is left, so that deep input ends in an error.
struct StackBound {
  private let floor: UInt

  /// What the deepest work below one evaluation step may need.
  private static let reserve = 256 << 10

  /// - Parameter bytes: how much stack the thread has below the caller.
  init(bytes: Int) {
    var mark: UInt8 = 0
    let here = withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
    floor = here - min(here, UInt(max(bytes - Self.reserve, 0)))
  }

  @inline(__always)
  var hasRoom: Bool {
    var mark: UInt8 = 0
    // SAFETY: only the address is used, never what lies there.
    return withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) } > floor
  }
}
