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
    if let subjects = subjects(after: before, word) {
      return CompletionList(
        start: start, items: subjects, hint: Registry[word].map(hintLines) ?? [])
    }
    let (missing, inference) = openPlace(after: before)
    let function = missing?.builtin ?? calledFunction(in: before)
    let hint = function.map(hintLines) ?? Registry[word].map(hintLines) ?? []
    let fitting = missing.map { self.fitting($0, inference, word) } ?? []
    var items = words(of: function, before, word)
    if items.isEmpty {
      items = fitting + options(of: function, word)
      // Where nothing is typed yet, what fits is more than enough.
      if items.isEmpty || !word.isEmpty { items += variables(word) + builtins(word) }
      items += keywords(word, isFirst: isStatementStart(before))
    }
    return CompletionList(start: start, items: items.withoutRepeats, hint: hint)
  }

  private func isNameCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private func isStatementStart(_ before: String) -> Bool {
    before.allSatisfy(\.isWhitespace) || before.last { $0 != " " } == ";"
  }

  /// What stands after `help`, `source` and `?` at the start of a line.
  private func subjects(after before: String, _ word: String) -> [Continuation]? {
    let start = before.drop { $0 == " " }
    guard start.hasPrefix("help ") || start.hasPrefix("source ") || start.hasPrefix("?") else {
      return nil
    }
    let all = Registry.all.filter { $0.name.hasPrefix(word) }.sorted { $0.name < $1.name }
      .map { Continuation(text: $0.name, note: $0.summary) }
    guard !start.hasPrefix("source ") else { return variables(word, where: isFunction) + all }
    let topics = Help.topics.map(\.name).filter { $0.hasPrefix(word) }
    return variables(word) + topics.map { Continuation(text: $0, note: "topic") } + all
  }

  private func isFunction(_ value: Value) -> Bool {
    if case .function = value { true } else { false }
  }

  // MARK: - What fits the place

  /// What the place behind `before` needs, where it can be told.
  private func openPlace(after before: String) -> (MissingOperand?, ShapeInference?) {
    guard case .draft(let draft) = Draft.read(before + "?") else { return (nil, nil) }
    let inference = ShapeInference(self, draft.source)
    for statement in draft.statements {
      do {
        _ = try inference.infer(statement)
      } catch let missing as MissingOperand {
        return (missing, inference)
      } catch {
        continue
      }
    }
    return (nil, nil)
  }

  /// The variables of the wanted shape, the rules for a mask.
  private func fitting(_ missing: MissingOperand, _ inference: ShapeInference?, _ word: String)
    -> [Continuation]
  {
    guard let inference else { return [] }
    let variables = inference.candidates(for: missing).filter { $0.text.hasPrefix(word) }
    let rules = inference.words(for: missing).filter { $0.name.hasPrefix(word) }
    return variables.map { Continuation(text: $0.text, note: $0.value.shapeText) }
      + rules.map { Continuation(text: $0.name, note: $0.summary) }
  }

  /// `layout=`: the words that may stand behind it.
  private func words(of function: Builtin?, _ before: String, _ word: String) -> [Continuation] {
    guard before.last == "=", let function else { return [] }
    let option = String(before.dropLast().reversed().prefix(while: isNameCharacter).reversed())
    guard case .word(let words)? = function.signature.parameter(option)?.kind else { return [] }
    return words.filter { $0.hasPrefix(word) }.map { Continuation(text: $0, note: "") }
  }

  private func options(of function: Builtin?, _ word: String) -> [Continuation] {
    guard let function else { return [] }
    let options = function.signature.options.filter { !$0.takesAnyOption }
    return options.flatMap { option -> [Continuation] in
      let meaning = Faults.parameterMeaning(option.name, function)
      let note = meaning.isEmpty ? "option of \(function.name)" : meaning
      let texts =
        if case .word(let words) = option.kind {
          words.map { "\(option.name)=\($0)" }
        } else {
          ["\(option.name)="]
        }
      return texts.filter { $0.hasPrefix(word) }.map { Continuation(text: $0, note: note) }
    }
  }

  private func variables(_ word: String, where isWanted: (Value) -> Bool = { _ in true })
    -> [Continuation]
  {
    variables.filter { $0.name.hasPrefix(word) && isWanted($0.value) }.map {
      Continuation(text: $0.name, note: $0.value.shapeText)
    }
  }

  private func builtins(_ word: String) -> [Continuation] {
    Registry.all.filter { $0.name.hasPrefix(word) && self[$0.name] == nil }.sorted {
      $0.name < $1.name
    }.map { Continuation(text: $0.name, note: $0.summary) }
  }

  private static let commands: [Continuation] = [
    Continuation(text: "explain", note: "every step of an expression, with your numbers"),
    Continuation(text: "sweep", note: "an expression for several values of an option"),
    Continuation(text: "cost", note: "operations and memory of a call"),
    Continuation(text: "bench", note: "how fast an expression runs"),
    Continuation(text: "compare", note: "two ways to the same value"),
    Continuation(text: "def", note: "a function of your own"),
  ]

  private func keywords(_ word: String, isFirst: Bool) -> [Continuation] {
    let commands = isFirst ? Self.commands.filter { $0.text.hasPrefix(word) } : []
    guard !word.isEmpty else { return commands }
    return commands
      + ["for", "while", "if", "else", "break", "and", "or", "not", "exit"]
      .filter { $0.hasPrefix(word) }.map { Continuation(text: $0, note: "") }
  }

  // MARK: - Symbols

  /// `\tau` for those who can not type τ.
  private func symbols(_ word: String, from start: Int) -> CompletionList {
    let items = Self.symbolNames.filter { $0.name.hasPrefix(word) }
    let exact = items.filter { $0.name == word }
    return CompletionList(
      start: start,
      items: (exact.isEmpty ? items : exact).map { Continuation(text: $0.symbol, note: $0.name) },
      hint: [])
  }

  /// As LaTeX names them: the letters, and every sign of the language that keyboards lack.
  static let symbolNames: [(name: String, symbol: String)] = [
    ("alpha", "α"), ("beta", "β"), ("gamma", "γ"), ("delta", "δ"), ("epsilon", "ε"),
    ("varepsilon", "ε"), ("zeta", "ζ"), ("eta", "η"), ("theta", "θ"), ("vartheta", "θ"),
    ("iota", "ι"), ("kappa", "κ"), ("lambda", "λ"), ("mu", "μ"), ("nu", "ν"), ("xi", "ξ"),
    ("omicron", "ο"), ("pi", "π"), ("rho", "ρ"), ("sigma", "σ"), ("tau", "τ"), ("upsilon", "υ"),
    ("phi", "φ"), ("varphi", "φ"), ("chi", "χ"), ("psi", "ψ"), ("omega", "ω"), ("Gamma", "Γ"),
    ("Delta", "Δ"), ("Theta", "Θ"), ("Lambda", "Λ"), ("Xi", "Ξ"), ("Pi", "Π"), ("Sigma", "Σ"),
    ("Upsilon", "Υ"), ("Phi", "Φ"), ("Psi", "Ψ"), ("Omega", "Ω"), ("inf", "∞"), ("infty", "∞"),
    ("sqrt", "√"), ("times", "×"), ("div", "÷"), ("cdot", "·"), ("odot", "⊙"), ("le", "≤"),
    ("leq", "≤"), ("ge", "≥"), ("geq", "≥"), ("ne", "≠"), ("neq", "≠"), ("to", "→"),
    ("rightarrow", "→"), ("mapsto", "↦"), ("minus", "−"), ("T", "ᵀ"), ("top", "ᵀ"),
  ]

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

  /// Signature, summary, and what the parameters mean.
  private func hintLines(_ builtin: Builtin) -> [String] {
    let width = builtin.parameters.map(\.name.count).max() ?? 0
    return [Help.usage(of: builtin.signature), builtin.summary]
      + builtin.parameters.map { name, meaning in
        "  " + name + String(repeating: " ", count: width - name.count + 2) + meaning
      }
  }
}

extension [Continuation] {
  /// The first of each text.
  fileprivate var withoutRepeats: [Continuation] {
    var seen: Set<String> = []
    return filter { seen.insert($0.text).inserted }
  }
}
