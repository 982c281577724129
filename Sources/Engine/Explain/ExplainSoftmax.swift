import Kernels

/// `explain softmax z`: shift, exp and sum entry by entry, what the temperature does, the Jacobian,
/// and why the maximum is subtracted. Of a matrix one row, `row=`.
func explainSoftmax(_ x: ExplainedCall) throws -> Explanation? {
  let z = try x.call.real("z")
  guard z.rank == 1 || z.rank == 2, z.count > 0, try x.call.axis(of: z.rank) == z.rank - 1 else {
    return nil
  }
  var facts = ["n = \(z.shape[z.rank - 1])", " τ = \(try x.call.number("tau").plain)"]
  var rows: Int?
  if z.rank == 2 {
    let row = try x.index("row", below: z.shape[0]) ?? 0
    try x.define("z", as: "z[\(row)]")
    facts.insert("row \(row) of \(z.shape[0]) ", at: 0)
    rows = z.shape[0]
  }
  return try SoftmaxExplanation(x, facts, rows: rows).explanation()
}

private struct SoftmaxExplanation {
  let x: ExplainedCall
  let facts: [String]
  let rows: Int?
  let n: Int
  let isCold: Bool
  private let m: Quantity
  private let indices: [Int?]

  /// More entries than these are left out in the middle.
  private static let mostEntries = 12
  /// More than these have no room side by side.
  private static let mostColumns = 6

  init(_ x: ExplainedCall, _ facts: [String], rows: Int?) throws {
    self.x = x
    self.facts = facts
    self.rows = rows
    isCold = try x.number("tau").value != 1
    n = try x.tensor("z").count
    try x.define("m", as: "max(z)")
    try x.define("e", as: isCold ? "exp((z - m) / tau)" : "exp(z - m)")
    try x.define("p", as: "e / sum(e)")
    m = try x.number("m")
    let largest = try x.number("argmax z").value
    indices = Explanation.shown(n, most: Self.mostEntries, keeping: Int(exactly: largest) ?? 0)
  }

  private var exponent: String { isCold ? "(zᵢ−m)/τ" : "zᵢ−m" }

  func explanation() throws -> Explanation {
    let formula: Prose =
      isCold
      ? "pᵢ = exp((zᵢ − m)/τ) / Σⱼ exp((zⱼ − m)/τ)" : "pᵢ = exp(zᵢ − m) / Σⱼ exp(zⱼ − m)"
    var result = x.explanation(
      facts, formula: [formula + "\(tab: 49)m = max z = \(m, as: .significant(6))"])
    result.parts = [
      .section([.table(try entries())]), .section([.lines(try measures())]),
      .section([.lines(["temperature: τ → 0 one-hot ······ τ → ∞ uniform"]), .table(try taus())]),
    ]
    if n <= Self.mostColumns { result.parts.append(.section(try jacobian())) }
    result.parts.append(.section([.lines(try shifts())]))
    result.parts.append(.section([.checks(try checks())]))
    result.definitions = x.definitions
    if let rows {
      result.traced = .init(row: try x.index("row", below: rows) ?? 0, column: 0)
      result.extent = .init(row: rows, column: 1)
    }
    return result
  }

  // MARK: - Parts

  private func entries() throws -> Explanation.Table {
    let z = try x.numbers("z")
    let shifted = try x.numbers(isCold ? "(z - m) / tau" : "z - m")
    let e = try x.numbers("e")
    let p = try x.numbers("p")
    return Explanation.Table(
      ["i", "zᵢ", exponent, "exp(\(exponent))", "pᵢ", ""],
      [.right, .right, .right, .right, .right, .left],
      rows: indices.map { index in
        index.map { i in
          [
            "\(i)", "\(z[i], as: z.notation)", "\(shifted[i], as: shifted.notation)",
            "\(e[i], 6)", "\(p[i], 6)", "\(bar: 30 * p[i].value)",
          ]
        }
      },
      sums: ["", "", "Z =", "\(try x.number("sum(e)"), 6)", "\(try x.number("sum(p)"), 6)", ""],
      gap: 3)
  }

