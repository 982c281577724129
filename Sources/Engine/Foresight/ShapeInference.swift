import Kernels
import Language

/// What a line will give, as far as shapes tell: nothing is computed, drawn or shown, and the
/// session stays as it is. What shapes do not tell throws `NotForeseen`; what would be an error
/// throws that error.
final class ShapeInference {
  /// One of its own, on the session's variables.
  let evaluator = Evaluator()
  /// Where the cursor stands: a name that ends there is still being typed.
  let cursor: Int?
  /// What stands for `?`.
  var filling: Value?
  /// Names whose values are not foreseen.
  private var unforeseen: Set<String> = []
  private(set) var steps = 0
  private var depth = 0

  /// A line of the prompt takes a few dozen; a function of the user's may call itself for ever.
  private static let stepLimit = 2000
  private static let depthLimit = 20

  init(_ session: Session, _ source: Source, cursor: Int? = nil) {
    self.cursor = cursor
    evaluator.state = session.evaluator.state
    evaluator.source = source
    session.prepare(evaluator)
  }

  // MARK: - Statements

  /// What a statement will show; its names are known afterwards.
  func infer(_ statement: Statement) throws -> [(name: String?, value: Value)] {
    do {
      return try infer(statement.form)
    } catch {
      for name in statement.form.assignedNames { unforeseen.insert(name) }
      throw error
    }
  }

  private func infer(_ form: Statement.Form) throws -> [(name: String?, value: Value)] {
    switch form {
    case .expression(let expr): return shown(try infer(expr))
    case .assign(let names, let expr): return try assign(names, expr)
    case .update(_, _, _, let expr):
      _ = try infer(expr)
      throw NotForeseen()
    case .define(let definition):
      let function = UserFunction(
        name: definition.name.text, parameters: definition.parameters, body: definition.body,
        source: evaluator.source, span: definition.span)
      bind(definition.name.text, .function(.user(function)))
      return []
    case .forLoop, .whileLoop, .ifElse, .breakLoop: throw NotForeseen()
    }
  }

  private func shown(_ value: Value) -> [(name: String?, value: Value)] {
    guard case .tuple(let tuple) = value, let names = tuple.names else { return [(nil, value)] }
    return zip(names, tuple.items).map { ($0.isEmpty ? nil : $0, $1) }
  }

  private func assign(_ names: [Name], _ expr: Expr) throws -> [(name: String?, value: Value)] {
    guard names.count > 1 else {
      let value = try infer(expr)
      bind(names[0].text, value)
      return [(nil, value)]
    }
    let value = try infer(expr, wanted: .several(names.count))
    guard case .tuple(let tuple) = value, tuple.items.count >= names.count else {
      throw NotForeseen()
    }
    for (name, item) in zip(names, tuple.items) { bind(name.text, item) }
    return zip(names, tuple.items).map { ($0.text, $1) }
  }

  private func bind(_ name: String, _ value: Value) {
    if let frame = evaluator.frame {
      frame.locals[name] = value
    } else {
      evaluator.state.variables[name] = value
      unforeseen.remove(name)
    }
  }

  // MARK: - Expressions

  func infer(_ expr: Expr, wanted: Wanted = .one) throws -> Value {
    steps += 1
    guard steps <= Self.stepLimit, evaluator.stack.hasRoom else { throw NotForeseen() }
    switch expr.form {
    case .number(let number): return .number(number)
    case .string(let text): return .string(text)
    case .name(let name): return try value(of: name, expr.span)
    case .hole: return try foreseen(filling)
    case .function(let parameters, let body):
      return evaluator.lambda(parameters, body, expr.span)
    case .tuple(let items): return .tuple(Tuple(try items.map { try infer($0) }))
    case .matrix(let rows): return try matrix(rows, expr)
    case .call(let head, let arguments, let style):
      return try call(head, arguments, style, expr, wanted)
    case .unary(let op, let operand, let span): return try unary(op, operand, expr, span)
    case .binary(let op, let left, let right, let span):
      return try binary(op, left, right, expr, span)
    case .index(let base, let items): return try index(infer(base), base, items, expr)
    case .member(let base, let name):
      return try evaluator.member(infer(base), base, name, at: expr).outlined()
    case .transpose(let operand): return try transpose(infer(operand), operand, expr)
    case .command(let command): return try infer(command)
    }
  }

  /// `explain f x` and its like fail where f x would.
  private func infer(_ command: Command) throws -> Value {
    guard case .expression(let expr) = command.operand else { throw NotForeseen() }
    _ = try infer(expr)
    throw NotForeseen()
  }

  private func value(of name: String, _ span: Span) throws -> Value {
    if evaluator.frame == nil, unforeseen.contains(name) { throw NotForeseen() }
    if let value = evaluator.lookUp(name) { return try value.outlined() }
    if evaluator.frame == nil, span.upper == cursor { throw NotForeseen() }
    throw Fault("no name '\(name)'")
  }

  /// A value that is known to the last digit.
  private func isExact(_ value: Value) -> Bool {
    if case .outline = value { false } else { true }
  }

  private func unary(_ op: UnaryOperator, _ operand: Expr, _ expr: Expr, _ span: Span) throws
    -> Value
  {
    let value = try infer(operand)
    guard case .outline(let outline) = value else {
      return try evaluator.unary(op, value, operand, at: expr, span)
    }
    return .outline(try Outline(outline.shape, op == .not ? .bool : nil))
  }

  private func transpose(_ value: Value, _ operand: Expr, _ expr: Expr) throws -> Value {
    guard case .outline(let outline) = value, outline.shape.count != 1 else {
      return try evaluator.transpose(value, operand, at: expr)
    }
    return .outline(try Outline(OperatorShape.transposed(outline.shape), outline.dtype))
  }

