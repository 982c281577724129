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

/// What the threads in use can do at most on this machine, measured: the best of several short runs.
public enum MachinePeak {
  /// Seconds that all runs take together.
  private static let budget = 0.03
  /// Tasks of each thread: one that starts late leaves some of its tasks to the others.
  private static let tasksOfThread = 16

  /// Products and sums a second, from registers, in the vectors of the processor's kernels.
  ///
  /// - Throws: `KernelError.cancelled`
  public static func operationsPerSecond(_ dtype: DType) throws -> Double {
    try dtype == .f32 ? operations(of: Float.self) : operations(of: Double.self)
  }

  private static func operations<T: Real>(of type: T.Type) throws -> Double {
    let kernels = T.kernels(of: .current)
    let steps = 2000
    let tasks = Workers.count * tasksOfThread
    let seconds = try best {
      Workers.run(tasks) { _ in keep(kernels.peak(steps: steps).value) }
    }
    return Double(tasks * kernels.peak(steps: steps).operations) / seconds
  }

  /// Bytes a second that are read from a buffer larger than most caches.
  ///
  /// - Throws: `KernelError`
  public static func bytesPerSecond() throws -> Double {
    let count = 8 << 20
    let numbers = try Tensor(shape: [count], of: Double.self) { $0.initialize(repeating: 1) }
    let share = max(1, count / (Workers.count * tasksOfThread))
    let seconds = try numbers.withElements(of: Double.self) { buffer in
      try best {
        Workers.run(count / share) { task in
          let part = buffer[task * share..<(task + 1) * share]
          keep(ReadProbe.sum(UnsafeBufferPointer(rebasing: part)))
        }
      }
    }
    return Double(count / share * share * 8) / seconds
  }

  /// The shortest run, of at least three.
  private static func best(_ run: () -> Void) throws -> Double {
    var (shortest, runs) = (Double.infinity, 0)
    let whole = Stopwatch()
    while runs < 3 || whole.seconds < budget {
      try Cancellation.check()
      let one = Stopwatch()
      run()
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
