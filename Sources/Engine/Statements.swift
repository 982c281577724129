import Kernels
import Language

extension Evaluator {
  /// What running a block came to.
  struct Flow {
    var value = Value.nothing
    var isBroken = false
  }

  /// Runs the lines of a function or a loop; the last expression is the value.
  func run(_ block: Block, wanted: Wanted = .one) throws -> Flow {
    var flow = Flow()
    let last = block.statements.count - 1
    // By number: walking the list would copy each statement.
    for index in block.statements.indices {
      flow = try run(block.statements[index], wanted: index == last ? wanted : .one)
      if flow.isBroken { break }
    }
    return flow
  }

  func run(_ statement: Statement, wanted: Wanted = .one) throws -> Flow {
    if Cancellation.isRequested { throw KernelError.cancelled }
    return try statement.isTimed
      ? timed { try runUntimed(statement, wanted) } : runUntimed(statement, wanted)
  }

  /// Says how long `work` took, without the time to show what it gives.
  private func timed<Result>(_ work: () throws -> Result) rethrows -> Result {
    let (watch, show) = (Stopwatch(), emit)
    var secondsOfShowing = 0.0
    emit = { output in
      let pause = Stopwatch()
      show(output)
      secondsOfShowing += pause.seconds
    }
    defer { emit = show }
    let result = try work()
    show(.printed([.string((watch.seconds - secondsOfShowing).secondsText)]))
    return result
  }

  private func runUntimed(_ statement: Statement, _ wanted: Wanted) throws -> Flow {
    if frame == nil, let reading = statement.reading { emit(.reading(reading)) }
    let isShown = frame == nil && !statement.isHidden
    switch statement.form {
    case .expression(let expr): return try show(expr, isShown: isShown, wanted: wanted)
    case .assign(let names, let expr): try assign(names, expr, isShown: isShown)
    case .update(let name, let path, let items, let expr):
      try update(name, path, items, expr, statement, isShown: isShown)
    case .define(let definition): try define(definition, isShown: isShown)
    case .forLoop(let names, let domain, let body): return try loop(names, domain, body, wanted)
    case .whileLoop(let condition, let body):
      while try truth(condition) {
        if try run(body).isBroken { break }
      }
    case .ifElse(let condition, let then, let otherwise):
      if try truth(condition) { return try run(then, wanted: wanted) }
      if let otherwise { return try run(otherwise, wanted: wanted) }
    case .breakLoop: return Flow(isBroken: true)
    }
    return Flow()
  }

  // MARK: - Expressions and assignments

  private static let answer = Symbol("ans")

  private func show(_ expr: Expr, isShown: Bool, wanted: Wanted) throws -> Flow {
    if frame == nil, isShown, case .command(let command) = expr.form,
      case .sweep(let options, let body) = command.operand
    {
      let sweep = try sweep(options, body)
      let value = try sweep.value()
      state.variables[Self.answer] = value
      emit(try sweep.output())
      return Flow(value: value)
    }
    let value = try evaluate(expr, wanted: frame == nil ? .all : wanted)
    guard frame == nil else { return Flow(value: value) }
    if case .nothing = value { return Flow(value: value) }
    let main = mainResult(value, of: expr)
    if !value.isMereText { state.variables[Self.answer] = main }
    guard isShown else { return Flow(value: value) }
    if case .tuple(let tuple) = value, let names = tuple.names {
      emit(results(tuple, names, of: expr))
    } else if case .name(let name) = expr.form {
      emit(.value(value, name: name))
    } else {
      emit(.value(value, name: nil))
    }
    return Flow(value: main)
  }

  /// How many of the results of a bare call are main ones: the rest came only because it is bare.
  private func mainCount(_ expr: Expr, _ tuple: Tuple) -> Int {
    guard case .call(let head, _, _) = expr.form, case .name(let name) = head.form,
      case .function(.builtin(let builtin))? = lookUp(name)
    else { return tuple.items.count }
    return min(builtin.signature.results.count { !$0.isExtra }, tuple.items.count)
  }

