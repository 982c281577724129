import Kernels

/// `explain linear_attn Q K V`: the features, φ(K)ᵀ V summed once, and how far the result lies from
/// that of softmax attention. Only matrices; leading axes are walked.
func explainLinearAttention(_ x: ExplainedCall) throws -> Explanation? {
  guard x.call.dimensions.leading.isEmpty,
    try ["Q", "K", "V"].allSatisfy({ try x.tensor($0).rank == 2 }),
    ["n", "m", "d", "dv"].allSatisfy({ x.call.dimensions[$0] > 0 })
  else { return nil }
  var explanation = try LinearAttentionExplanation(x)
  return try explanation.explanation()
}

private struct LinearAttentionExplanation {
  let x: ExplainedCall
  let (n, m, d, dv): (Int, Int, Int, Int)
  let cell: Explanation.Cell
  let isCausal: Bool
  private var parts: [Explanation.Part] = []

  private static let mostNumbers = 6

  init(_ x: ExplainedCall) throws {
    self.x = x
    let sizes = x.call.dimensions
    (n, m, d, dv) = (sizes["n"], sizes["m"], sizes["d"], sizes["dv"])
    cell = try x.cell(rows: n, columns: dv)
    if case .mask(.causal)? = x.call.value("mask") { isCausal = true } else { isCausal = false }
  }

  private var row: Int { cell.row }
  private var epsilon: String { (try? x.call.number("eps")) == 0 ? "" : " + ε" }
  /// What the followed row has seen of the keys.
  private var seen: String { isCausal ? ":\(min(row + 1, m))" : ":" }
  private var seenCount: Int { isCausal ? min(row + 1, m) : m }

  /// φ of a matrix as one types it, and its name.
  private func feature(_ name: String) -> String {
    guard case .string(let phi)? = x.call.value("phi") else { return "phi(\(name))" }
    return phi == "relu+1" ? "relu(\(name)) + 1" : "elu(\(name)) + 1"
  }

  mutating func explanation() throws -> Explanation {
    try addFeatures()
    try addSums()
    try addOutput()
    let map = feature("x")
    let shapes = try ["Q", "K", "V"].map { "\($0) \(try x.tensor($0).shape.timesText)" }
    let order = isCausal ? "each query adds its own key first" : "once, for all queries"
    var explanation = x.explanation(
      shapes + [try x.tensor("Q").dtype.name],
      formula: [
        "O = φ(Q) (φ(K)ᵀ V) / (φ(Q) φ(K)ᵀ 1\(epsilon))\(tab: 47)φ(x) = \(map)",
        "from the right: φ(K)ᵀ V first, \(d)×\(dv), \(order)",
        "no \(n)×\(m) matrix of weights is ever needed",
      ])
    explanation.parts =
      parts + [
        .section([.lines(try weights())]), .section([.table(try differences())]),
        .section([.lines(try count())]), .section([.checks(try checks())]),
      ]
    explanation.definitions = x.definitions
    explanation.traced = cell
    explanation.extent = .init(row: n, column: dv)
    return explanation
  }

  // MARK: - Steps

  private mutating func addFeatures() throws {
    try x.define("fQ", as: feature("Q"))
    try x.define("fK", as: feature("K"))
    var queries = try x.grid("fQ", rows: "q", columns: "f")
    queries.marked = .init(row: row, column: 0)
    parts.append(.step(.init("φ(Q)", queries)))
    parts.append(.step(.init("φ(K)", try x.grid("fK", rows: "k", columns: "f"))))
  }

  private mutating func addSums() throws {
    try x.define("S", as: "fK[\(seen)]' @ V[\(seen)]")
    try x.define("z", as: "sum(fK[\(seen)], axis=0)")
    let what: Prose =
      isCausal
      ? "S = Σ φ(kⱼ) vⱼᵀ over j ≤ \(row)" : "S = φ(K)ᵀ V   once, \(m) keys in \(d)×\(dv) numbers"
    let z = try numbers("z")
    parts.append(
      .step(
        .init(
          what, try x.grid("S", rows: "f", columns: "v"),
          lines: ["z = Σ φ(kⱼ) = " + z + "   (the normaliser)"])))
  }

