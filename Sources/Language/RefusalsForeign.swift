/// An operator of other languages, and what stands for it here.
enum ForeignOperator: String, BitwiseCopyable, CaseIterable {
  case power = "**"
  case and = "&&"
  case or = "||"
  case floorDivide = "//"
  case notEqual = "<>"
  case singleAnd = "&"
  case singleOr = "|"

  init?(_ token: Token) {
    guard let foreign = token.foreign else { return nil }
    self = foreign
  }

  init?(_ kind: Token.Kind) {
    guard case .symbol(let sign) = kind, let foreign = Self.bySign[sign] else { return nil }
    self = foreign
  }

  private static let bySign = SignTable(allCases.map { (Sign($0.rawValue), $0) })

  var precedence: Precedence {
    switch self {
    case .power: .power
    case .and, .singleAnd: .and
    case .or, .singleOr: .or
    case .floorDivide: .term
    case .notEqual: .comparison
    }
  }

  /// Nil where a function does it.
  var ours: String? {
    switch self {
    case .power: "^"
    case .and, .singleAnd: "and"
    case .or, .singleOr: "or"
    case .floorDivide: nil
    case .notEqual: "!="
    }
  }
}

/// A word with which other languages begin a statement.
private enum ForeignWord: String, Sendable, CaseIterable {
  case `import`, from, `let`, `var`, const, `return`, elif, elseif

  static let bySymbol = SymbolTable(allCases, name: { $0.rawValue })
}

// What people type who come from other languages.
extension Parser {
  // MARK: - Operators

