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
    let words = Self.words(text)
    let sides = words.split(separator: "->", maxSplits: 1, omittingEmptySubsequences: false)
    guard let head = sides[0].first else {
      throw Malformed(description: "no name in '\(text)'")
    }
    let parameters = try sides[0].dropFirst().map(SignatureWord.init)
    try Self.checkSize(parameters)
    self.init(
      text, name: head.hasSuffix("()") ? String(head.dropLast(2)) : head, parameters,
      sides.count == 2 ? try Self.results(sides[1]) : [])
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

  /// `a[n], b if condition also c`.
  private static func results(_ words: ArraySlice<String>) throws -> [Result] {
    var isExtra = false
    var isCondition = false
    var results: [Result] = []
    for word in words {
      let part = word.last == "," ? String(word.dropLast()) : word
      if part == "also" {
        isExtra = true
        isCondition = false
      } else if part == "if" {
        isCondition = true
      } else if !isCondition {
        results.append(try result(part, isExtra))
      } else if !results.isEmpty {
        results[results.count - 1].condition = (results.last?.condition ?? "") + part
      }
      if word.last == "," { isCondition = false }
    }
    return results
  }

  private static func result(_ word: String, _ isExtra: Bool) throws -> Result {
    var scanner = WordScanner(word)
    let name = scanner.name()
    var result = Result(
      name: name.isEmpty ? nil : name, kind: .tensor, pattern: nil, isExtra: isExtra,
      condition: nil)
    if let pattern = scanner.bracketed("[", "]") { result.pattern = try self.pattern(pattern) }
    if scanner.take(":") { result.kind = try kind(scanner.name()) }
    // `?` stands for a shape that depends on more than shapes.
    guard scanner.isAtEnd || word == "?" else {
      throw Malformed(description: "'\(word)' is not a result")
    }
    return result
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

  /// Splits at blanks outside brackets.
  private static func words(_ text: String) -> [String] {
    var depth = 0
    return text.utf8.split { byte in
      if "[({".utf8.contains(byte) { depth += 1 }
      if "])}".utf8.contains(byte) { depth -= 1 }
      return byte == UInt8(ascii: " ") && depth == 0
    }.map { String(Substring($0)) }
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
