import Kernels
import Testing

/// The runs of keys that a rule opens are exactly those that its formula allows.
@Suite struct MaskRuleTests {
  private static let simple: [MaskRule] = [
    .full, .causal, .causalRight, .window(1), .window(3), .prefix(0), .prefix(2), .padding([3]),
    .padding([0, 2, 9]),
  ]

  static let rules: [MaskRule] =
    simple + simple.map { .not($0) }
    + simple.flatMap { a in simple.flatMap { b in [.both(a, .not(b)), .either(.not(a), b)] } }
    + [.not(.either(.both(.causal, .window(2)), .not(.padding([1, 4, 6]))))]

  @Test(arguments: rules)
  func runsAreWhatTheFormulaAllows(_ rule: MaskRule) throws {
    for (n, m) in [(0, 3), (3, 0), (1, 1), (4, 4), (3, 7), (7, 3)] {
      for batch in 0..<3 {
        for i in 0..<n {
          let runs = rule.keys(seenBy: i, n: n, m: m, batch: batch).runs
          let seen = runs.flatMap { Array($0) }
          #expect(seen == (0..<m).filter { allows(rule, i, $0, n: n, m: m, batch) })
          #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
      }
    }
  }

  private func allows(_ rule: MaskRule, _ i: Int, _ j: Int, n: Int, m: Int, _ batch: Int) -> Bool {
    switch rule {
    case .full: true
    case .causal: j <= i
    case .causalRight: j <= i + m - n
    case .window(let w): j <= i && i - j < w
    case .prefix(let k): j < k || j <= i
    case .padding(let lengths): j < lengths[lengths.count == 1 ? 0 : batch]
    case .both(let a, let b):
      allows(a, i, j, n: n, m: m, batch) && allows(b, i, j, n: n, m: m, batch)
    case .either(let a, let b):
      allows(a, i, j, n: n, m: m, batch) || allows(b, i, j, n: n, m: m, batch)
    case .not(let a): !allows(a, i, j, n: n, m: m, batch)
    }
  }
}
