import Kernels

/// `explain mha X X X p heads=8`: the weights of all heads side by side, how decided each one is,
/// which two are most alike, and how many parameters that takes. Only matrices that have room.
func explainMultiHead(_ x: ExplainedCall) throws -> Explanation? {
  let (n, m) = (x.call.dimensions["n"], x.call.dimensions["m"])
  guard x.call.dimensions.leading.isEmpty,
    try ["Q", "K", "V"].allSatisfy({ try x.tensor($0).rank == 2 }),
    (1...MultiHeadExplanation.mostRows).contains(n),
    (1...MultiHeadExplanation.mostColumns).contains(m),
    (1...MultiHeadExplanation.mostHeads).contains(try x.call.integer("heads"))
  else { return nil }
  return try MultiHeadExplanation(x).explanation()
}

private struct MultiHeadExplanation {
  static let (mostRows, mostColumns, mostHeads) = (24, 72, 32)

  let x: ExplainedCall
  let (n, m, heads): (Int, Int, Int)
  let (width, headWidth, keyHeads): (Int, Int, Int)
  /// The three inputs under one name, where they are the same.
  private let input: String?

  /// Half of all attention on one key is painted full.
  private static let full = 0.5
  private static let columns = 76

  init(_ x: ExplainedCall) throws {
    self.x = x
    (n, m) = (x.call.dimensions["n"], x.call.dimensions["m"])
    heads = try x.call.integer("heads")
    keyHeads = try x.call.integer("kv_heads")
    let typed = ["Q", "K", "V"].map { name in
      x.definitions.first { $0.name == name }?.expression ?? name
    }
    input = Set(typed).count == 1 && typed[0].count <= 12 ? typed[0] : nil
    try x.define(
      "q", as: "split_heads(Q @ p.wq + get(p, \"bq\", 0), heads)")
    let groups = keyHeads == heads ? "" : ", heads / kv_heads, axis=-3)"
    let open = keyHeads == heads ? "" : "repeat("
    for (name, from) in [("k", "K"), ("v", "V")] {
      try x.define(
        name,
        as: "\(open)split_heads(\(from) @ p.w\(name) + get(p, \"b\(name)\", 0), kv_heads)\(groups)")
    }
    let scale = x.call.has("scale") ? "scale=scale, " : ""
    try x.define("S", as: "scores(q, k, mask, \(scale)bias=bias, tau=tau, softcap=softcap)")
    try x.define("A", as: "where(all(S == -∞, axis=-1, keep=1), 0, softmax(S))")
    width = x.call.dimensions["d"]
    headWidth = try x.tensor("q").shape[2]
  }

  func explanation() throws -> Explanation {
    var explanation = x.explanation(
      ["n = \(n)", " d_model = \(width)", " h = \(heads)", " d_k = \(headWidth)"],
      formula: try formula())
    explanation.parts = try pictures().map { .section([.lines($0)]) }
    explanation.parts.append(.section([.lines(try remarks())]))
    explanation.parts.append(.section([.checks(try checks())]))
    explanation.definitions = x.definitions
    return explanation
  }

  private func formula() throws -> [Prose] {
    let concat = try x.tensor("p.wo").shape
    let valueWidth = try x.tensor("v").shape[2]
    let projections = ["Q", "K", "V"].map { "\($0) = \(input ?? $0) W_\($0)" }
    let of = input.map { "\($0) \(n)×\(width)" } ?? "Q \(n)×\(width)"
    return [
      "\(of) → \(heads) heads, each: \(projections.joined(separator: ", "))"
        + "   (\(width)×\(headWidth) each)",
      "headᵢ = softmax(Q Kᵀ / √\(headWidth)) V  \(n)×\(valueWidth) → concat \(n)×\(concat[0])"
        + " → W_O \(concat.timesText) → \(n)×\(concat[1])",
    ]
  }

  // MARK: - Pictures

  /// How far the left ends of two pictures are apart.
  private var step: Int { max(19, m + 4) }

