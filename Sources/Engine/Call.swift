import Kernels
import Language

/// The arguments of a call as values, before they are matched with parameters.
public struct Arguments: Sendable {
  /// Those given by place, then those given by name.
  private(set) var values: [Value]
  /// Of the last values.
  private(set) var names: [String]

  public init(_ positional: [Value], options: [(name: String, value: Value)] = []) {
    values = positional + options.map(\.value)
    names = options.map(\.name)
  }

  init(capacity: Int) {
    (values, names) = ([], [])
    values.reserveCapacity(capacity)
  }

  var positionalCount: Int { values.count - names.count }

  public var positional: [Value] {
    get { Array(values.prefix(positionalCount)) }
    set { self = Arguments(newValue, options: options) }
  }

  public var options: [(name: String, value: Value)] {
    get { zip(names, values.suffix(names.count)).map { ($0, $1) } }
    set { self = Arguments(positional, options: newValue) }
  }

  /// One more by place.
  mutating func append(_ value: Value) {
    if names.isEmpty { values.append(value) } else { values.insert(value, at: positionalCount) }
  }

  /// One more by name.
  mutating func append(_ value: Value, named name: String) {
    values.append(value)
    names.append(name)
  }
}

/// How many results the place of a call has room for.
public enum Wanted: Sendable, Equatable {
  case one
  /// `a, b = f x`
  case several(Int)
  /// A bare call at the prompt: all there are.
  case all
}

/// A call of a builtin whose arguments fit its signature.
public final class Call {
  public let builtin: Builtin
  public let signature: Signature
  var arguments: MatchedArguments
  /// The parameters before this place have their defaults.
  var settled = 0
  public let dimensions: Dimensions
  public let wanted: Wanted
  let evaluator: Evaluator

  /// - Parameter default: what a default means that is more than a number.
  init(
    _ builtin: Builtin, _ arguments: Arguments, wanted: Wanted, evaluator: Evaluator,
    default fill: ((Expr, Call) throws -> Value)? = nil
  ) throws {
    self.builtin = builtin
    self.wanted = wanted
    self.evaluator = evaluator
    signature = builtin.signature
    let matched = try MatchedArguments(arguments, of: builtin, signature)
    do { dimensions = try signature.unify { matched.shape(at: $0) } } catch {
      throw Faults.shapes(error, of: builtin)
    }
    self.arguments = matched
    try evaluateDefaults(fill)
  }

  /// The same call with other values for its parameters.
  init(
    _ call: Call, values: [Value?], variadic: [Value], fields: [(String, Value)],
    wanted: Wanted? = nil
  ) {
    (builtin, signature, evaluator) = (call.builtin, call.signature, call.evaluator)
    (self.wanted, dimensions) = (wanted ?? call.wanted, call.dimensions)
    arguments = MatchedArguments(values, variadic: variadic, fields: fields)
    settled = signature.parameters.count
  }

  /// What a variadic parameter took.
  public var variadic: [Value] { arguments.variadic }
  /// What a `fields**` parameter took.
  public var fields: [(String, Value)] { arguments.fields }

  /// What a parameter is; nil where it is absent. Defaults that cost nothing are looked up here.
  func value(at place: Int) -> Value? {
    if let value = arguments[place] { return value }
    switch signature.defaults[place] {
    case .value(let value): return value
    case .constant(let expr): return expr.symbol.flatMap(evaluator.builtin)
    case .formula(let formula, _): return formula.number(dimensions).map(Value.number)
    case .absent, .expression: return nil
    }
  }

  /// One for each parameter of the signature, in order; nil where it is absent.
  public var values: [Value?] { signature.parameters.indices.map(value(at:)) }

  /// Whether the results after `also` are worth computing.
  public var wantsExtras: Bool { wanted != .one }
}

// MARK: - What a forward reads

extension Call {
  public func has(_ name: String) -> Bool {
    guard let place = signature.place(of: name) else { return false }
    // Without a copy of what was given.
    return arguments.has(place) || value(at: place) != nil
  }

  public func value(_ name: String) -> Value? {
    signature.place(of: name).flatMap(value(at:))
  }

  func required(_ name: String) throws -> Value {
    let value = try given(name)
    if case .outline = value { throw NotForeseen() }
    return value
  }

  private func given(_ name: String) throws -> Value {
    guard let value = value(name) else { throw Fault("\(builtin.name) needs \(name)") }
    return value
  }

  /// The shape of a number or tensor; it may be all that is known of it.
  public func shape(_ name: String) throws -> [Int] {
    guard let shape = try given(name).shape else {
      throw Fault("\(name) is not a tensor", .argument(name))
    }
    return shape
  }

  public func tensor(_ name: String) throws -> Tensor {
    if let tensor = signature.place(of: name).flatMap(arguments.tensor) { return tensor }
    guard let tensor = try required(name).asTensor() else {
      throw Fault("\(name) is not a tensor", .argument(name))
    }
    return tensor
  }

  /// A tensor whose elements are real: bool becomes f64.
  public func real(_ name: String) throws -> Tensor {
    let tensor = try tensor(name)
    return tensor.dtype == .bool ? try tensor.converted(to: .f64) : tensor
  }

