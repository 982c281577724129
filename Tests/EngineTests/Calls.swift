import Kernels
import Language

@testable import Engine

/// Calls of a builtin with random arguments, made from its signature or its samples.
struct Calls {
  let builtin: Builtin
  let text: String
  let arguments: Arguments
  let evaluator: Evaluator
  /// Single precision is compared more loosely.
  let tolerance: Double

  static func random(of builtin: Builtin, seed: Int) throws -> [Calls] {
    let texts =
      builtin.samples.isEmpty && !builtin.isConstant
      ? generated(builtin.signature, seed) : builtin.samples
    return try texts.map { text in
      let evaluator = Evaluator()
      evaluator.prepareForThisThread(stackBytes: 4 << 20)
      evaluator.state.random = RandomState(seed: UInt32(seed))
      let expr = try Parser.expression(text)
      evaluator.source = Source(text: text)
      var arguments = Arguments([])
      if case .call(_, let given, _) = expr.form {
        for argument in given {
          switch argument {
          case .positional(let value): arguments.positional.append(try evaluator.evaluate(value))
          case .option(let name, let value):
            var option: Value
            if case .name(let word) = value.form,
              case .word? = builtin.signature.parameter(name.text)?.kind
            {
              option = .string(word)
            } else {
              option = try evaluator.evaluate(value)
            }
            arguments.options.append((name.text, option))
          }
        }
      }
      return Calls(
        builtin: builtin, text: "\(text) (seed \(seed))", arguments: arguments,
        evaluator: evaluator, tolerance: text.contains("f32") ? 1e-5 : 1e-12)
    }
  }

  /// One call for each of a few assignments of lengths to the dimensions, options left out or random.
  private static func generated(_ signature: Signature, _ seed: Int) -> [String] {
    guard
      signature.positionals.allSatisfy({ $0.kind == .tensor && $0.pattern != nil || $0.isOptional })
    else { return [] }
    var random = RandomState(
      seed: UInt32(seed &* 7919 &+ signature.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF))
    return [[], [2], [2, 3]].flatMap { leading -> [String] in
      (0..<3).map { round in
        var lengths: [String: Int] = [:]
        let words = signature.positionals.filter { !$0.isOptional }.map { parameter in
          let shape = (parameter.pattern ?? []).flatMap { dimension -> [Int] in
            switch dimension {
            case .leading: return leading
            case .named(let name):
              if lengths[name] == nil { lengths[name] = [1, 2, 3, 5, 8][Int(random.interval(4))] }
              return [lengths[name] ?? 1]
            case .product: return [1]
            }
          }
          let tensor =
            shape.isEmpty ? "randn()" : "randn(\(shape.map(String.init).joined(separator: ", ")))"
          return round == 2 ? "f32(\(tensor))" : tensor
        }
        let options = round == 0 ? [] : signature.options.compactMap { option($0, &random) }
        return ([signature.name] + words + options).joined(separator: " ")
      }
    }
  }

  private static func option(_ parameter: Signature.Parameter, _ random: inout RandomState)
    -> String?
  {
    switch parameter.kind {
    case .number:
      guard case .number(let value)? = parameter.defaultValue?.form, value.isFinite else {
        return nil
      }
      return "\(parameter.name)=\((0.3 + 3 * random.uniform()) * max(value, 1))"
    case .word(let words):
      return "\(parameter.name)=\(words[Int(random.interval(UInt64(words.count - 1)))])"
    case .flag: return "\(parameter.name)=\(random.interval(1))"
    default: return nil
    }
  }

  func bound(_ wanted: Wanted) throws -> Call {
    try Call(builtin, arguments, wanted: wanted, evaluator: evaluator)
  }

  func kernel(_ wanted: Wanted) throws -> Value {
    let random = evaluator.state.random
    defer { evaluator.state.random = random }
    let call = try bound(wanted)
    return evaluator.value(of: try evaluator.results(of: call), from: call)
  }

  func run(_ definition: UserFunction, _ wanted: Wanted) throws -> Value {
    let random = evaluator.state.random
    defer { evaluator.state.random = random }
    let value = try evaluator.apply(definition, arguments, wanted: wanted)
    if wanted == .one, case .tuple(let tuple) = value,
      builtin.signature.results.contains(where: \.isExtra)
    {
      return tuple.items[0]
    }
    return value
  }

  // MARK: - Gradients

  enum Way { case kernel, definition }

  /// All results, by the entry's own way or by its definition.
  private func results(_ arguments: Arguments, _ way: Way) throws -> Value {
    let random = evaluator.state.random
    defer { evaluator.state.random = random }
    let count = builtin.signature.results.count
    let wanted: Wanted = count > 1 ? .several(count) : .one
    if way == .definition, let definition = try builtin.compiledDefinition() {
      return try evaluator.apply(definition, arguments, wanted: wanted)
    }
    return try evaluator.apply(.function(.builtin(builtin)), arguments, wanted: wanted)
  }

