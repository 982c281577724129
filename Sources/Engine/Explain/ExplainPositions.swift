import Kernels

/// `explain alibi 8`: the slope of each head, how fast its attention fades, and the bias that is
/// added.
func explainAlibi(_ x: ExplainedCall) throws -> Explanation? {
  let isCount = if case .number? = x.call.value("h") { true } else { false }
  try x.define("slopes", as: isCount ? "alibi_slopes(h)" : "h * 1")
  let slopes = try x.tensor("slopes")
  guard slopes.count > 0 else { return nil }
  let head = try x.index("row", below: slopes.count) ?? 0
  let distances = [1, 8, 64]
  let names: Prose = isCount ? "mᵢ = 2^(−8i/h), i = 1 … h" : "slopes as given"
  var explanation = x.explanation(
    ["h = \(slopes.count)"],
    formula: ["bᵢⱼ = −m·(i − j) is added to q·k/√d\(tab: 47)\(names)"])
  let rows = try Explanation.shown(slopes.count, most: 12, keeping: head).map { index in
    try index.map { i -> [Prose] in
      let biases = try distances.map { distance -> Prose in
        "\(try x.number("-slopes[\(i)] * \(distance)"), 3)"
      }
      let fading = try x.tensor("exp(-slopes[\(i)] * range(24))").doubles
      let slope: Prose = "\(try x.number("slopes[\(i)]"), 4)"
      let half: Prose = "\(try x.number("log(2) / slopes[\(i)]"), 1)"
      return ["\(i)", slope, half] + biases + ["\(shades: fading.map { $0 * 0.999 })"]
    }
  }
  explanation.parts.append(
    .section([
      .table(
        .init(
          ["head", "m", "halves in"] + distances.map { "b at \($0)" } + ["exp(b), distance 0…23"],
          [Explanation.Table.Alignment](repeating: .right, count: 3 + distances.count) + [.left],
          rows: rows, optional: (3..<3 + distances.count).reversed()))
    ]))
  try x.define("B", as: "-slopes[\(head)] * (col(range(6)) - row(range(6)))")
  var grid = try x.grid("B", rows: "q", columns: "k")
  grid.visible = try x.tensor("tril(ones(6, 6))")
  let slope = try x.number("slopes[\(head)]")
  explanation.parts.append(
    .step(
      .init(
        "bias of head \(head) with causal, m = \(slope, 4)", grid,
        lines: ["after 2× the distance the weight is squared: exp(−2md) = exp(−md)²"])))
  let shift = try x.number("max(abs(B[1:, 1:] - B[:-1, :-1]))").value
  explanation.parts.append(
    .section([.checks([.init("depends on i − j alone", error: shift, within: 1e-12)])]))
  explanation.definitions = x.definitions
  explanation.traced = .init(row: head, column: 0)
  explanation.extent = .init(row: slopes.count, column: 1)
  return explanation
}

/// `explain sinusoidal 10 8`: frequencies and wavelengths by pair, one position's numbers, and the
/// rotation T_k that leads from one position to another.
func explainSinusoidal(_ x: ExplainedCall) throws -> Explanation? {
  let (n, d) = (try x.call.integer("n"), try x.call.integer("d"))
  guard n > 0, d > 1, n <= 1 << 20, d <= 1 << 16 else { return nil }
  return try SinusoidalExplanation(x, n, d).explanation()
}

private struct SinusoidalExplanation {
  let x: ExplainedCall
  let (n, d): (Int, Int)
  /// The position that is followed, and where its encoding is reached from.
  let (row, from): (Int, Int)

  private static let mostPairs = 8

  init(_ x: ExplainedCall, _ n: Int, _ d: Int) throws {
    self.x = x
    (self.n, self.d) = (n, d)
    row = try x.index("row", below: n) ?? n / 2
    from = try x.index("col", below: n) ?? max(0, row - 3)
    try x.define("w", as: "base^(-2 * range(\((d + 1) / 2)) / d)")
    try x.define("PE", as: "sinusoidal(n, d, base=base, positions=positions)")
    try x.define("k", as: "positions[\(row)] - positions[\(from)]")
  }

