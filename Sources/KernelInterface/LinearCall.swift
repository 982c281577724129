/// Some neighbouring tokens of linear attention, whose weights are inner products of features.
///
/// What is known of keys is their state: S = Σ φ(k) vᵀ [d, dv], and behind it s = Σ φ(k) [d].
public struct LinearCall<T> {
  /// [queries, d], [keys, d], [keys, dv] without gaps.
  public var q: UnsafePointer<T>
  public var k: UnsafePointer<T>
  public var v: UnsafePointer<T>
  public var queries: Int
  public var keys: Int
  public var d: Int
  public var dv: Int
  /// Added to the sum of a row's weights.
  public var eps: T
  /// [d·dv + d]
  public var state: UnsafeMutablePointer<T>
  /// [queries, dv]
  public var out: UnsafeMutablePointer<T>
  /// [`linearChunk`, `linearChunk`], the weights within a causal chunk.
  public var weights: UnsafeMutablePointer<T>
  public var scratch: UnsafeMutableRawPointer
  public var isCancelled: UnsafeRawPointer

  @inline(__always)
  public init(
    q: UnsafePointer<T>, k: UnsafePointer<T>, v: UnsafePointer<T>, queries: Int, keys: Int,
    d: Int, dv: Int, eps: T, state: UnsafeMutablePointer<T>, out: UnsafeMutablePointer<T>,
    weights: UnsafeMutablePointer<T>, scratch: UnsafeMutableRawPointer,
    isCancelled: UnsafeRawPointer
  ) {
    (self.q, self.k, self.v) = (q, k, v)
    (self.queries, self.keys, self.d, self.dv) = (queries, keys, d, dv)
    (self.eps, self.state, self.out, self.weights) = (eps, state, out, weights)
    (self.scratch, self.isCancelled) = (scratch, isCancelled)
  }
}

/// The most queries of one causal call, whose weights are held as a matrix.
@inlinable @inline(__always) public var linearChunk: Int { 64 }
