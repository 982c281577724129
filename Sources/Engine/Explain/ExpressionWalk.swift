import Kernels
import Language

extension Evaluator {
  /// The parts of an expression from the inside out, as they are evaluated.
  func walk(_ subject: ExplainedExpression, formula: String? = nil) throws -> Explanation {
    var steps: [(text: String, value: Value)] = []
    let outer = observer
    observer = Observer { [unowned self] expr, value in
      guard expr.isComputed else { return }
      steps.append((self.source.line(expr.span), value))
    }
    defer { observer = outer }
    let value = try evaluate(subject.plain).main
    observer = outer
    let followed = try Followed(value, subject.options)
    var explanation = Explanation(
      title: "explain \(source.line(subject.expr.span))",
      facts: value.shape.map { $0.isEmpty ? [] : [$0.timesText] } ?? [],
      formula: (formula ?? "").split(separator: "\n").map { Prose(String($0)) })
    if steps.count > 1 {
      explanation.parts.append(.section([.table(table(steps, followed))]))
    }
    // A number stands in the last row already.
    if case .number = value, steps.count > 1 { return explanation }
    let shown = ShownValue(value, name: source.line(subject.plain.span), followed)
    let title = steps.last?.text ?? source.line(subject.plain.span)
    explanation.parts.append(.step(.init(Prose(title), shown.grid, lines: shown.lines)))
    let checks = GenericChecks.of(value, again: nil, "")
    if !checks.isEmpty { explanation.parts.append(.section([.checks(checks)])) }
    followed.mark(&explanation)
    return explanation
  }

  private func table(_ steps: [(text: String, value: Value)], _ followed: Followed)
    -> Explanation.Table
  {
    let rows = steps.enumerated().map { index, step -> [Prose] in
      let text = step.text.split(separator: "\n").map(String.init).first ?? ""
      return ["\(index + 1)", Prose(text), Prose(step.value.shapeText), cell(step.value, followed)]
    }
    let place = followed.cell.map { "[\($0.row), \($0.column)]" } ?? "value"
    return Explanation.Table(
      ["", "from the inside out", "", place], [.right, .left, .left, .right], rows: rows)
  }

  /// A number, or the followed cell.
  private func cell(_ value: Value, _ followed: Followed) -> Prose {
    if case .number(let number, _) = value { return "\(Quantity(number), as: .significant(6))" }
    guard let grid = ShownValue(value, name: "", followed).grid, let cell = grid.marked else {
      return ""
    }
    let number = grid.values[flat: cell.row * grid.columns.count + cell.column]
    return "\(Quantity(number), as: .significant(6))"
  }
}

extension Expr {
  /// Whether something is done in it: names and literals only stand there.
  fileprivate var isComputed: Bool {
    switch form {
    case .number, .string, .hole, .name, .function, .tuple, .command: false
    case .matrix(let rows): rows.contains { $0.contains { $0.isComputed } }
    case .call, .unary, .binary, .index, .member, .transpose: true
    }
  }
}