  public func optionalTensor(_ name: String) throws -> Tensor? {
    has(name) ? try tensor(name) : nil
  }

  public func number(_ name: String) throws -> Double {
    if case .number(let number, _)? = value(name) { return number }
    guard let number = try required(name).asNumber else {
      throw Fault("\(name) is not a number", .argument(name))
    }
    return number
  }

  public func optionalNumber(_ name: String) throws -> Double? {
    has(name) ? try number(name) : nil
  }

  /// A number more than 0; ∞ is one.
  func positive(_ name: String) throws -> Double {
    let number = try number(name)
    guard number > 0 else { throw Fault("\(name) must be more than 0", .argument(name)) }
    return number
  }

  public func integer(_ name: String) throws -> Int {
    guard let integer = Int(exactly: try number(name)) else {
      throw Fault("\(name) must be a whole number", .argument(name))
    }
    return integer
  }

  /// - Throws: a fault where it is below `minimum`.
  public func integer(_ name: String, atLeast minimum: Int) throws -> Int {
    let integer = try integer(name)
    guard integer >= minimum else {
      throw Fault("\(name) must be at least \(minimum), not \(integer)", .argument(name))
    }
    return integer
  }

  public func optionalInteger(_ name: String) throws -> Int? {
    has(name) ? try integer(name) : nil
  }

  public func flag(_ name: String) throws -> Bool { try number(name) != 0 }

  public func string(_ name: String) throws -> String {
    guard case .string(let text) = try required(name) else {
      throw Fault("\(name) is not a string", .argument(name))
    }
    return text
  }

  /// What a function of τ becomes for τ → 0, and how to write that.
  struct ColdLimit: Sendable {
    let name: String
    let text: @Sendable (_ logits: String, _ length: Int) -> String

    static let oneHot = ColdLimit(name: "the one-hot of the largest entry") { logits, length in
      "one_hot (argmax \(logits)) \(length)"
    }
  }

  /// A temperature: more than 0, ∞ allowed.
  ///
  /// - Parameters:
  ///   - logits: the parameter with which the limit can be written.
  ///   - limit: what τ → 0 gives; nil is nothing worth a fix.
  func temperature(of logits: String? = nil, limit: ColdLimit? = .oneHot) throws -> Double {
    let tau = try number("tau")
    guard !(tau > 0) else { return tau }
    guard tau == 0, let limit else {
      throw Fault(
        "a temperature must be more than 0", .argument("tau"), detail: "tau is \(tau.plain)")
    }
    var fault = Fault(
      "a temperature must be more than 0", .argument("tau"),
      detail: "the limit τ → 0 is \(limit.name)")
    if let logits {
      let length = try tensor(logits).shape.last ?? 1
      fault.proposals = [.instead(of: .call) { limit.text($0(logits), length) }]
    }
    throw fault
  }

  /// `axis=` as an index from the front.
  public func axis(of rank: Int, name: String = "axis") throws -> Int {
    try normalizedAxis(try integer(name), rank: rank, name)
  }

  /// `axis=` where absent means every axis.
  public func optionalAxis(of rank: Int) throws -> Int? {
    try optionalInteger("axis").map { try normalizedAxis($0, rank: rank, "axis") }
  }

  private func normalizedAxis(_ axis: Int, rank: Int, _ name: String) throws -> Int {
    let normalized = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(normalized) else {
      let range =
        rank == 0 ? "a number has no axes" : "the axes are 0 to \(rank - 1), or -\(rank) to -1"
      throw Fault("there is no axis \(axis)", .argument(name), detail: range)
    }
    return normalized
  }

  /// The variadic arguments as lengths: `randn 4 8`, `zeros (shape A)`.
  public func lengths() throws -> [Int] {
    var lengths: [Int] = []
    for value in variadic {
      guard let tensor = try value.asTensor(), tensor.rank <= 1 else {
        throw Fault("\(builtin.name) takes lengths, not \(value.kindName)")
      }
      for number in tensor.doubles {
        guard let length = Int(exactly: number), length >= 0 else {
          throw Fault("a length must be a whole number that is not negative, not \(number.plain)")
        }
        lengths.append(length)
      }
    }
    return lengths
  }

  public var result: [Int] {
    signature.results.first?.pattern.flatMap { Signature.shape(of: $0, dimensions) } ?? []
  }

  /// Calls a function of the language.
  func apply(_ function: Value, _ arguments: [Value], wanted: Wanted = .one) throws -> Value {
    do {
      return try evaluator.apply(function, Arguments(arguments), wanted: wanted)
    } catch let fault as Fault {
      // Its parameters were not written at the place of this call.
      throw Fault(fault.message, .call, detail: fault.detail)
    }
  }
}

extension Double {
  /// Without a needless `.0`.
  var plain: String {
    if self == .infinity { return "∞" }
    if self == -.infinity { return "-∞" }
    if isNaN { return "NaN" }
    if self == rounded(), magnitude <= 0x1p53 { return String(Int(self)) }
    return String(describing: self)
  }
}
