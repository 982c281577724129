import Kernels

/// `explain attn Q K V causal`: scores, scale, mask, softmax and weighted sum, with one cell followed
/// through all of them, and how decided each row is. Only matrices; leading axes are walked.
func explainAttention(_ x: ExplainedCall) throws -> Explanation? {
  guard x.call.dimensions.leading.isEmpty else { return nil }
  var explanation = try AttentionExplanation(x, projections: [])
  return try explanation?.explanation()
}

/// `explain self_attn X wq wk wv`: the projections, then the same.
func explainSelfAttention(_ x: ExplainedCall) throws -> Explanation? {
  guard x.call.dimensions.leading.isEmpty else { return nil }
  let projections = [("Q", "wq"), ("K", "wk"), ("V", "wv")]
  for (name, weights) in projections { try x.define(name, as: "X @ \(weights)") }
  var explanation = try AttentionExplanation(x, projections: projections.map(\.0))
  return try explanation?.explanation()
}

private struct AttentionExplanation {
  let x: ExplainedCall
  let n: Int
  let m: Int
  let dk: Int
  let cell: Explanation.Cell
  /// The name of what the softmax takes.
  private var scores = "S"
  private var steps: [Explanation.Part] = []
  private let visible: [Double]  // [n, m]
  private let mask: Tensor  // [n, m]
  private let hiddenCount: Int
  private let hasDefaultScale: Bool

  /// More than these have no room in a line.
  private static let mostTerms = 4

  /// Nil where there is nothing to see, or more than matrices.
  ///
  /// - Parameter projections: those of Q, K and V that were made of tokens first.
  init?(_ x: ExplainedCall, projections: [String]) throws {
    self.x = x
    let shapes = try ["Q", "K", "V"].map { try x.tensor($0).shape }
    guard shapes.allSatisfy({ $0.count == 2 && !$0.contains(0) }) else { return nil }
    (n, m, dk) = (shapes[0][0], shapes[1][0], shapes[0][1])
    for name in projections {
      let grid = try x.grid(name, rows: name.lowercased(), columns: "d")
      steps.append(.step(.init(Prose("\(name) = X W_\(name)"), grid)))
    }
    cell = try x.cell(rows: n, columns: m)
    mask = try x.tensor("where(mask, ones(\(n), \(m)), 0)")
    visible = mask.doubles
    hiddenCount = visible.count { $0 == 0 }
    hasDefaultScale = try x.number("scale * sqrt(\(dk))").value == 1
  }

  private var row: Int { cell.row }
  private var isFullRowHidden: Bool { visibleKeys.isEmpty }
  private var visibleKeys: [Int] {
    (0..<m).filter { visible[row * m + $0] != 0 }
  }
  private var tau: Double { (try? x.call.number("tau")) ?? 1 }

  mutating func explanation() throws -> Explanation {
    try addScores()
    try addAdjustments()
    try addWeights()
    try addOutput()
    let shapes = try ["Q", "K", "V"].map { "\($0) \(try x.tensor($0).shape.timesText)" }
    let root = try x.number("sqrt(\(dk))")
    var explanation = x.explanation(
      shapes + [try x.tensor("O").dtype.name],
      formula: [
        "O = softmax( \(exponent) ) V\(tab: 47)dₖ = \(dk)   "
          + "√dₖ = \(root, as: .significant(4))"
      ])
    explanation.parts =
      steps + [.section([.table(try rows())]), .section([.checks(try checks())])]
    explanation.definitions = x.definitions
    explanation.traced = cell
    explanation.extent = .init(row: n, column: m)
    return explanation
  }

  /// What the softmax takes, with those terms that are there.
  private var exponent: String {
    var text = hasDefaultScale ? "Q Kᵀ / √dₖ" : "scale · Q Kᵀ"
    if hasBias { text += " + B" }
    if hiddenCount > 0 { text += " + M" }
    return tau == 1 ? text : "(\(text)) / τ"
  }

  private var hasBias: Bool {
    if case .number(0, _)? = x.call.value("bias") { false } else { true }
  }

  // MARK: - Steps

