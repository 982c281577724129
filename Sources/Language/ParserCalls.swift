extension Parser {
  // MARK: - Calls

  mutating func call() throws(Diagnostic) -> Expr {
    let isParenthesized = token.isSymbol("(")
    if isForeignLambda { throw refusedLambda() }
    let head = try postfix()
    guard mode == .normal else { return head }
    skipNewlinesInParentheses()
    let canBeHead: Bool =
      switch head.form {
      case .name: true
      case .function: isParenthesized
      default: isParenthesized
      }
    guard startsArgument(token) || isOptionAhead(0) else { return head }
    guard canBeHead, !isPlainPostfix(head) else { throw refusedHead(head) }
    var arguments: [Argument] = []
    while true {
      skipNewlinesInParentheses()
      if isOptionAhead(0) {
        arguments.append(try option())
      } else if startsArgument(token) {
        try refuseArgument(afterNamedOption: arguments.last, of: head)
        arguments.append(.positional(try argumentValue()))
      } else {
        break
      }
    }
    let end = lastEnd
    try refuseGluedOperator(after: head, arguments, end: end)
    if arguments.count == 1, case .positional(let only) = arguments[0],
      case .tuple(let items) = only.form, only.span.lower == tupleStart
    {
      arguments = items.map { .positional($0) }
    }
    return Expr(.call(head, arguments, .spaced), Span(head.span.lower, end))
  }

  /// `f(x)`, `A[0]`, `A'`: values, even where they begin with a parenthesis.
  private func isPlainPostfix(_ expr: Expr) -> Bool {
    switch expr.form {
    case .call(let head, _, .parenthesized): expr.span.lower == head.span.lower
    case .index(let base, _), .member(let base, _), .transpose(let base):
      expr.span.lower == base.span.lower
    default: false
    }
  }

  /// Whether a token begins an argument of a spaced call.
  func startsArgument(_ token: Token) -> Bool {
    guard token.blankBefore else { return false }
    switch token.kind {
    case .number, .string, .name: return true
    case .symbol("("), .symbol("["), .symbol("?"): return true
    case .symbol("-"), .symbol("√"): return !token.blankAfter && !isCompoundAssignment(at: 0)
    case .invalid: return true
    default: return false
    }
  }

  /// `name=` without blanks.
  func isOptionAhead(_ distance: Int) -> Bool {
    guard case .name = ahead(distance).kind else { return false }
    return ahead(distance).blankBefore && ahead(distance + 1).isSymbol("=")
      && ahead(distance + 1).isTight
  }

  mutating func option() throws(Diagnostic) -> Argument {
    guard case .name(let name) = token.kind else { throw unexpected() }
    let place = Name(name, token.span)
    position += 2
    return .option(place, try tightValue())
  }

  /// One argument of a spaced call: a postfix expression, `-x` or `√x`.
  mutating func argumentValue() throws(Diagnostic) -> Expr {
    let first = token
    guard first.isSymbol("-") || first.isSymbol("√") else {
      return try postfix()
    }
    position += 1
    try enter()
    let operand = try argumentValue()
    leave()
    return Expr(
      .unary(first.isSymbol("-") ? .negate : .squareRoot, operand, operator: first.span),
      first.span.joined(with: operand.span))
  }

  // MARK: - Postfix

  mutating func postfix() throws(Diagnostic) -> Expr {
    var expr = try atom()
    while true {
      let next = token
      switch next.kind {
      case .symbol("'") where !next.blankBefore, .symbol("ᵀ"):
        position += 1
        expr = try bounded(Expr(.transpose(expr), expr.span.joined(with: next.span)))
      case .symbol(".") where !next.blankBefore && !next.blankAfter:
        expr = try bounded(member(expr))
      case .symbol("[") where !next.blankBefore:
        try refuseGluedBracket(after: expr)
        expr = try bounded(index(expr))
      case .symbol("(") where !next.blankBefore:
        try refuseGluedBracket(after: expr)
        expr = try bounded(parenthesizedCall(expr))
      default: return expr
      }
    }
  }

  private mutating func member(_ base: Expr) throws(Diagnostic) -> Expr {
    position += 1
    guard token.isWord else { throw failure("a name is missing after the point") }
    let place = Name(source.slice(token.span), token.span)
    position += 1
    let span = base.span.joined(with: place.span)
    return place.text == "T" ? Expr(.transpose(base), span) : Expr(.member(base, place), span)
  }

  private mutating func index(_ base: Expr) throws(Diagnostic) -> Expr {
    let items = try bracketed("]", mode: .normal) {
      (parser: inout Parser) throws(Diagnostic) -> [IndexItem] in
      parser.skipNewlines()
      if parser.token.isSymbol("]") { throw parser.failure("an index is missing") }
      var items: [IndexItem] = []
      repeat {
        parser.skipNewlines()
        items.append(try parser.indexItem())
        parser.skipNewlines()
      } while parser.take(",")
      return items
    }
    return Expr(.index(base, items), base.span.joined(with: previous.span))
  }

  /// `3`, `1:`, `::-1`; also what a `for` walks through.
  mutating func indexItem() throws(Diagnostic) -> IndexItem {
    let lower = token.span
    let from = token.isSymbol(":") ? nil : try expression()
    guard token.isSymbol(":") else {
      guard let from else { throw unexpected() }
      return .at(from)
    }
    var bounds: [Expr?] = []
    while bounds.count < 2, take(":") {
      let isOpen = [":", ",", "]", "{"].contains { token.isSymbol($0) } || token.endsStatement
      bounds.append(isOpen ? nil : try expression(from: .sum))
    }
    return .slice(
      from: from, to: bounds[0], step: bounds.count > 1 ? bounds[1] : nil,
      span: (from?.span ?? lower).joined(with: previous.span))
  }

  private mutating func parenthesizedCall(_ head: Expr) throws(Diagnostic) -> Expr {
    let arguments = try parenthesizedArguments()
    return Expr(.call(head, arguments, .parenthesized), head.span.joined(with: previous.span))
  }

  mutating func parenthesizedArguments() throws(Diagnostic) -> [Argument] {
    try bracketed(")", mode: .normal) {
      (parser: inout Parser) throws(Diagnostic) -> [Argument] in
      var arguments: [Argument] = []
      parser.skipNewlines()
      while !parser.token.isSymbol(")") {
        arguments.append(try parser.parenthesizedArgument())
        guard parser.take(",") else { break }
        parser.skipNewlines()
      }
      return arguments
    }
  }

  private mutating func parenthesizedArgument() throws(Diagnostic) -> Argument {
    if token.isWord, ahead(1).isSymbol("=") {
      let place = Name(source.slice(token.span), token.span)
      position += 2
      skipNewlines()
      return .option(place, try expression())
    }
    return .positional(try expression())
  }

  // MARK: - Atoms

  private mutating func atom() throws(Diagnostic) -> Expr {
    skipNewlinesInParentheses()
    let first = token
    switch first.kind {
    case .number(let number):
      position += 1
      return Expr(.number(number), first.span)
    case .string(let index):
      position += 1
      return Expr(.string(strings[index]), first.span)
    case .name(let symbol):
      position += 1
      let name = Name(symbol, first.span)
      return try token.isSymbol("->") ? lambda([name], first.span) : Expr(name)
    case .symbol("?"):
      position += 1
      return Expr(.hole, first.span)
    case .symbol("("): return try parenthesized()
    case .symbol("["): return try matrix()
    default: throw unexpected()
    }
  }

  private mutating func lambda(_ parameters: [Name], _ first: Span) throws(Diagnostic) -> Expr {
    position += 1
    skipNewlines()
    try enter()
    let outer = mode
    if mode == .matrix { mode = .normal }
    let body = try expression()
    mode = outer
    leave()
    return try bounded(Expr(.function(parameters, body: body), first.joined(with: body.span)))
  }

  private mutating func parenthesized() throws(Diagnostic) -> Expr {
    let first = token.span
    let opening = position
    let items = try bracketed(")", mode: .normal) {
      (parser: inout Parser) throws(Diagnostic) -> [Expr] in
      var items: [Expr] = []
      parser.skipNewlines()
      while !parser.token.isSymbol(")") {
        items.append(try items.isEmpty ? parser.commandOrExpression() : parser.expression())
        if parser.token.isSymbol("=") { throw parser.refusedOption(inParenthesesAt: opening) }
        guard parser.take(",") else { break }
        parser.skipNewlines()
      }
      return items
    }
    let span = first.joined(with: previous.span)
    if token.isSymbol("->") {
      var names: [Name] = []
      for item in items {
        guard case .name(let name) = item.form else {
          throw Diagnostic("the parameters of a function are names", in: source, at: item.span)
        }
        names.append(Name(name, item.span))
      }
      return try lambda(names, span)
    }
    guard let only = items.first else {
      throw Diagnostic(
        "( ) holds no value", in: source, at: span, detail: "() -> x is a function of nothing")
    }
    guard items.count > 1 else {
      if tokens[position - 2].isSymbol(",") { throw refusedTupleOfOne(only, span) }
      return Expr(only.form, span)
    }
    tupleStart = span.lower
    return Expr(.tuple(items), span)
  }

  private mutating func matrix() throws(Diagnostic) -> Expr {
    let first = token
    let rows = try bracketed("]", mode: .matrix) {
      (parser: inout Parser) throws(Diagnostic) -> [[Expr]] in
      var rows: [[Expr]] = []
      var row: [Expr] = []
      var hasComma = false
      while !parser.token.isSymbol("]") {
        switch parser.token.kind {
        case .newline, .semicolon:
          parser.position += 1
          if !row.isEmpty { rows.append(row) }
          row = []
        case .symbol(","):
          guard !row.isEmpty else { throw parser.unexpected() }
          guard !parser.previous.isSymbol(",") else { throw parser.refusedSecondComma() }
          hasComma = true
          parser.position += 1
          parser.skipNewlines()
        case .end: throw parser.unexpected()
        default:
          if let last = row.last, last.span.upper == parser.token.span.lower {
            throw parser.unexpected()
          }
          row.append(try parser.expression(from: .or))
        }
      }
      if !row.isEmpty { rows.append(row) }
      try parser.refuseNestedBrackets(rows, hasComma: hasComma, first)
      return rows
    }
    return Expr(.matrix(rows), first.span.joined(with: previous.span))
  }
}
