import Kernels

/// `explain encoder_block X p heads=2`: the stream of one token through attention, feed-forward
/// network, residuals and norms, and where each head looks. Only matrices; leading axes are walked.
func explainEncoderBlock(_ x: ExplainedCall) throws -> Explanation? {
  guard try x.tensor("X").rank == 2, try x.tensor("X").count > 0 else { return nil }
  return try BlockExplanation(x).explanation()
}

private struct BlockExplanation {
  let x: ExplainedCall
  let (n, d, heads): (Int, Int, Int)
  let row: Int
  let isPre: Bool
  /// Name, what it is.
  private let stages: [(name: String, what: String)]

  private static let mostEntries = 3
  /// Larger weights have no room as pictures.
  private static let largestPicture = 16

  init(_ x: ExplainedCall) throws {
    self.x = x
    let shape = try x.tensor("X").shape
    (n, d, heads) = (shape[0], shape[1], try x.call.integer("heads"))
    row = try x.index("row", below: n) ?? n / 2
    isPre = try x.call.string("norm") == "pre"
    func norm(_ input: String, _ index: Int) -> String {
      "layernorm(\(input), get(p.norm\(index), \"gain\", 1), get(p.norm\(index), \"bias\", 0), eps=eps)"
    }
    let options = "p.mha, mask, heads=heads, kv_heads=kv_heads, bias=bias"
    let ffn = "ffn(%, p.ffn, act=act)"
    if isPre {
      try x.define("N", as: norm("X", 1))
      try x.define(["attended", "A"], as: "mha(N, N, N, \(options))")
      try x.define("R", as: "X + attended")
      try x.define("M", as: norm("R", 2))
      try x.define("F", as: ffn.replacing("%", with: "M"))
      try x.define("out", as: "R + F")
      stages = [
        ("X", "tokens"), ("N", "LN₁(X)"), ("attended", "MHA(N)"), ("R", "X + MHA(N)"),
        ("M", "LN₂(R)"), ("F", "FFN(M)"), ("out", "R + FFN(M)"),
      ]
    } else {
      try x.define(["attended", "A"], as: "mha(X, X, X, \(options))")
      try x.define("R", as: "X + attended")
      try x.define("N", as: norm("R", 1))
      try x.define("F", as: ffn.replacing("%", with: "N"))
      try x.define("M", as: "N + F")
      try x.define("out", as: norm("M", 2))
      stages = [
        ("X", "tokens"), ("attended", "MHA(X)"), ("R", "X + MHA(X)"), ("N", "LN₁(R)"),
        ("F", "FFN(N)"), ("M", "N + FFN(N)"), ("out", "LN₂(M)"),
      ]
    }
  }

  func explanation() throws -> Explanation {
    var explanation = x.explanation(
      ["n = \(n)", " d = \(d)", " h = \(heads)", " \(isPre ? "pre" : "post")-norm"],
      formula: isPre
        ? ["R = X + MHA(LN₁(X)),  out = R + FFN(LN₂(R))"]
        : ["N = LN₁(X + MHA(X)),  out = LN₂(N + FFN(N))"])
    explanation.parts = [
      .section([.lines(["token \(row) through the block"]), .table(try stream())]),
      .section(try attention()), .section([.lines(try residuals())]),
      .section([.checks(try checks())]),
    ]
    explanation.definitions = x.definitions
    explanation.traced = .init(row: row, column: 0)
    explanation.extent = .init(row: n, column: 1)
    return explanation
  }

  /// `norm` is an option of the block, so its name is taken.
  private func length(of name: String) -> String { "sqrt(sum(\(name)^2))" }

  private func stream() throws -> Explanation.Table {
    let entries = min(d, Self.mostEntries)
    let rows = try stages.map { name, what -> [Prose] in
      let token = "\(name)[\(row)]"
      let numbers = try (0..<entries).map { "\(try x.number("\(token)[\($0)]"), 3)" as Prose }
      return [Prose(name), Prose(what)] + numbers + [
        d > entries ? "…" : "", "\(try x.number("mean(\(token))"), as: .rounded(3))",
        "\(try x.number("std(\(token))"), 3)", "\(try x.number(length(of: token)), 3)",
      ]
    }
    let titles = ["", ""] + (0..<entries).map { "[\($0)]" } + ["", "mean", "sd", "‖·‖"]
    return Explanation.Table(
      titles,
      [.left, .left] + [Explanation.Table.Alignment](repeating: .right, count: entries + 4),
      rows: rows)
  }

  /// Where the token looks, head by head.
  private func attention() throws -> [Explanation.Block] {
    let weights = try x.tensor("A").doubles  // [heads, n, n]
    let isSmall = n <= Self.largestPicture
    let rows = try (0..<min(heads, 8)).map { h -> [Prose] in
      let start = (h * n + row) * n
      let strip = Array(weights[start..<start + n])
      let place = "A[\(h), \(row)]"
      return [
        "head \(h)", isSmall ? "\(shades: strip, width: 2)" : "",
        "\(try x.number("argmax(\(place))"), 0)", "\(try x.number("max(\(place))"), 3)",
        "\(try x.number("entropy(\(place))"), 3)",
      ]
    }
    return [
      .lines([
        "where token \(row) looks   keys 0 to \(n - 1)"
          + (heads > 8 ? ", the first 8 of \(heads) heads" : "")
      ]),
      .table(
        .init(
          ["", "", "most", "weight", "entropy"], [.left, .left, .right, .right, .right],
          rows: rows)),
    ]
  }

  private func residuals() throws -> [Prose] {
    let attended = try x.number("\(length(of: "attended")) / \(length(of: "X"))")
    let transformed = try x.number(
      "\(length(of: "F")) / \(length(of: isPre ? "R" : "N"))")
    return [
      "‖MHA‖ / ‖X‖ = \(attended, 3)   ‖FFN‖ / ‖\(isPre ? "R" : "N")‖ = \(transformed, 3)   "
        + "what each part adds"
    ]
  }

  private func checks() throws -> [Explanation.Check] {
    let kernel = try x.tensor(
      "encoder_block(X, p, mask, heads=heads, kv_heads=kv_heads, bias=bias, norm=norm, act=act, eps=eps)"
    )
    let scale = max(1, kernel.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0)
    let tolerance = (kernel.dtype == .f32 ? 1e-5 : 1e-12) * scale
    let out = try x.tensor("out")
    return [.init("encoder_block = out", error: kernel.distance(to: out), within: tolerance)]
  }
}
