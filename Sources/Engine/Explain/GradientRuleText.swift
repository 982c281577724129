import Language

/// How a step hands its gradient on, in words: the rule of the registry as it stands there.
struct GradientRuleText {
  let recording: GradientRecording
  let step: GradientRecording.Step

  /// The rule with `g`, what comes in, on its first line.
  func lines(_ g: String) -> [String] {
    guard let first = rules.first else { return [] }
    let head = "rule (g = \(g)):"
    guard !first.contains("\n") else {
      return [head] + rules.flatMap { $0.split(separator: "\n").map { "  \($0)" } } + sums
    }
    return ["\(head)  \(first)"]
      + rules.dropFirst().flatMap { $0.split(separator: "\n").map { "  \($0)" } } + sums
  }

  private var rules: [String] {
    switch step.form {
    case .binary(let op, _, _, _): binary(op)
    case .unary(.negate, _, _): ["dx = -g"]
    case .unary: ["dx = g / (2 * out)"]
    case .transpose: ["dx = g'"]
    case .index: ["back to where each entry stood; what was taken twice adds up"]
    case .matrix: ["each entry gets its own part of g"]
    case .call, .hole: call
    default: ["back to where it was taken from"]
    }
  }

  private var call: [String] {
    guard case .builtin(let builtin)? = step.function else { return [] }
    let definition =
      "its definition backwards, \(Faults.counted(step.entries.count, "step")) "
      + "(source \(builtin.name))"
    guard step.entries.count == 1, let vjp = builtin.vjp else { return [definition] }
    switch vjp {
    case .rules(let rules): return text(of: rules, builtin)
    case .rearrangement: return ["back to where each entry stood"]
    case .kernel(_, let rules, _, _) where !rules.isEmpty: return text(of: rules, builtin)
    case .kernel(let names, _, _, _):
      return ["\(names.map { "d" + $0 }.joined(separator: " ")) by the kernel of \(builtin.name)"]
    default: return [definition]
    }
  }

  private func text(of rules: [GradientRule], _ builtin: Builtin) -> [String] {
    let parameters = parameters(of: builtin)
    let moving = Set(step.operands.indices.filter(isMoving).compactMap { parameters[$0] })
    let scope = scope(of: builtin, parameters)
    return rules.filter { moving.isEmpty || !moving.isDisjoint(with: $0.names) }.map { rule in
      let names = rule.names.map { "d" + $0 }.joined(separator: ", ")
      let lines = lines(of: rule, scope)
      return "\(names) =" + (lines.count > 1 ? "\n  " : " ") + lines.joined(separator: "\n  ")
    }
  }

  /// The rule without the branches that this call does not take.
  private func lines(of rule: GradientRule, _ scope: [String: Value]?) -> [String] {
    let whole = rule.text.split(separator: "\n").map(String.init)
    guard let scope, let program = try? rule.program() else { return whole }
    let evaluator = recording.evaluator
    let outer = evaluator.source
    defer { evaluator.source = outer }
    evaluator.source = program.source
    func lines(of statement: Statement) -> [String] {
      if case .ifElse(let condition, let then, let otherwise) = statement.form,
        let holds = try? evaluator.evaluate(condition, with: scope).asNumber
      {
        return (holds != 0 ? then : otherwise)?.statements.flatMap(lines) ?? []
      }
      return program.source.slice(statement.span).split(separator: "\n").map(String.init)
    }
    return program.body.statements.flatMap(lines)
  }

  /// The parameter of each operand.
  private func parameters(of builtin: Builtin) -> [String?] {
    var positionals = builtin.signature.positionals.map(\.name)[...]
    var arguments: [Argument] = []
    if case .call(_, let written, _) = step.form { arguments = written }
    return step.operands.indices.map { index in
      if index < arguments.count, case .option(let option, _) = arguments[index] {
        return option.text
      }
      return positionals.popFirst()
    }
  }

  /// What the names of a rule stand for in this call; nil where that is not known.
  private func scope(of builtin: Builtin, _ parameters: [String?]) -> [String: Value]? {
    var arguments = Arguments([])
    for (parameter, value) in zip(parameters, step.values) {
      guard let parameter, let value else { return nil }
      arguments.options.append((parameter, value.untraced))
    }
    return try? Call(builtin, arguments, wanted: .one, evaluator: recording.evaluator).scopeOfRules
  }

  private func binary(_ op: BinaryOperator) -> [String] {
    guard step.operands.count == 2 else { return [] }
    let isProduct = op.isProduct(step.shapes[0] ?? [], step.shapes[1] ?? [])
    let rules =
      isProduct
      ? ["g @ b'", "a' @ g"] : (Evaluator.rules[op.function ?? .multiply] ?? []).map(\.text)
    var parts: [String] = []
    for (index, rule) in rules.enumerated() where isMoving(index) {
      parts.append("d\(index == 0 ? "a" : "b") = \(rule)")
    }
    return [parts.joined(separator: ",   ")]
  }

  private var sums: [String] {
    guard case .binary(let op, _, _, _) = step.form, step.operands.count == 2,
      !op.isProduct(step.shapes[0] ?? [], step.shapes[1] ?? [])
    else { return [] }
    return step.operands.indices.filter(isMoving).compactMap(broadcast)
  }

  private func isMoving(_ index: Int) -> Bool {
    step.operands[index].contains { if case .node = $0 { true } else { false } }
  }

  /// What was stretched in the forward step is summed on the way back.
  private func broadcast(_ index: Int) -> String? {
    guard let own = step.shapes[index], let shape = step.value.shape, own != shape else {
      return nil
    }
    let text = recording.text(step.operands[index])
    let from = own.isEmpty ? "a number" : own.timesText
    return "\(text), \(from), was repeated to \(shape.timesText): the repeats add up"
  }
}