  private func grid(_ name: String, _ rows: String = "q", _ columns: String = "k") throws
    -> Explanation.Grid
  {
    try x.grid(name, rows: rows, columns: columns)
  }

  /// Adds a step that changes the scores.
  private mutating func add(_ title: Prose, _ name: String, as expression: String) throws {
    try x.define(name, as: expression)
    try add(title, name, lines: [])
  }

  private mutating func add(_ title: Prose, _ name: String, lines: [Prose]) throws {
    scores = name
    var grid = try grid(name)
    grid.marked = cell
    steps.append(.step(.init(title, grid, lines: lines)))
  }

  private mutating func addScores() throws {
    try add("S = Q Kᵀ", "S", as: "Q @ K'")
    let title: Prose = hasDefaultScale ? "S / √dₖ" : "S · scale"
    try x.define("scaled", as: "S * scale")
    try add(title, "scaled", lines: try product())
  }

  /// The followed score as a sum of products.
  private func product() throws -> [Prose] {
    let (i, j) = (cell.row, cell.column)
    // The sum stands behind the last product, so `…` takes the place of one.
    let terms = 0..<(dk > Self.mostTerms ? Self.mostTerms - 1 : dk)
    let more = dk > Self.mostTerms ? " …" : ""
    func line(_ label: String, _ expression: (Int) -> String) throws -> Prose {
      let numbers = try terms.map { d -> Prose in
        "\(try x.number(expression(d)), 3, width: 8)"
      }
      return Prose(label) + "\(tab: 10)" + numbers.joined(separator: "") + Prose(more)
    }
    let sum = try x.number("S[\(i), \(j)]")
    let scaled = try x.number("scaled[\(i), \(j)]")
    let scale: Prose =
      hasDefaultScale
      ? "/\(try x.number("1 / scale"), as: .significant(4))"
      : "·\(try x.number("scale"), as: .significant(4))"
    return [
      try line("q\(i)") { "Q[\(i), \($0)]" }, try line("k\(j)") { "K[\(j), \($0)]" },
      try line("q\(i) × k\(j)") { "Q[\(i), \($0)] * K[\(j), \($0)]" }
        + "  sum \(sum, 3) = S[\(i),\(j)]  \(scale) = \(scaled, 3)",
    ]
  }

  private mutating func addAdjustments() throws {
    if try x.number("softcap").value < .infinity {
      try add(
        "c·tanh(s/c)   softcap c = \(try x.number("softcap"), as: .significant(4))", "capped",
        as: "softcap * tanh(\(scores) / softcap)")
    }
    if hasBias { try add("+ B  (bias)", "biased", as: "\(scores) + bias") }
    guard hiddenCount > 0 else { return }
    let what = isCausal ? "future" : "hidden"
    try add(
      "+ M  (\(what) = −∞: \(hiddenCount) of \(n * m) cells)", "masked",
      as: "where(mask, \(scores), -∞)")
  }

  private var isCausal: Bool {
    (0..<n * m).allSatisfy { visible[$0] == ($0 % m <= $0 / m ? 1 : 0) }
  }

  private mutating func addWeights() throws {
    let tauText = tau == 1 ? "" : ", tau=tau"
    try x.define(
      "A",
      as: "where(all(\(scores) == -∞, axis=-1, keep=1), 0, softmax(\(scores)\(tauText)))")
    var grid = try grid("A")
    grid.isShaded = true
    grid.visible = mask
    let title: Prose =
      tau == 1
      ? "A = softmax(row)"
      : "A = softmax(row / τ)   τ = \(try x.number("tau"), as: .significant(4))"
    steps.append(.step(.init(title, grid, lines: try weighing())))
  }

