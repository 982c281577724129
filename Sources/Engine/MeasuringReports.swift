import Kernels

/// `one core`, `2 threads`: what everything is measured on.
private var threads: String {
  Workers.count == 1 ? "one core" : Faults.counted(Workers.count, "thread")
}

/// What `bench` found, for people and with its numbers as parts.
struct BenchReport {
  struct Rates {
    let work: Evaluator.Work
    let seconds: Double
    /// Of this machine, in operations and bytes a second.
    let peak: Double
    let bandwidth: Double

    var operations: Double { work.operations / seconds }
    var share: Double { operations / peak }
    var bytes: Double? { work.bytes.map { $0 / seconds } }
  }

  let title: String
  let label: String
  let timing: Timing
  let rates: Rates?

  var document: Document {
    var blocks: [Document.Block] = [
      .banner(title, aside: rates.map { "\($0.work.dtype.name), \(threads)" } ?? threads),
      .table(TimingTable.table([(label, timing)])),
    ]
    if let rates { blocks += [.gap, .table(table(rates))] + remark(rates) }
    return Document(blocks, parts: Record(timing.parts + (rates?.parts ?? [])))
  }

  private func table(_ rates: Rates) -> Document.Table {
    var table = Document.Table(
      titles: ["rate", "this call", "this machine", "share"],
      isNumeric: [false, true, true, true],
      rows: [
        [
          "arithmetic", "\((rates.operations / 1e9).withDigits(3)) GFLOP/s",
          "\((rates.peak / 1e9).withDigits(3)) GFLOP/s", "\((rates.share * 100).withTenths) %",
        ]
      ])
    table.tails = [.bar(rates.share)]
    if let bytes = rates.bytes {
      table.rows.append([
        "memory", "\((bytes / 1e9).withDigits(3)) GB/s",
        "\((rates.bandwidth / 1e9).withDigits(3)) GB/s",
        "\((bytes / rates.bandwidth * 100).withTenths) %",
      ])
      table.tails.append(.bar(bytes / rates.bandwidth))
    }
    return table
  }

  /// Which of the two limits comes first: the roofline of Williams et al. 2009.
  private func remark(_ rates: Rates) -> [Document.Block] {
    var lines = ["\(CostReport.grouped(rates.work.operations.rounded())) operations a call"]
    if let bytes = rates.work.bytes, bytes > 0, rates.bandwidth > 0 {
      let intensity = rates.work.operations / bytes
      let balance = rates.peak / rates.bandwidth
      let limit = intensity >= balance ? "arithmetic" : "memory"
      lines[0] += ", \(intensity.withDigits(3)) for each byte that must move"
      lines.append("limited by \(limit): this machine balances at \(balance.withDigits(3)) a byte")
    }
    return lines.map { .paragraph($0) }
  }
}

extension BenchReport.Rates {
  fileprivate var parts: [(String, Value)] {
    [
      ("operations", .number(work.operations)), ("gflops", .number(operations / 1e9)),
      ("peak", .number(peak / 1e9)), ("share", .number(share)),
      ("bandwidth", .number(bandwidth / 1e9)),
    ]
  }
}

extension Timing {
  fileprivate var parts: [(String, Value)] {
    [
      ("seconds", .number(median)), ("low", .number(lower)), ("high", .number(upper)),
      ("runs", .number(Double(seconds.count))),
    ]
  }

  /// `50`, or `50 × 4` where four calls were timed at once.
  fileprivate var runsText: String {
    calls == 1 ? "\(seconds.count)" : "\(seconds.count) × \(calls)"
  }

  fileprivate var spreadText: String { "\(lower.secondsText) … \(upper.secondsText)" }
}

/// What was timed, one a row.
enum TimingTable {
  static func table(_ rows: [(label: String, timing: Timing)]) -> Document.Table {
    Document.Table(
      titles: ["measured", "median", "quartiles", "runs"], isNumeric: [false, true, true, true],
      rows: rows.map {
        [$0.label, $0.timing.median.secondsText, $0.timing.spreadText, $0.timing.runsText]
      }, optional: [3, 2])
  }
}

/// What `compare` found: times side by side, and how far the results lie apart.
struct ComparisonReport {
  /// From the first result.
  struct Difference {
    let absolute: Double
    /// The length of the first result.
    let reference: Double

    var relative: Double { absolute == 0 ? 0 : absolute / reference }
  }

  let title: String
  let labels: [String]
  let shapes: [String]
  let timings: [Timing]
  let differences: [Difference]

  private var ratios: [Double] { timings.map { $0.median / timings[0].median } }

  var document: Document {
    Document(
      [
        .banner(title, aside: "in turn, \(threads)"), .table(times), .gap, .table(results), .gap,
        .paragraph("distances ‖a − b‖ are from the first result a, relative ones ‖a − b‖/‖a‖"),
        .paragraph(verdict),
      ],
      parts: Record([
        ("seconds", vector(timings.map(\.median))), ("low", vector(timings.map(\.lower))),
        ("high", vector(timings.map(\.upper))), ("ratio", vector(ratios)),
        ("l2", vector(differences.map(\.absolute))),
        ("relative", vector(differences.map(\.relative))),
      ]))
  }

  private func vector(_ numbers: [Double]) -> Value {
    (try? Tensor(numbers)).map(Value.init) ?? .nothing
  }

  private var times: Document.Table {
    var table = TimingTable.table(Array(zip(labels, timings)))
    table.titles.append("ratio")
    table.isNumeric.append(true)
    for (row, ratio) in ratios.enumerated() { table.rows[row].append(ratio.withDigits(3)) }
    let longest = timings.map(\.median).max() ?? 1
    table.tails = timings.map { .bar($0.median / longest) }
    return table
  }

  private var results: Document.Table {
    var table = Document.Table(
      titles: ["result", "shape", "L2 distance", "relative"],
      isNumeric: [false, false, true, true], rows: [[labels[0], shapes[0], "", ""]])
    for (index, difference) in differences.enumerated() {
      table.rows.append([
        labels[index + 1], shapes[index + 1], difference.absolute.withDigits(4),
        difference.relative.withDigits(4),
      ])
    }
    return table
  }

  /// `linear_attn Q K V is 3.2 times as fast as attn Q K V`
  private var verdict: String {
    let order = timings.indices.sorted { timings[$0].median < timings[$1].median }
    let (fast, slow) = (order[0], order[order.count - 1])
    let ratio = timings[slow].median / timings[fast].median
    // Less than what two runs of the same differ by.
    if ratio < 1.005 { return "\(labels[fast]) and \(labels[slow]) are equally fast" }
    let times = ratio.withDigits(3)
    return "\(labels[fast]) is \(times) times as fast as \(labels[slow])"
  }
}
