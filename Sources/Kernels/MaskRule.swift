/// Who may attend to whom, as a rule without a shape: kernels can skip what it hides.
public indirect enum MaskRule: Hashable, Sendable, CustomStringConvertible {
  case full
  /// Query i sees keys j ≤ i.
  case causal
  /// The last query sees the last key: j ≤ i + m − n.
  case causalRight
  /// The last w keys, the present one included: i − w < j ≤ i.
  case window(Int)
  /// Sequence b of a batch, the first leading axis, holds tokens only at j < lens[b].
  case padding([Int])
  /// The first k keys are open to all, the rest is causal.
  case prefix(Int)
  case both(MaskRule, MaskRule)
  case either(MaskRule, MaskRule)
  case not(MaskRule)

  public func allows(_ i: Int, _ j: Int, n: Int, m: Int, batch: Int) -> Bool {
    switch self {
    case .full: true
    case .causal: j <= i
    case .causalRight: j <= i + m - n
    case .window(let w): j <= i && i - j < w
    case .padding(let lengths):
      lengths.isEmpty || j < lengths[lengths.count == 1 ? 0 : batch % lengths.count]
    case .prefix(let k): j < k || j <= i
    case .both(let a, let b):
      a.allows(i, j, n: n, m: m, batch: batch) && b.allows(i, j, n: n, m: m, batch: batch)
    case .either(let a, let b):
      a.allows(i, j, n: n, m: m, batch: batch) || b.allows(i, j, n: n, m: m, batch: batch)
    case .not(let rule): !rule.allows(i, j, n: n, m: m, batch: batch)
    }
  }

  /// How many sequences it tells apart; 1 where it is the same for all.
  public var batchCount: Int { batchCounts.max() ?? 1 }

  /// How many sequences each of its paddings tells apart.
  private var batchCounts: [Int] {
    switch self {
    case .padding(let lengths): [lengths.count]
    case .both(let a, let b), .either(let a, let b): a.batchCounts + b.batchCounts
    case .not(let rule): rule.batchCounts
    default: []
    }
  }

  /// Whether scores with these leading axes, the batch first, have the sequences that it tells
  /// apart.
  public func fits(leading: [Int]) -> Bool {
    batchCounts.allSatisfy { $0 == 1 || $0 == leading.first }
  }

  /// The 0/1 matrix n×m; b×n×m where padding tells b sequences apart.
  public func matrix(n: Int, m: Int) throws -> Tensor {
    let batches = batchCount
    return try Tensor(shape: (batches > 1 ? [batches] : []) + [n, m], of: Bool.self) { y in
      for b in 0..<batches {
        for i in 0..<n {
          try Cancellation.check()
          for j in 0..<m { y[(b * n + i) * m + j] = allows(i, j, n: n, m: m, batch: b) }
        }
      }
    }
  }

  /// Its matrix, to broadcast over scores of a shape [b … n m].
  public func matrix(over shape: [Int]) throws -> Tensor {
    let own = try matrix(n: shape[shape.count - 2], m: shape[shape.count - 1])
    let inner = shape.dropFirst().dropLast(2).map { _ in 1 }
    return own.rank == 2 ? own : own.reshaped([own.shape[0]] + inner + own.shape.suffix(2))
  }

  public var description: String {
    switch self {
    case .full: "full"
    case .causal: "causal"
    case .causalRight: "causal_right"
    case .window(let w): "window \(w)"
    case .padding(let lengths): "padding " + lengths.map(String.init).joined(separator: " ")
    case .prefix(let k): "prefix \(k)"
    case .both(let a, let b): "\(a.operand) * \(b.operand)"
    case .either(let a, let b): "\(a.operand) or \(b.operand)"
    case .not(let rule): "not \(rule.operand)"
    }
  }

  private var operand: String {
    switch self {
    case .both, .either, .not: "(\(self))"
    case .window, .padding, .prefix: "(\(self))"
    default: "\(self)"
    }
  }
}