  // MARK: - Operators

  private func binary(
    _ op: BinaryOperator, _ left: Expr, _ right: Expr, _ expr: Expr, _ span: Span
  ) throws -> Value {
    try openOperand(op, left, right)
    let l = try infer(left)
    if op == .and || op == .or, case .number(let number, _) = l, (number != 0) == (op == .or) {
      return .bool(op == .or)
    }
    let r = try infer(right)
    if let value = evaluator.ofNumbers(op, l, r) { return value }
    let operation = Evaluator.Operation(
      op: op, left: left, right: right, l: l, r: r, expr: expr, span: span)
    guard let a = l.shape, let b = r.shape else { return try withoutShape(operation) }
    if op.isProduct(a, b) {
      guard let shape = OperatorShape.matmul(a, b) else {
        throw MissingOperand(product: operation, evaluator)
      }
      return .outline(try Outline(shape, .f64))
    }
    guard let shape = Broadcast.shape(a, b) else { throw evaluator.doNotBroadcast(operation) }
    return .outline(try Outline(shape, op.givesBool ? .bool : .f64))
  }

  /// Rules, strings, none and what no operator takes.
  private func withoutShape(_ operation: Evaluator.Operation) throws -> Value {
    guard isExact(operation.l), isExact(operation.r) else {
      let other = isExact(operation.l) ? operation.l : operation.r
      if case .function = other { throw evaluator.unfit(operation) }
      throw NotForeseen()
    }
    if let value = try evaluator.onOtherValues(operation) { return try value.outlined() }
    throw evaluator.unfit(operation)
  }

  /// `Q @ ?`, and `Q @ K` while K is only the beginning of a name.
  private func openOperand(_ op: BinaryOperator, _ left: Expr, _ right: Expr) throws {
    if let typed = typedAt(right) {
      throw try MissingOperand(op, beside: infer(left), isLeft: false, typed)
    }
    if let typed = typedAt(left) {
      throw try MissingOperand(op, beside: infer(right), isLeft: true, typed)
    }
  }

  /// The letters in an open place: none for `?`, those of a name that is being typed and means
  /// nothing yet, or a function that waits for its arguments; nil where the place is taken.
  func typedAt(_ expr: Expr) -> String? {
    switch expr.form {
    case .hole: return filling == nil ? "" : nil
    case .name(let name):
      guard expr.span.upper == cursor, evaluator.frame == nil else { return nil }
      switch evaluator.lookUp(name) {
      case nil: return isBeginning(name) ? name : nil
      case .function(.builtin): return name
      default: return nil
      }
    default: return nil
    }
  }

  private func isBeginning(_ name: String) -> Bool {
    evaluator.state.variables.all.contains { $0.name.hasPrefix(name) }
      || Registry.all.contains { $0.name.hasPrefix(name) }
      || Registry.optionNames.contains { $0.hasPrefix(name) }
  }

  // MARK: - Functions of the language

  func call(_ function: UserFunction, _ arguments: Arguments) throws -> Value {
    let outer = (evaluator.frame, evaluator.source)
    guard depth < Self.depthLimit else { throw NotForeseen() }
    depth += 1
    defer {
      depth -= 1
      (evaluator.frame, evaluator.source) = outer
    }
    let frame = Evaluator.Frame(function, try UserArguments.bind(arguments, to: function))
    (evaluator.frame, evaluator.source) = (frame, function.source)
    do {
      for parameter in function.parameters where frame.locals[parameter.name.text] == nil {
        frame.locals[parameter.name.text] =
          try parameter.defaultValue.map { try infer($0) } ?? .nothing
      }
      return try infer(function.body)
    } catch {
      // Its lines are not those that are being typed.
      throw NotForeseen()
    }
  }

  /// The default of a builtin's parameter: it sees the builtins and the parameters before it.
  func inferDefault(_ expression: Expr, of call: Call) throws -> Value {
    let outer = evaluator.frame
    defer { evaluator.frame = outer }
    let function = UserFunction(
      name: nil, parameters: [], body: Block([], expression.span), source: evaluator.source,
      span: expression.span, isDefinitionOfBuiltin: true)
    evaluator.frame = Evaluator.Frame(function, call.localsOfDefaults)
    return try infer(expression)
  }

  private func infer(_ block: Block) throws -> Value {
    var value = Value.nothing
    for statement in block.statements {
      switch statement.form {
      case .expression(let expr): value = try infer(expr)
      case .assign(let names, let expr):
        _ = try assign(names, expr)
        value = .nothing
      case .ifElse(let condition, let then, let otherwise):
        guard case .number(let number, _) = try infer(condition) else { throw NotForeseen() }
        value = try (number != 0 ? then : otherwise).map { try infer($0) } ?? .nothing
      default: throw NotForeseen()
      }
    }
    return value
  }
}

extension Statement.Form {
  /// The names that running it may change.
  fileprivate var assignedNames: [String] {
    switch self {
    case .expression, .breakLoop: []
    case .assign(let names, _): names.map(\.text)
    case .update(let name, _, _, _): [name.text]
    case .define(let definition): [definition.name.text]
    case .forLoop(let names, _, let body): names.map(\.text) + body.assignedNames
    case .whileLoop(_, let body): body.assignedNames
    case .ifElse(_, let then, let otherwise):
      then.assignedNames + (otherwise?.assignedNames ?? [])
    }
  }
}

extension Block {
  fileprivate var assignedNames: [String] { statements.flatMap(\.form.assignedNames) }
}
