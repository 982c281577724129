import Kernels
import Language

extension Evaluator {
  /// The body of a function line by line, with the values it really has.
  func walk(
    through function: UserFunction, _ arguments: Arguments, _ subject: ExplainedExpression,
    _ value: Value, formula: String? = nil
  ) throws -> Explanation {
    let title = source.line(subject.expr.span)
    let main = value.main
    return try inside(function, arguments) {
      var walk = DefinitionWalk(evaluator: self, followed: try Followed(main, subject.options))
      let result = try walk.run(function.body, wanted: .all)
      var explanation = Explanation(
        title: "explain \(title)", facts: walk.facts(of: function.parameters.map(\.name.text)),
        formula: (formula ?? function.head).split(separator: "\n").map { Prose(String($0)) },
        parts: walk.parts)
      explanation.parts += walk.summary
      let name = function.isDefinitionOfBuiltin ? "these lines" : "again"
      explanation.parts.append(
        .section([.checks(GenericChecks.of(main, again: result?.main, name))]))
      walk.followed.mark(&explanation)
      return explanation
    }
  }
}

extension UserFunction {
  /// `def f(x) = …`; of a longer one its first line.
  fileprivate var head: String {
    let text = source.slice(span)
    return text.split(separator: "\n").first.map(String.init) ?? text
  }
}

extension Value {
  /// The first of several results.
  var main: Value {
    if case .tuple(let tuple) = self, tuple.names != nil, let first = tuple.items.first {
      return first
    }
    if case .tuple(let tuple) = self, let first = tuple.items.first { return first }
    return self
  }
}

/// One cell, looked up in every value that has it.
struct Followed {
  let cell: Explanation.Cell?
  let extent: Explanation.Cell?

  /// - Parameter options: `row=`, `col=`.
  init(_ result: Value, _ options: [String: Value]) throws {
    guard let shape = result.shape, let columns = shape.last, !shape.contains(0) else {
      (cell, extent) = (nil, nil)
      return
    }
    let rows = shape.count > 1 ? shape[shape.count - 2] : 1
    extent = Explanation.Cell(row: rows, column: columns)
    let row = try ExplainedCall.index("row", options, below: rows) ?? rows / 2
    let column = try ExplainedCall.index("col", options, below: columns) ?? max(0, columns / 2 - 1)
    cell = Explanation.Cell(row: row, column: column)
  }

  /// Where the followed cell is in a matrix of this shape: a row or column that is alone stands for
  /// all.
  func place(rows: Int, columns: Int) -> Explanation.Cell? {
    guard let cell, rows > 0, columns > 0 else { return nil }
    let row = rows == 1 ? 0 : cell.row
    let column = columns == 1 ? 0 : cell.column
    return row < rows && column < columns ? Explanation.Cell(row: row, column: column) : nil
  }

  func mark(_ explanation: inout Explanation) {
    explanation.traced = cell
    explanation.extent = extent
  }
}

/// A value as what a step shows of it.
struct ShownValue {
  var grid: Explanation.Grid?
  var lines: [Prose] = []

  init(_ value: Value, name: String, _ followed: Followed) {
    switch value {
    case .number(let number, _):
      lines = [
        Prose("   \(name) = ") + "\(Quantity(number, expression: name), as: .significant(6))"
      ]
    case .tensor(let tensor) where tensor.count > 0:
      grid = Self.grid(tensor, name)
      if let shape = grid?.values.shape {
        grid?.marked = followed.place(rows: shape[0], columns: shape[1])
      }
      if tensor.rank > 2 {
        let place = [String](repeating: "0", count: tensor.rank - 2).joined(separator: ", ")
        lines = [Prose("   [\(place)] of \(tensor.shape.timesText)")]
      }
    default: lines = [Prose("   \(value.shapeText)")]
    }
  }

  /// The matrix, or the first of several.
  private static func grid(_ tensor: Tensor, _ name: String) -> Explanation.Grid {
    var matrix = tensor
    while matrix.rank > 2 { matrix = matrix.subtensor(0) }
    let shape = matrix.rank == 2 ? matrix.shape : [1, matrix.count]
    let first = String(repeating: "[0]", count: max(0, tensor.rank - 2))
    var grid = Explanation.Grid(
      matrix.reshaped(shape), expression: name.isEmpty ? nil : name + first,
      rows: matrix.rank == 2 ? (0..<shape[0]).map(String.init) : [""],
      columns: (0..<shape[1]).map(String.init))
    if matrix.doubles.allSatisfy({ $0 == $0.rounded() || !$0.isFinite }) { grid.decimals = 0 }
    return grid
  }
}

/// What is true of a result by itself.
enum GenericChecks {
  static func of(_ value: Value, again: Value?, _ name: String) -> [Explanation.Check] {
    var checks: [Explanation.Check] = []
    guard let tensor = try? value.asTensor() else { return checks }
    if let again, let other = try? again.asTensor() {
      let scale = tensor.doubles.lazy.filter(\.isFinite).map(abs).max() ?? 0
      let tolerance = (tensor.dtype == .f32 ? 1e-5 : 1e-12) * max(1, scale)
      let error = tensor.distance(to: other)
      checks.append(.init("\(name) = the result", error: error, within: tolerance))
    }
    if let error = tensor.distanceFromProbabilities, error < 1e-3 {
      let tolerance = tensor.dtype == .f32 ? 1e-5 : 1e-12
      checks.append(.init("rows sum to 1", error: error, within: tolerance))
    }
    return checks
  }
}

