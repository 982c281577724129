import Language

/// One way to go on typing.
public struct Continuation: Sendable, Equatable {
  public var text: String
  public var note: String
}

/// What Tab may offer, from the variables and the registry.
public struct CompletionList: Sendable {
  /// Where the text that is replaced begins, in characters.
  public var start: Int
  public var items: [Continuation]
  /// The called function's usage and summary, for a second Tab.
  public var hint: [String]
}

extension Session {
  /// What fits left of `cursor` (in characters).
  public func completions(in line: String, at cursor: Int) -> CompletionList {
    let left = Array(line.prefix(cursor))
    var start = left.count
    while start > 0, isNameCharacter(left[start - 1]) { start -= 1 }
    let word = String(left[start...])
    if start > 0, left[start - 1] == "\\" { return symbols(word, from: start - 1) }
    let before = String(left[..<start])
    let function = calledFunction(in: before)
    let hint = function.map(hintLines) ?? Registry[word].map(hintLines) ?? []
    if start > 0, left[start - 1] == ":", before.allSatisfy({ $0 == " " || $0 == ":" }) {
      let commands = ["vars", "set", "q", "time"].filter { $0.hasPrefix(word) }
      return CompletionList(
        start: start, items: commands.map { Continuation(text: $0, note: "") }, hint: [])
    }
    if before.hasPrefix("help ") || before.hasPrefix("source ") || before.hasPrefix("?") {
      return CompletionList(start: start, items: builtins(word), hint: hint)
    }
    let items = options(of: function, word) + variables(word) + builtins(word) + keywords(word)
    return CompletionList(start: start, items: items, hint: hint)
  }

  private func isNameCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// `\tau` for those who can not type τ.
  private func symbols(_ word: String, from start: Int) -> CompletionList {
    let items = Self.symbolNames.filter { $0.name.hasPrefix(word) }
    let exact = items.filter { $0.name == word }
    return CompletionList(
      start: start,
      items: (exact.isEmpty ? items : exact).map { Continuation(text: $0.symbol, note: $0.name) },
      hint: [])
  }

  private static let symbolNames: [(name: String, symbol: String)] = [
    ("alpha", "α"), ("beta", "β"), ("gamma", "γ"), ("delta", "δ"), ("epsilon", "ε"), ("zeta", "ζ"),
    ("eta", "η"), ("theta", "θ"), ("iota", "ι"), ("kappa", "κ"), ("lambda", "λ"), ("mu", "μ"),
    ("nu", "ν"), ("xi", "ξ"), ("pi", "π"), ("rho", "ρ"), ("sigma", "σ"), ("tau", "τ"),
    ("phi", "φ"), ("chi", "χ"), ("psi", "ψ"), ("omega", "ω"), ("Gamma", "Γ"), ("Delta", "Δ"),
    ("Theta", "Θ"), ("Lambda", "Λ"), ("Sigma", "Σ"), ("Phi", "Φ"), ("Psi", "Ψ"), ("Omega", "Ω"),
    ("inf", "∞"), ("sqrt", "√"), ("times", "×"), ("cdot", "·"), ("odot", "⊙"), ("le", "≤"),
    ("ge", "≥"), ("ne", "≠"), ("to", "→"), ("T", "ᵀ"),
  ]

  private func variables(_ word: String) -> [Continuation] {
    variables.filter { $0.name.hasPrefix(word) }.map {
      Continuation(text: $0.name, note: $0.value.shapeText)
    }
  }

  private func builtins(_ word: String) -> [Continuation] {
    Registry.all.filter { $0.name.hasPrefix(word) && self[$0.name] == nil }.sorted {
      $0.name < $1.name
    }.map { Continuation(text: $0.name, note: $0.summary) }
  }

  private func keywords(_ word: String) -> [Continuation] {
    guard !word.isEmpty else { return [] }
    return ["def", "for", "while", "if", "else", "break", "and", "or", "not", "exit"]
      .filter { $0.hasPrefix(word) }.map { Continuation(text: $0, note: "") }
  }

  private func options(of function: Builtin?, _ word: String) -> [Continuation] {
    guard let function else { return [] }
    return function.signature.options.filter { !$0.takesAnyOption && $0.name.hasPrefix(word) }.map {
      option in
      let meaning = function.parameters.first { $0.name == option.name }?.meaning
      return Continuation(text: "\(option.name)=", note: meaning ?? "option of \(function.name)")
    }
  }

  /// The builtin whose arguments are being typed at the end of `text`: the first name after the
  /// last operator or opening bracket.
  private func calledFunction(in text: String) -> Builtin? {
    var depth = 0
    var start = text.startIndex
    for index in text.indices.reversed() {
      let character = text[index]
      if ")]".contains(character) { depth += 1 }
      if "([".contains(character) {
        if depth == 0 {
          let name = text[..<index].reversed().prefix { isNameCharacter($0) }
          if character == "(", let builtin = Registry[String(name.reversed())] { return builtin }
          start = text.index(after: index)
          break
        }
        depth -= 1
      }
      if depth == 0, "+-*/@%=,;<>|".contains(character) {
        let isOption =
          character == "=" && text[..<index].last?.isWhitespace == false
          && text[text.index(after: index)...].first?.isWhitespace != true
        let isMinusOfArgument =
          character == "-" && text[text.index(after: index)...].first?.isWhitespace == false
        if isOption || isMinusOfArgument { continue }
        start = text.index(after: index)
        break
      }
    }
    let words = text[start...].split(separator: " ")
    guard let head = words.first.map(String.init), self[head] == nil else { return nil }
    return Registry[head]
  }

  private func hintLines(_ builtin: Builtin) -> [String] {
    [Help.usage(of: builtin.signature), builtin.summary]
  }
}
