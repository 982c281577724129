// (2) What is said where a `=` or a comma stands where it can not.
extension Parser {
  // MARK: - (2) `=` where it can not stand

  /// `f x = …`, `qr kr = rope q k`, `f x heads = 8`
  func refusedAssignment(to target: Expr) -> Diagnostic {
    let value = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 1
      parser.skipNewlines()
      return try parser.expression()
    }
    guard case .call(let head, let arguments, let style) = target.form, style != .piped,
      case .name(let function) = head.form, target.span.lower == head.span.lower
    else {
      let fix = value.map { value in
        Fix(
          "\(source.slice(target.span)) == \(source.slice(value.value.span))", note: "compares",
          replacing: target.span.joined(with: value.value.span))
      }
      return Diagnostic(
        "only names, fields and elements can be assigned to", in: source, at: target.span,
        marks: [.init(token.span)], fixes: [fix].compactMap { $0 })
    }
    var diagnostic = Diagnostic(
      "a call can not be assigned to", in: source, at: target.span, marks: [.init(token.span)])
    guard !isTrial else { return diagnostic }
    if style == .spaced, let option = looseOption(in: target, arguments) {
      diagnostic.fixes.append(option)
    }
    if let value {
      let text = source.slice(value.value.span)
      let whole = target.span.joined(with: value.value.span)
      diagnostic.fixes += [
        definition(target, arguments, text, whole),
        severalResults(function, arguments, style, value.value, text, whole),
      ].compactMap { $0 }
      // Who takes a call apart does not use the new names in it.
      if case .call = value.value.form, !value.value.mentions(arguments.map(\.value)),
        let several = diagnostic.fixes.firstIndex(where: { $0.note == Self.severalNote })
      {
        diagnostic.fixes.insert(diagnostic.fixes.remove(at: several), at: 0)
      }
    }
    return diagnostic
  }

  private static let severalNote = "takes several results"

  private func definition(_ target: Expr, _ arguments: [Argument], _ value: String, _ whole: Span)
    -> Fix?
  {
    var names: Set<String> = []
    for argument in arguments {
      switch argument {
      case .option(let name, _): guard names.insert(name.text).inserted else { return nil }
      case .positional(let expr):
        guard case .name(let name) = expr.form, source.slice(expr.span) == name,
          names.insert(name).inserted
        else { return nil }
      }
    }
    return Fix(
      "def \(source.slice(target.span)) = \(value)", note: "defines a function", replacing: whole)
  }

  private func severalResults(
    _ function: String, _ arguments: [Argument], _ style: CallStyle, _ value: Expr, _ text: String,
    _ whole: Span
  ) -> Fix? {
    var names = [function]
    for argument in arguments {
      guard case .positional(let expr) = argument, case .name(let name) = expr.form,
        source.slice(expr.span) == name
      else { return nil }
      names.append(name)
    }
    guard style == .spaced, names.count > 1 else { return nil }
    switch value.form {
    case .call, .tuple, .name, .index, .member:
      return Fix(
        "\(names.joined(separator: ", ")) = \(text)", note: Self.severalNote, replacing: whole)
    default: return nil
    }
  }

  /// `f x heads = 8`: the last argument is an option with blanks around its `=`.
  private func looseOption(in target: Expr, _ arguments: [Argument]) -> Fix? {
    guard arguments.count >= 2, case .positional(let last)? = arguments.last,
      case .name = last.form
    else { return nil }
    var parser = self
    while parser.position > 0, parser.token.span.lower > last.span.lower { parser.position -= 1 }
    let options = parser.looseArguments()
    guard let end = options.end else { return nil }
    let before = source.slice(Span(target.span.lower, last.span.lower))
    let text = before + options.texts.joined(separator: " ")
    guard let whole = try? Parser.expression(text, isTrial: true), case .call = whole.form else {
      return nil
    }
    return Fix(
      text, note: "an option has no blanks around =", replacing: Span(target.span.lower, end))
  }

  /// `sweep tau = [1 2] f x`
  func refusedLooseOption(at index: Int) -> Diagnostic {
    let name = tokens[index].span
    var diagnostic = Diagnostic(
      "an option has no blanks around =", in: source, at: tokens[index + 1].span)
    let value = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position = index + 2
      return try parser.tightValue()
    }
    if let value {
      let text = "\(source.slice(name))=\(source.slice(value.value.span))"
      diagnostic.fixes = [Fix(text, replacing: name.joined(with: value.value.span))]
    }
    return diagnostic
  }

  /// `a = b = 1`
  func refusedChainedAssignment(_ names: [Name], _ value: Expr) -> Diagnostic {
    var diagnostic = Diagnostic("a statement assigns once", in: source, at: token.span)
    let last = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 1
      return try parser.expression()
    }
    guard let last, names.count == 1, !last.after.token.isSymbol("=") else { return diagnostic }
    let whole = Span(names[0].span.lower, last.value.span.upper)
    let (target, middle) = (names[0].text, source.slice(value.span))
    let text = source.slice(last.value.span)
    if case .name = value.form {
      diagnostic.fixes.append(
        Fix("\(middle) = \(text); \(target) = \(middle)", note: "assigns twice", replacing: whole))
    }
    diagnostic.fixes.append(
      Fix("\(target) = \(middle) == \(text)", note: "compares", replacing: whole))
    return diagnostic
  }

  /// `f (x, tau=2)`: apart from its function the bracket only groups.
  func refusedOption(inParenthesesAt opening: Int) -> Diagnostic {
    var diagnostic = Diagnostic(
      "an option can not stand in ( ) of its own", in: source, at: token.span)
    guard opening > 0, tokens[opening - 1].isWord else { return diagnostic }
    let head = tokens[opening - 1].span
    let list = trial { (parser: inout Parser) throws(Diagnostic) -> [Argument] in
      parser.position = opening
      parser.open.removeLast()
      return try parser.parenthesizedArguments()
    }
    guard let list else { return diagnostic }
    let bracket = Span(tokens[opening].span.lower, list.after.lastEnd)
    diagnostic.fixes = [
      Fix(source.slice(head) + source.slice(bracket), replacing: head.joined(with: bracket))
    ]
    return diagnostic
  }

  /// `attn Q K V bias=alibi 8`
  func refuseArgument(afterNamedOption last: Argument?, of head: Expr) throws(Diagnostic) {
    guard case .option(let name, let value)? = last, case .name(let word) = value.form,
      source.slice(value.span) == word
    else { return }
    var parser = self
    var texts: [String] = []
    var end = token.span.upper
    while parser.startsArgument(parser.token), !parser.isOptionAhead(0),
      let item = parser.trial({ (parser: inout Parser) throws(Diagnostic) -> Expr in
        try parser.argumentValue()
      })
    {
      texts.append(source.slice(item.value.span))
      end = item.value.span.upper
      parser = item.after
    }
    let whole = Span(name.span.lower, end)
    let fixes =
      texts.isEmpty
      ? []
      : [
        Fix(
          "\(name.text)=\(word)(\(texts.joined(separator: ", ")))", note: "an argument of \(word)",
          replacing: whole),
        Fix(
          "\(texts.joined(separator: " ")) \(name.text)=\(word)",
          note: "an argument of \(source.slice(head.span))", replacing: whole),
      ]
    throw Diagnostic(
      "\(excerpt(whole)) could mean two things", in: source, at: whole, marks: [.init(token.span)],
      detail: "an option ends at the first blank", fixes: fixes)
  }

  // MARK: - Commas

  /// `a, b` and `attn Q, K, V`
  func refusedBareTuple(from expr: Expr) -> Diagnostic {
    var diagnostic = Diagnostic(
      "several values are held together by parentheses", in: source, at: token.span)
    let rest = trial { (parser: inout Parser) throws(Diagnostic) -> [(name: String, value: Expr)] in
      var items: [(name: String, value: Expr)] = []
      while parser.take(",") {
        var name = ""
        if parser.token.isWord, parser.ahead(1).isSymbol("=") {
          name = parser.source.slice(parser.token.span) + "="
          parser.position += 2
        }
        items.append((name, try parser.expression()))
      }
      return items
    }
    guard let rest, rest.after.token.endsStatement else { return diagnostic }
    let whole = Span(expr.span.lower, rest.after.lastEnd)
    let items = rest.value.map { $0.name + source.slice($0.value.span) }
    let hasOption = rest.value.contains { !$0.name.isEmpty }
    if expr.isOpenCall, rest.value.allSatisfy(\.value.isPlainArgument) {
      diagnostic.message =
        hasOption
        ? "no comma stands between the arguments of a call"
        : "\(excerpt(whole)) could mean two things"
      diagnostic.detail = "blanks separate the arguments, commas the values in ( )"
      diagnostic.fixes.append(
        Fix(
          ([source.slice(expr.span)] + items).joined(separator: " "),
          note: hasOption ? "" : "one call", replacing: whole))
    }
    guard !hasOption else { return diagnostic }
    diagnostic.fixes.append(
      Fix("(\(source.slice(whole)))", note: "\(items.count + 1) values", replacing: whole))
    return diagnostic
  }
}

extension Expr {
  /// Could stand as an argument of a spaced call as it is.
  fileprivate var isPlainArgument: Bool {
    switch form {
    case .binary, .unary, .function, .command: false
    default: !isOpenCall
    }
  }

  /// Whether one of these names stands in it.
  fileprivate func mentions(_ names: [Expr]) -> Bool {
    let words = names.compactMap { if case .name(let name) = $0.form { name } else { nil } }
    var waiting = [self]
    while let expr = waiting.popLast() {
      if case .name(let name) = expr.form, words.contains(name) { return true }
      waiting += expr.form.parts
    }
    return false
  }
}
