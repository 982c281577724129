import Language

/// Help pages, made from the registry.
enum Help {
  static func document(for word: String, _ evaluator: Evaluator) throws -> Document {
    if word.isEmpty { return guide }
    if word == "builtins" { return list }
    if evaluator.frame == nil, let value = evaluator.state.variables[word] {
      return Document([.heading(word), .paragraph("your variable: \(value.shapeText)")])
    }
    if let builtin = Registry[word] { return page(of: builtin) }
    if let topic = topics.first(where: { $0.name == word }) { return topic.document }
    throw Fault(
      "there is no help on '\(word)'", .argument("word"),
      proposals: Suggest.nearest(to: word, among: Registry.all.map(\.name) + topics.map(\.name))
        .prefix(3).map { near in
          .write(near, insteadOf: "word", Registry[near]?.summary ?? "a topic")
        },
      notes: ["apropos \(word) searches the descriptions"])
  }

  // MARK: - One builtin

  static func page(of builtin: Builtin) -> Document {
    let signature = builtin.signature
    var blocks: [Document.Block] = [.heading(usage(of: signature)), .paragraph(builtin.summary)]
    if let formula = builtin.formula { blocks.append(.code(formula)) }
    let terms = signature.parameters.compactMap { term(for: $0, of: builtin) }
    if !terms.isEmpty { blocks.append(.terms(terms)) }
    let results = signature.results.map(describe).filter { !$0.isEmpty }
    if !results.isEmpty { blocks.append(.terms([("gives", results.joined(separator: ", "))])) }
    for note in builtin.notes { blocks.append(.paragraph(note)) }
    if !builtin.examples.isEmpty { blocks.append(.example(builtin.examples)) }
    if builtin.definition != nil {
      blocks.append(.paragraph("source \(builtin.name) shows its definition"))
    }
    return Document(blocks)
  }

  /// `attn Q K V [mask] scale=1/√dk`
  static func usage(of signature: Signature) -> String {
    let words = signature.parameters.map { parameter -> String in
      if parameter.takesAnyOption { return "name=value …" }
      if parameter.isVariadic { return "\(parameter.name) …" }
      if parameter.isOption { return "\(parameter.name)=\(parameter.defaultText ?? "")" }
      return parameter.isOptional ? "[\(parameter.name)]" : parameter.name
    }
    return ([signature.name] + words).joined(separator: " ")
  }

  private static func term(for parameter: Signature.Parameter, of builtin: Builtin) -> (
    term: String, meaning: String
  )? {
    var meaning = Faults.parameterMeaning(parameter.name, builtin)
    if case .word(let words) = parameter.kind {
      meaning = words.joined(separator: " or ") + (meaning.isEmpty ? "" : ": " + meaning)
    }
    let shape = parameter.pattern.map(text) ?? ""
    let text = [shape, meaning].filter { !$0.isEmpty }.joined(separator: "  ")
    return text.isEmpty ? nil : (parameter.name, text)
  }

  /// `[…,n,dk]` as `… n×dk`.
  static func text(_ pattern: Signature.Pattern) -> String {
    let lengths = pattern.compactMap { dimension -> String? in
      switch dimension {
      case .leading: nil
      case .named(let name): name
      case .product(let factors): factors.joined(separator: "·")
      }
    }
    let shape = lengths.joined(separator: "×")
    return pattern.contains(.leading) ? (shape.isEmpty ? "…" : "…×\(shape)") : shape
  }

  private static func describe(_ result: Signature.Result) -> String {
    let shape = result.pattern.map(text) ?? ""
    let parts = [result.name ?? "", shape].filter { !$0.isEmpty }
    guard !parts.isEmpty else { return "" }
    let text = parts.joined(separator: " ")
    return result.isExtra
      ? "\(text) (when asked for)"
      : result.condition.map { "\(text) (with \($0))" } ?? text
  }

  // MARK: - source

  static func source(of word: String, _ evaluator: Evaluator) throws -> Document {
    if case .function(.user(let function))? = evaluator.state.variables[word] {
      return Document([.code(function.source.slice(function.span))])
    }
    guard let builtin = Registry[word] else {
      throw Fault(
        "there is no function '\(word)'", .argument("word"),
        proposals: Suggest.nearest(to: word, among: Registry.all.map(\.name)).prefix(2).map {
          .write($0, insteadOf: "word", Registry[$0]?.summary ?? "")
        })
    }
    guard let text = builtin.definitionText else {
      return Document(
        [
          .paragraph("\(word) is primitive: it has no definition in the language"),
          .code(builtin.formula ?? builtin.signatureText),
        ] + gradients(of: builtin))
    }
    return Document([.code(text)] + gradients(of: builtin))
  }

  /// The rules by which it is differentiated, where it has any.
  private static func gradients(of builtin: Builtin) -> [Document.Block] {
    guard let rules = builtin.vjp?.rules, !rules.isEmpty else { return [] }
    let texts = rules.map { rule in
      "# gradient of \(rule.names.joined(separator: ", "))\n\(rule.text)"
    }
    return [
      .paragraph("gradients, from the result out and its gradient g:"),
      .code(texts.joined(separator: "\n")),
    ]
  }
}
