import Synchronization

/// Seconds since it was made.
public struct Stopwatch: Sendable {
  private let start = ContinuousClock().now

  public init() {}

  public var seconds: Double {
    let parts = (ContinuousClock().now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}

/// What one core of this machine can do at most, measured: the best of several short runs.
public enum MachinePeak {
  private static let shortRun = 0.03

  /// Products and sums a second, from registers, in the vectors of the matrix product.
  ///
  /// - Throws: `KernelError.cancelled`
  public static func operationsPerSecond(_ dtype: DType) throws -> Double {
    dtype == .f32 ? try operations(Float.self) : try operations(Double.self)
  }

  private static func operations<T: Real>(_ type: T.Type) throws -> Double {
    let steps = 20_000
    let eight = try best { PeakProbe<T>.eightSums(steps) }
    let four = try best { PeakProbe<T>.fourSums(steps) }
    return Double(steps) * max(Double(PeakProbe<T>.eight) / eight, Double(PeakProbe<T>.four) / four)
  }

  /// Bytes a second that are read from a buffer larger than most caches.
  ///
  /// - Throws: `KernelError`
  public static func bytesPerSecond() throws -> Double {
    let count = 8 << 20
    let numbers = try Tensor(shape: [count], of: Double.self) { $0.initialize(repeating: 1) }
    let seconds = try numbers.withElements(of: Double.self) { buffer in
      try best { ReadProbe.sum(buffer) }
    }
    return Double(count * 8) / seconds
  }

  /// The shortest of runs that take 30 ms together, at least three.
  private static func best<T: Real>(_ run: () -> T) throws -> Double {
    var (shortest, runs) = (Double.infinity, 0)
    let whole = Stopwatch()
    while runs < 3 || whole.seconds < shortRun {
      try Cancellation.check()
      let one = Stopwatch()
      keep(run())
      shortest = min(shortest, one.seconds)
      runs += 1
    }
    return max(shortest, 1e-9)
  }

  private static let kept = Atomic<UInt64>(0)

  /// What is computed must be used, or it would not be computed.
  @inline(never)
  private static func keep<T: Real>(_ x: T) { kept.store(Double(x).bitPattern, ordering: .relaxed) }
}

/// Sums of products in as many independent chains as hide the latency of an addition.
private enum PeakProbe<T: Real> {
  /// As in `Gemm`.
  private typealias Vector = SIMD4<T>

  /// Operations of one step: a product and a sum in four lanes of each chain.
  static var eight: Int { 8 * 2 * 4 }
  static var four: Int { 4 * 2 * 4 }

  // Factors of about 1 that no compiler can know, and no denormal numbers.
  @inline(never)
  private static func factors() -> [Vector] {
    (0..<16).map { Vector(repeating: 1 + T($0) / 1024) }
  }

  /// For elements of which a vector fits one register of 128 bits.
  @inline(never)
  static func eightSums(_ steps: Int) -> T {
    let table = factors()
    return table.withUnsafeBufferPointer { table in
      let (f0, f1, f2, f3) = (table[0], table[1], table[2], table[3])
      var (s0, s1, s2, s3) = (f0, f1, f2, f3)
      var (s4, s5, s6, s7) = (f0, f1, f2, f3)
      for step in 0..<steps {
        let (x, y) = (table[step & 7], table[8 + step & 7])
        s0 += x * f0
        s1 += x * f1
        s2 += x * f2
        s3 += x * f3
        s4 += y * f0
        s5 += y * f1
        s6 += y * f2
        s7 += y * f3
      }
      return (((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))).sum()
    }
  }

  /// For elements of which a vector takes two such registers.
  @inline(never)
  static func fourSums(_ steps: Int) -> T {
    let table = factors()
    return table.withUnsafeBufferPointer { table in
      let (f0, f1) = (table[0], table[1])
      var (s0, s1, s2, s3) = (f0, f1, f0, f1)
      for step in 0..<steps {
        let (x, y) = (table[step & 7], table[8 + step & 7])
        s0 += x * f0
        s1 += x * f1
        s2 += y * f0
        s3 += y * f1
      }
      return ((s0 + s1) + (s2 + s3)).sum()
    }
  }
}

/// Reads as fast as memory gives.
private enum ReadProbe {
  @inline(never)
  static func sum(_ x: UnsafeBufferPointer<Double>) -> Double {
    typealias Vector = SIMD8<Double>
    guard let base = x.baseAddress else { return 0 }
    var (a, b) = (Vector(repeating: 0), Vector(repeating: 0))
    // SAFETY: the last pair of vectors ends at or before the end of the buffer.
    for place in stride(from: 0, to: x.count / 16 * 16, by: 16) {
      let here = UnsafeRawPointer(base + place)
      a += here.loadUnaligned(as: Vector.self)
      b += here.loadUnaligned(fromByteOffset: 64, as: Vector.self)
    }
    return (a + b).sum()
  }
}