  private func mainResult(_ value: Value, of expr: Expr) -> Value {
    guard case .tuple(let tuple) = value, tuple.names != nil else { return value }
    return mainCount(expr, tuple) == 1 ? tuple.items[0] : value
  }

  private func results(_ tuple: Tuple, _ names: [String], of expr: Expr) -> Output {
    let named = zip(names, tuple.items).map { (name: $0, value: $1) }
    let count = mainCount(expr, tuple)
    return .results(Array(named.prefix(count)), extras: Array(named.dropFirst(count)))
  }

  private func assign(_ names: [Name], _ expr: Expr, isShown: Bool) throws {
    let value = try evaluate(expr, wanted: names.count == 1 ? .one : .several(names.count))
    if names.count == 1 {
      guard !value.isNothing else {
        throw Diagnostic("this gives no value to keep", in: source, at: expr.span)
      }
      // What is not shown is given up to the variable.
      guard isShown, names[0].text != "_" else { return try bind(names[0], to: value) }
      try bind(names[0], to: value)
      emit(.assigned([(names[0].text, value)]))
      return
    }
    guard let items = try items(of: value), items.count >= names.count,
      items.count == names.count || isCall(expr)
    else {
      let count = try items(of: value)?.count
      throw Diagnostic(
        "\(names.count) names for \(count.map { Faults.counted($0, "value") } ?? value.kindName)",
        in: source, at: names[0].span.joined(with: names[names.count - 1].span),
        detail: operandText(expr.span, value) ?? "")
    }
    for (name, item) in zip(names, items) { try bind(name, to: item) }
    if isShown {
      emit(.assigned(zip(names, items).filter { $0.0.text != "_" }.map { ($0.text, $1) }))
    }
  }

  private func isCall(_ expr: Expr) -> Bool {
    if case .call = expr.form { true } else { false }
  }

  /// What several names take apart: a tuple, or the rows of a short tensor.
  private func items(of value: Value) throws -> [Value]? {
    switch value {
    case .tuple(let tuple): tuple.items
    case .tensor(let tensor) where tensor.shape[0] <= 64:
      (0..<tensor.shape[0]).map { Value(tensor.subtensor($0)) }
    case .traced: try (value.shape?.first).flatMap { $0 <= 64 ? try rows(of: value, $0) : nil }
    default: nil
    }
  }

  /// The entries along the first axis of what a tape follows.
  private func rows(of value: Value, _ count: Int) throws -> [Value] {
    try (0..<count).map { row in try rearranged([value]) { $0[0].subtensor(row) } }
  }

  private func update(
    _ name: Name, _ path: [Name], _ items: [IndexItem]?, _ expr: Expr, _ statement: Statement,
    isShown: Bool
  ) throws {
    let old: Value?
    if let frame {
      old = frame.locals[name.symbol] ?? state.variables[name.symbol]
    } else {
      old = state.variables[name.symbol]
    }
    guard let old else {
      throw Diagnostic("no variable '\(name.text)' to change", in: source, at: name.span)
    }
    let new = try evaluate(expr)
    let base = Expr(.name(name.text), name.span)
    let place = Span(statement.span.lower, expr.span.lower)
    let value = try updated(
      old, path: path[...], index: items, to: new, base: base,
      at: Span(place.lower, expr.span.upper))
    try bind(name, to: value)
    if isShown { emit(.assigned([(name.text, value)])) }
  }

  private func define(_ definition: Definition, isShown: Bool) throws {
    var seen: Set<String> = []
    for parameter in definition.parameters where !seen.insert(parameter.name.text).inserted {
      throw Diagnostic(
        "the parameter \(parameter.name.text) stands twice", in: source, at: parameter.name.span)
    }
    let function = UserFunction(
      name: definition.name.text, parameters: definition.parameters, body: definition.body,
      source: source, span: definition.span)
    try bind(definition.name, to: .function(.user(function)))
    if isShown {
      emit(.assigned([(definition.name.text, .function(.user(function)))]))
    }
  }

