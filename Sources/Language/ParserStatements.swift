/// A word that is a command where what follows reads as one, and a name elsewhere.
private enum CommandWord: String, Sendable, CaseIterable {
  case help, source, apropos, explain, bench, sweep, compare, cost

  static let bySymbol = SymbolTable(allCases, name: { $0.rawValue })

  /// Whether the rest of the line is its operand, as it stands there.
  var takesText: Bool { self == .help || self == .source || self == .apropos }
}

extension Parser {
  mutating func statement() throws(Diagnostic) -> Statement {
    if isTimeCommand { return try timedStatement() }
    return try untimedStatement()
  }

  private mutating func timedStatement() throws(Diagnostic) -> Statement {
    let first = token
    position += 2
    var statement = try untimedStatement()
    statement.isTimed = true
    statement.span = first.span.joined(with: statement.span)
    return statement
  }

  private mutating func untimedStatement() throws(Diagnostic) -> Statement {
    precedenceMattered = false
    let statement = try unreadStatement()
    guard precedenceMattered, !statement.hasBlock else { return statement }
    var read = statement
    read.reading = statement.description
    return read
  }

  private mutating func unreadStatement() throws(Diagnostic) -> Statement {
    statementStart = token.span.lower
    let first = token
    switch first.kind {
    case .keyword(.def): return try definition()
    case .keyword(.for): return try forLoop()
    case .keyword(.while): return try whileLoop()
    case .keyword(.if): return try ifElse()
    case .keyword(.break):
      position += 1
      return Statement(.breakLoop, first.span)
    case .keyword(.else): throw failure("this else has no if before it")
    case .name(let word):
      if let names = assignedNames() { return try assignment(names) }
      try refuseForeignStatement(word)
    default: break
    }
    let expr = try commandOrExpression()
    if token.isSymbol("="), open.last?.isSymbol("(") != true { return try update(expr) }
    if token.isSymbol(","), isTopLevel { throw refusedBareTuple(from: expr) }
    if token.isSymbol(":"), ahead(1).isSymbol("="), !ahead(1).blankBefore {
      throw refusedColonAssignment(to: expr)
    }
    return Statement(.expression(expr), expr.span)
  }

  private var isTopLevel: Bool { open.allSatisfy { $0.isSymbol("{") } }

  /// Takes the `;` that hides the result, or finds that something is left on the line.
  mutating func ended(_ statement: Statement) throws(Diagnostic) -> Statement {
    var statement = statement
    if token.kind == .semicolon {
      statement.isHidden = true
      position += 1
    } else if !token.endsStatement, !(token.isSymbol("}") && open.last?.isSymbol("{") == true) {
      // A block may be followed by the next statement on its line.
      guard previous.isSymbol("}"), open.isEmpty || open.last?.isSymbol("{") == true else {
        throw unexpected()
      }
    }
    return statement
  }

  // MARK: - Assignment

  /// The names before a `=`: `a`, `a, b`.
  private func assignedNames() -> [Name]? {
    var names: [Name] = []
    var distance = 0
    while case .name(let name) = ahead(distance).kind {
      names.append(Name(name, ahead(distance).span))
      if ahead(distance + 1).isSymbol("=") { return names }
      guard ahead(distance + 1).isSymbol(",") else { return nil }
      distance += 2
    }
    return nil
  }

  private mutating func assignment(_ names: [Name]) throws(Diagnostic) -> Statement {
    position += 2 * names.count
    skipNewlines()
    let value = try expression()
    if token.isSymbol("=") { throw refusedChainedAssignment(names, value) }
    if token.isSymbol(","), isTopLevel { throw refusedBareTuple(from: value) }
    return Statement(.assign(names, value), names[0].span.joined(with: value.span))
  }

  /// `p.wq = x`, `A[0] = x`; anything else before a `=` is refused.
  private mutating func update(_ target: Expr) throws(Diagnostic) -> Statement {
    var path: [Name] = []
    var index: [IndexItem]?
    var base = target
    if case .index(let inner, let items) = base.form { (base, index) = (inner, items) }
    while case .member(let inner, let name) = base.form {
      path.insert(name, at: 0)
      base = inner
    }
    guard case .name(let name) = base.form, !path.isEmpty || index != nil else {
      throw refusedAssignment(to: target)
    }
    position += 1
    skipNewlines()
    let value = try expression()
    if token.isSymbol(","), isTopLevel { throw refusedBareTuple(from: value) }
    return Statement(
      .update(Name(name, base.span), path: path, index: index, value),
      target.span.joined(with: value.span))
  }

