import Kernels
import Language

/// A call that a builtin's `explain` takes apart.
///
/// Every number comes from an expression of the language over the arguments by their parameters'
/// names, so a reader can type it:
///
///     { x in
///       try x.define("S", as: "Q @ K'")
///       let largest = try x.number("max(S[\(row)])")
///       var explanation = x.explanation(["Q \(…)"], formula: ["S = Q Kᵀ"])
///       explanation.parts.append(.step(.init("S = Q Kᵀ", try x.grid("S", rows: "q", columns: "k"))))
///       return explanation
///     }
///
/// nil instead of an explanation leaves the call to the walk through its definition.
public final class ExplainedCall {
  public let call: Call
  /// As it was typed.
  public let text: String
  /// `row=2`, `col=0`: the options of explain itself.
  let options: [String: Value]
  public private(set) var definitions: [Explanation.Definition] = []
  private var scope: [String: Value]

  init(_ call: Call, text: String, arguments: [String: String], options: [String: Value]) {
    self.call = call
    self.text = text
    self.options = options
    scope = call.scopeOfDefaults
    let signature = call.signature
    for (parameter, value) in zip(signature.parameters, call.values) {
      guard value != nil else { continue }
      if let typed = arguments[parameter.name] {
        if typed != parameter.name { definitions.append((parameter.name, typed)) }
      } else if let text = parameter.defaultText {
        var expression = signature.selfContained(text)
        if case .word = parameter.kind { expression = "\"\(text)\"" }
        definitions.append((parameter.name, expression))
      }
    }
  }

  /// An explanation with the call as its title.
  public func explanation(_ facts: [String], formula: [Prose]) -> Explanation {
    Explanation(title: "explain \(text)", facts: facts, formula: formula)
  }

  // MARK: - Values

  /// Gives a name to an expression; from then on it can be used.
  @discardableResult
  public func define(_ name: String, as expression: String) throws -> Tensor {
    let value = try value(expression)
    scope[name] = value
    definitions.append((name, expression))
    guard let tensor = try value.asTensor() else { throw Fault("\(name) is not a tensor") }
    return tensor
  }

  /// Names the results of one call: `out, A = mha …`.
  public func define(_ names: [String], as expression: String) throws {
    let value = try call.evaluator.evaluate(
      try Parser.expression(expression), with: scope, wanted: .several(names.count))
    guard case .tuple(let tuple) = value, tuple.items.count >= names.count else {
      throw Fault("\(expression) gives one result")
    }
    for (name, item) in zip(names, tuple.items) { scope[name] = item }
    definitions.append((names.joined(separator: ", "), expression))
  }

  public func value(_ expression: String) throws -> Value {
    try call.evaluator.evaluate(try Parser.expression(expression), with: scope)
  }

  public func tensor(_ expression: String) throws -> Tensor {
    guard let tensor = try value(expression).asTensor() else {
      throw Fault("\(expression) is not a tensor")
    }
    return tensor
  }

  public func number(_ expression: String) throws -> Quantity {
    Quantity(try value(expression).asNumber ?? .nan, expression: expression)
  }

  /// The entries of a vector, each with its expression.
  public func numbers(_ expression: String) throws -> [Quantity] {
    let isName = expression.allSatisfy { $0.isLetter || $0.isNumber }
    let base = isName || expression.hasSuffix(")") ? expression : "(\(expression))"
    return try tensor(expression).doubles.enumerated().map { index, number in
      Quantity(number, expression: "\(base)[\(index)]")
    }
  }

  /// A matrix with names such as q0, q1, … beside it and k0, k1, … above it.
  public func grid(_ expression: String, rows: String, columns: String) throws -> Explanation.Grid {
    let values = try tensor(expression)
    let shape = values.rank == 2 ? values.shape : [1, values.count]
    return Explanation.Grid(
      values.reshaped(shape), expression: expression, rows: (0..<shape[0]).map { "\(rows)\($0)" },
      columns: (0..<shape[1]).map { "\(columns)\($0)" })
  }

  // MARK: - Which cell

  func index(_ name: String, below count: Int) throws -> Int? {
    try Self.index(name, options, below: count)
  }

  /// An option of explain itself as an index below `count`, counted from the end where negative.
  static func index(_ name: String, _ options: [String: Value], below count: Int) throws -> Int? {
    guard let value = options[name] else { return nil }
    guard let index = value.asNumber.flatMap({ Int(exactly: $0) }), (-count..<count).contains(index)
    else {
      throw Fault(
        "there is no \(name) \(value.asNumber?.plain ?? value.kindName)", .argument(name),
        detail: "\(name) is 0 to \(count - 1)")
    }
    return index < 0 ? index + count : index
  }

  /// The cell that is followed: as `row=` and `col=` say, else one in the middle.
  public func cell(rows: Int, columns: Int) throws -> Explanation.Cell {
    let row = try index("row", below: rows) ?? rows / 2
    let column = try index("col", below: columns) ?? max(0, min(row - 1, columns - 1))
    return Explanation.Cell(row: row, column: column)
  }
}

extension Tensor {
  /// The largest distance between entries; NaN and ∞ at the same place are none.
  func distance(to other: Tensor) -> Double {
    guard shape == other.shape else { return .infinity }
    return zip(doubles, other.doubles).reduce(0) { largest, pair in
      if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return largest }
      let distance = abs(pair.0 - pair.1)
      return distance.isNaN ? .infinity : max(largest, distance)
    }
  }
}

extension [Quantity] {
  /// One way of writing for all of them: whole numbers with one decimal, others with three.
  var notation: Prose.Notation {
    allSatisfy { $0.value == $0.value.rounded() || !$0.value.isFinite } ? .fixed(1) : .fixed(3)
  }
}