  // MARK: - Loops and conditions

  func truth(_ expr: Expr) throws -> Bool {
    let value = try deciding { try evaluate(expr) }
    guard let number = value.asNumber else {
      var fixes: [Fix] = []
      if case .tensor = value {
        let text = source.slice(expr.span)
        fixes = ["all", "any"].map { Fix("\($0)(\(text))", replacing: expr.span) }
      }
      throw Diagnostic(
        "a condition is one number, not \(value.kindName)", in: source, at: expr.span,
        detail: operandText(expr.span, value) ?? "", fixes: fixes)
    }
    return number != 0
  }

  private func loop(_ names: [Name], _ domain: IndexItem, _ body: Block, _ wanted: Wanted) throws
    -> Flow
  {
    var flow = Flow()
    func step(_ value: Value) throws -> Bool {
      if names.count == 1 {
        try bind(names[0], to: value)
      } else {
        guard let parts = try items(of: value), parts.count == names.count else {
          throw Diagnostic(
            "\(names.count) names for \(value.kindName)", in: source, at: names[0].span,
            detail: value.shapeText)
        }
        for (name, part) in zip(names, parts) { try bind(name, to: part) }
      }
      flow = try run(body, wanted: wanted)
      return !flow.isBroken
    }
    switch domain {
    case .slice(let from, let to, let stride, let span):
      let range = try range(from, to, stride, span)
      var index = 0
      while index < range.count {
        if Cancellation.isRequested { throw KernelError.cancelled }
        guard try step(.number(range.from + Double(index) * range.step)) else { break }
        index += 1
      }
    case .at(let expr):
      let value = try evaluate(expr)
      switch value {
      case .tensor(let tensor):
        for row in 0..<tensor.shape[0] {
          guard try step(Value(tensor.subtensor(row))) else { break }
        }
      case .traced where value.shape?.isEmpty == false:
        for row in try rows(of: value, value.shape?.first ?? 0) {
          guard try step(row) else { break }
        }
      case .tuple(let tuple):
        for item in tuple.items { guard try step(item) else { break } }
      case .record(let record):
        for field in record.fields {
          let item = Value.tuple(Tuple([.string(field.key), field.value]))
          guard try step(names.count == 1 ? .string(field.key) : item) else { break }
        }
      case .number(let count, _):
        throw Diagnostic(
          "a number can not be walked through", in: source, at: expr.span,
          fixes: [
            Fix(
              "0:\(source.slice(expr.span))", note: "0 … \((count - 1).plain)", replacing: expr.span
            )
          ])
      default:
        throw Diagnostic("\(value.kindName) can not be walked through", in: source, at: expr.span)
      }
    }
    flow.isBroken = false
    return flow
  }

  private func range(_ from: Expr?, _ to: Expr?, _ stride: Expr?, _ span: Span) throws -> (
    from: Double, step: Double, count: Int
  ) {
    guard let to else {
      throw Diagnostic("a loop needs an end", in: source, at: span)
    }
    let bound = { (expr: Expr) throws -> Double in
      let value = try self.evaluate(expr)
      guard let number = value.asNumber, number.isFinite else {
        throw Diagnostic("a loop bound is a finite number", in: self.source, at: expr.span)
      }
      return number
    }
    let first = try from.map(bound) ?? 0
    let last = try bound(to)
    let step = try stride.map(bound) ?? 1
    guard step != 0 else { throw Diagnostic("a loop step can not be 0", in: source, at: span) }
    let steps = ((last - first) / step).rounded(.up)
    return (first, step, steps <= 0 ? 0 : steps < 0x1p62 ? Int(steps) : Int.max)
  }
}