  /// Σ weights · results, with weights that no symmetry cancels; without whole numbers such as the
  /// places of topk, and what is masked with -∞.
  private func total(_ results: Value) throws -> Value {
    var sum = Value.number(0)
    for (index, item) in Self.items(results).enumerated() {
      let names = builtin.signature.results
      let name = index < names.count ? names[index].name : nil
      guard let shape = item.shape, item.dtype != .bool, !["indices", "chosen"].contains(name)
      else { continue }
      guard let choose = Registry["where"], let tensor = try item.asTensor() else { continue }
      let item = try evaluator.apply(
        .function(.builtin(choose)),
        Arguments([
          try evaluator.combine(.equal, Value(tensor), .number(-.infinity)), .number(0), item,
        ]))
      let weights = Value(try Tensor.places(of: shape, after: 0).map(.sin))
      let product = try evaluator.combine(.multiply, item, weights)
      sum = try evaluator.combine(.add, sum, try evaluator.fitted(product, to: [], .f64))
    }
    return sum
  }

  /// The gradients of `total` by every number and tensor that a gradient may have.
  func gradients(_ way: Way) throws -> [Tensor] {
    try evaluator.withTape { tape in
      let watched = try mapLeaves { try tape.watch($0) }
      let sum = try total(try results(watched, way))
      let found = try evaluator.gradients([(sum, .number(1))], on: tape)
      var gradients: [Tensor] = []
      _ = try watched.mapValues { value in
        try value.mapNumbers { leaf in
          if let gradient = try tape.gradient(of: leaf, found).asTensor() {
            gradients.append(gradient)
          }
          return leaf
        }
      }
      return gradients
    }
  }

  /// Central difference of `total`, with one Richardson step; nil at a corner or a jump, and where
  /// the function has no value.
  func slope(of leaf: Int, at place: Int) throws -> Double? {
    func total(_ change: Double) throws -> Double {
      var count = 0
      let moved = try mapLeaves { value in
        try value.mapNumbers { number in
          defer { count += 1 }
          guard count == leaf, var x = try number.asTensor() else { return number }
          try x.withMutableElements(of: Double.self) { $0[place] += change }
          return Value(x)
        }
      }
      return try self.total(try results(moved, .kernel)).asNumber ?? .nan
    }
    func slope(_ h: Double) throws -> Double { (try total(h) - total(-h)) / (2 * h) }
    let (near, far) = (try slope(5e-5), try slope(1e-4))
    let middle = try total(0)
    let (left, right) = ((middle - (try total(-5e-5))) / 5e-5, ((try total(5e-5)) - middle) / 5e-5)
    guard abs(near - far) <= 1e-4 * max(1, abs(near)), abs(left - right) <= 0.02 * max(1, abs(near))
    else { return nil }
    return (4 * near - far) / 3
  }

  /// The arguments with those changed that a gradient may have.
  private func mapLeaves(_ change: (Value) throws -> Value) throws -> Arguments {
    let names = builtin.signature.positionals
    var mapped = arguments
    for index in arguments.positional.indices {
      let parameter = index < names.count ? names[index] : names.last
      guard let kind = parameter?.kind, isSmooth(kind, parameter?.name) else { continue }
      mapped.positional[index] = try change(arguments.positional[index])
    }
    for index in arguments.options.indices {
      let (name, value) = arguments.options[index]
      guard let kind = builtin.signature.parameter(name)?.kind, isSmooth(kind, name),
        value.asNumber?.isFinite != false
      else { continue }
      mapped.options[index].value = try change(arguments.options[index].value)
    }
    return mapped
  }

  /// Labels, positions and lengths are whole numbers; counts and masks have kinds of their own.
  private func isSmooth(_ kind: Signature.Kind, _ name: String?) -> Bool {
    let discrete = [
      "labels", "ids", "dims", "axes", "n", "condition", "positions", "kpositions", "lens", "y",
      "capacity", "offset",
    ]
    let isLabel = discrete.contains(name ?? "") && !["fit"].contains(builtin.name)
    return [.tensor, .number, .bias, .any, .record].contains(kind) && !isLabel
  }

  static func items(_ value: Value) -> [Value] {
    switch value {
    case .tuple(let tuple): tuple.items
    case .record(let record): record.fields.flatMap { items($0.value) }
    case .cache(let cache): ["k", "v"].map { (try? cache.part($0)) ?? .nothing }
    default: [value]
    }
  }

  /// The largest difference, relative above 1; ∞ where shapes differ. NaN agrees with NaN.
  static func difference(_ a: Value, _ b: Value) -> Double {
    let (parts, others) = (items(a), items(b))
    if parts.count > 1, parts.count == others.count {
      return zip(parts, others).map(difference).max() ?? 0
    }
    guard let x = try? a.asTensor(), let y = try? b.asTensor(), x.shape == y.shape else {
      return .infinity
    }
    return zip(x.doubles, y.doubles).reduce(0) { worst, pair in
      let (p, q) = pair
      if p == q || p.isNaN && q.isNaN { return worst }
      let error = abs(p - q) / max(1, abs(p))
      return error.isNaN ? .infinity : max(worst, error)
    }
  }
}

extension Arguments {
  func mapValues(_ change: (Value) throws -> Value) rethrows -> Arguments {
    Arguments(
      try positional.map(change), options: try options.map { ($0.name, try change($0.value)) })
  }
}

extension Builtin {
  /// Whether gradients flow through it, as far as an entry says it.
  var isDifferentiable: Bool {
    switch vjp {
    case .constant, .handedOn, .refused: false
    // Its gradient is, on purpose, that of another function.
    case _ where name == "straight_through": false
    case nil: definition != nil
    default: true
    }
  }
}
