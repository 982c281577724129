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
    var fixes = [
      Fix("\(before)(\(joined))\(more)", note: "\(joined) is the argument", replacing: whole)
    ]
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
  func looseArguments() -> (texts: [String], bare: [String], end: Int?) {
    var (texts, bare): ([String], [String]) = ([], [])
    var end: Int?
    var parser = self
    while !parser.token.endsStatement {
      var name = ""
      if case .name(let symbol) = parser.token.kind, parser.ahead(1).isSymbol("=") {
        parser.position += 2
        name = symbol.text + "="
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
}
