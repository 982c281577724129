import Kernels
import Language

// Calls of builtins with arguments that a tape follows.
extension Evaluator {
  func derived(_ call: Call) throws -> [Value] {
    switch call.builtin.vjp {
    case .constant:
      if !call.signature.results.isEmpty {
        ends(call.builtin.name, ConstantStep.jumps, call.values.compactMap(\.self) + call.variadic)
      }
      return try call.builtin.forward(call.mapValues(\.untraced)).all
    case .refused(let reason):
      throw Fault("\(call.builtin.name) can not be differentiated", .head, detail: reason)
    case .handedOn: return try call.builtin.forward(call).all
    case .steps(let forward): return try forward(call)
    case .rearrangement(let name, let places) where call.isTraced(only: [name]):
      guard let places else { return try rearranged(call, name) }
      return try selected(call, name, places)
    case .rules(let rules) where call.isTraced(only: rules.flatMap(\.names)):
      return try traced(call, by: rules)
    case .kernel(let names, let rules, let recording, let kernel)
    where call.isTraced(only: names):
      return try traced(call, names, rules, recording, by: kernel)
    default: return try defined(call)
    }
  }

  /// What the definition gives.
  private func defined(_ call: Call) throws -> [Value] {
    guard let definition = try call.builtin.compiledDefinition() else {
      throw Fault(
        "\(call.builtin.name) can not be differentiated", .head,
        detail: "it has neither a gradient nor a definition in the language")
    }
    let options = zip(call.signature.parameters, call.values).compactMap { parameter, value in
      value.map { (name: parameter.name, value: $0) }
    }
    let value = try apply(definition, Arguments([], options: options), wanted: call.wanted)
    if case .tuple(let tuple) = value, call.signature.results.count > 1 { return tuple.items }
    return [value]
  }

  // MARK: - By rules

  private func traced(_ call: Call, by rules: [GradientRule]) throws -> [Value] {
    let names = rules.flatMap(\.names).filter { call.value($0)?.isTraced == true }
    return try traced(names.compactMap { call.value($0) }) { operands in
      try call.builtin.forward(call.replacing(names, by: operands)).all
    } pullback: { step in
      try self.gradients(of: call.replacing(names, by: step.operands), names, rules, step)
    }
  }

  private func gradients(
    of call: Call, _ names: [String], _ rules: [GradientRule], _ step: TracedStep
  ) throws -> [Value?] {
    // Rules know the gradient of the first result only, and not by every parameter.
    let known = rules.flatMap(\.names)
    guard names.allSatisfy(known.contains), step.upstream.dropFirst().allSatisfy({ $0 == nil })
    else {
      return try recomputed(call, names, step)
    }
    var scope = call.scopeOfRules
    scope["g"] = try step.g()
    scope["out"] = step.results[0]
    var found: [String: Value] = [:]
    for rule in rules where rule.names.contains(where: { step.isWanted(names, $0) }) {
      for (name, gradient) in zip(rule.names, try gradients(of: rule, scope)) {
        if step.isWanted(names, name), let operand = call.value(name) {
          found[name] = try fitted(gradient, like: operand)
        }
      }
    }
    return names.map { found[$0] }
  }

  // MARK: - By kernels

  func traced(
    _ call: Call, _ names: [String], _ rules: [GradientRule] = [],
    _ recording: RecordingForward? = nil, by kernel: @escaping GradientKernel
  ) throws -> [Value] {
    let names = names.filter { call.value($0)?.isTraced == true }
    var record: (any Sendable)?
    return try traced(names.compactMap { call.value($0) }) { operands in
      let call = call.replacing(names, by: operands)
      guard let recording else { return try call.builtin.forward(call).all }
      let (results, kept) = try recording(call)
      record = kept
      return results
    } pullback: { step in
      let call = call.replacing(names, by: step.operands)
      let isPlain = !(step.operands + step.upstream.compactMap(\.self)).contains(where: \.isTraced)
      let question = KernelStep(
        call: call, results: step.results, upstream: try step.upstream.map { try $0?.asTensor() },
        wanted: Set(names.filter { step.isWanted(names, $0) }), record: record)
      guard isPlain, let found = try kernel(question) else {
        return try self.gradients(of: call, names, rules, step)
      }
      return try zip(names, step.operands).map { name, operand in
        try found[name].map { try self.fitted(Value($0), like: operand) }
      }
    }
  }

