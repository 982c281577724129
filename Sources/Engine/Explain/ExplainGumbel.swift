import Kernels

/// `explain gumbel_softmax z tau=0.5`: the noise, the draw, what τ does to it, and that draws come as
/// often as softmax(z) says. Of a matrix one row, `row=`.
func explainGumbelSoftmax(_ x: ExplainedCall) throws -> Explanation? {
  let z = try x.call.real("z")
  guard z.rank == 1 || z.rank == 2, z.count > 0,
    try !x.call.has("noise") || x.tensor("noise").shape == z.shape
  else { return nil }
  return try GumbelExplanation(x, z).explanation()
}

private struct GumbelExplanation {
  let x: ExplainedCall
  let rows: Int?
  let row: Int
  let n: Int
  let isHard: Bool

  private static let mostEntries = 12
  private static let mostColumns = 7
  private static let draws = 1000

  init(_ x: ExplainedCall, _ z: Tensor) throws {
    self.x = x
    n = z.shape[z.rank - 1]
    rows = z.rank == 2 ? z.shape[0] : nil
    row = try rows.flatMap { try x.index("row", below: $0) } ?? 0
    isHard = try x.call.flag("hard")
    try x.define("g", as: x.call.has("noise") ? "noise" : "gumbel(shape z)")
    if rows != nil {
      try x.define("g", as: "g[\(row)]")
      try x.define("z", as: "z[\(row)]")
    }
    try x.define("p", as: "softmax(z)")
    try x.define("y", as: "softmax(z + g, tau=tau)")
    try x.define("drawn", as: "argmax(z + g)")
  }

  func explanation() throws -> Explanation {
    var facts = ["n = \(n)", " τ = \(try x.number("tau").value.plain)"]
    if let rows { facts.insert("row \(row) of \(rows) ", at: 0) }
    var explanation = x.explanation(
      facts,
      formula: [
        "y = softmax((z + g)/τ),  g = −log(−log u),  u uniform in (0, 1)",
        "argmax(z + g) is a draw from softmax(z); y is the same, smoothed",
      ])
    let drawn = try x.number("drawn")
    explanation.parts = [
      .section([
        .table(try entries()),
        .lines([
          "drawn: argmax(z + g) = \(drawn, 0)   argmax z = \(try x.number("argmax z"), 0)"
            + (isHard ? "   hard: one-hot of \(drawn, 0), gradient of y" : "")
        ]),
      ]), .section([.lines(["the same noise, other temperatures"]), .table(try taus())]),
      .section(try frequencies()), .section([.checks(try checks())]),
    ]
    explanation.definitions = x.definitions
    if let rows {
      explanation.traced = .init(row: row, column: 0)
      explanation.extent = .init(row: rows, column: 1)
    }
    return explanation
  }

  private func entries() throws -> Explanation.Table {
    let columns = try ["z", "p", "g", "z + g", "y"].map { try x.numbers($0) }
    let drawn = Int(exactly: try x.number("drawn").value) ?? 0
    let rows = Explanation.shown(n, most: Self.mostEntries, keeping: drawn).map { index in
      index.map { i -> [Prose] in
        ["\(i)"] + columns.map { "\($0[i], 4)" }
          + ["\(bar: 16 * columns[4][i].value)\(i == drawn ? "  drawn" : "")"]
      }
    }
    return Explanation.Table(
      ["i", "zᵢ", "softmax(z)ᵢ", "gᵢ", "zᵢ + gᵢ", "yᵢ", ""],
      [.right, .right, .right, .right, .right, .right, .left], rows: rows)
  }

  private func taus() throws -> Explanation.Table {
    let isNarrow = n <= Self.mostColumns
    let rows = try ["0.1", "0.5", "1", "2", "10"].map { tau -> [Prose] in
      let y = "softmax(z + g, tau=\(tau))"
      let shown =
        isNarrow
        ? try x.numbers(y).map { "\($0, 4)" as Prose } : ["\(try x.number("max(\(y))"), 4)"]
      return [Prose(tau)] + shown + ["\(try x.number("entropy(\(y))"), 4)"]
    }
    let titles = ["τ"] + (isNarrow ? (0..<n).map { "y\($0)" } : ["max y"]) + ["H"]
    return Explanation.Table(
      titles, [Explanation.Table.Alignment](repeating: .right, count: titles.count), rows: rows)
  }

  private func frequencies() throws -> [Explanation.Block] {
    try x.define("draws", as: "argmax(z + gumbel(\(Self.draws), \(n)))")
    let p = try x.numbers("p")
    let shown = Explanation.shown(n, most: Self.mostColumns, keeping: 0)
    let shares = try shown.map { try $0.map { try x.number("mean(draws == \($0))") } }
    let titles = [""] + shown.map { $0.map { "\($0)" } ?? "…" }
    return [
      .lines(["\(Self.draws) draws of argmax(z + g) come as often as softmax(z) says"]),
      .table(
        .init(
          titles, [.left] + [Explanation.Table.Alignment](repeating: .right, count: shown.count),
          rows: [
            ["softmax(z)"] + shown.map { $0.map { "\(p[$0], 4)" } ?? "…" },
            ["share"] + shares.map { $0.map { "\($0, 4)" } ?? "…" },
          ])),
    ]
  }

  private func checks() throws -> [Explanation.Check] {
    let kernel = try x.tensor("gumbel_softmax(z, tau=tau, noise=g)")
    let tolerance = kernel.dtype == .f32 ? 1e-5 : 1e-12
    let off = try (0..<n).map { i in
      try x.number("abs(mean(draws == \(i)) - p[\(i)])").value
    }
    // Five standard deviations of a share of 1000 draws.
    return [
      .init("y sums to 1", error: abs(try x.number("sum(y) - 1").value), within: tolerance),
      .init("y = gumbel_softmax", error: kernel.distance(to: try x.tensor("y")), within: tolerance),
      .init("shares of draws", error: off.max() ?? 0, within: 0.08),
    ]
  }
}
