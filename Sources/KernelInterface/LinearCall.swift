/// φ of linear attention.
public enum FeatureMap: UInt8, Sendable {
  /// What is given are features.
  case identity
  /// elu(x) + 1
  case eluPlusOne
  /// relu(x) + 1
  case reluPlusOne
}

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
  public var queryMap: FeatureMap
  public var keyMap: FeatureMap
  /// Added to the sum of a row's weights.
  public var eps: T
  /// [d·dv + d]
  public var state: UnsafeMutablePointer<T>
  /// [queries, dv]
  public var out: UnsafeMutablePointer<T>
  /// Where φ(k) [keys, d] is left, of many keys that of the last `linearBlock`.
  public var keyFeatures: UnsafeMutablePointer<T>
  /// `roomCount(d:)` elements for what is needed in between.
  public var room: UnsafeMutablePointer<T>
  public var scratch: UnsafeMutableRawPointer
  public var isCancelled: UnsafeRawPointer

  @inline(__always)
  public init(
    q: UnsafePointer<T>, k: UnsafePointer<T>, v: UnsafePointer<T>, queries: Int, keys: Int,
    d: Int, dv: Int, queryMap: FeatureMap, keyMap: FeatureMap, eps: T,
    state: UnsafeMutablePointer<T>, out: UnsafeMutablePointer<T>,
    keyFeatures: UnsafeMutablePointer<T>, room: UnsafeMutablePointer<T>,
    scratch: UnsafeMutableRawPointer, isCancelled: UnsafeRawPointer
  ) {
    (self.q, self.k, self.v) = (q, k, v)
    (self.queries, self.keys, self.d, self.dv) = (queries, keys, d, dv)
    (self.queryMap, self.keyMap) = (queryMap, keyMap)
    (self.eps, self.state, self.out) = (eps, state, out)
    (self.keyFeatures, self.room) = (keyFeatures, room)
    (self.scratch, self.isCancelled) = (scratch, isCancelled)
  }

  /// Weights of a causal chunk and the features of as many queries.
  public static func roomCount(d: Int) -> Int { linearChunk * (linearChunk + d) }
}

/// The most queries of one causal call, whose weights are held as a matrix.
@inlinable @inline(__always) public var linearChunk: Int { 64 }
/// Keys whose features and values stay in the cache.
@inlinable @inline(__always) public var linearBlock: Int { 256 }