  private func measures() throws -> [Prose] {
    let lse = try x.number(isCold ? "logsumexp(z / tau)" : "logsumexp z")
    let place = try x.number("p @ range(\(n))")
    let largest = try x.number("argmax p")
    let h = try x.number("entropy p")
    return [
      """
      log-sum-exp  m\(isCold ? "/τ" : "") + log Z = \(lse, 6)   soft-argmax Σ i·pᵢ = \(place, 4)  \
      (argmax \(largest, 0))
      """,
      """
      entropy      H = \(h, 4) nats of log \(n) = \(try x.number("log(\(n))"), 4)      \
      exp(H) = \(try x.number("exp(entropy p)"), 2) choices
      """,
    ]
  }

  private func taus() throws -> Explanation.Table {
    let isNarrow = n <= Self.mostColumns
    let own = try x.number("tau").value
    let taus = [0.1, 0.5, 1, 2, 10].contains(own) ? [] : [own]
    let rows = try ([0.1, 0.5, 1, 2, 10] + taus).sorted().map { tau -> [Prose] in
      let text = tau == .infinity ? "∞" : tau.plain
      let p = "softmax(z, tau=\(text))"
      let numbers = try x.numbers(p)
      let shown =
        isNarrow ? numbers.map { "\($0, 4)" as Prose } : ["\(try x.number("max(\(p))"), 4)"]
      let strip = numbers.map { "\(shades: [$0.value], width: 3)" as Prose }
      return [Prose(tau == tau.rounded() && tau < 1e6 ? "\(text).0" : text)] + shown
        + ["\(try x.number("entropy(\(p))"), 4)", isNarrow ? strip.joined(separator: "  ") : ""]
    }
    let titles = ["τ"] + (isNarrow ? (0..<n).map { "p\($0)" } : ["max p"]) + ["H", ""]
    return Explanation.Table(
      titles, titles.indices.map { $0 < titles.count - 1 ? .right : .left }, rows: rows,
      gap: isNarrow ? 2 : 4)
  }

  private func jacobian() throws -> [Explanation.Block] {
    let rows = try (0..<n).map { i -> [Prose] in
      let entries = try (0..<n).map { j -> Prose in
        "\(try x.number("softmax_jacobian(z, tau=tau)[\(i), \(j)]"), as: .signed(4))"
      }
      return entries
        + ["  sum \(try x.number("sum(softmax_jacobian(z, tau=tau)[\(i)])"), as: .error)"]
    }
    let formula = isCold ? "J = (diag(p) − p pᵀ)/τ" : "J = diag(p) − p pᵀ"
    return [
      .lines([Prose("Jacobian \(formula)   what one gains, the others lose: rows sum to 0")]),
      .table(
        .init(
          [String](repeating: "", count: n + 1),
          [Explanation.Table.Alignment](repeating: .right, count: n) + [.left],
          rows: rows)),
    ]
  }

  private func shifts() throws -> [Prose] {
    let difference = try x.number("max(abs(softmax(z + 1000, tau=tau) - softmax(z, tau=tau)))")
    let naive = try x.number("exp((m + 1000) / tau)")
    let lines: [Prose] = [
      "shift invariance  softmax(z + 1000) = softmax(z)   max diff \(difference, as: .error)"
    ]
    guard naive.value == .infinity else { return lines }
    let power = try x.number("(m + 1000) / tau")
    return lines + [
      """
      without the shift exp(\(power, as: .significant(6))) = \(naive, 0), ∞/∞ = NaN  \
      ← why m is subtracted
      """
    ]
  }

  private func checks() throws -> [Explanation.Check] {
    let sum = try x.number("sum(p)").value
    let kernel = try x.tensor("softmax(z, tau=tau)")
    let tolerance = kernel.dtype == .f32 ? 1e-5 : 1e-12
    return [
      .init("p sums to 1", error: abs(sum - 1), within: tolerance),
      .init("p = softmax z", error: kernel.distance(to: try x.tensor("p")), within: tolerance),
    ]
  }
}
