import Kernels

/// `explain flash Q K V causal block=2 row=5`: which tiles are computed, and for one row the running
/// maximum, sum and output after each of them. Only matrices; leading axes are walked.
func explainFlash(_ x: ExplainedCall) throws -> Explanation? {
  guard x.call.dimensions.leading.isEmpty, x.call.dimensions["n"] > 0, x.call.dimensions["m"] > 0,
    try ["Q", "K", "V"].allSatisfy({ try x.tensor($0).rank == 2 })
  else { return nil }
  return try FlashExplanation(x).explanation()
}

private struct FlashExplanation {
  let x: ExplainedCall
  let n: Int
  let m: Int
  let block: Int
  let row: Int
  let visible: [Double]  // [n, m]

  /// More tiles than these are left out in the middle.
  private static let mostTiles = 8
  /// More numbers than these have no room side by side.
  private static let mostNumbers = 4

  init(_ x: ExplainedCall) throws {
    self.x = x
    (n, m) = (x.call.dimensions["n"], x.call.dimensions["m"])
    block = try x.call.integer("block", atLeast: 1)
    row = try x.index("row", below: n) ?? n / 2
    visible = try x.tensor("where(mask, ones(\(n), \(m)), 0)").doubles
  }

  private var columns: Int { (m + block - 1) / block }
  private var rows: Int { (n + block - 1) / block }
  private func keys(_ tile: Int) -> Range<Int> { tile * block..<min(m, (tile + 1) * block) }

  func explanation() throws -> Explanation {
    try x.define("S", as: "scores(Q, K, mask, scale=scale, bias=bias, tau=tau, softcap=softcap)")
    try x.define("s", as: "S[\(row)]")
    var explanation = x.explanation(
      ["n = \(n)", " d = \(try x.tensor("Q").shape[1])", " Br = Bc = \(block)"],
      formula: [
        "keep m (running max), ℓ (running sum), o (running output); never store n×m",
        "   m' = max(m, max s)    α = exp(m − m')    ℓ' = α ℓ + Σ exp(s − m')",
        "   o' = α o + Σ exp(s − m') v\(tab: 47)at the end  O = o / ℓ",
      ])
    let kinds = tileKinds()
    let running = try running()
    explanation.parts = [
      .section([.table(tileMap(kinds))]),
      .section([.table(running.table), .lines(running.notes)]),
      .section([.lines(try result(running.last))]), .section([.table(memory())]),
      .section([.checks(try checks())]),
    ]
    explanation.definitions = x.definitions
    explanation.traced = .init(row: row, column: 0)
    explanation.extent = .init(row: n, column: 1)
    return explanation
  }

  // MARK: - Tiles

  private enum Kind { case full, mixed, skipped }

  private func tileKinds() -> [[Kind]] {
    (0..<rows).map { i in
      (0..<columns).map { j in
        var seen = 0
        let queries = i * block..<min(n, (i + 1) * block)
        for query in queries {
          for key in keys(j) where visible[query * m + key] != 0 { seen += 1 }
        }
        return seen == 0 ? .skipped : seen == queries.count * keys(j).count ? .full : .mixed
      }
    }
  }

  private func tileMap(_ kinds: [[Kind]]) -> Explanation.Table {
    let all = kinds.flatMap { $0 }
    func count(_ kind: Kind) -> Int { all.count { $0 == kind } }
    let share = Quantity((100 * Double(count(.skipped)) / Double(all.count)).rounded())
    let legend: [Prose] = [
      "██ full     \(count(.full)) tiles", "◣  partly   \(count(.mixed)) tiles, mask inside",
      "·· skipped  \(count(.skipped)) tiles  (\(share, 0) %)",
      "   peak \(min(block, n))×\(min(block, m)) scores, not \(n)×\(m)",
    ]
    let shownRows = Explanation.shown(rows, most: Self.mostTiles, keeping: row / block)
    let shown = Explanation.shown(columns, most: Self.mostTiles, keeping: row / block)
    let marks: [Kind: Prose] = [.full: "██", .mixed: "◣", .skipped: "··"]
    var body = shownRows.map { index -> [Prose]? in
      index.map { i in
        let cells = shown.map { j in j.map { marks[kinds[i][$0]] ?? "" } ?? "…" }
        return ["  Q\(i)"] + cells + [i == row / block ? "← row \(row)" : "", ""]
      }
    }
    // The legend stands beside the first rows, below one another.
    while body.count < legend.count { body.append([Prose](repeating: "", count: shown.count + 3)) }
    for (index, text) in legend.enumerated() {
      var cells = body[index] ?? ["  …"] + [Prose](repeating: "", count: shown.count + 2)
      cells[shown.count + 2] = text
      body[index] = cells
    }
    let titles = ["tiles"] + shown.map { $0.map { "K\($0)" } ?? "" } + ["", ""]
    return Explanation.Table(
      titles, [Explanation.Table.Alignment](repeating: .left, count: titles.count), rows: body,
      gap: 1)
  }

  // MARK: - One row

