import Kernels
import Language

/// The counts of one call as tables and a chart for people.
struct CostReport {
  private let sized: SizedCost
  private let title: String
  private let operations: [Double]
  private let memory: [Double]
  private let total: Double

  init(_ sized: SizedCost, title: String) throws {
    self.sized = sized
    self.title = title
    operations = try sized.counts(sized.cost.operations)
    memory = try sized.counts(sized.cost.memory)
    total = operations.reduce(0, +)
  }

  private var cost: Cost { sized.cost }

  func document() throws -> Document {
    let aside = cost.extent.isEmpty ? "forward" : cost.extent + ", forward"
    var blocks: [Document.Block] = [
      .banner(title, aside: aside), .table(try steps()), .gap, .table(held),
    ]
    let remarks = try [comparison()].compactMap(\.self) + cost.notes
    if !remarks.isEmpty { blocks += [.gap] + remarks.map { .paragraph($0) } }
    if let chart = try chart() { blocks += [.gap, .figure(.chart(chart))] }
    if let hints { blocks.append(.paragraph(hints)) }
    return Document(
      blocks,
      parts: Record([
        ("operations", .number(total)), ("steps", vector(operations)), ("memory", vector(memory)),
      ]))
  }

  private func vector(_ numbers: [Double]) -> Value {
    (try? Tensor(numbers)).map(Value.init) ?? .nothing
  }

  /// `measure it: bench attn 4096 64      compare: bench linear_attn 4096 64`
  private var hints: String? {
    guard let call = cost.call, let expr = try? Parser.expression(call) else { return nil }
    let varied = cost.options.filter { option in
      sized.scope[option.name] != option.value
        && FreeNames.of(expr).contains(Symbol(option.name))
    }
    let numbers = { (name: String) in (sized.scope[name] ?? 0).plain }
    let sizes = cost.sizes.map(numbers).joined(separator: " ")
    let options = varied.map { " \($0.name)=\(numbers($0.name))" }.joined()
    let rival = sized.rival.map { "      compare: bench \($0.builtin.name) \(sizes)" } ?? ""
    return "measure it: bench \(sized.builtin.name) \(sizes)\(options)" + rival
  }

  // MARK: - Tables

  /// Names and formulas of both tables stand below each other.
  private static let widths = [13, 12]

  private func steps() throws -> Document.Table {
    var table = Document.Table(
      titles: ["step", "formula", "operations", "share"], isNumeric: [false, false, true, true],
      rows: zip(cost.operations, operations).map { row, count in
        [row.name, Self.printed(row.formula), Self.grouped(count), share(count)]
      })
    table.tails = operations.map { .bar(total > 0 ? $0 / total : 0) }
    table.rows.append(["total", "", Self.grouped(total), ""])
    if let skips = cost.skips {
      let share = try sized.count(skips.share)
      table.tails.append(
        .text(share > 0 ? "\(skips.mask) skips \((share * 100).rounded().plain) % of it" : ""))
    }
    table.widths = Self.widths
    return table
  }

  private func share(_ count: Double) -> String {
    total > 0 ? "\((count / total * 100).withTenths) %" : ""
  }

  private var held: Document.Table {
    var table = Document.Table(
      titles: ["memory", "formula", "f16", "f32", "f64"],
      isNumeric: [false, false, true, true, true],
      rows: zip(cost.memory, memory).map { row, count in
        [row.name, Self.printed(row.formula)] + [2.0, 4, 8].map { Self.bytes(count * $0) }
      })
    table.widths = Self.widths + [11, 11, 11]
    return table
  }

  static func bytes(_ count: Double) -> String {
    let bytes = Int(exactly: min(count, 0x1p62).rounded()) ?? .max
    return ByteCount(bytes).withTenths
  }

  /// `2*n^2*d` as `2 n² d`, `64*64` as `64×64`.
  static func printed(_ formula: String) -> String {
    let powers = formula.replacing("^2", with: "²").replacing("^3", with: "³")
    let characters = Array(powers)
    return String(
      characters.enumerated().map { index, character in
        guard character == "*" else { return character }
        let isBetweenNumbers =
          index > 0 && index + 1 < characters.count && characters[index - 1].isNumber
          && characters[index + 1].isNumber
        return isBetweenNumbers ? "×" : " "
      })
  }

  /// `2,147,483,648`
  static func grouped(_ count: Double) -> String {
    let digits = Array(count.plain)
    guard count < 1e15, digits.allSatisfy(\.isNumber) else { return count.plain }
    return String(
      digits.enumerated().flatMap { index, digit -> [Character] in
        index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
      })
  }

  // MARK: - Comparison

