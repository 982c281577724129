import Kernels

/// `explain decode q k v c`: what joins the cache, whom the new token attends to, and what the cache
/// spares and takes. Only one token, and masks that let it see everything.
func explainDecode(_ x: ExplainedCall) throws -> Explanation? {
  let q = try x.tensor("q")
  guard q.rank == 1 || q.rank == 2 && q.shape[0] == 1, case .cache(let cache)? = x.call.value("c"),
    try DecodeExplanation.isPlain(x)
  else { return nil }
  return try DecodeExplanation(x, cache.length).explanation()
}

private struct DecodeExplanation {
  let x: ExplainedCall
  /// Tokens in the cache before and after the step.
  let (before, after): (Int, Int)
  let (d, dv): (Int, Int)

  private static let mostNumbers = 6

  /// Whether the scores are q·k/√d of all keys.
  static func isPlain(_ x: ExplainedCall) throws -> Bool {
    switch x.call.value("mask") {
    case nil, .mask(.causal)?, .mask(.full)?, .mask(.causalRight)?: break
    default: return false
    }
    guard case .number(0, _)? = x.call.value("bias") else { return false }
    return try x.call.number("softcap") == .infinity
  }

  init(_ x: ExplainedCall, _ length: Int) throws {
    self.x = x
    (before, after) = (length, length + 1)
    d = try x.tensor("q").shape.last ?? 0
    dv = try x.tensor("v").shape.last ?? 0
    for (name, old) in [("k", "c.k"), ("v", "c.v")] {
      let width = name == "k" ? d : dv
      let new = "reshape(\(name), 1, \(width))"
      try x.define(
        name.uppercased(), as: length > 0 ? "concat(\(old), \(new), axis=0)" : new)
    }
    let scale = x.call.has("scale") ? "scale" : "1/√\(d)"
    try x.define("s", as: "K @ reshape(q, \(d)) * \(scale)")
    try x.define("a", as: "softmax(s, tau=tau)")
    try x.define("o", as: "a @ V")
  }

  func explanation() throws -> Explanation {
    var explanation = x.explanation(
      ["t = \(before) → \(after)", " d = \(d)", " dv = \(dv)"],
      formula: [
        "K ← [K; k]   V ← [V; v]   a = softmax(q Kᵀ/√d)   o = a V",
        "the keys and values of earlier tokens never change, so they are kept",
      ])
    explanation.parts = [
      .section([.table(try tokens())]), .section([.lines(try output())]),
      .section([.table(growth())]), .section([.checks(try checks())]),
    ]
    explanation.definitions = x.definitions
    return explanation
  }

  private func tokens() throws -> Explanation.Table {
    Explanation.Table(
      ["token", "", "q·k/√d", "weight", ""], [.right, .left, .right, .right, .left],
      rows: try Explanation.shown(after, most: 12, keeping: before).map { index in
        try index.map { j -> [Prose] in
          let weight = try x.number("a[\(j)]")
          return [
            "\(j)", j == before ? "new" : "cached", "\(try x.number("s[\(j)]"), 4)",
            "\(weight, 4)", "\(bar: weight.value * 28)",
          ]
        }
      }, sums: ["", "", "", "\(try x.number("sum(a)"), 4)", ""])
  }

  private func output() throws -> [Prose] {
    let numbers = try x.numbers("o")
    let shown = numbers.prefix(Self.mostNumbers).map { "\($0, 4)" as Prose }
    return [
      "o = Σⱼ aⱼ vⱼ = " + shown.joined(separator: " ")
        + Prose(numbers.count > shown.count ? " …" : ""),
      "entropy of the weights \(try x.number("entropy(a)"), 3) of log \(after) = "
        + "\(try x.number("log(\(after))"), 3)",
    ]
  }

  /// Of one step: with the cache a row of scores, without it the whole triangle again.
  private func growth() -> Explanation.Table {
    let lengths = [after] + [128, 1024, 4096].filter { $0 > after }
    func row(_ name: String, _ text: (Double) -> String) -> [Prose] {
      [Prose(name)] + lengths.map { Prose(text(Double($0))) }
    }
    let width = Double(d + dv)
    return Explanation.Table(
      ["cache and work of a step"] + lengths.map { "t=\($0)" },
      [.left] + [Explanation.Table.Alignment](repeating: .right, count: lengths.count),
      rows: [
        row("   cache, f64  t (d + dv)") { CostReport.bytes($0 * width * 8) },
        row("   with cache  2 t (d + dv)") { CostReport.grouped(2 * $0 * width) },
        row("   without  t² (d + dv)") { CostReport.grouped($0 * $0 * width) },
      ])
  }

  private func checks() throws -> [Explanation.Check] {
    let scale = x.call.has("scale") ? ", scale=scale" : ""
    let o = try x.tensor("o")
    let tolerance = (o.dtype == .f32 ? 1e-5 : 1e-12) * max(1, o.doubles.map(abs).max() ?? 0)
    let step = try x.tensor("reshape(decode(q, k, v, c, mask\(scale), tau=tau)[0], \(dv))")
    let queries = "concat(zeros(\(before), \(d)), reshape(q, 1, \(d)), axis=0)"
    let all = "attn(\(before > 0 ? queries : "reshape(q, 1, \(d))"), K, V, causal\(scale), tau=tau)"
    return [
      .init("decode = o", error: o.distance(to: step), within: tolerance),
      .init(
        "last row of attn on all tokens", error: o.distance(to: try x.tensor("(\(all))[-1]")),
        within: tolerance),
    ]
  }
}
