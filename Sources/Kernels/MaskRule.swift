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

  /// The keys that query i of sequence `batch` sees.
  ///
  /// Each rule opens a few runs of keys, so kernels ask once for a row and never for an element.
  public func keys(seenBy i: Int, n: Int, m: Int, batch: Int) -> KeyRuns {
    switch self {
    case .full: KeyRuns(0, m)
    case .causal: KeyRuns(0, min(i + 1, m))
    case .causalRight: KeyRuns(0, min(i + m - n + 1, m))
    case .window(let w): KeyRuns(max(i - w + 1, 0), min(i + 1, m))
    case .padding(let lengths):
      KeyRuns(0, lengths.isEmpty ? m : min(lengths[batch % lengths.count], m))
    case .prefix(let k): KeyRuns(0, min(max(k, i + 1), m))
    case .both(let a, let b):
      a.keys(seenBy: i, n: n, m: m, batch: batch)
        .intersection(b.keys(seenBy: i, n: n, m: m, batch: batch))
    case .either(let a, let b):
      a.keys(seenBy: i, n: n, m: m, batch: batch)
        .union(b.keys(seenBy: i, n: n, m: m, batch: batch))
    case .not(let rule): rule.keys(seenBy: i, n: n, m: m, batch: batch).complement(in: m)
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
      try y.fill(with: false)
      for b in 0..<batches {
        for i in 0..<n {
          try Cancellation.check()
          let start = (b * n + i) * m
          for run in keys(seenBy: i, n: n, m: m, batch: b).runs {
            y[start + run.lowerBound..<start + run.upperBound].update(repeating: true)
          }
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

/// Keys as runs without gaps, in order and apart from each other.
public struct KeyRuns: Equatable, Sendable {
  public private(set) var runs: [Range<Int>] = []

  init(_ from: Int, _ to: Int) { if from < to { runs = [from..<to] } }

  func contains(_ keys: Range<Int>) -> Bool {
    runs.contains { $0.lowerBound <= keys.lowerBound && keys.upperBound <= $0.upperBound }
  }

  func overlaps(_ keys: Range<Int>) -> Bool { runs.contains { $0.overlaps(keys) } }

  func intersection(_ other: KeyRuns) -> KeyRuns {
    var result = KeyRuns(0, 0)
    for run in runs {
      for second in other.runs where run.overlaps(second) {
        result.runs.append(run.clamped(to: second))
      }
    }
    return result
  }

  func union(_ other: KeyRuns) -> KeyRuns {
    var result = KeyRuns(0, 0)
    for run in (runs + other.runs).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let last = result.runs.last, run.lowerBound <= last.upperBound else {
        result.runs.append(run)
        continue
      }
      result.runs[result.runs.count - 1] =
        last.lowerBound..<max(last.upperBound, run.upperBound)
    }
    return result
  }

  func complement(in count: Int) -> KeyRuns {
    var result = KeyRuns(0, 0)
    var open = 0
    for run in runs {
      if open < run.lowerBound { result.runs.append(open..<run.lowerBound) }
      open = run.upperBound
    }
    if open < count { result.runs.append(open..<count) }
    return result
  }
}