  func explanation() throws -> Explanation {
    let base = try x.number("base")
    var explanation = x.explanation(
      ["n = \(n)", " d = \(d)", " base \(base.value.plain)"],
      formula: [
        "PE[p, 2i] = sin(p·ωᵢ)   PE[p, 2i+1] = cos(p·ωᵢ)",
        "   ωᵢ = \(base, as: .significant(6))^(−2i/d)\(tab: 36)wavelength 2π/ωᵢ positions",
      ])
    explanation.parts.append(.section([.table(try pairs())]))
    if d % 2 == 0 { explanation.parts.append(.section([.lines(try shift())])) }
    explanation.parts.append(.section([.lines(try products())]))
    explanation.parts.append(.section([.checks(try checks())]))
    explanation.definitions = x.definitions
    explanation.traced = .init(row: row, column: from)
    explanation.extent = .init(row: n, column: n)
    return explanation
  }

  private func pairs() throws -> Explanation.Table {
    let p = try x.number("positions[\(row)]").value.plain
    return Explanation.Table(
      ["i", "ωᵢ", "wavelen", "p·ωᵢ", "sin", "cos", "sin over p = 0…19"],
      [.right, .right, .right, .right, .right, .right, .left],
      rows: try Explanation.shown((d + 1) / 2, most: Self.mostPairs).map { index in
        try index.map { i -> [Prose] in
          let cosine: Prose =
            2 * i + 1 < d ? "\(try x.number("PE[\(row), \(2 * i + 1)]"), 4)" : "cut off"
          return [
            "\(i)", "\(try x.number("w[\(i)]"), 6)", "\(try x.number("2 * π / w[\(i)]"), 1)",
            "\(try x.number("\(p) * w[\(i)] * 180 / π"), 2)°",
            "\(try x.number("PE[\(row), \(2 * i)]"), 4)", cosine,
            "\(spark: try x.tensor("sin(range(20) * w[\(i)])").doubles)",
          ]
        }
      }, optional: [2, 3])
  }

  /// T_k worked out for the first pair.
  private func shift() throws -> [Prose] {
    try x.define("T", as: "shift_matrix(k, d, base=base)")
    let (cosine, sine) = (try x.number("T[0, 0]"), try x.number("T[0, 1]"))
    let (s, c) = (try x.number("PE[\(from), 0]"), try x.number("PE[\(from), 1]"))
    let (s1, c1) = (try x.number("(T @ PE[\(from)])[0]"), try x.number("(T @ PE[\(from)])[1]"))
    let (p, k) = (try x.number("positions[\(from)]"), try x.number("k"))
    return [
      "PE[p + k] = T_k PE[p], a rotation of each pair: from p = \(p, as: .significant(6)) by "
        + "k = \(k, as: .significant(6))",
      "   T_k, pair 0 = ( \(cosine, 4) \(sine, 4, width: 8) ;\(try x.number("T[1, 0]"), 4, width: 8)"
        + " \(try x.number("T[1, 1]"), 4, width: 8) )  cos, sin of k·ω₀",
      "   sin' = (\(cosine, 4))(\(s, 4)) + (\(sine, 4))(\(c, 4)) = \(s1, 4)",
      "   cos' = (\(cosine, 4))(\(c, 4)) − (\(sine, 4))(\(s, 4)) = \(c1, 4)",
    ]
  }

  private func products() throws -> [Prose] {
    let scores = try x.tensor(
      "sinusoidal(33, d, base=base) @ sinusoidal(33, d, base=base)[0]"
    ).doubles
    return [
      "PE[p] · PE[p+k] = Σᵢ cos(k·ωᵢ) depends on k alone:   "
        + "p = \(row), \(from)   \(try x.number("PE[\(row)] @ PE[\(from)]"), 4)",
      "   by distance 0..32  \(spark: scores)",
    ]
  }

  private func checks() throws -> [Explanation.Check] {
    guard d % 2 == 0 else {
      return [.init("formula cut off at d = \(d)", holds: try x.tensor("PE").shape == [n, d])]
    }
    let scale = max(1, abs(try x.number("k").value), abs(try x.number("positions[\(row)]").value))
    return [
      .init(
        "T_k PE[p] = PE[p+k]", error: try x.number("max(abs(T @ PE[\(from)] - PE[\(row)]))").value,
        within: 1e-12 * scale),
      .init(
        "T_kᵀ T_k = 1", error: try x.number("max(abs(T' @ T - eye(d)))").value, within: 1e-12),
      .init(
        "‖PE[p]‖² = d/2", error: try x.number("abs(sum(PE[\(row)]^2) - d / 2)").value,
        within: 1e-12 * Double(d)),
    ]
  }
}
