import Kernels

/// `explain layernorm x`: one vector entry by entry, `row=` of a matrix, and what the others become.
func explainLayerNorm(_ x: ExplainedCall) throws -> Explanation? {
  let input = try x.call.real("x")
  guard input.rank == 1 || input.rank == 2, input.count > 0,
    try x.call.axis(of: input.rank) == input.rank - 1,
    try ["gain", "bias"].allSatisfy({
      try [1, input.shape[input.rank - 1]].contains(x.tensor($0).count)
    })
  else { return nil }
  return try LayerNormExplanation(x, input).explanation()
}

private struct LayerNormExplanation {
  let x: ExplainedCall
  let rows: Int?
  let row: Int
  let d: Int
  /// γ or β is more than 1 or 0.
  let isScaled: Bool

  private static let mostEntries = 12
  private static let mostRows = 8

  init(_ x: ExplainedCall, _ input: Tensor) throws {
    self.x = x
    d = input.shape[input.rank - 1]
    rows = input.rank == 2 ? input.shape[0] : nil
    row = try rows.flatMap { try x.index("row", below: $0) } ?? 0
    isScaled = try x.number("any(gain != 1) + any(bias != 0)").value > 0
    try x.define("v", as: rows == nil ? "x" : "x[\(row)]")
    try x.define("m", as: "mean(v)")
    try x.define("s2", as: "var(v)")
    try x.define("z", as: "(v - m) / sqrt(s2 + eps)")
    try x.define("y", as: "gain * z + bias")
  }

  func explanation() throws -> Explanation {
    var facts = ["d = \(d)", " ε = \(try x.number("eps").value.plain)"]
    if let rows { facts.insert("row \(row) of \(rows) ", at: 0) }
    var explanation = x.explanation(
      facts,
      formula: [
        "zᵢ = (xᵢ − m) / √(σ² + ε)    LN(x)ᵢ = γᵢ zᵢ + βᵢ",
        "   m = mean x = \(try x.number("m"), 4)   σ² = mean (x − m)² = \(try x.number("s2"), 4)   "
          + "√(σ² + ε) = \(try x.number("sqrt(s2 + eps)"), 4)",
      ])
    explanation.parts = [.section([.table(try entries())])]
    if let rows, rows > 1 { explanation.parts.append(.section(try others(rows))) }
    explanation.parts.append(.section([.checks(try checks())]))
    explanation.definitions = x.definitions
    if let rows {
      explanation.traced = .init(row: row, column: 0)
      explanation.extent = .init(row: rows, column: 1)
    }
    return explanation
  }

  private func entries() throws -> Explanation.Table {
    let columns =
      ["v", "v - m", "(v - m)^2", "z"] + (isScaled ? ["gain + 0 * v", "bias + 0 * v", "y"] : [])
    let numbers = try columns.map { try x.numbers($0) }
    let titles = ["xᵢ", "xᵢ − m", "(xᵢ − m)²", "zᵢ"] + (isScaled ? ["γᵢ", "βᵢ", "LN(x)ᵢ"] : [])
    let means = try ["v", "v - m", "(v - m)^2", "z"].map {
      "\(try x.number("mean(\($0))"), as: .rounded(4))" as Prose
    }
    let rows = Explanation.shown(d, most: Self.mostEntries).map { index in
      index.map { i in ["\(i)" as Prose] + numbers.map { "\($0[i], 4)" } }
    }
    return Explanation.Table(
      ["i"] + titles, [Explanation.Table.Alignment](repeating: .right, count: titles.count + 1),
      rows: rows, sums: ["mean"] + means + titles.dropFirst(4).map { _ in "" }, gap: 3)
  }

  /// Every row before and after.
  private func others(_ rows: Int) throws -> [Explanation.Block] {
    let after = "layernorm(x, gain, bias, eps=eps)"
    let body = try Explanation.shown(rows, most: Self.mostRows, keeping: row).map { index in
      try index.map { i -> [Prose] in
        [
          "\(i)\(i == row ? " ←" : "")", "\(try x.number("mean(x[\(i)])"), as: .rounded(4))",
          "\(try x.number("std(x[\(i)])"), 4)",
          "\(try x.number("mean(\(after)[\(i)])"), as: .rounded(4))",
          "\(try x.number("std(\(after)[\(i)])"), 4)",
        ]
      }
    }
    return [
      .table(
        .init(
          ["row", "mean", "sd", "mean after", "sd after"], [.left, .right, .right, .right, .right],
          rows: body, gap: 3))
    ]
  }

  private func checks() throws -> [Explanation.Check] {
    let kernel = try x.tensor("layernorm(v, gain, bias, eps=eps)")
    let tolerance = kernel.dtype == .f32 ? 1e-4 : 1e-9
    let share = try x.number("abs(var(z) - s2 / (s2 + eps))").value
    return [
      .init("mean of z is 0", error: abs(try x.number("mean(z)").value), within: tolerance),
      .init("variance of z is σ²/(σ² + ε)", error: share, within: tolerance),
      .init(
        "LN(x) = layernorm x", error: kernel.distance(to: try x.tensor("y")), within: tolerance),
    ]
  }
}
