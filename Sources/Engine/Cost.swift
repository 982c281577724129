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
  /// Which attention is counted: `standard`.
  public let label: String
  /// What one call is: `one head, one sequence`.
  public let extent: String
  /// The dimensions of the signature that a size is the common length of; empty where the shapes of
  /// a call do not tell its sizes.
  public let lengths: KeyValuePairs<String, [String]>
  /// Numbers that have to be read or written at least once.
  public let traffic: String?
  /// Arithmetic operations of each step, an addition or a multiplication counting 1.
  public let operations: [Row]
  /// Numbers that are held at once.
  public let memory: [Row]
  /// The operations that grow fastest, by which it is compared; the sum of all where nil.
  public let leading: String?
  /// A mask rule that spares a share of the operations.
  public let skips: (mask: String, share: String)?
  /// The entry that does the same in another way, over the same sizes.
  public let rival: String?
  /// A call of these sizes, for `bench attn n d`.
  public let call: String?
  public let notes: [String]

  public init(
    _ sizes: String, options: KeyValuePairs<String, Double> = [:], label: String = "",
    extent: String = "", lengths: KeyValuePairs<String, [String]> = [:], traffic: String? = nil,
    operations: [Row], memory: [Row], leading: String? = nil,
    skips: (mask: String, share: String)? = nil, rival: String? = nil, call: String? = nil,
    notes: [String] = []
  ) {
    self.sizes = sizes.split(separator: " ").map(String.init)
    self.options = options.map { ($0.key, $0.value) }
    self.label = label
    self.extent = extent
    self.lengths = lengths
    self.traffic = traffic
    self.operations = operations
    self.memory = memory
    self.leading = leading
    self.skips = skips
    self.rival = rival
    self.call = call
    self.notes = notes
  }

  var usage: String {
    (sizes + options.map { "\($0.name)=\($0.value.plain)" }).joined(separator: " ")
  }

  /// All operations as one formula.
  var total: String { operations.map { "(\($0.formula))" }.joined(separator: " + ") }
}

/// The cost of a builtin at given sizes.
struct SizedCost {
  let builtin: Builtin
  let cost: Cost
  /// Sizes and options by name.
  var scope: [String: Double]
  let evaluator: Evaluator

  func count(_ formula: String) throws -> Double {
    let expression = try Parser.expression(formula)
    let value = try evaluator.evaluate(expression, with: scope.mapValues { .number($0) })
    return value.asNumber ?? .nan
  }

  func counts(_ rows: [Cost.Row]) throws -> [Double] { try rows.map { try count($0.formula) } }

  var operations: Double { get throws { try counts(cost.operations).reduce(0, +) } }

  /// The same with another value of the first size.
  func resized(to size: Double) -> SizedCost {
    var other = self
    if let first = cost.sizes.first { other.scope[first] = size }
    return other
  }

  /// What the entry is compared with, at the same sizes.
  var rival: SizedCost? {
    guard let name = cost.rival, let builtin = Registry[name], let rival = builtin.cost else {
      return nil
    }
    var scope = scope
    for option in rival.options { scope[option.name] = self.scope[option.name] ?? option.value }
    return SizedCost(builtin: builtin, cost: rival, scope: scope, evaluator: evaluator)
  }
}

extension Evaluator {
  /// `cost attn 4096 64`: a table of steps and memory, and the numbers behind it.
  func cost(of subject: Name, _ sizes: [Expr], _ options: [Argument], at expr: Expr) throws
    -> Document
  {
    let sized = try sizedCost("cost", of: subject, sizes, options, at: expr)
    return try CostReport(sized, title: source.line(expr.span)).document()
  }

  /// - Parameter command: `cost` or `bench`.
  func sizedCost(
    _ command: String, of subject: Name, _ sizes: [Expr], _ options: [Argument], at expr: Expr
  ) throws -> SizedCost {
    guard let builtin = Registry[subject.text], let cost = builtin.cost else {
      throw uncounted(subject)
    }
    let usage = "\(command) \(builtin.name) \(cost.usage)"
    guard sizes.count == cost.sizes.count else {
      let takes = Faults.counted(cost.sizes.count, "size")
      throw Diagnostic(
        "\(command) \(builtin.name) takes \(takes), not \(sizes.count)",
        in: source, at: expr.span, detail: usage)
    }
    var scope = Dictionary(
      uniqueKeysWithValues: try zip(cost.sizes, sizes).map { ($0, try size($1)) })
    for option in cost.options { scope[option.name] = option.value }
    for case .option(let name, let value) in options {
      guard cost.options.contains(where: { $0.name == name.text }) else {
        throw Diagnostic(
          "\(command) \(builtin.name) has no option '\(name.text)'", in: source, at: name.span,
          detail: usage)
      }
      scope[name.text] = try size(value)
    }
    return SizedCost(builtin: builtin, cost: cost, scope: scope, evaluator: self)
  }

  private func uncounted(_ subject: Name) -> Diagnostic {
    let known = Registry.all.filter { $0.cost != nil }.map(\.name)
    return Diagnostic(
      "nobody has counted what '\(subject.text)' costs", in: source, at: subject.span,
      detail: "counted: " + known.joined(separator: " "),
      fixes: Suggest.nearest(to: subject.text, among: known).prefix(1).map {
        Fix($0, replacing: subject.span)
      })
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
}
