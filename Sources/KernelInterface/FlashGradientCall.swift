/// The gradient of attention by some keys of one head, and by the queries through these keys.
public struct FlashGradientCall<T> {
  /// Operands, numbers and masks, and the results: out, shift and total.
  public var forward: FlashCall<T>
  /// Which keys: the others are left out.
  public var firstKey: Int
  public var endKey: Int
  /// The gradient of out.  [queries, dv]
  public var g: UnsafePointer<T>
  /// The gradient of log Σ exp(s/τ); nil for none.  [queries]
  public var gLogSum: UnsafePointer<T>?
  /// The weights, where somebody has kept them: shift and total are not read then.
  /// [queries, keys]
  public var weights: UnsafePointer<T>?
  /// To which the gradients are added; nil where one is not wanted.
  /// [queries, dk], [keys, dk], [keys, dv]
  public var dq: UnsafeMutablePointer<T>?
  public var dk: UnsafeMutablePointer<T>?
  public var dv: UnsafeMutablePointer<T>?

  @inline(__always)
  public init(
    forward: FlashCall<T>, keys: Range<Int>, g: UnsafePointer<T>, gLogSum: UnsafePointer<T>?,
    weights: UnsafePointer<T>?, dq: UnsafeMutablePointer<T>?, dk: UnsafeMutablePointer<T>?,
    dv: UnsafeMutablePointer<T>?
  ) {
    (self.forward, firstKey, endKey) = (forward, keys.lowerBound, keys.upperBound)
    (self.g, self.gLogSum, self.weights) = (g, gLogSum, weights)
    (self.dq, self.dk, self.dv) = (dq, dk, dv)
  }

  /// The bytes of scratch memory that a call takes.
  public static func scratchBytes(dk: Int, dv: Int) -> Int {
    let (keys, queries) = (gradientKeys, gradientQueries)
    let rows = 2 * keys * (dk + dv + 96) + queries * (2 * dk + dv + 128)
    return (rows + queries * (3 * (keys + 96) + 4)) * MemoryLayout<T>.size + 4096
  }
}

/// Keys and queries of one tile of a gradient.
@inlinable @inline(__always) public var gradientKeys: Int { 128 }
@inlinable @inline(__always) public var gradientQueries: Int { 128 }
