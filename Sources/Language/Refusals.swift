// Where two careful readers would disagree the parser refuses, and shows every reading that the
// writer may have meant as a fix that can be put on the line.
extension Parser {
  // MARK: - (1) An operator glued to the last argument of a spaced call

  /// `softmax z/tau`, `f -x^2`, `randn 2*n d`
  func refuseGluedOperator(after head: Expr, _ arguments: [Argument], end: Int) throws(Diagnostic) {
    let foreign = ForeignOperator(token)
    guard BinaryOperator(token) != nil || foreign != nil || token.isSymbol("|>"),
      !token.blankBefore, !isCompoundAssignment(at: 0), let last = arguments.last?.value
    else { return }
    let sign = foreign?.ours ?? source.slice(token.span)
    // Read on as one tight argument: that is the first reading.
    let right = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 1
      return try parser.tightValue()
    }
    guard !isTrial, let right else {
      throw Diagnostic(
        "\(sign) is glued to the last argument", in: source, at: token.span,
        detail: "blanks separate arguments, and there is none before it")
    }
    let operand = source.slice(right.value.span)
    let joined = source.slice(last.span) + sign + operand
    let before = source.slice(Span(head.span.lower, last.span.lower))
    let tail = right.after.looseArguments()
    let whole = Span(head.span.lower, tail.end ?? right.value.span.upper)
    let more = tail.texts.map { " \($0)" }.joined()
    var fixes = [Fix("\(before)(\(joined))\(more)", note: "\(joined) is the argument", replacing: whole)]
    let call = "\(source.slice(head.span))(\(arguments.map(text).joined(separator: ", ")))"
    if tail.texts.isEmpty {
      fixes.append(
        Fix("\(call) \(sign) \(operand)", note: "\(sign) takes the whole call", replacing: whole))
    } else if case .name = right.value.form {
      // With more arguments behind it the right side is a call of its own.
      let rest = "\(operand)(\(tail.bare.joined(separator: ", ")))"
      fixes.append(
        Fix("\(call) \(sign) \(rest)", note: "\(sign) takes both calls", replacing: whole))
    }
    throw Diagnostic(
      "\(excerpt(whole)) could mean two things", in: source, at: whole, marks: [.init(token.span)],
      detail: "blanks separate arguments, and there is none before \(sign)", fixes: fixes)
  }

  private func text(of argument: Argument) -> String {
    switch argument {
    case .positional(let value): source.slice(value.span)
    case .option(let name, let value): "\(name.text)=\(source.slice(value.span))"
    }
  }

  /// The arguments that follow, those with a glued operator or a loose `=` put right: for a spaced
  /// call, and bare for one in parentheses.
  private func looseArguments() -> (texts: [String], bare: [String], end: Int?) {
    var (texts, bare): ([String], [String]) = ([], [])
    var end: Int?
    var parser = self
    while !parser.token.endsStatement {
      var name = ""
      if case .name(let text) = parser.token.kind, parser.ahead(1).isSymbol("="),
        !Self.keywords.contains(text)
      {
        parser.position += 2
        name = text + "="
      } else if !parser.startsArgument(parser.token) {
        break
      }
      let item = parser.trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
        try parser.tightValue()
      }
      guard let item else { break }
      let text = source.slice(item.value.span)
      let isWhole = !name.isEmpty || !item.value.isBinary || text.hasPrefix("(")
      texts.append(name + (isWhole ? text : "(\(text))"))
      bare.append(name + text)
      end = item.value.span.upper
      parser = item.after
    }
    return (texts, bare, end)
  }

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
    return Fix("def \(source.slice(target.span)) = \(value)", note: "defines a function", replacing: whole)
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
      return Fix("\(names.joined(separator: ", ")) = \(text)", note: Self.severalNote, replacing: whole)
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
    return Fix(text, note: "an option has no blanks around =", replacing: Span(target.span.lower, end))
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
    guard opening > 0, case .name = tokens[opening - 1].kind else { return diagnostic }
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
    let rest = trial { (parser: inout Parser) throws(Diagnostic) -> [Expr] in
      var items: [Expr] = []
      while parser.take(",") { items.append(try parser.expression()) }
      return items
    }
    guard let rest, rest.after.token.endsStatement else { return diagnostic }
    let whole = Span(expr.span.lower, rest.after.lastEnd)
    let items = rest.value.map { source.slice($0.span) }
    if expr.isOpenCall, rest.value.allSatisfy(\.isPlainArgument) {
      diagnostic.message = "\(excerpt(whole)) could mean two things"
      diagnostic.detail = "blanks separate the arguments, commas the values in ( )"
      diagnostic.fixes.append(
        Fix(
          ([source.slice(expr.span)] + items).joined(separator: " "), note: "one call",
          replacing: whole))
    }
    diagnostic.fixes.append(
      Fix("(\(source.slice(whole)))", note: "\(items.count + 1) values", replacing: whole))
    return diagnostic
  }

  // MARK: - (3) A value as the head of a spaced call

  /// `3 -1`, `Q' -1`, `2 x`, `A[0] [1]`
  func refusedHead(_ head: Expr) -> Diagnostic {
    let text = source.slice(head.span)
    if token.isSymbol("-") {
      let operand = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
        parser.position += 1
        return try parser.tightValue()
      }
      guard let operand else { return unexpected() }
      let whole = head.span.joined(with: operand.value.span)
      let fix = "\(text) - \(source.slice(operand.value.span))"
      return Diagnostic(
        "\(excerpt(head.span)) is a value, not a function: write `\(fix)`", in: source, at: whole,
        marks: [.init(token.span)], fixes: [Fix(fix, replacing: whole)])
    }
    let argument = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      try parser.argumentValue()
    }
    guard let argument, !isOptionAhead(0) else { return unexpected() }
    let right = source.slice(argument.value.span)
    let whole = head.span.joined(with: argument.value.span)
    var fix = "\(text) * \(right)"
    switch (head.form, argument.value.form) {
    case (.member, _): fix = "\(text)(\(right))"
    case (.index, .matrix(let rows)) where rows.count == 1:
      fix = "\(text)[\(rows[0].map { source.slice($0.span) }.joined(separator: ", "))]"
    default: break
    }
    return Diagnostic(
      "\(excerpt(head.span)) is a value, not a function: an operator is missing", in: source,
      at: whole, marks: [.init(argument.value.span)], fixes: [Fix(fix, replacing: whole)])
  }

  // MARK: - (4) Brackets in brackets

  /// `[[1,2],[3,4]]`: NumPy's rows or MATLAB's row?
  func refuseNestedBrackets(_ rows: [[Expr]], hasComma: Bool, _ bracket: Token) throws(Diagnostic) {
    guard rows.count == 1, let row = rows.first, hasComma || row.count == 1 else { return }
    var inner: [[Expr]] = []
    for element in row {
      guard case .matrix(let innerRows) = element.form, innerRows.count <= 1,
        source.bytes[element.span.lower] == UInt8(ascii: "[")
      else { return }
      inner.append(innerRows.first ?? [])
    }
    let span = bracket.span.joined(with: token.span)
    let texts = inner.map { $0.map { source.slice($0.span) }.joined(separator: " ") }
    let count = inner.joined().count
    let isRectangular = Set(inner.map(\.count)).count == 1
    var fixes: [Fix] = []
    if row.count == 1 {
      fixes.append(
        Fix("row([\(texts[0])])", note: "as NumPy: a 1×\(count) matrix", replacing: span))
    } else if isRectangular {
      fixes.append(
        Fix(
          "[\(texts.joined(separator: "; "))]",
          note: "as NumPy: a \(inner.count)×\(inner[0].count) matrix", replacing: span))
    }
    fixes.append(
      Fix(
        "[\(texts.joined(separator: " "))]",
        note: "as MATLAB: side by side, a vector of \(count)", replacing: span))
    throw Diagnostic(
      "\(excerpt(span)) could mean two things", in: source, at: span,
      marks: [.init(bracket.span)],
      detail: "brackets in brackets are rows in NumPy and one row in MATLAB", fixes: fixes)
  }

  // MARK: - (5) Chained comparison

  /// `a < b < c`, where `left` is `a < b`
  func refusedChainedComparison(_ left: Expr) -> Diagnostic {
    var diagnostic = Diagnostic("comparisons do not chain", in: source, at: token.span)
    guard case .binary(_, _, var middle, _) = left.form else { return diagnostic }
    var text = source.slice(left.span)
    var parser = self
    while let op = BinaryOperator(parser.token), op.precedence == .comparison {
      let operand = parser.trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
        parser.position += 1
        parser.skipNewlines()
        return try parser.expression(from: .sum)
      }
      guard let operand else { return diagnostic }
      text += " and \(source.slice(middle.span)) \(op.rawValue) \(source.slice(operand.value.span))"
      (middle, parser) = (operand.value, operand.after)
    }
    diagnostic.fixes = [Fix(text, replacing: left.span.joined(with: middle.span))]
    return diagnostic
  }

  // MARK: - (6) A number glued to what it multiplies

  /// `2(x + 1)`; the lexer refuses `2x`.
  func refuseGluedBracket(after expr: Expr) throws(Diagnostic) {
    guard case .number = previous.kind else { return }
    let right = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      try parser.postfix()
    }
    let whole = right.map { expr.span.joined(with: $0.value.span) }
    throw Diagnostic(
      "a number stands directly before a bracket: a product needs *", in: source,
      at: whole ?? expr.span, marks: [.init(token.span)],
      fixes: whole.map { whole in
        let bracket = source.slice(Span(expr.span.upper, whole.upper))
        return [Fix("\(source.slice(expr.span))*\(bracket)", replacing: whole)]
      } ?? [])
  }
}

extension Expr {
  /// A spaced call that no parentheses hold together.
  var isOpenCall: Bool {
    guard case .call(let head, _, .spaced) = form else { return false }
    return span.lower == head.span.lower
  }

  var isBinary: Bool {
    if case .binary = form { true } else { false }
  }

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