  // MARK: - def

  private mutating func definition() throws(Diagnostic) -> Statement {
    let first = token
    position += 1
    let name = try plainName("def needs a name")
    let parameters =
      token.isSymbol("(") ? try parenthesizedParameters() : try spacedParameters()
    let body: Block
    if take("=") {
      skipNewlines()
      let value = try expression()
      if token.isSymbol(","), isTopLevel { throw refusedBareTuple(from: value) }
      body = Block([Statement(.expression(value), value.span)], value.span)
    } else if token.isSymbol("{") {
      body = try block(from: first.span.lower)
    } else if token.isSymbol(":") {
      throw refusedColonBody(from: first.span.lower)
    } else {
      throw failure("def needs a = with blanks around it, or a block, after its parameters")
    }
    let span = first.span.joined(with: body.span)
    return Statement(.define(Definition(name, parameters, body: body, span: span)), span)
  }

  mutating func plainName(_ message: String) throws(Diagnostic) -> Name {
    switch token.kind {
    case .name(let name):
      position += 1
      return Name(name, previous.span)
    case .keyword(let word):
      throw failure("\(word.rawValue) is a word of the language and can not be a name")
    default: throw failure(message)
    }
  }

  private mutating func spacedParameters() throws(Diagnostic) -> [Parameter] {
    var parameters: [Parameter] = []
    while token.isWord {
      let name = try plainName("a parameter needs a name")
      if token.isSymbol("="), token.isTight {
        position += 1
        parameters.append(Parameter(name, defaultValue: try tightValue()))
      } else {
        parameters.append(Parameter(name))
      }
    }
    return parameters
  }

  private mutating func parenthesizedParameters() throws(Diagnostic) -> [Parameter] {
    try bracketed(")", mode: .normal) { (parser: inout Parser) throws(Diagnostic) -> [Parameter] in
      var parameters: [Parameter] = []
      parser.skipNewlines()
      while !parser.token.isSymbol(")") {
        let name = try parser.plainName("a parameter needs a name")
        let value = parser.take("=") ? try parser.expression() : nil
        parameters.append(Parameter(name, defaultValue: value))
        guard parser.take(",") else { break }
        parser.skipNewlines()
      }
      return parameters
    }
  }

  // MARK: - Blocks, loops and conditions

  /// The block of a statement that begins at the offset `start`.
  mutating func block(from start: Int) throws(Diagnostic) -> Block {
    guard token.isSymbol("{") else { throw missingBlock(from: start) }
    let first = token.span
    let statements = try bracketed("}", mode: .normal) {
      (parser: inout Parser) throws(Diagnostic) -> [Statement] in
      let outer = parser.precedenceMattered
      defer { parser.precedenceMattered = outer }
      var statements: [Statement] = []
      while true {
        while parser.token.kind == .newline || parser.token.kind == .semicolon {
          parser.position += 1
        }
        if parser.token.isSymbol("}") || parser.token.kind == .end { return statements }
        var statement = try parser.statement()
        statement.reading = nil
        statements.append(try parser.ended(statement))
      }
    }
    return Block(statements, first.joined(with: previous.span))
  }

  private mutating func forLoop() throws(Diagnostic) -> Statement {
    let first = token
    position += 1
    var names = [try plainName("for needs a name")]
    while take(",") { names.append(try plainName("for needs a name after the comma")) }
    guard token.kind == .keyword(.in) else {
      throw failure("for needs the word in: for \(names[0].text) in 0:4 { … }")
    }
    position += 1
    let domain = try indexItem()
    if !token.isSymbol("{"), let colon = foreignColon(in: domain) {
      throw refusedColonBlock(from: first.span.lower, at: colon)
    }
    let body = try block(from: first.span.lower)
    return Statement(.forLoop(names, in: domain, body), first.span.joined(with: body.span))
  }

  private mutating func whileLoop() throws(Diagnostic) -> Statement {
    let first = token
    position += 1
    let condition = try expression()
    let body = try block(from: first.span.lower)
    return Statement(.whileLoop(condition, body), first.span.joined(with: body.span))
  }

