import Kernels

/// `explain rope q k positions=5 kpositions=3`: the angle of each pair of one row, one pair worked
/// out, and that a score depends only on the distance. Only matrices and without given tables.
func explainRope(_ x: ExplainedCall) throws -> Explanation? {
  let hasKey = x.call.has("k")
  guard !x.call.has("cos"), try x.tensor("q").rank == 2, try x.tensor("q").count > 0,
    try !hasKey || (x.tensor("k").rank == 2 && x.tensor("k").count > 0),
    try x.call.integer("dims") >= 2
  else { return nil }
  return try RopeExplanation(x).explanation()
}

private struct RopeExplanation {
  let x: ExplainedCall
  let hasKey: Bool
  let (row, keyRow): (Int, Int)
  let pairCount: Int
  let isHalf: Bool

  /// More pairs than these are left out in the middle.
  private static let mostPairs = 8

  init(_ x: ExplainedCall) throws {
    self.x = x
    hasKey = x.call.has("k")
    let n = try x.tensor("q").shape[0]
    row = try x.index("row", below: n) ?? n / 2
    let keys = hasKey ? try x.tensor("k").shape[0] : 1
    keyRow = try x.index("col", below: keys) ?? max(0, min(row - 1, keys - 1))
    pairCount = try x.call.integer("dims") / 2
    isHalf = try x.call.string("layout") == "half"
  }

  /// The options that stay the same wherever a vector is put.
  private let options = "base=base, dims=dims, layout=layout"

  /// Where a row stands.
  private func position(_ name: String, _ row: Int) throws -> String {
    guard x.call.has(name) else { return "\(row) + offset" }
    return try x.tensor(name).count == 1 ? "\(name) + offset" : "\(name)[\(row)] + offset"
  }

  /// The places of a pair's entries.
  private func places(_ pair: Int) -> (Int, Int) {
    isHalf ? (pair, pair + pairCount) : (2 * pair, 2 * pair + 1)
  }

  func explanation() throws -> Explanation {
    try x.define("θ", as: "base^(-2 * range(dims / 2) / dims)")
    try x.define("m", as: try position("positions", row))
    try x.define("v", as: "q[\(row):\(row + 1)]")
    try x.define("turned", as: "rope(v, positions=m, \(options))")
    var explanation = x.explanation(
      [
        "d = \(try x.tensor("q").shape[1])", " base \(try x.number("base").value.plain)",
        " pairs \(isHalf ? "(i, i+\(pairCount))" : "(2i, 2i+1)")",
      ],
      formula: [
        "pair i is a 2-D vector; position m turns it by the angle m·θᵢ",
        "   θᵢ = \(try x.number("base"), as: .significant(6))^(−2i/d)\(tab: 36)"
          + "wavelength 2π/θᵢ positions",
      ])
    let m = try x.number("m")
    let rows = try x.tensor("q").shape[0]
    let which = rows > 1 ? "row \(row) of q" : "q"
    explanation.parts = [
      .section([
        .lines(["\(which), m = \(m, as: .significant(6))"]), .table(try pairs()),
        .lines(try worked()),
      ])
    ]
    if hasKey {
      try x.define(
        "n", as: try position(x.call.has("kpositions") ? "kpositions" : "positions", keyRow))
      try x.define("w", as: "k[\(keyRow):\(keyRow + 1)]")
      explanation.parts.append(.section(try distances()))
      explanation.parts.append(.section([.lines([try byDistance()])]))
    }
    explanation.parts.append(.section([.checks(try checks())]))
    explanation.definitions = x.definitions
    explanation.traced = .init(row: row, column: keyRow)
    explanation.extent = .init(row: rows, column: hasKey ? try x.tensor("k").shape[0] : 1)
    return explanation
  }

  // MARK: - Angles

  private func pairs() throws -> Explanation.Table {
    let rows = try Explanation.shown(pairCount, most: Self.mostPairs).map { index in
      try index.map { try pair($0) }
    }
    return Explanation.Table(
      ["i", "θᵢ", "wavelen", "m·θᵢ", "before", "after", "‖·‖"],
      [.right, .right, .right, .right, .left, .left, .right], rows: rows,
      optional: [2, 6])
  }

