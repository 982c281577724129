import Kernels
import Language

// Functions of the language and of the registry as they are called.
extension Evaluator {
  func apply(_ function: Value, _ arguments: Arguments, wanted: Wanted = .one) throws -> Value {
    switch function {
    case .function(.builtin(let builtin)):
      let call = try Call(builtin, arguments, wanted: wanted, evaluator: self)
      if !tapes.isEmpty, !call.isTraced {
        let given = arguments.positional + arguments.options.map(\.value)
        ends(builtin.name, ConstantStep.counts, given)
      }
      return value(of: try results(of: call), from: call)
    case .function(.user(let user)): return try apply(user, arguments, wanted: wanted)
    default: throw Fault("\(function.kindName) is not a function", .head)
    }
  }

  func apply(_ function: UserFunction, _ arguments: Arguments, wanted: Wanted) throws -> Value {
    try inside(function, arguments) {
      let flow = try run(function.body, wanted: wanted)
      if flow.isBroken {
        throw Diagnostic("break stands in no loop", in: source, at: function.body.span)
      }
      return flow.value
    }
  }

  /// Does what is asked for where the names of a running function are known.
  func inside<Result>(
    _ function: UserFunction, _ arguments: Arguments, _ work: () throws -> Result
  ) throws -> Result {
    guard callDepth < Self.recursionLimit, stack.hasRoom else {
      throw Fault(
        "\(function.name ?? "this function") calls itself too deeply (more than \(Self.recursionLimit) calls)"
      )
    }
    callDepth += 1
    defer { callDepth -= 1 }
    let inner = Frame(function, try UserArguments.bind(arguments, to: function))
    return try within(inner, function.source) {
      for parameter in function.parameters where inner.locals[parameter.name.symbol] == nil {
        inner.locals[parameter.name.symbol] =
          try parameter.defaultValue.map { try evaluate($0) } ?? .nothing
      }
      return try work()
    }
  }

  /// Does what is asked for with these names and this text.
  @inline(__always)
  func within<Result>(
    _ inner: Frame, _ text: Source, _ work: () throws -> Result
  ) rethrows -> Result {
    let outer = (frame, source, observer)
    defer { (frame, source, observer) = outer }
    (frame, source) = (inner, text)
    if inner.function.isDefinitionOfBuiltin || observer?.looksInside == false { observer = nil }
    return try work()
  }

  /// Evaluates a default of a builtin's signature, which may mention its dimensions.
  func evaluateDefault(_ expression: Expr, of call: Call) throws -> Value {
    try evaluate(expression, with: call.localsOfDefaults)
  }

  /// Evaluates an expression of the registry: it sees these names and the builtins, nothing else.
  func evaluate(_ expression: Expr, with scope: [String: Value], wanted: Wanted = .one) throws
    -> Value
  {
    try evaluate(expression, with: Locals(scope), wanted: wanted)
  }

  func evaluate(_ expression: Expr, with scope: Locals, wanted: Wanted = .one) throws -> Value {
    try within(Frame(Self.registryCode, scope), source) {
      try evaluate(expression, wanted: wanted)
    }
  }

  private static let registryCode = UserFunction(
    name: nil, parameters: [], body: Block([], Span(0, 0)), source: Source(text: ""),
    span: Span(0, 0), isDefinitionOfBuiltin: true)

  /// Runs a builtin and gives all its results.
  func results(of call: Call) throws -> Results {
    !tapes.isEmpty && call.isTraced
      ? Results(try derived(call)) : try call.builtin.forward(call)
  }

  /// The results as one value: the main one where others come only on demand, else a tuple.
  func value(of results: consuming Results, from call: Call) -> Value {
    guard let others = results.others else { return results.first ?? .nothing }
    let count = 1 + others.count
    let shown = call.wanted == .one ? min(max(call.signature.mainResultCount, 1), count) : count
    if shown == 1 { return results.first ?? .nothing }
    let names = call.signature.results.prefix(shown).map { $0.name ?? "" }
    return .tuple(Tuple(Array(results.all.prefix(shown)), names: names))
  }
}

/// Matches arguments with the parameters of a function of the language.
enum UserArguments {
  static func bind(_ arguments: Arguments, to function: UserFunction) throws -> Locals {
    var locals = Locals()
    let name = function.name ?? "this function"
    let count = arguments.positionalCount
    for (option, value) in zip(arguments.names, arguments.values[count...]) {
      guard let parameter = function.parameters.first(where: { $0.name.text == option })
      else {
        let known = function.parameters.map(\.name.text)
        throw Fault(
          "\(name) has no option '\(option)'", .argument(option),
          detail: known.isEmpty ? "it takes nothing" : "it takes: " + known.joined(separator: " "))
      }
      locals[parameter.name.symbol] = value
    }
    var open = 0
    for parameter in function.parameters
    where parameter.defaultValue == nil || function.isDefinitionOfBuiltin {
      if locals[parameter.name.symbol] != nil { continue }
      if open < count { locals[parameter.name.symbol] = arguments.values[open] }
      open += 1
    }
    guard count == open || count < open && function.isDefinitionOfBuiltin else {
      let words = function.parameters.map { parameter in
        parameter.defaultValue.map { "\(parameter.name.text)=\($0)" } ?? parameter.name.text
      }
      throw Fault(
        "\(name) takes \(Faults.counted(open, "argument")), not \(count)",
        detail: ([name] + words).joined(separator: " "))
    }
    return locals
  }
}