  private func pictures() throws -> [[Prose]] {
    let perRow = max(1, min(4, (Self.columns + 3) / step))
    return try stride(from: 0, to: heads, by: perRow).map { first in
      let row = Array(first..<min(first + perRow, heads))
      let weights = try (0..<n).map { i in
        try beside(row) { head in "\(shades: try shares(head, i))" }
      }
      let numbers = try beside(row) { head in
        "H \(try x.number("mean(entropy(A[\(head)]))"), 2) top \(try x.number("max(A[\(head)])"), 2)"
      }
      return [try beside(row) { "head \($0)" }] + weights + [numbers]
    }
  }

  private func beside(_ heads: [Int], _ text: (Int) throws -> Prose) throws -> Prose {
    var line = Prose([])
    for (place, head) in heads.enumerated() {
      if place > 0 { line = line + "\(tab: place * step)" }
      line = line + (try text(head))
    }
    return line
  }

  private func shares(_ head: Int, _ row: Int) throws -> [Double] {
    try x.tensor("A[\(head), \(row)]").doubles.map { $0 / Self.full }
  }

  // MARK: - Remarks and checks

  private func remarks() throws -> [Prose] {
    let ramp = (0...9).map { (Double($0) + 0.5) / 10 }
    var lines: [Prose] = [
      "scale  \(shades: ramp)  0 .. 0.5 (saturates)   H = mean row entropy, "
        + "log \(m) = \(try x.number("log(\(m))"), 2)",
      try parameters(),
    ]
    if let alike = try mostAlike() { lines.append(alike) }
    return lines
  }

  private func parameters() throws -> Prose {
    let shapes = try ["wq", "wk", "wv", "wo"].map { try x.tensor("p.\($0)").shape }
    let total = shapes.reduce(0) { $0 + $1.reduce(1, *) }
    guard Set(shapes).count == 1, shapes[0][0] == shapes[0][1] else {
      let each = zip(["W_Q", "W_K", "W_V", "W_O"], shapes).map { "\($0) \($1.timesText)" }
      return Prose("params  \(each.joined(separator: "  "))  total \(total)")
    }
    let square = shapes[0].timesText
    return Prose(
      "params  W_Q W_K W_V 3×\(square) = \(total / 4 * 3)    W_O \(square) = \(total / 4)    "
        + "total 4d² = \(total)")
  }

  /// The two heads whose weights go together most.
  private func mostAlike() throws -> Prose? {
    guard heads > 1 else { return nil }
    try x.define("C", as: "reshape(A, \(heads), \(n * m))")
    try x.define("D", as: "C - mean(C, axis=-1, keep=1)")
    try x.define("R", as: "D @ D' / outer(norm(D, axis=-1), norm(D, axis=-1))")
    let correlations = try x.tensor("R").doubles
    let pairs = (0..<heads).flatMap { a in (a + 1..<heads).map { (a, $0) } }
    let known = pairs.filter { correlations[$0.0 * heads + $0.1].isFinite }
    let best = known.max {
      correlations[$0.0 * heads + $0.1] < correlations[$1.0 * heads + $1.1]
    }
    guard let (a, b) = best else { return nil }
    return "most alike   heads \(a) and \(b) (correlation \(try x.number("R[\(a), \(b)]"), 2))"
  }

  private func checks() throws -> [Explanation.Check] {
    let a = try x.tensor("A")
    let tolerance = a.dtype == .f32 ? 1e-5 : 1e-12
    let sums = try x.tensor("sum(A, axis=-1)").doubles.map { $0 == 0 ? 0 : abs($0 - 1) }
    try x.define("O", as: "merge_heads(A @ v) @ p.wo + get(p, \"bo\", 0)")
    let o = try x.tensor("O")
    let scale = max(1, o.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0)
    let option = x.call.has("scale") ? "scale=scale, " : ""
    let whole =
      "mha(Q, K, V, p, mask, heads=heads, kv_heads=kv_heads, \(option)bias=bias, tau=tau, "
      + "softcap=softcap)"
    return [
      .init("row sums 1", error: sums.max() ?? 0, within: tolerance),
      .init(
        "mha = concat W_O", error: o.distance(to: try x.tensor(whole)), within: tolerance * scale),
    ]
  }
}