  /// `linear attention  4 n d² = 67,108,864   65.5× fewer; equal at n = d = 64`
  private func comparison() throws -> String? {
    guard let rival = sized.rival, let leading = rival.cost.leading else { return nil }
    let count = try rival.count(leading)
    guard count > 0, count.isFinite, total > 0, total.isFinite else { return nil }
    let ratio = total / count
    let verdict =
      ratio >= 1 ? "\(ratio.withTenths)× fewer" : "\((1 / ratio).withTenths)× more"
    let place = try crossing(with: rival).map { "; equal at \($0)" } ?? ""
    return "\(rival.cost.label) attention  \(Self.printed(leading)) = \(Self.grouped(count))   "
      + verdict + place
  }

  /// Where the leading operations of both are equal, as `n = d = 64`.
  private func crossing(with rival: SizedCost) throws -> String? {
    guard let first = cost.sizes.first, let own = cost.leading, let other = rival.cost.leading
    else { return nil }
    let excess = { (size: Double) in
      try sized.resized(to: size).count(own) - rival.resized(to: size).count(other)
    }
    var (low, high) = (1.0, 1e12)
    let isRising = try excess(high) > 0
    guard try (excess(low) < 0) == isRising else { return nil }
    for _ in 0..<100 {
      let middle = (low * high).squareRoot()
      if try (excess(middle) > 0) == isRising { high = middle } else { low = middle }
    }
    let size = high.rounded()
    let same = (cost.sizes.dropFirst() + rival.cost.options.map(\.name)).first {
      rival.scope[$0] == size
    }
    return ([first, same].compactMap(\.self) + [size.plain]).joined(separator: " = ")
  }

  // MARK: - Chart

  /// From 2⁻⁶ to 2² times the first size.
  private static let doublings = -6...2

  private func chart() throws -> Chart? {
    guard let first = cost.sizes.first, let size = sized.scope[first] else { return nil }
    let sizes = Self.doublings.map { size * Double(sign: .plus, exponent: $0, significand: 1) }
      .filter { $0 >= 1 && $0 == $0.rounded() }
    guard sizes.count > 1 else { return nil }
    var chart = Chart(title: "operations against \(first), log-log")
    chart.x.isLogarithmic = true
    chart.y.isLogarithmic = true
    chart.x.ticks = sizes.map { .init($0, $0.binaryThousands) }
    chart.rows = 9
    chart.isInText = true
    for one in [sized, sized.rival].compactMap(\.self) {
      chart.layers.append(try layer(one, sizes, first))
    }
    chart.y.ticks = Self.decades(chart.numbers.y)
    return chart
  }

  /// At most five powers of ten, as `1e6`.
  private static func decades(_ numbers: [Double]) -> [Chart.Tick] {
    guard let low = numbers.min(), let high = numbers.max() else { return [] }
    let (first, last) = (Double.log10(low).rounded(.up), Double.log10(high).rounded(.down))
    guard first <= last else { return [.init(low, low.plain)] }
    let step = ((last - first + 1) / 5).rounded(.up)
    return stride(from: first, through: last, by: step).map {
      .init(Double.pow(10, $0), $0 < 4 ? Double.pow(10, $0).plain : "1e\($0.plain)")
    }
  }

  private func layer(_ one: SizedCost, _ sizes: [Double], _ name: String) throws -> Chart.Layer {
    let points = try sizes.map { Chart.Point($0, try one.resized(to: $0).operations) }
    let label = one.cost.label.isEmpty ? one.builtin.name : one.cost.label
    var layer = Chart.Layer(.points(points), name: label)
    if let last = points.last { layer.ending = slope(points[points.count - 2], last, name) }
    return layer
  }

  /// `slope 2 (n²)` of the line through two points.
  private func slope(_ one: Chart.Point, _ other: Chart.Point, _ name: String) -> String? {
    let slope = Double.log(other.y / one.y) / Double.log(other.x / one.x)
    guard slope.isFinite else { return nil }
    let nearest = slope.rounded()
    let powers: [Double: String] = [0: "1", 1: name, 2: "\(name)²", 3: "\(name)³"]
    guard abs(slope - nearest) < 0.03, let power = powers[nearest] else {
      return "slope \(slope.withTenths)"
    }
    return "slope \(nearest.plain) (\(power))"
  }
}

extension Double {
  /// `48.9`, `2.0`
  var withTenths: String {
    let rounded = (self * 10).rounded() / 10
    return rounded == rounded.rounded() ? "\(rounded.plain).0" : rounded.plain
  }

  /// `512`, `1k`, `16k`, `1M`: short for powers of two.
  fileprivate var binaryThousands: String {
    for (unit, sign) in [(1_048_576.0, "M"), (1024, "k")] {
      let count = self / unit
      if count >= 1, count == count.rounded() { return count.plain + sign }
    }
    return plain
  }
}
