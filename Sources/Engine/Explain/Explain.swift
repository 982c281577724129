import Kernels
import Language

// `explain EXPR`: a builtin's own layout, else its definition line by line, else the parts of the
// expression from the inside out.
extension Evaluator {
  func explain(_ expr: Expr) throws -> Document {
    let explanation = try explanation(of: expr)
    explained = (expr, source)
    return Document([.explanation(explanation)])
  }

  /// The random state is as before afterwards.
  func explanation(of expr: Expr, following cell: Explanation.Cell? = nil) throws -> Explanation {
    let random = state.random
    defer { state.random = random }
    let subject = try ExplainedExpression(expr, following: cell, self)
    // The errors of the expression are those without explain.
    let value = try evaluate(subject.plain, wanted: .all)
    state.random = random
    guard let function = subject.function else {
      if case .function(let function) = value { throw needsACall(function, expr) }
      return try walk(subject)
    }
    let given = try evaluate(subject.arguments, for: function)
    let site = subject.site(given, function)
    do {
      return try explanation(of: subject, function, given, site, value)
    } catch let fault as Fault {
      throw diagnose(fault, at: site)
    }
  }

  private func explanation(
    of subject: ExplainedExpression, _ function: Function, _ given: Arguments, _ site: CallSite,
    _ value: Value
  ) throws -> Explanation {
    switch function {
    case .user(let user): return try walk(through: user, given, subject, value)
    case .builtin(let builtin):
      let call = try Call(builtin, given, wanted: .all, evaluator: self)
      if let explain = builtin.explain,
        let explanation = try explain(
          ExplainedCall(
            call, text: source.line(subject.expr.span), arguments: texts(of: site),
            options: subject.options))
      {
        return explanation
      }
      guard let definition = try builtin.compiledDefinition(), !call.signature.isVariadic else {
        return try walk(subject, formula: builtin.formula)
      }
      let values = zip(call.signature.parameters, call.values).compactMap { parameter, value in
        value.map { (name: parameter.name, value: $0) }
      }
      return try walk(
        through: definition, Arguments([], options: values), subject, value,
        formula: builtin.formula)
    }
  }

  /// What one types for each parameter.
  private func texts(of site: CallSite) -> [String: String] {
    site.places.mapValues { place in
      if case .string(let text) = place.value { return "\"\(text)\"" }
      return source.slice(place.valueSpan)
    }
  }

  private func needsACall(_ function: Function, _ expr: Expr) -> Diagnostic {
    let usage =
      switch function {
      case .builtin(let builtin): Faults.usage(of: builtin)
      case .user(let user):
        ([function.name] + user.parameters.map(\.name.text)).joined(separator: " ")
      }
    return Diagnostic(
      "explain needs a call with its arguments", in: source, at: expr.span,
      detail: "explain \(usage)")
  }
}

/// What stands after `explain`: the options of explain itself, which say only what is looked at,
/// are apart from those of the called function.
struct ExplainedExpression {
  private static let ownOptions: Set<String> = ["row", "col"]

  let expr: Expr
  /// The expression without explain's own options.
  let plain: Expr
  /// What is called, where it is a call.
  let function: Function?
  /// Of the call, without explain's own options.
  private(set) var arguments: [Argument] = []
  private(set) var options: [String: Value] = [:]

  /// - Parameter cell: what is followed, instead of what the options say.
  init(_ expr: Expr, following cell: Explanation.Cell?, _ evaluator: Evaluator) throws {
    self.expr = expr
    if let cell { options = Self.options(cell) }
    guard case .call(let head, let written, let style) = expr.form,
      case .function(let function) = try evaluator.evaluate(head)
    else {
      (plain, function) = (expr, nil)
      return
    }
    self.function = function
    for argument in written {
      if case .option(let name, let value) = argument, Self.ownOptions.contains(name.text),
        !function.takes(name.text)
      {
        let value = try evaluator.evaluate(value)
        if cell == nil { options[name.text] = value }
      } else {
        arguments.append(argument)
      }
    }
    plain =
      arguments.count == written.count ? expr : Expr(.call(head, arguments, style), expr.span)
  }

  private static func options(_ cell: Explanation.Cell) -> [String: Value] {
    ["row": .number(Double(cell.row)), "col": .number(Double(cell.column))]
  }

  /// For errors, explain's own options included.
  func site(_ given: Arguments, _ function: Function) -> CallSite {
    guard case .call(let head, let written, let style) = expr.form else {
      return CallSite(
        function: function, head: expr, arguments: [], given: given, style: .spaced, expr: expr)
    }
    var all = given
    all.options = []
    var rest = given.options[...]
    for case .option(let name, _) in written {
      if let own = options[name.text], !function.takes(name.text) {
        all.options.append((name.text, own))
      } else if let option = rest.popFirst() {
        all.options.append(option)
      }
    }
    return CallSite(
      function: function, head: head, arguments: written, given: all, style: style, expr: expr)
  }
}
