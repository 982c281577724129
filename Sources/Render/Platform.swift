// The only thing of Render that depends on the operating system: correctly rounded decimals.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// C's `printf` for one double, correctly rounded for every magnitude and count of digits.
func formatted(_ format: String, _ digits: Int, _ value: Double) -> String {
  withVaList([Int32(clamping: digits), value]) { arguments in
    // The longest fixed-point double has 309 digits before the point.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 360 + digits) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      vsnprintf(base, buffer.count, format, arguments)
      return String(cString: base)
    }
  }
}