  /// The gradients through the definition, which is run again.
  private func recomputed(_ call: Call, _ names: [String], _ step: TracedStep) throws -> [Value?] {
    try withTape { tape in
      let watched = try step.operands.map { try tape.watch($0) }
      let again = call.replacing(names, by: watched, wanted: .several(step.results.count))
      let seeds = zip(try defined(again), step.upstream).compactMap { result, upstream in
        upstream.map { (result: result, upstream: $0) }
      }
      let gradients = try self.gradients(seeds, on: tape)
      return try watched.map { try tape.gradient(of: $0, gradients) }
    }
  }

  // MARK: - By places

  private func rearranged(_ call: Call, _ name: String) throws -> [Value] {
    let operands = call.elements(of: name)
    let parts = try rearranged(
      operands,
      several: { tensors in
        try call.builtin.forward(call.replacing(elementsOf: name, by: tensors)).all
          .flatMap { value in if case .tuple(let tuple) = value { tuple.items } else { [value] } }
          .compactMap { try $0.asTensor() }
      })
    // split gives its parts as a tuple.
    if call.signature.results.first?.kind == .any { return [.tuple(Tuple(parts))] }
    return parts
  }

  /// For what orders its elements: places that depend on their values.
  private func selected(_ call: Call, _ name: String, _ places: @escaping ElementPlaces) throws
    -> [Value]
  {
    guard let operand = call.value(name) else { return [] }
    return try traced([operand], count: 1) { operands in
      try call.builtin.forward(call.replacing([name], by: operands)).all
    } pullback: { step in
      let places = try places(call.replacing([name], by: [step.operands[0].untraced]))
      return [try self.scattered(step.g(), places, 0, like: step.operands[0])]
    }
  }
}

extension TracedStep {
  fileprivate func isWanted(_ names: [String], _ name: String) -> Bool {
    names.firstIndex(of: name).map { isWanted[$0] } ?? false
  }
}

extension Call {
  var isTraced: Bool {
    arguments.values.contains(where: \.isTraced) || variadic.contains(where: \.isTraced)
      || fields.contains { $0.1.isTraced }
  }

  /// Whether tapes follow these parameters themselves and nothing else.
  fileprivate func isTraced(only names: [String]) -> Bool {
    for (parameter, value) in zip(signature.parameters, values) {
      guard let value, value.isTraced else { continue }
      guard names.contains(parameter.name), value.shape != nil else { return false }
    }
    let isVariadic = signature.parameters.first(where: \.isVariadic).map { names.contains($0.name) }
    return isVariadic == true || !variadic.contains(where: \.isTraced)
  }

  fileprivate func mapValues(_ change: (Value) -> Value) -> Call {
    Call(
      self, values: values.map { $0.map(change) }, variadic: variadic.map(change),
      fields: fields.map { ($0.0, change($0.1)) })
  }

  func replacing(_ names: [String], by operands: [Value], wanted: Wanted? = nil) -> Call {
    var values = values
    for (name, operand) in zip(names, operands) {
      if let place = signature.place(of: name) { values[place] = operand }
    }
    return Call(self, values: values, variadic: variadic, fields: fields, wanted: wanted)
  }

  private func takesMany(_ name: String) -> Bool {
    signature.parameter(name)?.isVariadic == true
  }

  /// The tensors of a parameter: those of tuples too where it takes any number of arguments.
  fileprivate func elements(of name: String) -> [Value] {
    guard takesMany(name) else { return value(name).map { [$0] } ?? [] }
    return variadic.flatMap { value in
      if case .tuple(let tuple) = value { tuple.items } else { [value] }
    }
  }

  fileprivate func replacing(elementsOf name: String, by tensors: [Tensor]) -> Call {
    let values = tensors.map { Value($0) }
    guard takesMany(name) else { return replacing([name], by: values) }
    return Call(self, values: self.values, variadic: values, fields: fields)
  }
}
