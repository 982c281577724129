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

  /// Products and sums a second, from registers, in the vectors of the processor's kernels.
  ///
  /// - Throws: `KernelError.cancelled`
  public static func operationsPerSecond(_ dtype: DType) throws -> Double {
    try operations(isSingle: dtype == .f32)
  }

  private static func operations(isSingle: Bool) throws -> Double {
    let kernels = KernelVariant.current.kernels
    let steps = 20_000
    var operations = 0
    let seconds = try best {
      let run = kernels.peak(steps: steps, isSingle: isSingle)
      operations = run.operations
      return run.value
    }
    return Double(operations) / seconds
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
  private static func best(_ run: () -> Double) throws -> Double {
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
  private static func keep(_ x: Double) { kept.store(x.bitPattern, ordering: .relaxed) }
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
