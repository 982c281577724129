// Everything of Engine that depends on the operating system.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much of the current thread's stack is left, so that deep input ends in an error.
struct StackBound {
  private let floor: UInt

  /// What the deepest work below one evaluation step may need.
  private static let reserve: UInt = 192 << 10

  init() {
    #if canImport(Darwin)
      let top = UInt(bitPattern: pthread_get_stackaddr_np(pthread_self()))
      floor = top - UInt(pthread_get_stacksize_np(pthread_self())) + Self.reserve
    #else
      var attributes = pthread_attr_t()
      var base: UnsafeMutableRawPointer?
      var size = 0
      pthread_getattr_np(pthread_self(), &attributes)
      pthread_attr_getstack(&attributes, &base, &size)
      pthread_attr_destroy(&attributes)
      floor = UInt(bitPattern: base) + Self.reserve
    #endif
  }

  @inline(__always)
  var hasRoom: Bool {
    var mark: UInt8 = 0
    // SAFETY: only the address is used, never what lies there.
    return withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) } > floor
  }
}
