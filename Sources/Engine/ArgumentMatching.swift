import Kernels
import Language

// How arguments are matched with the parameters of a signature.

extension Call {
  func placeOptions(_ options: [(name: String, value: Value)]) throws {
    for option in options {
      guard let place = signature.place(of: option.name),
        !signature.parameters[place].isVariadic, !signature.parameters[place].takesAnyOption
      else {
        guard signature.takesAnyOption else {
          throw Faults.unknownOption(option.name, of: builtin)
        }
        fields.append((option.name, option.value))
        continue
      }
      guard values[place] == nil else {
        throw Fault("\(option.name) is given twice", .argument(option.name))
      }
      values[place] = option.value
    }
  }

  func place(_ given: [Value]) throws {
    var (next, end) = (0, given.count)
    for parameter in signature.positionals {
      if parameter.isVariadic {
        let after = signature.parameters[(parameter.place + 1)...].count {
          !$0.isOption && !$0.isOptional
        }
        let taken = max(next, end - after)
        variadic = Array(given[next..<taken])
        next = taken
      } else if values[parameter.place] != nil {
        continue
      } else if next < end {
        values[parameter.place] = given[next]
        next += 1
      } else if !parameter.isOptional {
        throw Faults.arity(of: builtin, given: given.count)
      }
    }
    guard next == end else { throw Faults.arity(of: builtin, given: given.count) }
  }

  func coerce() throws {
    for parameter in signature.parameters {
      switch values[parameter.place] {
      case nil: continue
      case .number?, .tensor?: if parameter.takesEveryTensor { continue }
      // `none` for what may be absent is the same as leaving it out.
      case .nothing? where parameter.isOption || parameter.isOptional:
        values[parameter.place] = nil
        continue
      default: break
      }
      if let value = values[parameter.place] {
        values[parameter.place] = try Self.coerce(value, to: parameter, builtin)
      }
    }
    guard !variadic.isEmpty, let parameter = signature.variadic else { return }
    for value in variadic { _ = try Self.coerce(value, to: parameter, builtin) }
  }

  static func coerce(_ value: Value, to parameter: Signature.Parameter, _ builtin: Builtin)
    throws -> Value
  {
    if case .traced = value {
      // What is counted or compared has no gradient.
      let plain = try coerce(value.untraced, to: parameter, builtin)
      return [.tensor, .number, .bias, .any].contains(parameter.kind) ? value : plain
    }
    let fits: Bool
    switch (parameter.kind, value) {
    case (_, .outline(let outline)): fits = outline.fits(parameter.kind)
    case (.any, _): fits = true
    case (.tensor, .number), (.tensor, .tensor): fits = true
    case (.number, _): fits = value.asNumber != nil
    case (.flag, _): fits = value.asNumber != nil
    case (.int, _):
      guard let number = value.asNumber else {
        fits = false
        break
      }
      guard number == number.rounded(), number.isFinite else {
        throw Fault(
          "\(parameter.name) must be a whole number, not \(number.plain)",
          .argument(parameter.name))
      }
      guard number.magnitude < 0x1p53 else {
        throw Fault(
          "\(parameter.name) must be smaller than 2^53, not \(number.plain)",
          .argument(parameter.name), detail: "beyond it a number no longer counts in ones")
      }
      fits = true
    case (.string, .string), (.function, .function), (.record, .record), (.mask, .mask): fits = true
    case (.bias, .number), (.bias, .tensor), (.bias, .bias): fits = true
    case (.cache, .cache): fits = true
    case (.mask, .tensor), (.mask, .number): return try Faults.checkedMask(value, parameter.name)
    case (.word(let words), .string(let word)):
      guard words.contains(word) else { throw Faults.word(word, words, parameter.name) }
      fits = true
    default: fits = false
    }
    guard fits else { throw Faults.kind(of: value, parameter, builtin) }
    return value
  }

  func fillDefaults(_ fill: ((Expr, Call) throws -> Value)?) throws {
    for place in values.indices where values[place] == nil {
      switch signature.defaults[place] {
      case .absent: continue
      case .value(let value): values[place] = value
      case .constant(let expr):
        if let symbol = expr.symbol, let value = evaluator.builtin(symbol) {
          values[place] = value
        } else {
          values[place] = try evaluator.evaluate(expr, with: Locals())
        }
      case .formula(let formula, let expr):
        values[place] =
          try formula.number(dimensions).map(Value.number) ?? self.default(expr, fill)
      case .expression(let expr): values[place] = try self.default(expr, fill)
      }
    }
  }

  private func `default`(_ expr: Expr, _ fill: ((Expr, Call) throws -> Value)?) throws -> Value {
    if let fill { return try fill(expr, self) }
    return try evaluator.evaluateDefault(expr, of: self)
  }

  /// What a default may mention: the dimensions and the parameters before it.
  var localsOfDefaults: Locals {
    var locals = Locals()
    for dimension in dimensions.named {
      locals[Symbol(dimension.name)] = .number(Double(dimension.length))
    }
    for (parameter, value) in zip(signature.parameters, values) {
      if let value { locals[parameter.symbol] = value }
    }
    return locals
  }

  var scopeOfDefaults: [String: Value] { localsOfDefaults.byName }

  /// What the rule of a gradient may mention besides the result and its gradient.
  var scopeOfRules: [String: Value] {
    signature.parameters.reduce(into: scopeOfDefaults) { $0[$1.name] = $0[$1.name] ?? .nothing }
  }
}