  private mutating func ifElse() throws(Diagnostic) -> Statement {
    let first = token
    position += 1
    let condition = try expression()
    let then = try block(from: first.span.lower)
    let otherwise = try elseBlock()
    let last = otherwise?.span ?? then.span
    return Statement(
      .ifElse(condition, then: then, otherwise: otherwise), first.span.joined(with: last))
  }

  private mutating func elseBlock() throws(Diagnostic) -> Block? {
    var distance = 0
    while ahead(distance).kind == .newline { distance += 1 }
    guard ahead(distance).kind == .keyword(.else) else { return nil }
    position += distance + 1
    guard token.kind == .keyword(.if) else { return try block(from: previous.span.lower) }
    try enter()
    let inner = try ifElse()
    leave()
    return Block([inner], inner.span)
  }

  // MARK: - Commands

  /// A command word at the start of a statement or directly after a parenthesis.
  mutating func commandOrExpression() throws(Diagnostic) -> Expr {
    guard let command = try command() else { return try expression() }
    return command
  }

  private mutating func command() throws(Diagnostic) -> Expr? {
    let first = token
    if first.isSymbol("?"), isFirstOnLine, open.isEmpty {
      position += 1
      return word(Name("help", first.span))
    }
    guard case .name(let symbol) = first.kind, let command = CommandWord.bySymbol[symbol],
      !ahead(1).isSymbol("=")
    else { return nil }
    let place = Name(symbol, first.span)
    let isOperatorAsked = command.takesText && ahead(1).blankBefore && ahead(2).endsStatement
    guard isOperatorAsked || !isUsedAsValue(ahead(1)) else { return nil }
    switch command {
    case _ where command.takesText:
      position += 1
      return word(place)
    case .explain where !ahead(1).endsStatement, .bench where !ahead(1).endsStatement:
      position += 1
      let subject = try expression()
      return wrap(Command(place, .expression(subject)), first)
    case .sweep where isOptionAhead(1):
      position += 1
      var options: [Argument] = []
      while isOptionAhead(0) { options.append(try option()) }
      let body = try expression()
      return wrap(Command(place, .sweep(options, body)), first)
    case .sweep where ahead(2).isSymbol("=") && ahead(1).isWord:
      throw refusedLooseOption(at: position + 1)
    case .compare where startsArgument(ahead(1)):
      position += 1
      var items: [Expr] = []
      while startsArgument(token) { items.append(try argumentValue()) }
      guard items.count >= 2 else { throw refusedComparison(place, items) }
      return wrap(Command(place, .alternatives(items)), first)
    case .cost where ahead(1).isWord:
      position += 1
      let subject = try plainName("cost needs the name of a builtin")
      var (sizes, options): ([Expr], [Argument]) = ([], [])
      while startsArgument(token) || isOptionAhead(0) {
        if isOptionAhead(0) {
          options.append(try option())
        } else {
          sizes.append(try argumentValue())
        }
      }
      return wrap(Command(place, .sizes(subject, sizes, options)), first)
    default: return nil
    }
  }

  /// `cost + 1`, `source[0]`, `source.x`: somebody's variable, not the command.
  private func isUsedAsValue(_ next: Token) -> Bool {
    switch next.kind {
    case .keyword(.and), .keyword(.or): true
    case .symbol("("), .symbol("?"), .symbol("√"): false
    case .symbol("["), .symbol("'"), .symbol("."): !next.blankBefore
    case .symbol("-"): !next.isPrefix
    case .symbol: true
    default: false
    }
  }

  private mutating func word(_ name: Name) -> Expr {
    var rest = rawRest()
    // `help(attn)`, as a function would be called.
    if rest.text.hasPrefix("("), rest.text.hasSuffix(")"), rest.text.utf8.count > 2 {
      let inside = Span(rest.span.lower + 1, rest.span.upper - 1)
      rest = Name(source.slice(inside), inside)
    }
    let span = name.span.joined(with: rest.text.isEmpty ? name.span : rest.span)
    return Expr(.command(Command(name, .word(rest))), span)
  }

  /// The command's parts must have been parsed before: it ends where the parser stands.
  private func wrap(_ command: Command, _ first: Token) -> Expr {
    Expr(.command(command), first.span.joined(with: previous.span))
  }
}