extension Tensor {
  /// How far the sums of rows without negative entries are from 1; nil where some entry is negative.
  var distanceFromProbabilities: Double? {
    guard rank > 0, count > 0, dtype != .bool, doubles.allSatisfy({ $0 >= 0 }),
      let sums = try? reduce(.sum, axis: rank - 1, keep: false)
    else { return nil }
    return sums.doubles.map { abs($0 - 1) }.max()
  }
}

private struct DefinitionWalk {
  let evaluator: Evaluator
  let followed: Followed
  var parts: [Explanation.Part] = []
  /// The followed cell's value after each step.
  private var history: [(name: String, value: Double)] = []
  /// Why the next step is taken: the conditions around it.
  private var reasons: [Prose] = []

  init(evaluator: Evaluator, followed: Followed) {
    self.evaluator = evaluator
    self.followed = followed
  }

  private func local(_ name: String) -> Value? { evaluator.frame?.locals[name] }

  /// `Q 4×8`, `tau 0.5`
  func facts(of parameters: [String]) -> [String] {
    parameters.compactMap { name in
      switch local(name) {
      case .tensor(let tensor)?: "\(name) \(tensor.shape.timesText)"
      default: nil
      }
    }
  }

  /// Gives the value of the last expression.
  mutating func run(_ block: Block, wanted: Wanted) throws -> Value? {
    var value: Value?
    for (index, statement) in block.statements.enumerated() {
      value = try run(statement, wanted: index == block.statements.count - 1 ? wanted : .one)
    }
    return value
  }

  private mutating func run(_ statement: Statement, wanted: Wanted) throws -> Value? {
    let text = evaluator.source.slice(statement.span)
    switch statement.form {
    case .expression(let expr):
      let value = try evaluator.evaluate(expr, wanted: wanted)
      show(value.main, "", text)
      return value
    case .ifElse(let condition, let then, let otherwise):
      let holds = try evaluator.truth(condition)
      let reason = evaluator.source.slice(condition.span)
      reasons.append(Prose("since \(holds ? reason : "not \(reason)")"))
      let value = try (holds ? then : otherwise).flatMap { try run($0, wanted: wanted) }
      reasons = []
      return value
    case .assign(let names, _):
      _ = try evaluator.run(statement)
      for (index, name) in names.enumerated() where name.text != "_" {
        if let value = local(name.text) { show(value, name.text, index == 0 ? text : name.text) }
      }
    case .update(let name, _, _, _):
      _ = try evaluator.run(statement)
      if let value = local(name.text) { show(value, name.text, text) }
    case .forLoop, .whileLoop: return try runLoop(statement, text)
    case .define, .breakLoop: _ = try evaluator.run(statement)
    }
    return nil
  }

  /// All turns at once: what they leave behind.
  private mutating func runLoop(_ statement: Statement, _ text: String) throws -> Value? {
    let value = try evaluator.run(statement).value
    let head = text.split(separator: "{").first.map(String.init) ?? text
    parts.append(.step(.init(Prose(head + "{ … }"))))
    for name in assigned(in: statement) {
      if let value = local(name) { show(value, name, "\(name), after the loop") }
    }
    return value.isNothing ? nil : value
  }

  private func assigned(in statement: Statement) -> [String] {
    var names: [String] = []
    func collect(_ statement: Statement) {
      switch statement.form {
      case .assign(let assigned, _): names += assigned.map(\.text)
      case .update(let name, _, _, _): names.append(name.text)
      case .forLoop(_, _, let body), .whileLoop(_, let body): body.statements.forEach(collect)
      case .ifElse(_, let then, let otherwise):
        (then.statements + (otherwise?.statements ?? [])).forEach(collect)
      case .expression, .define, .breakLoop: break
      }
    }
    collect(statement)
    return names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private mutating func show(_ value: Value, _ name: String, _ text: String) {
    let shown = ShownValue(value, name: name, followed)
    let lines = text.split(separator: "\n").map(String.init)
    let shape = value.shape.map { $0.isEmpty ? "" : "   \($0.timesText)" } ?? ""
    parts.append(
      .step(
        .init(
          Prose((lines.first ?? "") + (lines.count > 1 ? " …" : "") + shape), shown.grid,
          lines: shown.lines + reasons)))
    reasons = []
    if let grid = shown.grid, let cell = grid.marked {
      let number = grid.values[flat: cell.row * grid.columns.count + cell.column]
      history.append((name.isEmpty ? "result" : name, number))
    } else if case .number(let number, _) = value {
      history.append((name.isEmpty ? "result" : name, number))
    }
  }

  /// The followed cell through all steps, in one line.
  var summary: [Explanation.Part] {
    guard let cell = followed.cell, history.count > 1 else { return [] }
    let values = history.map { name, value -> Prose in
      "\(name) \(Quantity(value), as: .significant(4))"
    }
    let line = Prose("cell [\(cell.row), \(cell.column)]:  ") + values.joined(separator: " → ")
    return [.section([.lines([line])])]
  }
}
