/// What is added to the scores, as a rule without a shape: kernels need no n×m matrix for it.
///
/// The heads are the last axis before n×m, [… h n m]; a rule for one head fits n×m alone.
public enum BiasRule: Hashable, Sendable, CustomStringConvertible {
  /// −slope·|i − j|: nearer keys score higher, each head with a slope of its own.
  ///
  /// Press et al. 2022 define it for causal attention, where |i − j| = i − j; without a mask it
  /// falls on both sides. Where `right`, query i stands at position i + m − n, as with
  /// `MaskRule.causalRight` and a KV cache.
  case alibi(slopes: [Double], right: Bool)

  public var headCount: Int {
    switch self {
    case .alibi(let slopes, _): slopes.count
    }
  }

  /// - Precondition: `head` is one of the rule's.
  public func value(head: Int, _ i: Int, _ j: Int, n: Int, m: Int) -> Double {
    switch self {
    case .alibi(let slopes, let right): -slopes[head] * Double(abs((right ? i + m - n : i) - j))
    }
  }

  /// Adds the rule's values to the scores of query `i` for the keys from `firstKey` on.
  func add<T: Real>(
    to scores: UnsafeMutableBufferPointer<T>, head: Int, _ i: Int, firstKey: Int = 0, n: Int,
    m: Int
  ) {
    switch self {
    case .alibi(let slopes, let right):
      let slope = T(slopes[head])
      let position = (right ? i + m - n : i) - firstKey
      for j in scores.indices { scores[j] -= slope * T(abs(position - j)) }
    }
  }

  /// The matrix n×m; h×n×m where the rule tells h heads apart.
  public func matrix(n: Int, m: Int) throws -> Tensor {
    try Tensor(shape: (headCount == 1 ? [] : [headCount]) + [n, m], of: Double.self) { y in
      y.initialize(repeating: 0)
      for head in 0..<headCount {
        for i in 0..<n {
          try Cancellation.check()
          let start = (head * n + i) * m
          add(
            to: UnsafeMutableBufferPointer(rebasing: y[start..<start + m]), head: head, i, n: n,
            m: m)
        }
      }
    }
  }

  public var description: String {
    switch self {
    case .alibi(let slopes, let right): "alibi \(slopes.count)" + (right ? " right=1" : "")
    }
  }
}
