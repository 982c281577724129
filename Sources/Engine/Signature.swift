import Kernels
import Language

/// What a builtin takes and gives, read from the one line that its entry states.
///
///     attn Q[…,n,dk] K[…,m,dk] V[…,m,dv] mask?=full:mask scale=1/√dk -> out[…,n,dv] also weights[…,n,m]
///
/// - `x` a tensor of any shape, `x[…,n]` one whose last axis is called n; `…` stands for leading
///   axes that broadcast with those of the other arguments.
/// - `k?` may be left out; `mask?=full` then has a value; `x*` takes any number of arguments,
///   `fields**` any named ones.
/// - `k:int`, `k=3:int`: another kind than tensor, which are `:number`, `:string`,
///   `:function`, `:mask`, `:bias` (a rule or a tensor), `:record`,
///   `:cache`, `:flag`, `:any`.
/// - `tau=1` an option with its default, an expression that may use the dimensions; `axis=` one
///   that may be absent; `layout:{interleaved,half}` one that takes one of the words.
/// - After `->` the results: several by commas are a tuple, those after `also` come only when asked
///   for; `kr[…,m,d] if k` exists only when k was given; `?` has no simple rule.
///
/// What a call asks of it is found once, when it is read: where its parameters stand, its dimensions
/// by number, what its defaults are.
public final class Signature: Sendable {
  public enum Kind: Sendable, Equatable {
    case tensor, number, int, string, function, mask, bias, record, cache, flag, any
    case word([String])
  }

  public enum Dimension: Sendable, Equatable {
    /// `…`
    case leading
    case named(String)
    /// `h*d`, `2*n`, `4`: known once the names are.
    case product([String])
  }

  public typealias Pattern = [Dimension]

  public final class Parameter: Sendable {
    public let name: String
    public let symbol: Symbol
    public let kind: Kind
    public let pattern: Pattern?
    public let isOptional: Bool
    public let isVariadic: Bool
    /// Takes every option that no other parameter takes: `fields**`.
    public let takesAnyOption: Bool
    /// By name only, `tau=1`.
    public let isOption: Bool
    public let defaultText: String?
    public let defaultValue: Expr?
    /// Among the parameters of its signature.
    let place: Int

    init(_ word: SignatureWord, place: Int) {
      (name, symbol, kind) = (word.name, Symbol(word.name), word.kind)
      pattern = word.pattern
      (isOptional, isVariadic) = (word.isOptional, word.isVariadic)
      (takesAnyOption, isOption) = (word.takesAnyOption, word.isOption)
      (defaultText, defaultValue) = (word.defaultText, word.defaultValue)
      self.place = place
    }
  }

  public struct Result: Sendable {
    public var name: String?
    public var kind: Kind
    public var pattern: Pattern?
    /// After `also`: given only to a caller that wants more than the main result.
    public var isExtra: Bool
    /// The parameter without which this result does not exist.
    public var condition: String?
  }

  public let text: String
  public let name: String
  public let parameters: [Parameter]
  public let results: [Result]
  public let positionals: [Parameter]
  public let options: [Parameter]
  /// Results that do not stand after `also`.
  let mainResultCount: Int
  /// Of the patterns of the parameters; a dimension's number is its place here.
  let dimensionNames: NameTable
  /// By parameter.
  let defaults: [Default]
  let traits: [Traits]
  /// Those that a call may have to evaluate.
  let lateDefaults: [LateDefault]
  private let parameterNames: NameTable
  let variadic: Parameter?
  let takesAnyOption: Bool

  init(_ text: String, name: String, _ words: [SignatureWord], _ results: [Result]) {
    var dimensions: [String] = []
    let parameters = words.enumerated().map { Parameter($1, place: $0) }
    traits = parameters.map { Traits(of: $0, among: parameters, dimensions: &dimensions) }
    (self.text, self.name) = (text, name)
    (self.parameters, self.results) = (parameters, results)
    positionals = parameters.filter { !$0.isOption }
    options = parameters.filter(\.isOption)
    mainResultCount = results.count { !$0.isExtra }
    dimensionNames = NameTable(dimensions)
    parameterNames = NameTable(parameters.map(\.name))
    let defaults = parameters.map { Default(of: $0, among: parameters, dimensions) }
    self.defaults = defaults
    lateDefaults = defaults.enumerated().compactMap { LateDefault($1, place: $0) }
    variadic = parameters.first(where: \.isVariadic)
    takesAnyOption = parameters.contains(where: \.takesAnyOption)
  }

  public var isVariadic: Bool { variadic != nil }

  public var arity: ClosedRange<Int> {
    let required = positionals.count { !$0.isOptional && !$0.isVariadic }
    return required...(isVariadic ? Int.max : positionals.count)
  }

  func place(of name: String) -> Int? { parameterNames.place(of: name) }

