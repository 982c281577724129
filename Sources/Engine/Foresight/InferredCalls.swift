import Kernels
import Language

// Calls while a line is typed: what is missing, and the shapes that the registry's rules promise.
extension ShapeInference {
  func call(
    _ head: Expr, _ arguments: [Argument], _ style: CallStyle, _ expr: Expr, _ wanted: Wanted
  ) throws -> Value {
    let callee = try infer(head)
    guard case .function(let function) = callee else {
      guard case .outline = callee else {
        throw evaluator.notAFunction(callee, head, arguments, at: expr)
      }
      throw Fault("\(evaluator.source.slice(head.span)) is \(callee.kindName), not a function")
    }
    var given = GivenArguments()
    for argument in arguments { try take(argument, of: function, into: &given) }
    switch function {
    case .builtin(let builtin):
      if let open = try openParameter(of: builtin, given) { throw open }
      let call = try Call(
        builtin, given.arguments, wanted: wanted, evaluator: evaluator, default: inferDefault)
      return evaluator.value(of: Results(try results(of: call)), from: call)
    case .user(let user):
      guard given.hole == nil else { throw NotForeseen() }
      return try self.call(user, given.arguments)
    }
  }

  /// The arguments so far, and the one that is still a `?` or the beginning of a name.
  struct GivenArguments {
    var arguments = Arguments([])
    var hole: (place: Place, typed: String)?

    enum Place {
      case positional(Int)
      case option(String)
    }
  }

  private func take(_ argument: Argument, of function: Function, into given: inout GivenArguments)
    throws
  {
    switch argument {
    case .positional(let expr):
      if let typed = typedAt(expr),
        typed.isEmpty || isOpen(given.arguments.positional.count, function)
      {
        given.hole = (.positional(given.arguments.positional.count), typed)
      } else {
        given.arguments.positional.append(try infer(expr))
      }
    case .option(let name, let expr):
      if let word = word(expr, of: name.text, function) {
        given.arguments.options.append((name.text, .string(word)))
      } else if let typed = typedAt(expr) {
        given.hole = (.option(name.text), typed)
      } else {
        given.arguments.options.append((name.text, try infer(expr)))
      }
    }
  }

  /// Whether a function's name in this place waits for arguments of its own.
  private func isOpen(_ index: Int, _ function: Function) -> Bool {
    guard case .builtin(let builtin) = function else { return true }
    let positionals = builtin.signature.positionals
    let parameter = positionals[safe: index] ?? positionals.last { $0.isVariadic }
    return ![.function, .any].contains(parameter?.kind)
  }

  private func word(_ expr: Expr, of option: String, _ function: Function) -> String? {
    guard case .builtin(let builtin) = function, case .name(let word) = expr.form,
      case .word(let words)? = builtin.signature.parameter(option)?.kind, words.contains(word)
    else { return nil }
    return word
  }

  /// The first parameter that must be given and is not, or the one at the hole.
  private func openParameter(of builtin: Builtin, _ given: GivenArguments) throws
    -> MissingOperand?
  {
    let signature = builtin.signature
    let named = Set(given.arguments.options.map(\.name))
    let open = signature.positionals.filter { !named.contains($0.name) }
    switch given.hole {
    case (.option(let name), let typed)?:
      guard let parameter = signature.parameter(name) else {
        throw Faults.unknownOption(name, of: builtin)
      }
      return try MissingOperand(parameter, of: builtin, beside: given, open, typed)
    case (.positional(let index), let typed)?:
      let parameter = open[safe: index] ?? open.last { $0.isVariadic }
      guard let parameter else {
        guard !typed.isEmpty else { throw Faults.arity(of: builtin, given: index + 1) }
        return MissingOperand(optionOf: builtin, typed)
      }
      return try MissingOperand(parameter, of: builtin, beside: given, open, typed)
    case nil:
      let count = given.arguments.positional.count
      let required = open.filter { !$0.isOptional && !$0.isVariadic }
      guard count < required.count, !open.contains(where: \.isVariadic) else { return nil }
      return try MissingOperand(required[count], of: builtin, beside: given, open, "")
    }
  }

  // MARK: - Results

  private func results(of call: Call) throws -> [Value] {
    let (builtin, signature) = (call.builtin, call.signature)
    let results = signature.results.filter { result in
      (call.wantsExtras || !result.isExtra) && result.condition.map(call.has) ?? true
    }
    guard !results.isEmpty else { return [] }
    if builtin.looksAtShapesOnly || results.allSatisfy({ isRule($0.kind) }), isSmall(call) {
      return try builtin.forward(call).all.map { try $0.outlined() }
    }
    try checkMasks(of: call)
    let shapes = try builtin.resultShapes?(call)
    if shapes == nil, case .number? = call.value("axis"), let x = call.values.first??.shape {
      _ = try call.axis(of: x.count)
    }
    return try results.enumerated().map { index, result in
      .outline(try Outline(try shape(of: result, index, shapes, call)))
    }
  }

  private func shape(
    of result: Signature.Result, _ index: Int, _ shapes: [[Int]]?, _ call: Call
  ) throws -> [Int] {
    if let shapes { return try foreseen(shapes[safe: index]) }
    if result.kind == .number { return [] }
    guard result.kind == .tensor, let pattern = result.pattern else { throw NotForeseen() }
    return try foreseen(Signature.shape(of: pattern, call.dimensions))
  }

  /// A matrix in the place of a mask or bias has to fit the weights.
  private func checkMasks(of call: Call) throws {
    for (parameter, value) in zip(call.signature.parameters, call.values)
    where isRule(parameter.kind) {
      guard let shape = value?.shape, !shape.isEmpty else { continue }
      try call.checkFit(
        shape, try foreseen(weightsShape(of: call, parameter, rank: shape.count)), parameter.name)
    }
  }

  /// Of the weights that the signature promises, or of one matrix of them.
  private func weightsShape(of call: Call, _ parameter: Signature.Parameter, rank: Int) -> [Int]? {
    guard ["mask", "bias"].contains(parameter.name) else { return nil }
    guard let pattern = call.signature.results.first(where: { $0.name == "weights" })?.pattern
    else {
      let isKnown = ["n", "m"].allSatisfy { call.dimensions.length(of: $0) != nil }
      return isKnown ? call.weightsShape : nil
    }
    return Signature.shape(of: rank <= 2 ? pattern.suffix(2) : pattern, call.dimensions)
  }

  private func isRule(_ kind: Signature.Kind) -> Bool { kind == .mask || kind == .bias }

  /// Making a rule from these numbers costs nothing worth to speak of.
  private func isSmall(_ call: Call) -> Bool {
    (call.values + call.variadic).allSatisfy { ($0?.asNumber ?? 0).magnitude < 1000 }
  }
}
