import Kernels

/// `explain moe X gate experts`: what the gate says, the k experts of each token with their weights,
/// and how the load is spread. Only matrices; leading axes are walked.
func explainExperts(_ x: ExplainedCall) throws -> Explanation? {
  guard try x.tensor("X").rank == 2, x.call.dimensions["n"] > 0, x.call.dimensions["e"] > 0,
    try x.call.integer("k") > 0
  else { return nil }
  return try ExpertsExplanation(x).explanation()
}

private struct ExpertsExplanation {
  let x: ExplainedCall
  let (n, count, k): (Int, Int, Int)
  let cell: Explanation.Cell

  private static let mostRows = 12

  init(_ x: ExplainedCall) throws {
    self.x = x
    (n, count) = (x.call.dimensions["n"], x.call.dimensions["e"])
    k = try x.call.integer("k")
    try x.define("logits", as: "X @ gate")
    try x.define("P", as: "softmax(logits)")
    let options = "k=k, renorm=renorm, capacity=capacity"
    try x.define("w", as: "route(X, gate, \(options))[0]")
    try x.define("chosen", as: "route(X, gate, \(options))[1]")
    try x.define("G", as: "sum(stack(w, axis=-1) * one_hot(chosen, \(count)), axis=-2)")
    try x.define("O", as: "moe(X, gate, experts, \(options))")
    let row = try x.index("row", below: n) ?? n / 2
    let first = Int(try x.number("chosen[\(row), 0]").value)
    cell = .init(row: row, column: try x.index("col", below: count) ?? first)
  }

  private var row: Int { cell.row }
  private var isRenormed: Bool { (try? x.call.number("renorm")) != 0 }
  private var capacity: Double { (try? x.call.number("capacity")) ?? .infinity }

  func explanation() throws -> Explanation {
    let weights = isRenormed ? "divided by their sum" : "as they are"
    var explanation = x.explanation(
      ["n = \(n)", " E = \(count)", " k = \(k)"],
      formula: [
        "O = Σᵢ G(x)ᵢ Eᵢ(x)\(tab: 31)G(x): the k best of P = softmax(x W_g)",
        Prose(
          "each token is worked on by \(k) of \(count) experts; their probabilities \(weights)"),
      ])
    explanation.parts = [
      .step(try step("x W_g  (the gate)", "logits", lines: [])),
      .step(try step("P = softmax(row)", "P", lines: try softmax())),
      .step(try step("G = the best \(k) of each row", "G", lines: try sum())),
      .section([.table(try load())]), .section([.lines(try balance())]),
      .section([.checks(try checks())]),
    ]
    explanation.definitions = x.definitions
    explanation.traced = cell
    explanation.extent = .init(row: n, column: count)
    return explanation
  }

  // MARK: - Steps

  private func step(_ title: String, _ name: String, lines: [Prose]) throws -> Explanation.Step {
    var grid = try x.grid(name, rows: "x", columns: "e")
    grid.marked = cell
    grid.isShaded = name != "logits"
    if name == "G" { grid.visible = try x.tensor("G > 0") }
    return .init(Prose(title), grid, lines: lines)
  }

  private func softmax() throws -> [Prose] {
    let (i, e) = (row, cell.column)
    let top = try x.number("exp(logits[\(i), \(e)] - max(logits[\(i)]))")
    let z = try x.number("sum(exp(logits[\(i)] - max(logits[\(i)])))")
    return [
      "P[\(i),\(e)] = exp(s − max s)/Z = \(top, 3)/\(z, 3) = \(try x.number("P[\(i), \(e)]"), 3)"
    ]
  }

  /// The experts of the followed token and what they are worth.
  private func sum() throws -> [Prose] {
    let terms = try (0..<min(k, 4)).map { place -> Prose in
      let expert = Int(try x.number("chosen[\(row), \(place)]").value)
      return "\(try x.number("w[\(row), \(place)]"), 3) E\(expert)(x)"
    }
    let more: Prose = k > 4 ? " + …" : ""
    let numbers = try x.numbers("O[\(row)]")
    let shown = numbers.prefix(4).map { "\($0, 3)" as Prose }.joined(separator: " ")
    return [
      "O[\(row),:] = " + terms.joined(separator: " + ") + more + " = " + shown
        + Prose(numbers.count > 4 ? " …" : "")
    ]
  }

  // MARK: - Load

  private func load() throws -> Explanation.Table {
    try x.define("taken", as: "sum(G > 0, axis=0)")
    let even = Double(n * k) / Double(count)
    return Explanation.Table(
      ["expert", "tokens", "even \(even.withDigits(3))", "mean P", ""],
      [.right, .right, .right, .right, .left],
      rows: try Explanation.shown(count, most: Self.mostRows).map { index in
        try index.map { e -> [Prose] in
          let tokens = try x.number("taken[\(e)]")
          return [
            "e\(e)", "\(tokens, 0)", "\(try x.number("taken[\(e)] / \(even)"), 2)×",
            "\(try x.number("mean(P[:, \(e)])"), 3)",
            "\(bar: even > 0 ? min(tokens.value / even, 4) * 8 : 0)",
          ]
        }
      })
  }

  private func balance() throws -> [Prose] {
    let loss = try x.number(
      "\(count) * sum(mean(sum(one_hot(chosen, \(count)), axis=1), axis=0) / k * mean(P, axis=0))")
    var lines: [Prose] = [
      "balance  E Σᵢ fᵢ Pᵢ = \(loss, 3)   (1 where load and gate are even)"
    ]
    if capacity < .infinity {
      let places = try x.number("ceil(capacity * \(n) * k / \(count))")
      let lost = try x.number("\(n * k) - sum(taken)")
      lines.append(
        "capacity  an expert takes \(places, 0) tokens: \(lost, 0) of \(n * k) found no place")
    }
    return lines
  }

  private func checks() throws -> [Explanation.Check] {
    let o = try x.tensor("O")
    let tolerance = o.dtype == .f32 ? 1e-5 : 1e-12
    var checks: [Explanation.Check] = []
    let sums = try x.tensor("sum(P, axis=-1)").doubles.map { abs($0 - 1) }
    checks.append(.init("gate rows sum 1", error: sums.max() ?? 0, within: tolerance))
    if case .tensor? = x.call.value("experts") {
      let scale = max(1, o.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0)
      let all = try x.tensor("sum(stack(G', axis=-1) * (X @ experts), axis=0)")
      checks.append(
        .init(
          "moe = Σ G E(x) over all experts", error: o.distance(to: all), within: tolerance * scale))
    }
    if capacity == .infinity {
      let most = try x.tensor("sum(G > 0, axis=-1)").doubles.allSatisfy { $0 <= Double(k) }
      checks.append(.init("at most \(k) experts a token", holds: most))
    }
    return checks
  }
}