  public func parameter(_ name: String) -> Parameter? { place(of: name).map { parameters[$0] } }
}

extension Signature {
  /// What a parameter is where the call does not say it.
  enum Default: Sendable {
    case absent
    case value(Value)
    /// A word of the registry: `full`.
    case constant(Expr)
    /// A number that the dimensions give: `1/√dk`.
    case formula(Formula, Expr)
    /// It mentions other parameters, or is more than a number.
    case expression(Expr)

    init(of parameter: Parameter, among all: [Parameter], _ dimensions: [String]) {
      guard let text = parameter.defaultText else {
        self = .absent
        return
      }
      if case .word = parameter.kind {
        self = .value(.string(text))
        return
      }
      guard let expr = parameter.defaultValue else {
        self = .absent
        return
      }
      let names = FreeNames.of(expr).map(\.text)
      let isFree = !names.contains { name in all.contains { $0.name == name } }
      switch expr.form {
      case .number(let number): self = .value(.number(number))
      case .name(let name) where isFree && !dimensions.contains(name) && Registry[name] != nil:
        self = .constant(expr)
      default:
        guard isFree, let formula = Formula(expr, dimensions) else {
          self = .expression(expr)
          return
        }
        let fixed = formula.dimensions.isEmpty ? formula.number(Dimensions()) : nil
        self = fixed.map { .value(.number($0)) } ?? .formula(formula, expr)
      }
    }
  }
}

/// A few names, found without comparing texts of different lengths.
struct NameTable: Sendable {
  let names: [String]
  private let lengths: [Int]

  init(_ names: [String]) {
    self.names = names
    lengths = names.map(\.utf8.count)
  }

  func place(of name: String) -> Int? {
    let length = name.utf8.count
    for place in lengths.indices where lengths[place] == length && names[place] == name {
      return place
    }
    return nil
  }
}

/// A number that dimensions give, as steps on a stack of numbers: `1/√dk` is 1, dk, √, /.
struct Formula: Sendable {
  private enum Step {
    case number(Double)
    case dimension(Int)
    case unary(UnaryFunction)
    case binary(BinaryFunction)
  }

  private static let mostNumbers = 8

  private var steps: [Step] = []

  /// Nil where the expression is more than arithmetic of these dimensions.
  init?(_ expr: Expr, _ dimensions: [String]) {
    guard add(expr, dimensions, depth: 1) else { return nil }
  }

  private mutating func add(_ expr: Expr, _ dimensions: [String], depth: Int) -> Bool {
    guard depth <= Self.mostNumbers else { return false }
    switch expr.form {
    case .number(let number): steps.append(.number(number))
    case .name(let name):
      guard let number = dimensions.firstIndex(of: name) else { return false }
      steps.append(.dimension(number))
    case .unary(let op, let operand, _):
      guard op != .not, add(operand, dimensions, depth: depth) else { return false }
      steps.append(.unary(op.function))
    case .binary(let op, let left, let right, _):
      guard let function = op.elementwise, !op.givesBool,
        add(left, dimensions, depth: depth), add(right, dimensions, depth: depth + 1)
      else { return false }
      steps.append(.binary(function))
    default: return false
    }
    return true
  }

  /// Those that it is made of.
  var dimensions: Signature.DimensionSet {
    var dimensions = Signature.DimensionSet()
    for case .dimension(let number) in steps { dimensions.insert(number) }
    return dimensions
  }

  /// Nil where it needs a dimension that is not known.
  func number(_ dimensions: Dimensions) -> Double? {
    var (stack, count) = (SIMD8<Double>(), 0)
    for step in steps {
      switch step {
      case .number(let number):
        stack[count] = number
        count += 1
      case .dimension(let number):
        guard let length = dimensions.length(ofNumber: number) else { return nil }
        stack[count] = Double(length)
        count += 1
      case .unary(let function): stack[count - 1] = scalar(function, stack[count - 1])
      case .binary(let function):
        count -= 1
        stack[count - 1] = scalar(function, stack[count - 1], stack[count])
      }
    }
    return stack[0]
  }
}

extension Signature {
  /// A default's text with the dimensions written as what they are: `1/√dk` → `1/√shape(Q)[-1]`,
  /// so that a definition shown to the user stands on its own.
  func selfContained(_ text: String) -> String {
    var result = ""
    var word = ""
    for character in text + " " {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        result += lengthText(of: word) ?? word
        result.append(character)
        word = ""
      }
    }
    return String(result.dropLast())
  }

  private func lengthText(of dimension: String) -> String? {
    for parameter in parameters where parameter.name != dimension {
      guard let pattern = parameter.pattern,
        let index = pattern.firstIndex(of: .named(dimension)),
        !parameters.contains(where: { $0.name == dimension })
      else { continue }
      return "shape(\(parameter.name))[\(index - pattern.count)]"
    }
    return nil
  }
}