  private func running() throws -> (table: Explanation.Table, notes: [Prose], last: Int) {
    try x.define("m0", as: "-∞")
    try x.define("l0", as: "0 * sum(s[0:0])")
    try x.define("o0", as: "0 * V[0]")
    let width = try x.tensor("V").shape[1]
    let outputs = 0..<min(width, Self.mostNumbers)
    var rows: [[Prose]] = [["start", "", "-∞", "", "\(try x.number("l0"), 4)"]]
    rows[0] += outputs.map { _ in "0.000" } + [""]
    var (last, hasRisen) = (0, false)
    var skipped: [Int] = []
    for tile in 0..<columns {
      guard keys(tile).contains(where: { visible[row * m + $0] != 0 }) else {
        skipped.append(tile)
        continue
      }
      let risen = try step(tile, after: last)
      last += 1
      hasRisen = hasRisen || risen
      rows.append(try line(tile, last, outputs) + [risen ? "*" : ""])
    }
    let titles =
      ["tile", "s (row \(row))", "m", "α", "ℓ"] + outputs.map { "o[\($0)]" } + [""]
    let shown = Explanation.shown(rows.count, most: 12)
    let table = Explanation.Table(
      titles,
      [.left, .left] + [Explanation.Table.Alignment](repeating: .right, count: titles.count - 3) + [
        .left
      ],
      rows: shown.map { $0.map { rows[$0] } },
      // The first number of the output shows how all of them go.
      optional: outputs.dropFirst().map { $0 + 5 }.reversed())
    var notes: [Prose] = []
    if hasRisen {
      notes.append("* the max rose, so everything kept so far was multiplied by α < 1")
    }
    if !skipped.isEmpty { notes.append(skippedNote(skipped)) }
    return (table, notes, last)
  }

  private func skippedNote(_ tiles: [Int]) -> Prose {
    let names =
      tiles.count <= 4
      ? tiles.map { "K\($0)" }.joined(separator: ", ") : "\(tiles.count) tiles"
    let isFuture = tiles.allSatisfy { $0 * block > row }
    return Prose(
      "\(names) skipped: "
        + (isFuture ? "every key is in the future of row \(row)" : "row \(row) sees no key there"))
  }

  /// One tile of the recurrence; whether the maximum rose over one that was there.
  private func step(_ tile: Int, after last: Int) throws -> Bool {
    let (i, before) = (last + 1, last)
    let keys = keys(tile)
    let part = "\(keys.lowerBound):\(keys.upperBound)"
    try x.define("m\(i)", as: "max([m\(before), max(s[\(part)])])")
    try x.define("a\(i)", as: "exp(m\(before) - m\(i))")
    try x.define("l\(i)", as: "a\(i) * l\(before) + sum(exp(s[\(part)] - m\(i)))")
    try x.define("o\(i)", as: "a\(i) * o\(before) + exp(s[\(part)] - m\(i)) @ V[\(part)]")
    let (old, new) = (try x.number("m\(before)").value, try x.number("m\(i)").value)
    return before > 0 && new > old
  }

  private func line(_ tile: Int, _ i: Int, _ outputs: Range<Int>) throws -> [Prose] {
    let shown = keys(tile).prefix(Self.mostNumbers)
    let more = keys(tile).count > shown.count ? " …" : ""
    let scores = try shown.map { "\(try x.number("s[\($0)]"), 3, width: 6)" as Prose }
    return [
      " K\(tile)", scores.joined(separator: " ") + Prose(more), "\(try x.number("m\(i)"), 3)",
      "\(try x.number("a\(i)"), 4)", "\(try x.number("l\(i)"), 4)",
    ] + (try outputs.map { "\(try x.number("o\(i)[\($0)]"), 3)" })
  }

  // MARK: - Result

  private var naive: String {
    "attn(Q, K, V, mask, scale=scale, bias=bias, tau=tau, softcap=softcap)"
  }

  private func result(_ last: Int) throws -> [Prose] {
    guard last > 0 else { return ["row \(row) sees no key: its output is 0"] }
    let width = try x.tensor("V").shape[1]
    func vector(_ expression: String) throws -> Prose {
      let numbers = try (0..<min(width, Self.mostNumbers)).map { c -> Prose in
        "\(try x.number("\(expression)[\(c)]"), 4, width: 7)"
      }
      return numbers.joined(separator: " ") + (width > Self.mostNumbers ? " …" : "")
    }
    let difference = try x.number("max(abs(o\(last) / l\(last) - (\(naive))[\(row)]))")
    let lse = try x.number("m\(last) + log(l\(last))")
    return [
      "O[\(row),:] = o / ℓ = " + (try vector("(o\(last) / l\(last))")),
      "naive  =\(tab: 17)" + (try vector("\(naive)[\(row)]"))
        + "      max diff \(difference, as: .error)",
      "log-sum-exp kept for backward: m + log ℓ = \(lse, 4)",
    ]
  }

  private func memory() -> Explanation.Table {
    let sizes = [1024, 4096, 65536].filter { $0 != n }
    func bytes(_ count: Int) -> Prose { Prose(ByteCount(count * 8).withTenths) }
    let counts = [(n, m)] + sizes.map { ($0, $0) }
    return Explanation.Table(
      ["memory for scores, f64", ""] + counts.map { "n=\($0.0)" },
      [.left, .left] + [Explanation.Table.Alignment](repeating: .left, count: counts.count),
      rows: [
        ["   naive  n·m·8", ""] + counts.map { bytes($0.0 * $0.1) },
        ["   flash  Br·Bc·8 + 2n·8", ""]
          + counts.map { bytes(min(block, $0.0) * min(block, $0.1) + 2 * $0.0) },
      ], gap: 3, optional: [1])
  }

  private func checks() throws -> [Explanation.Check] {
    let whole = try x.tensor(naive)
    let tiled = try x.tensor(
      "flash(Q, K, V, mask, scale=scale, bias=bias, tau=tau, softcap=softcap, block=block)")
    let scale = max(1, whole.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0)
    return [
      .init(
        "flash = naive, all rows", error: whole.distance(to: tiled),
        within: scale * (whole.dtype == .f32 ? 1e-5 : 1e-12))
    ]
  }
}
