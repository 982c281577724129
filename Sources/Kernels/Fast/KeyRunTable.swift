/// The runs of keys that a rule opens to each query, as numbers one after the other.
struct KeyRunTable {
  /// [sequences, queries, runsOfQuery, 2]: from..<to, empty where a query has fewer runs.
  private(set) var bounds: [Int] = []
  private(set) var runsOfQuery = 1
  private let sequences: Int
  private let n: Int

  init(_ rule: MaskRule, n: Int, m: Int) throws {
    (sequences, self.n) = (rule.batchCount, n)
    bounds.reserveCapacity(2 * sequences * n)
    for sequence in 0..<sequences {
      for i in 0..<n {
        if i & 4095 == 0 { try Cancellation.check() }
        guard let run = rule.onlyRun(seenBy: i, n: n, m: m, batch: sequence) else {
          try fill(rule, m)
          return
        }
        bounds.append(run.from)
        bounds.append(run.to)
      }
    }
  }

  /// For rules that open several runs.
  private mutating func fill(_ rule: MaskRule, _ m: Int) throws {
    var all: [[Range<Int>]] = []
    for sequence in 0..<sequences {
      for i in 0..<n {
        if i & 1023 == 0 { try Cancellation.check() }
        all.append(rule.keys(seenBy: i, n: n, m: m, batch: sequence).runs)
      }
    }
    runsOfQuery = max(1, all.map(\.count).max() ?? 1)
    bounds = []
    bounds.reserveCapacity(2 * runsOfQuery * all.count)
    for runs in all {
      for run in runs { bounds += [run.lowerBound, run.upperBound] }
      for _ in runs.count..<runsOfQuery { bounds += [m, m] }
    }
  }

  /// Where the bounds of a query begin.
  func start(query: Int, sequence: Int) -> Int {
    2 * runsOfQuery * ((sequences == 1 ? 0 : sequence) * n + query)
  }
}

extension MaskRule {
  /// What `keys(seenBy:)` gives where the rule is one of those that open one run to everybody;
  /// no memory is asked for.
  func onlyRun(seenBy i: Int, n: Int, m: Int, batch: Int) -> (from: Int, to: Int)? {
    switch self {
    case .full: return (0, m)
    case .causal: return (0, min(i + 1, m))
    case .causalRight: return (0, max(0, min(i + m - n + 1, m)))
    case .window(let w): return (max(i - w + 1, 0), min(i + 1, m))
    case .padding(let lengths):
      return (0, lengths.isEmpty ? m : min(lengths[batch % lengths.count], m))
    case .prefix(let k): return (0, min(max(k, i + 1), m))
    case .both(let a, let b):
      guard let first = a.onlyRun(seenBy: i, n: n, m: m, batch: batch),
        let second = b.onlyRun(seenBy: i, n: n, m: m, batch: batch)
      else { return nil }
      return (max(first.from, second.from), min(first.to, second.to))
    case .either, .not: return nil
    }
  }
}
