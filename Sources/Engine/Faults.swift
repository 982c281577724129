import Kernels
import Language

/// The texts of what can be wrong with a call, apart from the logic that finds it.
enum Faults {
  static func arity(of builtin: Builtin, given: Int) -> Fault {
    let arity = builtin.signature.arity
    let takes =
      switch arity.upperBound {
      case Int.max: "at least \(counted(arity.lowerBound, "argument"))"
      case arity.lowerBound: counted(arity.lowerBound, "argument")
      case arity.lowerBound + 1: "\(arity.lowerBound) or \(arity.upperBound) arguments"
      default: "\(arity.lowerBound) to \(arity.upperBound) arguments"
      }
    return Fault(
      "\(builtin.name) takes \(takes), not \(given)", .call, detail: usage(of: builtin))
  }

  /// How to call it: `attn Q K V [mask]`.
  static func usage(of builtin: Builtin) -> String {
    let words = builtin.signature.positionals.map { parameter in
      parameter.isVariadic
        ? "\(parameter.name)…" : parameter.isOptional ? "[\(parameter.name)]" : parameter.name
    }
    return ([builtin.name] + words).joined(separator: " ")
  }

  static func unknownOption(_ name: String, of builtin: Builtin) -> Fault {
    let options = builtin.signature.options.map(\.name)
    let known = builtin.signature.parameters.filter { !$0.isVariadic }.map(\.name)
    return Fault(
      "\(builtin.name) has no option '\(name)'", .argument(name),
      detail: options.isEmpty
        ? "it takes no options" : "options: " + options.joined(separator: " "),
      proposals: Suggest.nearest(to: name, among: known).prefix(2).map { near in
        .instead(of: .argument(name), parameterMeaning(near, builtin)) { "\(near)=\($0(name))" }
      })
  }

  /// How a bare word would be written as an option: a flag, `force=1`, or a choice, `layout=half`.
  static func options(named word: String, of builtin: Builtin) -> [String] {
    builtin.signature.options.compactMap { option in
      switch option.kind {
      case .flag where option.name == word: "\(word)=1"
      case .word(let words) where words.contains(word): "\(option.name)=\(word)"
      default: nil
      }
    }
  }

  static func parameterMeaning(_ name: String, _ builtin: Builtin) -> String {
    builtin.parameters.first { $0.name == name }?.meaning ?? ""
  }

  static func word(_ word: String, _ words: [String], _ parameter: String) -> Fault {
    Fault(
      "\(parameter) has no choice '\(word)'", .argument(parameter),
      detail: "choices: " + words.joined(separator: " "),
      proposals: Suggest.nearest(to: word, among: words).prefix(1).map {
        .write("\(parameter)=\($0)", insteadOf: parameter)
      })
  }

  static func kind(
    of value: Value, _ parameter: Signature.Parameter, _ builtin: Builtin
  ) -> Fault {
    let wanted = wanted(parameter.kind)
    let place: Fault.Blame = .argument(parameter.name)
    return Fault(
      "\(builtin.name) needs \(wanted) for \(parameter.name), not \(value.kindName)", place,
      proposals: unwrapping(value, parameter) + moved(value, parameter, builtin))
  }

  static func wanted(_ kind: Signature.Kind) -> String {
    switch kind {
    case .tensor: "a number or a tensor"
    case .number, .flag: "a number"
    case .int: "a whole number"
    case .string: "a string in double quotes"
    case .function: "a function"
    case .mask: "a mask"
    case .bias: "a bias rule or a tensor"
    case .cache: "a cache"
    case .record: "a record"
    case .any: "a value"
    case .word(let words): "one of the words " + words.joined(separator: ", ")
    }
  }

  /// A tuple where one value is wanted: its items are one step away.
  private static func unwrapping(_ value: Value, _ parameter: Signature.Parameter)
    -> [Fault.Proposal]
  {
    guard case .tuple(let tuple) = value else { return [] }
    let name = parameter.name
    return tuple.items.indices.prefix(2).map { index in
      .instead(of: .argument(name), tuple.items[index].shapeText) { text in
        let base = text(name)
        return base.contains(" ") && !base.hasPrefix("(")
          ? "(\(base))[\(index)]" : "\(base)[\(index)]"
      }
    }
  }

  /// A mask given as a bias, or a bias as a mask.
  private static func moved(
    _ value: Value, _ parameter: Signature.Parameter, _ builtin: Builtin
  ) -> [Fault.Proposal] {
    let home: String
    switch (parameter.kind, value) {
    case (.mask, .bias): home = "bias"
    case (.bias, .mask): home = "mask"
    default: return []
    }
    guard builtin.signature.parameter(home) != nil else { return [] }
    return [.instead(of: .argument(parameter.name)) { "\(home)=\($0(parameter.name))" }]
  }

  /// A 0/1 matrix as a mask, or the advice to use it as a bias.
  static func checkedMask(_ value: Value, _ parameter: String) throws -> Value {
    guard let tensor = try value.asTensor() else { return value }
    if tensor.dtype == .bool { return value }
    guard tensor.doubles.allSatisfy({ $0 == 0 || $0 == 1 }) else {
      throw Fault(
        "a mask matrix holds only 0 and 1", .argument(parameter),
        detail: "1 = may attend; other numbers are a bias, added to the scores",
        proposals: [.instead(of: .argument(parameter)) { "bias=\($0(parameter))" }])
    }
    return Value(try tensor.converted(to: .bool))
  }

  static func shapes(_ conflict: ShapeConflict, of builtin: Builtin) -> Fault {
    switch conflict {
    case .rank(let parameter, let atLeast, let isExact, let shape):
      let wanted =
        isExact
        ? ["a number", "a vector", "a matrix"][safe: atLeast] ?? "\(atLeast) axes"
        : atLeast == 1 ? "at least a vector" : "at least \(atLeast) axes"
      return Fault(
        "\(builtin.name) needs \(wanted) for \(parameter)", .argument(parameter),
        proposals: shape.count == 1 && atLeast == 2
          ? [.instead(of: .argument(parameter), "1×\(shape[0])") { "row(\($0(parameter)))" }] : [])
    case .clash(let dimension, let first, let firstLength, let second, let secondLength):
      return Fault(
        first == second
          ? "\(builtin.name) needs \(first) to be square"
          : "\(builtin.name): \(first) and \(second) differ in \(dimension)",
        .arguments(first == second ? [first] : [first, second]),
        detail: "\(dimension) \(firstLength) ≠ \(secondLength)")
    case .leading(let first, let second, let firstAxes, let secondAxes):
      return Fault(
        "\(builtin.name): the leading axes of \(first) and \(second) do not broadcast",
        .arguments([first, second]),
        detail: "\(firstAxes.timesText) with \(secondAxes.timesText)")
    }
  }

  static func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
