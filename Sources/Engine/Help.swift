import Language

/// Help pages, made from the registry.
enum Help {
  static func document(for word: String, _ evaluator: Evaluator) throws -> Document {
    if word.isEmpty { return guide }
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

  // MARK: - The guide

  static var guide: Document {
    var blocks: [Document.Block] = [
      .paragraph(
        "Type a formula and press Enter. help NAME explains a builtin, apropos WORD searches.")
    ]
    for family in Registry.families {
      blocks.append(
        .terms([(family.title, family.builtins.map(\.name).joined(separator: " "))]))
    }
    blocks.append(.terms([("Topics", topics.map(\.name).joined(separator: " "))]))
    blocks.append(
      .terms([
        ("At the prompt", ":vars :set :q   ans is the last result   Tab completes   Ctrl-C cancels")
      ]))
    return Document(blocks)
  }

  struct Topic {
    let name: String
    let document: Document
  }

  static let topics = pages + measuring + lecture

  private static let pages = [
    Topic(
      name: "language",
      document: Document([
        .heading("The language"),
        .terms([
          ("f x y", "calls f; options by name: softmax z tau=0.5; also f(x, y)"),
          ("f x - 1", "a call binds tighter than an operator: f(x) - 1"),
          ("[1 2; 3 4]", "a matrix; [1 2 3] is a vector; [K; k] appends a row"),
          ("A @ B", "the matrix product; A * B multiplies element by element; A' transposes"),
          ("A[0, 1:]", "indices from 0, ends excluded, negative from the end; A[A > 0] selects"),
          ("qr, kr = rope q k", "several results; one name takes them together, r[0] is the first"),
          ("x -> x^2", "a function; def f x tau=1 = softmax(x) / tau names one"),
          ("x |> f a", "f(x, a)"),
          ("for i in 0:4 { }", "a loop; also while, if, else, break"),
          ("x = 3;", "a semicolon hides the result"),
          ("# text", "a comment"),
        ]),
        .example("> f = x -> x^2\n> sum(f [1 2 3]) - 1\n13"),
      ])),
    Topic(
      name: "masks",
      document: Document([
        .heading("Masks"),
        .paragraph(
          "A mask is a value: a rule without a shape (causal, window 3), or a 0/1 matrix where 1 = may attend. Rules combine with *, and, or, not."
        ),
        .example("> mask (causal * window 2) 3\n3×3 bool\n  1  0  0\n  1  1  0\n  0  1  1"),
        .paragraph("attn Q K V causal    attn Q K V (causal * window 3)    attn Q K V bias=B"),
      ])),
    Topic(
      name: "shapes",
      document: Document([
        .heading("Shapes"),
        .paragraph(
          "[1 2 3] is a vector (rank 1), [1 2 3;] no different; [1; 2] is a matrix 2×1. Broadcasting is NumPy's: lengths are compared from the last axis, and an axis of length 1 stretches."
        ),
        .paragraph(
          "sum, mean, max … go over everything unless axis= is given; softmax, argmax, sort go along the last axis. col v and row v make matrices of a vector."
        ),
      ])),
    Topic(
      name: "temperature",
      document: Document([
        .heading("Temperature τ"),
        .paragraph(
          "softmax z tau=τ is softmax(z/τ): τ → 0 puts everything on the largest score, τ = 1 is the softmax itself, τ = ∞ forgets the scores. The order of the probabilities never changes, their entropy grows with τ."
        ),
        .example(
          "> for t in [0.1 1 10 ∞] { print t (softmax [1 2 3] tau=t) }\n0.1 <1e-4 <1e-4 1.0000\n1 0.0900 0.2447 0.6652\n10 0.3006 0.3322 0.3672\n∞ 0.3333 0.3333 0.3333"
        ),
        .terms([
          ("tau=", "of softmax and its kin, gumbel_softmax, distill, attn, self_attn, mha"),
          ("τ = 0", "is refused; the limit is one_hot (argmax z) n"),
          ("overflow", "none: the maximum is subtracted before the division"),
          ("uses", "sampling (τ < 1 is more cautious), distillation (τ = 2 to 20), Gumbel-softmax"),
        ]),
      ])),
    Topic(
      name: "pictures",
      document: Document([
        .heading("Pictures"),
        .terms([
          ("heat A", "a matrix as coloured cells: attention weights, encodings, masks"),
          ("plot", "lines: plot y, plot x y, plot (x -> x^2) -1 1; scatter draws points alone"),
          ("loglog", "growth: fitted slopes, and lines of slope 1 and 2 to compare with"),
          ("bar hist spark", "bars of values, histograms on one axis, one-line curves"),
          ("panels a b", "pictures side by side"),
          ("sweep", "sweep tau=[.1 1 10] heat(softmax A tau=tau): one picture for each value"),
        ]),
        .paragraph(
          "A picture is a value: f = plot y; keeps it, f draws it for the window as it is then. Colours follow the terminal; without them cells show a ramp of characters and series differ by their markers."
        ),
      ])),
    Topic(
      name: "sweep",
      document: Document([
        .heading("sweep name=values expression"),
        .paragraph(
          "The expression once for each value: an option of the called function where it has one of that name, otherwise a variable. Numbers and vectors make a table, matrices and pictures small multiples; several names take all combinations. Each time the random state is the same, and stays as it was."
        ),
        .example(
          "> sweep tau=[.1 1 10] softmax [1 2 3]\nsoftmax [1 2 3]\n  tau       0       1       2\n  0.1   <1e-4   <1e-4  1.0000\n    1  0.0900  0.2447  0.6652\n   10  0.3006  0.3322  0.3672"
        ),
        .terms([
          (
            "as a value",
            "S = (sweep tau=[.1 1 10] softmax z): a tensor with one more axis in front"
          ),
          ("other values", "sweep mask=(causal, window 2) attn Q K V"),
        ]),
      ])),
    Topic(
      name: "explain",
      document: Document([
        .heading("explain"),
        .paragraph(
          "explain EXPR shows how a value comes about, step by step with your own numbers, one cell followed through all steps and what must hold checked at the end."
        ),
        .code("explain attn Q K V causal row=2"),
        .terms([
          (
            "a builtin",
            "explain attn Q K V causal: a finished layout, else its definition by lines"
          ),
          ("your own def", "its lines with their values, the branches that are taken"),
          ("other expressions", "their parts from the inside out"),
          ("row= col=", "the cell that is followed: explain attn Q K V causal row=2 col=1"),
          ("at the prompt", "space next, b back, digits jump, arrows another cell, c code, q quit"),
          ("elsewhere", "everything at once"),
        ]),
        .paragraph("Variables and random state stay as they are."),
        .terms([
          (
            "layouts", Registry.all.filter { $0.explain != nil }.map(\.name).joined(separator: " ")
          )
        ]),
      ])),
    Topic(
      name: "scripts",
      document: Document([
        .heading("Scripts"),
        .paragraph(
          "attn FILE replays a file. # text is prose, ## a section, #| speaker's notes, #> the output that is expected."
        ),
        .paragraph(
          "attn check FILE compares each written number at its own digits and exits 1 where one differs; attn bless FILE rewrites the #> lines."
        ),
      ])),
  ]

  // MARK: - apropos and source

  static func search(for word: String) -> Document {
    let needle = word.lowercased()
    let hits = Registry.all.filter { builtin in
      let text = [
        builtin.name, builtin.summary, builtin.keywords, builtin.notes.joined(separator: " "),
      ]
      return text.joined(separator: " ").lowercased().contains(needle)
    }
    guard !hits.isEmpty else {
      return Document([.paragraph("nothing mentions '\(word)'; help lists everything")])
    }
    return Document([.terms(hits.map { ($0.name, $0.summary) })])
  }

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
