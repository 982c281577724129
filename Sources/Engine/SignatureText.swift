import Language

extension Signature {
  /// What is wrong with a signature's text; a mistake of the registry, found by its tests.
  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  convenience init(nameOnly name: String) {
    self.init(name, name: name, [], [])
  }

  convenience init(_ text: String) throws {
    let sides = (text + " ").split(separator: " -> ", maxSplits: 1)
    guard let left = sides.first else { throw Malformed(description: "empty signature") }
    var words = Self.split(String(left), at: " ")
    guard !words.isEmpty else { throw Malformed(description: "no name in '\(text)'") }
    let head = words.removeFirst()
    let parameters = try words.map(SignatureWord.init)
    try Self.checkSize(parameters)
    self.init(
      text, name: head.hasSuffix("()") ? String(head.dropLast(2)) : head, parameters,
      sides.count == 2 ? try Self.results(String(sides[1])) : [])
  }

  private static func checkSize(_ parameters: [SignatureWord]) throws {
    let patterns = parameters.compactMap(\.pattern)
    let names = Set(
      patterns.joined().compactMap { if case .named(let name) = $0 { name } else { nil } })
    let most = PerDimension<Int>.scalarCount
    guard names.count <= most, patterns.allSatisfy({ $0.count <= most }) else {
      throw Malformed(description: "more dimensions than there is room for")
    }
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

  fileprivate static func pattern(_ text: String) throws -> Pattern {
    try text.split(separator: ",").map { part in
      let word = part.filter { $0 != " " }
      if word == "…" { return .leading }
      let factors = word.split(separator: "*").map(String.init)
      guard !factors.isEmpty else { throw Malformed(description: "empty dimension in '\(text)'") }
      return factors.count == 1 && Int(factors[0]) == nil ? .named(factors[0]) : .product(factors)
    }
  }

  fileprivate static func kind(_ word: String) throws -> Kind {
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

/// One parameter as the line states it.
struct SignatureWord {
  let name: String
  private(set) var kind = Signature.Kind.tensor
  private(set) var pattern: Signature.Pattern?
  private(set) var isOptional = false
  private(set) var isVariadic = false
  private(set) var takesAnyOption = false
  private(set) var isOption = false
  private(set) var defaultText: String?
  private(set) var defaultValue: Expr?

  init(_ word: String) throws {
    var scanner = WordScanner(word)
    name = scanner.name()
    if scanner.take("?") { isOptional = true }
    if scanner.take("*") { isVariadic = true }
    if scanner.take("*") {
      isVariadic = false
      takesAnyOption = true
      isOption = true
    }
    if let pattern = scanner.bracketed("[", "]") { self.pattern = try Signature.pattern(pattern) }
    if scanner.take(":") {
      if let words = scanner.bracketed("{", "}") {
        isOption = true
        let choices = words.split(separator: ",").map(String.init)
        kind = .word(choices)
        defaultText = choices[0]
      } else {
        kind = try Signature.kind(scanner.name())
        if scanner.take("*") { isVariadic = true }
      }
    }
    if scanner.take("=") {
      isOption = !isOptional
      var text = scanner.rest()
      var hasKind = false
      if let colon = text.lastIndex(of: ":") {
        kind = try Signature.kind(String(text[text.index(after: colon)...]))
        text = String(text[..<colon])
        hasKind = true
      }
      if !text.isEmpty {
        let value = try Parser.expression(text)
        (defaultText, defaultValue) = (text, value)
        if case .number = value.form, kind == .tensor, !hasKind { kind = .number }
      }
    } else if !scanner.isAtEnd {
      throw Signature.Malformed(description: "'\(word)' is not a parameter")
    }
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