  private mutating func addOutput() throws {
    if isCausal {
      try x.define("W", as: "tril(fQ @ fK')")
      try x.define("O", as: "W @ V / (sum(W, axis=-1, keep=1) + eps)")
    } else {
      try x.define("O", as: "fQ @ S / (col(fQ @ z) + eps)")
    }
    var grid = try x.grid("O", rows: "q", columns: "v")
    grid.marked = cell
    let (i, c) = (row, cell.column)
    let above = try x.number("fQ[\(i)] @ S[:, \(c)]")
    let below = try x.number("fQ[\(i)] @ z + eps")
    let result = try x.number("O[\(i), \(c)]")
    parts.append(
      .step(
        .init(
          "O = φ(Q) S / (φ(Q) z\(epsilon))", grid,
          lines: [
            "O[\(i),\(c)] = φ(q\(i)) · S[:,\(c)] / (φ(q\(i)) · z\(epsilon)) = "
              + "\(above, 3)/\(below, 3) = \(result, 3)"
          ])))
  }

  private func numbers(_ expression: String) throws -> Prose {
    let all = try x.numbers(expression)
    let more = all.count > Self.mostNumbers ? " …" : ""
    return all.prefix(Self.mostNumbers).map { "\($0, 3)" as Prose }.joined(separator: " ")
      + Prose(more)
  }

  // MARK: - Beside the softmax

  /// The weights that the followed row would have, were they ever written down.
  private func weights() throws -> [Prose] {
    try x.define("w", as: "fK[\(seen)] @ fQ[\(row)] / (fQ[\(row)] @ z + eps)")
    try x.define("a", as: "softmax(K[\(seen)] @ Q[\(row)] / sqrt(\(d)))")
    return [
      "weights of row q\(row), \(seenCount) keys: features give no sharp ones",
      "   linear\(tab: 12)\(try numbers("w"))   H \(try x.number("entropy(w / sum(w))"), 3)",
      "   softmax\(tab: 12)\(try numbers("a"))   H \(try x.number("entropy(a)"), 3)",
    ]
  }

  private func differences() throws -> Explanation.Table {
    try x.define("P", as: "attn(Q, K, V, mask)")
    let longest = try x.number("max(norm(O - P, axis=-1))").value
    return Explanation.Table(
      ["row", "‖linear‖", "‖softmax‖", "‖difference‖", ""], [.left, .right, .right, .right, .left],
      rows: try Explanation.shown(n, most: 10, keeping: row).map { index in
        try index.map { i -> [Prose] in
          let distance = try x.number("norm(O[\(i)] - P[\(i)])")
          return [
            "q\(i)", "\(try x.number("norm(O[\(i)])"), 3)", "\(try x.number("norm(P[\(i)])"), 3)",
            "\(distance, 3)", "\(bar: longest > 0 ? distance.value / longest * 16 : 0)",
          ]
        }
      })
  }

  private func count() throws -> [Prose] {
    let relative = try x.number("norm(O - P) / norm(P)")
    let (linear, softmax) = (2 * d * dv * (n + m), 2 * n * m * (d + dv))
    return [
      "all rows  ‖O − softmax‖/‖softmax‖ = \(relative, 3)",
      Prose(
        "products  linear 2 d dv (n + m) = \(linear)   "
          + "softmax 2 n m (d + dv) = \(softmax)"
      ),
    ] + (linear >= softmax ? ["so short a sequence gains nothing"] : [])
  }

  private func checks() throws -> [Explanation.Check] {
    let o = try x.tensor("O")
    let tolerance = o.dtype == .f32 ? 1e-5 : 1e-12
    let scale = max(1, o.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0)
    let whole = try x.tensor("linear_attn(Q, K, V, mask, phi=phi, eps=eps)")
    let direct = isCausal ? "tril(fQ @ fK')" : "fQ @ fK'"
    let naive = try x.tensor("(\(direct)) @ V / (sum(\(direct), axis=-1, keep=1) + eps)")
    var checks: [Explanation.Check] = [
      .init("linear_attn = O", error: o.distance(to: whole), within: tolerance * scale),
      .init("(φ(Q) φ(K)ᵀ) V the same", error: naive.distance(to: o), within: tolerance * scale),
    ]
    if try x.call.number("eps") == 0 {
      checks.append(
        .init("weights sum to 1", error: abs(try x.number("sum(w) - 1").value), within: tolerance))
    }
    return checks
  }
}
