import Kernels
import Language

// How arguments are matched with the parameters of a signature.

/// Which of some values each parameter takes. Matching moves numbers, and few of them: most calls
/// give their first parameters in order and nothing else.
struct Matches {
  /// So many parameters take the values in the places that they have themselves.
  private var inOrder = 0
  private var others: [(place: Int, index: Int)] = []

  subscript(place: Int) -> Int? {
    if place < inOrder { return place }
    for other in others where other.place == place { return other.index }
    return nil
  }

  /// - Precondition: the parameter has no value yet.
  mutating func add(_ place: Int, _ index: Int) {
    if place == inOrder, index == place {
      inOrder += 1
    } else {
      others.append((place, index))
    }
  }

  mutating func remove(_ place: Int) {
    if place < inOrder {
      others += (place..<inOrder).map { ($0, $0) }
      inOrder = place
    }
    others.removeAll { $0.place == place }
  }
}

/// The arguments of a call, each found to be what its parameter wants.
struct MatchedArguments {
  /// What was given; defaults that had to be evaluated come behind.
  private(set) var values: [Value]
  /// What a variadic parameter took.
  private(set) var variadic: [Value] = []
  /// What a `fields**` parameter took.
  private(set) var fields: [(String, Value)] = []
  /// Whether anything is given by name.
  let holdsOptions: Bool
  private var matches = Matches()

  init(_ arguments: Arguments, of builtin: Builtin, _ signature: Signature) throws {
    values = arguments.values
    holdsOptions = !arguments.names.isEmpty
    let count = arguments.positionalCount
    if holdsOptions { try match(arguments.names, from: count, builtin, signature) }
    try match(positionals: count, builtin, signature)
    try coerce(builtin, signature)
  }

  /// - Parameter given: one for each parameter, nil where it is absent.
  init(_ given: [Value?], variadic: [Value], fields: [(String, Value)]) {
    (values, holdsOptions) = ([], true)
    (self.variadic, self.fields) = (variadic, fields)
    for (place, value) in given.enumerated() {
      if let value { add(value, at: place) }
    }
  }

  /// The argument for the parameter at a place.
  subscript(place: Int) -> Value? { matches[place].map { values[$0] } }

  func has(_ place: Int) -> Bool { matches[place] != nil }

  /// The shape of a number or tensor.
  func shape(at place: Int) -> [Int]? {
    guard let index = matches[place] else { return nil }
    // Without a copy of the value.
    if case .tensor(let tensor) = values[index] { return tensor.shape }
    return values[index].shape
  }

  /// Nil where it is anything but a tensor of rank 1 or more.
  func tensor(at place: Int) -> Tensor? {
    guard let index = matches[place], case .tensor(let tensor) = values[index] else { return nil }
    return tensor
  }

  /// - Precondition: the parameter has no value yet.
  mutating func add(_ value: Value, at place: Int) {
    matches.add(place, values.count)
    values.append(value)
  }

  /// Options, the first of which is the value number `first`.
  private mutating func match(
    _ names: [String], from first: Int, _ builtin: Builtin, _ signature: Signature
  ) throws {
    for (index, name) in names.enumerated() {
      guard let place = signature.place(of: name),
        !signature.parameters[place].isVariadic, !signature.parameters[place].takesAnyOption
      else {
        guard signature.takesAnyOption else { throw Faults.unknownOption(name, of: builtin) }
        fields.append((name, values[first + index]))
        continue
      }
      guard matches[place] == nil else {
        throw Fault("\(name) is given twice", .argument(name))
      }
      matches.add(place, first + index)
    }
  }

  /// The first values, given by place.
  private mutating func match(
    positionals count: Int, _ builtin: Builtin, _ signature: Signature
  ) throws {
    var next = 0
    for traits in signature.traits where !traits.isOption {
      if traits.isVariadic {
        let taken = max(next, count - traits.requiredBehind)
        variadic = Array(values[next..<taken])
        next = taken
      } else if matches[traits.place] != nil {
        continue
      } else if next < count {
        matches.add(traits.place, next)
        next += 1
      } else if !traits.isOptional {
        throw Faults.arity(of: builtin, given: count)
      }
    }
    guard next == count else { throw Faults.arity(of: builtin, given: count) }
  }

  /// Apart, because the values are copied where this is done: the compiler would do it for all.
  @inline(never)
  private mutating func replace(_ index: Int, by value: Value) { values[index] = value }

  private mutating func coerce(_ builtin: Builtin, _ signature: Signature) throws {
    for traits in signature.traits {
      guard let index = matches[traits.place] else { continue }
      switch values[index] {
      case .number, .tensor: if traits.takesEveryTensor { continue }
      // `none` for what may be absent is the same as leaving it out.
      case .nothing where traits.isOption || traits.isOptional:
        matches.remove(traits.place)
        continue
      default: break
      }
      let parameter = signature.parameters[traits.place]
      if let other = try Self.coerce(values[index], to: parameter, builtin) {
        replace(index, by: other)
      }
    }
    guard !variadic.isEmpty, let parameter = signature.variadic else { return }
    for value in variadic { _ = try Self.coerce(value, to: parameter, builtin) }
  }

  /// What a value becomes as a parameter of this kind; nil where it stays as it is.
  static func coerce(_ value: Value, to parameter: Signature.Parameter, _ builtin: Builtin)
    throws -> Value?
  {
    if case .traced = value {
      // What is counted or compared has no gradient.
      let plain = value.untraced
      let other = try coerce(plain, to: parameter, builtin)
      return [.tensor, .number, .bias, .any].contains(parameter.kind) ? nil : other ?? plain
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
    return nil
  }
}

extension Call {
  /// Finds the defaults that are more than a look: they mention other parameters or dimensions that
  /// are not known.
  func evaluateDefaults(_ fill: ((Expr, Call) throws -> Value)?) throws {
    for late in signature.lateDefaults {
      if let needed = late.dimensions, needed.isSubset(of: dimensions.known) { continue }
      if arguments.has(late.place) { continue }
      settled = late.place
      let value =
        try fill.map { try $0(late.expr, self) } ?? evaluator.evaluateDefault(late.expr, of: self)
      arguments.add(value, at: late.place)
    }
    settled = signature.parameters.count
  }

  /// What a default may mention: the dimensions, what was given, and the parameters before it.
  var localsOfDefaults: Locals {
    var locals = Locals()
    for dimension in dimensions.named {
      locals[Symbol(dimension.name)] = .number(Double(dimension.length))
    }
    for (place, parameter) in signature.parameters.enumerated()
    where place < settled || arguments.has(place) {
      if let value = value(at: place) { locals[parameter.symbol] = value }
    }
    return locals
  }

  var scopeOfDefaults: [String: Value] { localsOfDefaults.byName }

  /// What the rule of a gradient may mention besides the result and its gradient.
  var scopeOfRules: [String: Value] {
    signature.parameters.reduce(into: scopeOfDefaults) { $0[$1.name] = $0[$1.name] ?? .nothing }
  }
}