  private func pair(_ i: Int) throws -> [Prose] {
    let (a, b) = places(i)
    func vector(_ name: String) throws -> Prose {
      let (first, second) = (try x.number("\(name)[0, \(a)]"), try x.number("\(name)[0, \(b)]"))
      return "(\(first, 3, width: 6),\(second, 3, width: 6))\(arrow: first.value, second.value)"
    }
    return [
      "\(i)", "\(try x.number("θ[\(i)]"), 6)", "\(try x.number("2 * π / θ[\(i)]"), 1)",
      "\(try x.number("m * θ[\(i)] * 180 / π"), 2)°", try vector("v"), try vector("turned"),
      "\(try x.number("norm([v[0, \(a)], v[0, \(b)]])"), 3)",
    ]
  }

  private func worked() throws -> [Prose] {
    let (a, b) = places(0)
    let (first, second) = (try x.number("v[0, \(a)]"), try x.number("v[0, \(b)]"))
    let (cosine, sine) = (try x.number("cos(m * θ[0])"), try x.number("sin(m * θ[0])"))
    let (left, right) = (try x.number("turned[0, \(a)]"), try x.number("turned[0, \(b)]"))
    return [
      "worked pair 0 (angle \(try x.number("m * θ[0]"), as: .significant(6)) rad):",
      """
         q\(a)' = q\(a) cos - q\(b) sin = (\(first, 4))(\(cosine, 4)) - (\(second, 4))(\(sine, 4)) \
      = \(left, 4)
      """,
      """
         q\(b)' = q\(a) sin + q\(b) cos = (\(first, 4))(\(sine, 4)) + (\(second, 4))(\(cosine, 4)) \
      = \(right, 4)
      """,
    ]
  }

  // MARK: - Scores

  private func score(_ m: String, _ n: String) -> String {
    "(rope(v, positions=\(m), \(options)) @ rope(w, positions=\(n), \(options))')[0, 0]"
  }

  private func distances() throws -> [Explanation.Block] {
    let shifts = [0, 2, 97, 997]
    let (m, n) = (try x.number("m").value, try x.number("n").value)
    let places = shifts.map { "(\((m + Double($0)).plain),\((n + Double($0)).plain))" }
    let scores = try shifts.map { try x.number(score("m + \($0)", "n + \($0)")) }
    let values = scores.map(\.value)
    let spread = Quantity((values.max() ?? 0) - (values.min() ?? 0))
    var blocks: [Explanation.Block] = [
      .lines(["the score depends only on the distance m − n:"]),
      .table(
        .init(
          [" (m, n)"] + places + ["spread"],
          [.left] + [Explanation.Table.Alignment](repeating: .right, count: shifts.count + 1),
          rows: [
            [" q_m · k_n"] + scores.map { "\($0, 5)" as Prose } + ["\(spread, as: .error)"]
          ], gap: 3)),
    ]
    if let sum = try byPair(scores[0]) { blocks.append(.lines([sum])) }
    return blocks
  }

  /// The score as a sum over the pairs, where nothing else is in it.
  private func byPair(_ score: Quantity) throws -> Prose? {
    guard pairCount <= 6, try x.tensor("q").shape[1] == 2 * pairCount else { return nil }
    try x.define("key", as: "rope(w, positions=n, \(options))")
    var sum: Prose = " by pair    "
    for i in 0..<pairCount {
      let (a, b) = places(i)
      let term = try x.number("turned[0, \(a)] * key[0, \(a)] + turned[0, \(b)] * key[0, \(b)]")
      let isMinus = term.value < 0
      let size = isMinus ? Quantity(-term.value, expression: "-(\(term.expression ?? ""))") : term
      sum = sum + Prose(isMinus ? (i > 0 ? " - " : "-") : i > 0 ? " + " : "") + "\(size, 4)"
    }
    return sum + " = \(score, 5)"
  }

  private func byDistance() throws -> Prose {
    let list =
      "rope(ones(33, 1) @ v, positions=range(33), \(options))"
      + " @ rope(w, positions=0, \(options))'"
    let scores = try x.tensor(list).doubles
    let low = try x.number("min(\(list))")
    let high = try x.number("max(\(list))")
    return "score by distance 0..32  \(spark: scores)  [\(low, 2), \(high, 2)]"
  }

  private func checks() throws -> [Explanation.Check] {
    let tolerance = try x.tensor("q").dtype == .f32 ? 1e-5 : 1e-12
    let norms = try x.number("abs(norm(turned) - norm(v))").value
    let back = try x.number("max(abs(rope(turned, positions=-m, \(options)) - v))").value
    let scale = max(1, try x.number("norm(v)").value)
    return [
      .init("norms kept", error: norms, within: tolerance * scale),
      .init("rope(rope(q, m), -m) = q", error: back, within: tolerance * scale),
    ]
  }
}
