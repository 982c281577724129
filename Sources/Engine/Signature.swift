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
public struct Signature: Sendable {
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

  public struct Parameter: Sendable {
    public let name: String
    public let symbol: Symbol
    public var kind: Kind
    public var pattern: Pattern?
    public var isOptional: Bool
    public var isVariadic: Bool
    /// Takes every option that no other parameter takes: `fields**`.
    public var takesAnyOption: Bool
    /// By name only, `tau=1`.
    public var isOption: Bool
    public var defaultText: String?
    public var defaultValue: Expr?
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

  public var positionals: [Parameter] { parameters.filter { !$0.isOption } }
  public var options: [Parameter] { parameters.filter(\.isOption) }
  public var isVariadic: Bool { parameters.contains(where: \.isVariadic) }
  /// A word that means a value: `causal`, `pi`; written `kvcache()` it is a function of nothing.
  public let isConstant: Bool

  public var arity: ClosedRange<Int> {
    let required = positionals.count { !$0.isOptional && !$0.isVariadic }
    return required...(isVariadic ? Int.max : positionals.count)
  }

  public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }
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

// MARK: - Reading the line

extension Signature {
  /// What is wrong with a signature's text; a mistake of the registry, found by its tests.
  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  init(nameOnly name: String) {
    text = name
    self.name = name
    isConstant = false
    parameters = []
    results = []
  }

  init(_ text: String) throws {
    self.text = text
    let sides = (text + " ").split(separator: " -> ", maxSplits: 1)
    guard let left = sides.first else { throw Malformed(description: "empty signature") }
    var words = Self.split(String(left), at: " ")
    guard !words.isEmpty else { throw Malformed(description: "no name in '\(text)'") }
    let head = words.removeFirst()
    name = head.hasSuffix("()") ? String(head.dropLast(2)) : head
    isConstant = words.isEmpty && name == head
    parameters = try words.map(Self.parameter)
    results = sides.count == 2 ? try Self.results(String(sides[1])) : []
  }

  private static func parameter(_ word: String) throws -> Parameter {
    var scanner = WordScanner(word)
    let name = scanner.name()
    var parameter = Parameter(
      name: name, symbol: Symbol(name), kind: .tensor, pattern: nil, isOptional: false,
      isVariadic: false,
      takesAnyOption: false, isOption: false, defaultText: nil, defaultValue: nil)
    if scanner.take("?") { parameter.isOptional = true }
    if scanner.take("*") { parameter.isVariadic = true }
    if scanner.take("*") {
      parameter.isVariadic = false
      parameter.takesAnyOption = true
      parameter.isOption = true
    }
    if let pattern = scanner.bracketed("[", "]") { parameter.pattern = try self.pattern(pattern) }
    if scanner.take(":") {
      if let words = scanner.bracketed("{", "}") {
        parameter.isOption = true
        let choices = words.split(separator: ",").map(String.init)
        parameter.kind = .word(choices)
        parameter.defaultText = choices[0]
      } else {
        parameter.kind = try kind(scanner.name())
        if scanner.take("*") { parameter.isVariadic = true }
      }
    }
    if scanner.take("=") {
      parameter.isOption = !parameter.isOptional
      var text = scanner.rest()
      var hasKind = false
      if let colon = text.lastIndex(of: ":") {
        parameter.kind = try kind(String(text[text.index(after: colon)...]))
        text = String(text[..<colon])
        hasKind = true
      }
      if !text.isEmpty {
        let value = try Parser.expression(text)
        parameter.defaultText = text
        parameter.defaultValue = value
        if case .number = value.form, parameter.kind == .tensor, !hasKind {
          parameter.kind = .number
        }
      }
    } else if !scanner.isAtEnd {
      throw Malformed(description: "'\(word)' is not a parameter")
    }
    return parameter
  }

  private static func results(_ text: String) throws -> [Result] {
    var isExtra = false
    var results: [Result] = []
    for part in split(text.replacing(" also ", with: ", also "), at: ",") {
      var word = String(part.drop { $0 == " " })
      if word.hasPrefix("also ") {
        isExtra = true
        word = String(word.dropFirst(5))
      }
      var condition: String?
      let halves = word.split(separator: " if ")
      if halves.count == 2 {
        word = String(halves[0])
        condition = halves[1].filter { $0 != " " }
      }
      var scanner = WordScanner(word)
      let name = scanner.name()
      var result = Result(
        name: name.isEmpty ? nil : name, kind: .tensor, pattern: nil, isExtra: isExtra,
        condition: condition)
      if let pattern = scanner.bracketed("[", "]") { result.pattern = try self.pattern(pattern) }
      if scanner.take(":") { result.kind = try kind(scanner.name()) }
      results.append(result)
    }
    return results
  }

  private static func pattern(_ text: String) throws -> Pattern {
    try text.split(separator: ",").map { part in
      let word = part.filter { $0 != " " }
      if word == "…" { return .leading }
      let factors = word.split(separator: "*").map(String.init)
      guard !factors.isEmpty else { throw Malformed(description: "empty dimension in '\(text)'") }
      return factors.count == 1 && Int(factors[0]) == nil ? .named(factors[0]) : .product(factors)
    }
  }

  private static func kind(_ word: String) throws -> Kind {
    switch word {
    case "tensor": .tensor
    case "number": .number
    case "int": .int
    case "string": .string
    case "function": .function
    case "mask": .mask
    case "bias": .bias
    case "cache": .cache
    case "record": .record
    case "flag": .flag
    case "any": .any
    default: throw Malformed(description: "no kind '\(word)'")
    }
  }

  /// Splits at a separator outside brackets.
  private static func split(_ text: String, at separator: Character) -> [String] {
    var parts: [String] = []
    var current = ""
    var depth = 0
    for character in text {
      if "[({".contains(character) { depth += 1 }
      if "])}".contains(character) { depth -= 1 }
      if character == separator && depth == 0 {
        if !current.isEmpty { parts.append(current) }
        current = ""
      } else {
        current.append(character)
      }
    }
    if !current.isEmpty { parts.append(current) }
    return parts
  }
}

/// Reads one word of a signature from left to right.
private struct WordScanner {
  private var text: Substring

  init(_ text: String) { self.text = text[...] }

  var isAtEnd: Bool { text.isEmpty }

  mutating func name() -> String {
    let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    text = text.dropFirst(name.count)
    return String(name)
  }

  mutating func take(_ character: Character) -> Bool {
    guard text.first == character else { return false }
    text = text.dropFirst()
    return true
  }

  mutating func bracketed(_ open: Character, _ close: Character) -> String? {
    guard text.first == open, let end = text.firstIndex(of: close) else { return nil }
    let inner = text[text.index(after: text.startIndex)..<end]
    text = text[text.index(after: end)...]
    return String(inner)
  }

  mutating func rest() -> String {
    defer { text = "" }
    return String(text)
  }
}