  /// `x ** 2`, `a && b`
  func refusedForeign(_ left: Expr, _ foreign: ForeignOperator) -> Diagnostic {
    var diagnostic = Diagnostic(
      "\(foreign.rawValue) is not an operator here", in: source, at: token.span)
    let operand = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 1
      parser.skipNewlines()
      return try foreign == .power
        ? parser.expression(from: .unary) : parser.expression(from: foreign.precedence.tighter)
    }
    guard let operand else {
      if let ours = foreign.ours { diagnostic.fixes = [Fix(ours, replacing: token.span)] }
      return diagnostic
    }
    let whole = Span(left.span.lower, operand.after.lastEnd)
    let (leftText, rightText) = (source.slice(left.span), source.slice(operand.value.span))
    // Glued to a spaced call it would be refused once more.
    let isCompact = foreign == .power && !left.isOpenCall && !operand.value.isOpenCall
    let text =
      switch foreign.ours {
      case let ours? where isCompact: leftText + ours + rightText
      case let ours?: "\(leftText) \(ours) \(rightText)"
      case nil: "floor(\(leftText) / \(rightText))"
      }
    diagnostic.fixes = [Fix(text, replacing: whole)]
    if foreign == .singleOr {
      let pipe = "\(leftText) |> \(rightText)"
      diagnostic.fixes.append(Fix(pipe, note: "hands the value on", replacing: whole))
    }
    return diagnostic
  }

  /// `!x`
  func refusedBang() -> Diagnostic {
    var diagnostic = Diagnostic("! is not an operator here", in: source, at: token.span)
    let operand = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 1
      return try parser.expression(from: .unary)
    }
    guard let operand else { return diagnostic }
    let text = "not \(source.slice(operand.value.span))"
    // `not` binds looser than what may stand around it.
    let next = BinaryOperator(operand.after.token)?.precedence ?? .pipe
    let isLast = next <= .and && (position == 0 || BinaryOperator(previous) == nil)
    diagnostic.fixes = [
      Fix(isLast ? text : "(\(text))", replacing: Span(token.span.lower, operand.value.span.upper))
    ]
    return diagnostic
  }

  /// `+x`
  func refusedPlusSign() -> Diagnostic {
    var diagnostic = failure("a value is missing before +")
    let operand = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 1
      return try parser.expression(from: .unary)
    }
    if let operand, position == 0 || !previous.isSymbol("+") {
      let span = token.span.joined(with: operand.value.span)
      diagnostic.fixes = [Fix(source.slice(operand.value.span), replacing: span)]
    }
    return diagnostic
  }

  /// `x <- 3`
  func refusedLeftArrow(_ left: Expr) -> Diagnostic {
    let arrow = token.span.joined(with: ahead(1).span)
    var diagnostic = Diagnostic("<- could mean two things", in: source, at: arrow)
    let value = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 2
      return try parser.expression()
    }
    guard let value else { return diagnostic }
    let whole = Span(left.span.lower, value.value.span.upper)
    let (target, text) = (source.slice(left.span), source.slice(value.value.span))
    if isAssignable(left) {
      diagnostic.fixes.append(Fix("\(target) = \(text)", note: "assigns", replacing: whole))
    }
    diagnostic.fixes.append(Fix("\(target) < -\(text)", note: "compares", replacing: whole))
    return diagnostic
  }

  // MARK: - Assignments

  /// A name, a field or elements at the start of a statement.
  private func isAssignable(_ target: Expr) -> Bool {
    guard target.span.lower == statementStart else { return false }
    var base = target
    if case .index(let inner, _) = base.form { base = inner }
    while case .member(let inner, _) = base.form { base = inner }
    if case .name = base.form { return true }
    return false
  }

  /// `x += 1`
  func refusedCompoundAssignment(_ left: Expr, _ op: BinaryOperator) -> Diagnostic {
    let sign = source.slice(token.span)
    var diagnostic = Diagnostic(
      "\(sign)= does not exist: values never change in place", in: source,
      at: token.span.joined(with: ahead(1).span))
    let value = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 2
      parser.skipNewlines()
      return try parser.expression()
    }
    guard isAssignable(left), let value else { return diagnostic }
    var text = source.slice(value.value.span)
    // The whole right side is one operand, and a spaced call should not need a second look.
    if needsParentheses(value.value, beside: op) { text = "(\(text))" }
    let target = source.slice(left.span)
    diagnostic.fixes = [
      Fix(
        "\(target) = \(target) \(sign) \(text)",
        replacing: Span(left.span.lower, value.value.span.upper))
    ]
    return diagnostic
  }

  private func needsParentheses(_ expr: Expr, beside op: BinaryOperator) -> Bool {
    guard source.bytes[expr.span.lower] != UInt8(ascii: "(") || expr.isBinary else { return false }
    return switch expr.form {
    case .binary(let inner, _, _, _): inner.precedence <= op.precedence
    case .unary(let inner, _, _): inner == .not
    case .function, .call(_, _, .piped): true
    default: false
    }
  }

  /// `x := 3`
  func refusedColonAssignment(to left: Expr) -> Diagnostic {
    let sign = token.span.joined(with: ahead(1).span)
    var diagnostic = Diagnostic("an assignment is written with =", in: source, at: sign)
    let value = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += 2
      return try parser.expression()
    }
    if let value, isAssignable(left) {
      diagnostic.fixes = [
        Fix(
          "\(source.slice(left.span)) = \(source.slice(value.value.span))",
          replacing: left.span.joined(with: value.value.span))
      ]
    }
    return diagnostic
  }

  // MARK: - Statements

  /// `import numpy`, `let x = 3`, `return x`, `elif x {`
  func refuseForeignStatement(_ name: Symbol) throws(Diagnostic) {
    let next = ahead(1)
    guard next.blankBefore, let word = ForeignWord.bySymbol[name] else { return }
    let isNameNext = next.isWord
    switch word {
    case .import where isNameNext, .from where isNameNext:
      throw Diagnostic(
        "there is nothing to import: help lists what there is", in: source, at: token.span)
    case .let where isNameNext && ahead(2).isSymbol("="),
      .var where isNameNext && ahead(2).isSymbol("="),
      .const where isNameNext && ahead(2).isSymbol("="):
      throw Diagnostic(
        "a name needs no \(word.rawValue)", in: source, at: token.span, fixes: withoutFirstWord())
    case .return where startsArgument(next):
      throw Diagnostic(
        "there is no return: the last expression of a def is its value", in: source,
        at: token.span, fixes: withoutFirstWord())
    case .elif where startsArgument(next), .elseif where startsArgument(next):
      throw Diagnostic(
        "\(word.rawValue) is written as two words", in: source, at: token.span,
        fixes: [Fix("else if", replacing: token.span)])
    default: return
    }
  }

  private func withoutFirstWord() -> [Fix] {
    guard let rest = rest(after: position, endsAtSemicolon: true) else { return [] }
    return [Fix(source.slice(rest), replacing: token.span.joined(with: rest))]
  }

  /// What is left of the line behind a token, up to a bracket that was opened before it.
  private func rest(after index: Int, endsAtSemicolon: Bool) -> Span? {
    var span: Span?
    var depth = 0
    for token in tokens[(index + 1)...] {
      if token.kind == .newline || token.kind == .end { break }
      if endsAtSemicolon, token.kind == .semicolon { break }
      if ["(", "[", "{"].contains(where: { token.isSymbol($0) }) { depth += 1 }
      if [")", "]", "}"].contains(where: { token.isSymbol($0) }) { depth -= 1 }
      if depth < 0 { break }
      span = span?.joined(with: token.span) ?? token.span
    }
    return span
  }

  // MARK: - Colons

  /// `if x == 1: y`, whose statement begins at the offset `start`.
  func missingBlock(from start: Int) -> Diagnostic {
    guard token.isSymbol(":") else { return failure("a block in { } is missing") }
    return refusedColonBlock(from: start, at: position)
  }

  func refusedColonBlock(from start: Int, at index: Int) -> Diagnostic {
    let colon = tokens[index].span
    var diagnostic = Diagnostic("a block stands in { }, not after a colon", in: source, at: colon)
    var header = source.slice(Span(start, colon.lower))[...]
    while header.last?.isWhitespace == true { header = header.dropLast() }
    guard let rest = rest(after: index, endsAtSemicolon: false) else {
      if !header.contains(where: \.isNewline) { diagnostic.detail = "\(header) { … }" }
      return diagnostic
    }
    diagnostic.fixes = [
      Fix("\(header) { \(source.slice(rest)) }", replacing: Span(start, rest.upper))
    ]
    return diagnostic
  }

  /// The last colon of `0:4: print i`, which is no part of a slice.
  func foreignColon(in domain: IndexItem) -> Int? {
    guard case .slice(_, _, _, let span) = domain else { return nil }
    var index = position - 1
    var depth = 0
    while index > 0, tokens[index].span.lower >= span.lower {
      let token = tokens[index]
      if [")", "]"].contains(where: { token.isSymbol($0) }) { depth += 1 }
      if ["(", "["].contains(where: { token.isSymbol($0) }) { depth -= 1 }
      if depth == 0, token.isSymbol(":") {
        return !token.blankBefore && token.blankAfter ? index : nil
      }
      index -= 1
    }
    return nil
  }

  /// `def f(x): return x`
  func refusedColonBody(from start: Int) -> Diagnostic {
    var diagnostic = Diagnostic(
      "def takes a = or a block in { }, not a colon", in: source, at: token.span)
    let header = source.slice(Span(start, token.span.lower))
    let isReturn = ahead(1).isName("return")
    let body = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      parser.position += isReturn ? 2 : 1
      return try parser.expression()
    }
    if let body, body.after.token.endsStatement {
      diagnostic.fixes = [
        Fix(
          "\(header) = \(source.slice(body.value.span))",
          replacing: Span(start, body.value.span.upper))
      ]
    } else {
      diagnostic.detail = "\(header) = …   or   \(header) { … }"
    }
    return diagnostic
  }

  // MARK: - Functions

  /// `lambda x, y:`
  var isForeignLambda: Bool { foreignParameters() != nil }

  private static let lambda = Token.Kind.name(Symbol("lambda"))

  private func foreignParameters() -> [Name]? {
    guard token.kind == Self.lambda, ahead(1).blankBefore || ahead(1).isSymbol(":") else {
      return nil
    }
    var names: [Name] = []
    var distance = 1
    while case .name(let name) = ahead(distance).kind {
      names.append(Name(name, ahead(distance).span))
      distance += 1
      guard ahead(distance).isSymbol(",") else { break }
      distance += 1
    }
    return ahead(distance).isSymbol(":") ? names : nil
  }

  func refusedLambda() -> Diagnostic {
    var diagnostic = Diagnostic("a function is written with an arrow", in: source, at: token.span)
    let names = foreignParameters() ?? []
    let words = names.map(\.text).joined(separator: ", ")
    let header = names.count == 1 ? words : "(\(words))"
    let body = trial { (parser: inout Parser) throws(Diagnostic) -> Expr in
      while !parser.token.isSymbol(":") { parser.position += 1 }
      parser.position += 1
      return try parser.expression()
    }
    if let body {
      diagnostic.fixes = [
        Fix(
          "\(header) -> \(source.slice(body.value.span))",
          replacing: token.span.joined(with: body.value.span))
      ]
    } else {
      diagnostic.detail = "\(header) -> …"
    }
    return diagnostic
  }
}
