import Kernels
import Language

/// What a call costs, each count an expression of the language over the sizes: the formula that is
/// shown is the one that is evaluated.
public struct Cost: Sendable {
  public typealias Row = (name: String, formula: String)

  /// The names of the numbers that follow: `cost attn n d`.
  public let sizes: [String]
  /// `heads=8`, with their defaults.
  public let options: [(name: String, value: Double)]
  /// Arithmetic operations of each step, an addition or a multiplication counting 1.
  public let operations: [Row]
  /// Numbers that are held at once.
  public let memory: [Row]
  public let notes: [String]

  public init(
    _ sizes: String, options: KeyValuePairs<String, Double> = [:], operations: [Row],
    memory: [Row], notes: [String] = []
  ) {
    self.sizes = sizes.split(separator: " ").map(String.init)
    self.options = options.map { ($0.key, $0.value) }
    self.operations = operations
    self.memory = memory
    self.notes = notes
  }

  var usage: String {
    (sizes + options.map { "\($0.name)=\($0.value.plain)" }).joined(separator: " ")
  }
}

extension Evaluator {
  /// `cost attn 4096 64`: a table of steps and memory, and the numbers behind it.
  func cost(of subject: Name, _ sizes: [Expr], _ options: [Argument], at expr: Expr) throws
    -> Document
  {
    guard let builtin = Registry[subject.text], let cost = builtin.cost else {
      let known = Registry.all.filter { $0.cost != nil }.map(\.name)
      throw Diagnostic(
        "nobody has counted what '\(subject.text)' costs", in: source, at: subject.span,
        detail: "counted: " + known.joined(separator: " "),
        fixes: Suggest.nearest(to: subject.text, among: known).prefix(1).map {
          Fix($0, replacing: subject.span)
        })
    }
    guard sizes.count == cost.sizes.count else {
      throw Diagnostic(
        "cost \(builtin.name) takes \(Faults.counted(cost.sizes.count, "size")), not \(sizes.count)",
        in: source, at: expr.span, detail: "cost \(builtin.name) \(cost.usage)")
    }
    var scope = Dictionary(
      uniqueKeysWithValues: try zip(cost.sizes, sizes).map { ($0, try size($1)) })
    for option in cost.options { scope[option.name] = option.value }
    for case .option(let name, let value) in options {
      guard cost.options.contains(where: { $0.name == name.text }) else {
        throw Diagnostic(
          "cost \(builtin.name) has no option '\(name.text)'", in: source, at: name.span,
          detail: "cost \(builtin.name) \(cost.usage)")
      }
      scope[name.text] = try size(value)
    }
    return try CostTable(
      title: source.slice(expr.span), cost: cost,
      operations: count(cost.operations, scope), memory: count(cost.memory, scope)
    ).document
  }

  private func size(_ expr: Expr) throws -> Double {
    let value = try evaluate(expr)
    guard let size = value.asNumber, size >= 0, size.isFinite else {
      throw Diagnostic(
        "a size is a number that is not negative", in: source, at: expr.span,
        detail: operandText(expr.span, value) ?? "")
    }
    return size
  }

  private func count(_ rows: [Cost.Row], _ scope: [String: Double]) throws -> [Double] {
    try rows.map { row in
      let expression = try Parser.expression(row.formula)
      let value = try evaluate(expression, with: scope.mapValues { .number($0) })
      return value.asNumber ?? .nan
    }
  }
}

/// The counts of one call as a table for people.
private struct CostTable {
  let title: String
  let cost: Cost
  let operations: [Double]
  let memory: [Double]

  private var total: Double { operations.reduce(0, +) }

  var document: Document {
    Document(
      [.heading(title), .table(steps), .table(held)] + cost.notes.map { .paragraph($0) },
      parts: Record([
        ("operations", .number(total)), ("steps", vector(operations)), ("memory", vector(memory)),
      ]))
  }

  private func vector(_ numbers: [Double]) -> Value {
    (try? Tensor(numbers)).map(Value.init) ?? .nothing
  }

  private var steps: Document.Table {
    let rows = zip(cost.operations, operations).map { row, count in
      [row.name, Self.printed(row.formula), Self.grouped(count), share(count)]
    }
    return Document.Table(
      titles: ["step", "formula", "operations", "share"], isNumeric: [false, false, true, true],
      rows: rows + [["total", "", Self.grouped(total), ""]])
  }

  private func share(_ count: Double) -> String {
    total > 0 ? "\(((count / total * 1000).rounded() / 10).plainWithTenths) %" : ""
  }

  private var held: Document.Table {
    let rows = zip(cost.memory, memory).map { row, count in
      [row.name, Self.printed(row.formula)] + [2.0, 4, 8].map { Self.bytes(count * $0) }
    }
    return Document.Table(
      titles: ["memory", "formula", "f16", "f32", "f64"],
      isNumeric: [false, false, true, true, true], rows: rows)
  }

  private static func bytes(_ count: Double) -> String {
    let bytes = Int(exactly: min(count, 0x1p62).rounded()) ?? .max
    return ByteCount(bytes).withTenths
  }

  /// `2*n^2*d` as `2 n² d`.
  static func printed(_ formula: String) -> String {
    [("^2", "²"), ("^3", "³"), ("*", " ")].reduce(formula) { text, pair in
      text.replacing(pair.0, with: pair.1)
    }
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
}

extension Double {
  /// `48.9`, `2.0`
  fileprivate var plainWithTenths: String { self == rounded() ? "\(plain).0" : plain }
}
