/// Attention of some queries of one head to all of its keys.
public struct FlashCall<T> {
  /// [queries, dk], [keys, dk], [keys, dv] without gaps.
  public var q: UnsafePointer<T>
  public var k: UnsafePointer<T>
  public var v: UnsafePointer<T>
  public var queries: Int
  public var keys: Int
  public var dk: Int
  public var dv: Int
  /// Each a factor, softcap 0 for none.
  public var scale: T
  public var inverseTau: T
  public var softcap: T
  /// For each query `runCount` pairs from..<to of keys that it sees; nil: all of them.
  public var runs: UnsafePointer<Int>?
  public var runCount: Int = 0
  /// Which keys each query sees; nil: all of them.
  public var visible: UnsafePointer<Bool>?
  public var visibleRow: Int = 0
  public var visibleStep: Int = 0
  /// Added to the scores.
  public var bias: UnsafePointer<T>?
  public var biasRow: Int = 0
  public var biasStep: Int = 0
  /// −slope·|i − j| is added, i being `position` and counting on.
  public var slope: T?
  public var position: Int = 0
  /// [queries, dv]
  public var out: UnsafeMutablePointer<T>
  /// [queries] each, of scores s·log₂e/τ: one that is about the largest, −∞ where no key is seen,
  /// and Σ 2^(score − shift).
  public var shift: UnsafeMutablePointer<T>
  public var total: UnsafeMutablePointer<T>
  public var scratch: UnsafeMutableRawPointer
  public var isCancelled: UnsafeRawPointer

  @inlinable @inline(__always)
  public init(
    q: UnsafePointer<T>, k: UnsafePointer<T>, v: UnsafePointer<T>, queries: Int, keys: Int,
    dk: Int, dv: Int, scale: T, inverseTau: T, softcap: T, out: UnsafeMutablePointer<T>,
    shift: UnsafeMutablePointer<T>, total: UnsafeMutablePointer<T>,
    scratch: UnsafeMutableRawPointer, isCancelled: UnsafeRawPointer
  ) {
    (self.q, self.k, self.v) = (q, k, v)
    (self.queries, self.keys, self.dk, self.dv) = (queries, keys, dk, dv)
    (self.scale, self.inverseTau, self.softcap) = (scale, inverseTau, softcap)
    (self.out, self.shift, self.total) = (out, shift, total)
    (self.scratch, self.isCancelled) = (scratch, isCancelled)
  }

  /// The bytes of scratch memory that a call takes with at most `flashQueries` queries.
  @inlinable public static func scratchBytes(dk: Int, dv: Int) -> Int {
    (flashQueries * (dk + dv + 4) + 2 * flashKeys * 64) * MemoryLayout<T>.size + 4096
  }

  /// The bytes that a call takes which gives the weights of its queries too.
  public static func weighedScratchBytes(keys: Int, dk: Int, dv: Int) -> Int {
    let panels = (keys + 64) * dk + keys * (dv + 64)
    return (panels + weighedQueries * (dk + keys + 64)) * MemoryLayout<T>.size + 4096
  }
}

/// The most queries of one call.
@inlinable @inline(__always) public var flashQueries: Int { 128 }
/// Keys of one tile of scores.
@inlinable @inline(__always) public var flashKeys: Int { 128 }
/// Queries whose weights by all keys are found together: a multiple of the rows of a register tile.
@inlinable @inline(__always) public var weighedQueries: Int { 48 }