  /// The softmax of the followed row.
  private func weighing() throws -> [Prose] {
    guard !isFullRowHidden else { return ["row q\(row) sees no key: its weights are 0"] }
    let largest = "max(\(scores)[\(row)])"
    let power =
      tau == 1 ? "\(scores)[\(row)] - \(largest)" : "(\(scores)[\(row)] - \(largest)) / tau"
    let z = try x.number("sum(exp(\(power)))")
    let e = try x.numbers("exp(\(power))")
    let p = try x.numbers("A[\(row)]")
    let keys = visibleKeys.prefix(Self.mostTerms)
    let more = visibleKeys.count > Self.mostTerms ? " …" : ""
    let exps = keys.map { "\(e[$0], 3)" as Prose }.joined(separator: " ")
    let quotients = keys.map { "\(e[$0], 3)/\(z, 3)" as Prose }.joined(separator: "  ")
    let weights = keys.map { "\(p[$0], 3)" as Prose }.joined(separator: " ")
    let exponent = tau == 1 ? "exp(s-m)" : "exp((s-m)/τ)"
    return [
      "row q\(row): max m = \(try x.number(largest), 3)   "
        + "\(exponent) = \(exps)\(more)   sum Z = \(z, 3)",
      "        A[\(row),:] = \(quotients)\(more)  =  \(weights)\(more)",
    ]
  }

  private mutating func addOutput() throws {
    try x.define("O", as: "A @ V")
    let p = try x.numbers("A[\(row)]")
    let shown = visibleKeys.sorted { p[$0].value > p[$1].value }.prefix(Self.mostTerms).sorted()
    let terms = shown.map { "\(p[$0], 3) v\($0)" as Prose }.joined(separator: " + ")
    let hidden = (0..<m).filter { visible[row * m + $0] == 0 }
    var note = ""
    if !hidden.isEmpty, hidden.count <= 4 {
      let names = hidden.map { "v\($0)" }.joined(separator: ", ")
      note = "    (\(names) masked: weight exactly 0)"
    } else if !hidden.isEmpty {
      note = "    (\(hidden.count) masked: weight exactly 0)"
    }
    let sum: Prose =
      isFullRowHidden
      ? "0" : terms + Prose(visibleKeys.count > shown.count ? " + …" : "")
    steps.append(
      .step(
        .init(
          "O = A V", try grid("O", "q", "d"),
          lines: ["O[\(row),:] = " + sum + Prose(note)])))
  }

  // MARK: - Rows and checks

  private func rows() throws -> Explanation.Table {
    let indices = Explanation.shown(n, most: 12, keeping: row)
    return Explanation.Table(
      ["row", "argmax", "entropy (nats)", "exp(H) = keys in use"],
      [.left, .left, .left, .left],
      rows: try indices.map { index in
        try index.map { i -> [Prose] in
          let seen = (0..<m).count { visible[i * m + $0] != 0 }
          let used = try x.number("exp(entropy(A[\(i)]))")
          return [
            "q\(i)", seen == 0 ? "none" : "k\(try x.number("argmax(A[\(i)])"), 0)",
            "\(try x.number("entropy(A[\(i)])"), 3)",
            "\(used, 2) of \(seen)  \(bar: seen == 0 ? 0 : used.value * 16 / Double(m))",
          ]
        }
      }, gap: 3)
  }

  private func checks() throws -> [Explanation.Check] {
    let options = "Q, K, V, mask, scale=scale, bias=bias, tau=tau, softcap=softcap"
    let a = try x.tensor("A")
    let tolerance = a.dtype == .f32 ? 1e-5 : 1e-12
    let sums = try x.tensor("sum(A, axis=-1)").doubles
    let off = sums.enumerated().map { i, sum in
      (0..<m).contains { visible[i * m + $0] != 0 } ? abs(sum - 1) : abs(sum)
    }
    var checks = [
      Explanation.Check("row sums 1", error: off.max() ?? 0, within: tolerance)
    ]
    if hiddenCount > 0 {
      let leak = zip(a.doubles, visible).contains { $0 != 0 && $1 == 0 }
      checks.append(
        .init(isCausal ? "A[i,j>i] = 0 exactly" : "hidden cells 0 exactly", holds: !leak))
    }
    let o = try x.tensor("O")
    let scale = max(1, o.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0)
    checks.append(
      .init(
        "flash = naive", error: o.distance(to: try x.tensor("flash(\(options))")),
        within: tolerance * scale))
    checks.append(
      .init(
        "attn = O", error: o.distance(to: try x.tensor("attn(\(options))")),
        within: tolerance * scale))
    return checks
  }
}
