// The grammar. Application by juxtaposition binds tighter than every operator; where two careful
// readers would disagree the parser refuses and shows both fixes (Refusals.swift).
//
//     program   = { [ stmt ] ( ";" | NL ) } [ stmt ] ;
//     line      = program | ":" command | "?" [ word ] ;
//     command   = ( "explain" | "bench" ) expr | "sweep" option { option } expr
//               | "compare" postfix postfix { postfix } | ( "cost" ) NAME NUMBER { NUMBER } { option }
//               | ( "help" | "source" | "apropos" | "?" ) rawword ;
//                 (* at the start of a statement, or directly after "(" *)
//     stmt      = [ ":time" ] untimed ;
//     untimed   = command | "def" NAME ( { NAME [ "=" tight ] } | "(" [ NAME [ "=" expr ] { "," … } ] ")" ) ( "=" expr | block )
//               | "for" NAME { "," NAME } "in" ( expr [ ":" sum [ ":" sum ] ] ) block
//               | "while" expr block | "if" expr block [ "else" ( block | stmt-if ) ] | "break"
//               | NAME { "," NAME } "=" expr                       (* _ discards *)
//               | NAME { "." NAME } [ "[" index "]" ] "=" expr     (* rebinds a changed copy *)
//               | expr ;
//     block     = "{" program "}" ;
//     expr      = pipe ;
//     pipe      = logic { "|>" call } ;
//     logic     = both { "or" both } ;   both = test { "and" test } ;   test = [ "not" ] compare ;
//     compare   = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) sum ] ;   (* does not chain *)
//     sum       = term { ( "+" | "-" ) term } ;
//     term      = unary { ( "*" | "/" | "@" | "%" | "·" ) unary } ;         (* left, one level *)
//     unary     = ( "-" | "√" ) unary | power ;                             (* -x^2 = -(x^2) *)
//     power     = call [ "^" unary ] ;                                      (* right *)
//     call      = postfix { BLANK ( option | arg ) } ;      (* head: a name or ( ) *)
//     arg       = [ "-" | "√" no-blank ] postfix ;   option = NAME "=" tight ;
//     tight     = sum with every operator tight ;
//     postfix   = atom { "'" | "ᵀ" | "." NAME | no-blank "[" index "]" | no-blank "(" arguments ")" } ;
//     atom      = NUMBER | "∞" | STRING | "?" | NAME | NAME "->" expr | "(" ")" "->" expr
//               | "(" expr { "," expr } ")" [ "->" expr ] | matrix ;
//     matrix    = "[" row { ( ";" | NL ) row } "]" ;   row = { elem [ "," ] } ;
//     elem      = expr without spaced calls, where a prefix "-" starts a new element ;
//     index     = item { "," item } ;  item = compare | [ sum ] ":" [ sum ] [ ":" [ sum ] ] ;
//
// A newline is ignored inside ( ), ends a row inside [ ], and is ignored after a binary operator,
// `=` or an open `{`.

/// Reads a text item by item.
public struct Parser {
  public enum Item: Sendable {
    case statement(Statement)
    case colon(ColonCommand)
  }

  let source: Source
  let tokens: [Token]
  /// The texts of the strings.
  let strings: [String]
  let problems: [Diagnostic]
  var position = 0
  /// The brackets that are open, innermost last.
  var open: [Token] = []
  var mode = Mode.normal
  private var nesting = 0
  private var start = 0
  /// The offset of the last tuple's own parenthesis: `((x, y))` is one argument, `(x, y)` two.
  var tupleStart: Int?
  /// The offset where the innermost statement begins.
  var statementStart = 0
  /// Set when a spaced call became an operand: the reading line is worth showing.
  var precedenceMattered = false
  /// The text ended where a line may go on: after an operator or a `=`.
  private(set) var isAwaiting = false
  /// Reads on only for the text of a fix.
  private(set) var isTrial = false

  /// What ends an expression, and whether blanks separate.
  enum Mode {
    case normal
    /// Inside [ ]: blanks separate elements.
    case matrix
    /// After `name=`: only operators without blanks belong to the value.
    case tight
  }

  /// A level takes about 10 kB of stack in a release build and 40 kB in a debug build.
  static let nestingLimit = 100
  /// Every walk of a tree is as deep as its longest chain.
  static let chainLimit = 3000

  public init(_ source: Source) { self.init(source, Span(0, source.bytes.count)) }

  /// Reads whole lines of a text, as if nothing stood before and behind them.
  init(_ source: Source, _ part: Span) {
    let lexer = Lexer(source, part)
    self.source = source
    tokens = lexer.tokens
    strings = lexer.strings
    problems = lexer.problems
  }

  /// Where the next item would be looked for.
  public var offset: Int { tokens[position].span.lower }

  /// Goes on at the first token at or after `offset`.
  public mutating func seek(to offset: Int) {
    defer { resetContext() }
    var (low, high) = (0, tokens.count - 1)
    // Mostly it is here, or behind the line break that ended the last statement.
    if tokens[position].span.lower == offset { return }
    if tokens[position].span.lower < offset, position < high {
      low = position + 1
      if tokens[low].span.lower >= offset { high = low }
    }
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].span.lower < offset { low = middle + 1 } else { high = middle }
    }
    position = low
  }

  private mutating func resetContext() {
    open = []
    mode = .normal
    nesting = 0
    isAwaiting = false
  }

  // MARK: - Items

  /// The next statement or colon command; nil at the end.
  public mutating func next() throws(Diagnostic) -> Item? {
    resetContext()
    while token.kind == .newline || token.kind == .semicolon { position += 1 }
    start = position
    if token.kind == .end { return nil }
    if token.isSymbol(":"), isFirstOnLine, !isTimeCommand { return .colon(try colonCommand()) }
    let statement = try statement()
    return .statement(try ended(statement))
  }

  /// After an error: goes on behind the line, and behind the brackets the failing statement opened.
  public mutating func recover() {
    let failure = position
    position = start
    var unclosed: [Sign] = []
    var firstLineEnd: Int?
    while token.kind != .end {
      if case .symbol(let sign) = token.kind { follow(sign, &unclosed) }
      if token.kind == .newline {
        firstLineEnd = firstLineEnd ?? position
        if unclosed.isEmpty, position >= failure { break }
      }
      position += 1
    }
    // A bracket that is never closed takes its own line only.
    if token.kind == .end, !unclosed.isEmpty, let firstLineEnd { position = firstLineEnd }
    resetContext()
  }

  /// Keeps account of the brackets; one that closes nothing is passed over.
  private func follow(_ bracket: Sign, _ unclosed: inout [Sign]) {
    let openings: [Sign: Sign] = [")": "(", "]": "[", "}": "{"]
    if openings.values.contains(bracket) {
      unclosed.append(bracket)
    } else if let opening = openings[bracket], let last = unclosed.lastIndex(of: opening) {
      unclosed.removeSubrange(last...)
    }
  }

  /// A whole text without colon commands.
  public static func statements(of source: Source) throws(Diagnostic) -> [Statement] {
    var parser = Parser(source)
    var statements: [Statement] = []
    while let item = try parser.next() {
      switch item {
      case .statement(let statement): statements.append(statement)
      case .colon(let command):
        throw Diagnostic(
          ": commands work at the prompt, not in this text", in: source,
          at: Span(command.name.span.lower - 1, command.name.span.upper))
      }
    }
    return statements
  }

  /// A text that is one expression.
  public static func expression(_ text: String) throws(Diagnostic) -> Expr {
    try expression(text, isTrial: false)
  }

  static func expression(_ text: String, isTrial: Bool) throws(Diagnostic) -> Expr {
    var parser = Parser(Source(text: text))
    parser.isTrial = isTrial
    parser.skipNewlines()
    let expr = try parser.expression()
    while parser.token.kind == .newline { parser.position += 1 }
    guard parser.token.kind == .end else { throw parser.unexpected() }
    return expr
  }

  // MARK: - Tokens

  var token: Token { tokens[position] }

  func ahead(_ distance: Int) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  var previous: Token { tokens[max(position - 1, 0)] }

  /// The next token, newlines skipped where a ( is the innermost bracket.
  mutating func skipNewlinesInParentheses() {
    guard open.last?.isSymbol("(") == true else { return }
    skipNewlines()
  }

  mutating func skipNewlines() {
    while token.kind == .newline { position += 1 }
    isAwaiting = token.kind == .end
  }

  /// What `read` would give from here and where it would end; this parser stays where it is. One
  /// trial starts no other, so an error inside an error costs neither time nor stack.
  func trial<Result>(
    _ read: (inout Parser) throws(Diagnostic) -> Result
  ) -> (value: Result, after: Parser)? {
    var copy = self
    copy.isTrial = true
    guard !isTrial, let value = try? read(&copy) else { return nil }
    copy.isTrial = false
    return (value, copy)
  }

  mutating func take(_ symbol: Sign) -> Bool {
    skipNewlinesInParentheses()
    guard token.isSymbol(symbol) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ symbol: Sign, _ message: String) throws(Diagnostic) {
    guard take(symbol) else { throw failure(message) }
  }

  /// Runs `body` one bracket deeper; the closing one is taken.
  mutating func bracketed<Result>(
    _ close: Sign, mode inner: Mode, _ body: (inout Parser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    let outer = mode
    open.append(token)
    position += 1
    mode = inner
    try enter()
    let result = try body(&self)
    skipNewlinesInParentheses()
    guard token.isSymbol(close) else { throw notClosed(by: close) }
    position += 1
    nesting -= 1
    mode = outer
    open.removeLast()
    return result
  }

  mutating func enter() throws(Diagnostic) {
    nesting += 1
    guard nesting <= Self.nestingLimit else {
      throw Diagnostic(
        "this is nested too deeply (more than \(Self.nestingLimit) levels)", in: source,
        at: token.span)
    }
  }

  mutating func leave() { nesting -= 1 }

  /// A chain such as 1+1+… makes a tree as deep as it is long.
  func bounded(_ expr: Expr) throws(Diagnostic) -> Expr {
    guard expr.depth <= Self.chainLimit else {
      throw Diagnostic(
        "this expression is too long (more than \(Self.chainLimit) operations in a chain)",
        in: source, at: Span(expr.span.lower, expr.span.lower + 1))
    }
    return expr
  }

  // MARK: - Colon commands and raw words

  var isFirstOnLine: Bool { position == 0 || previous.kind == .newline }

  var isTimeCommand: Bool {
    token.isSymbol(":") && ahead(1).isName("time") && !ahead(2).endsStatement
  }

  private mutating func colonCommand() throws(Diagnostic) -> ColonCommand {
    position += 1
    let nameToken = token
    guard nameToken.isWord, !nameToken.blankBefore else {
      throw Diagnostic(
        "a : at the start of a line begins a command such as :vars", in: source, at: previous.span)
    }
    position += 1
    // File names may hold a # or a ;, so the text counts here and not its tokens.
    let line = source.lineSpan(source.lineNumber(at: nameToken.span.lower))
    var end = nameToken.span.upper
    while end < line.upper, !isComment(at: end) { end += 1 }
    let rest = trimmed(Span(nameToken.span.upper, end))
    while token.kind != .newline, token.kind != .end { position += 1 }
    return ColonCommand(Name(source.slice(nameToken.span), nameToken.span), rest: rest)
  }

  private func isComment(at offset: Int) -> Bool {
    source.bytes[offset] == UInt8(ascii: "#") && isBlank(source.bytes[offset - 1])
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private func trimmed(_ span: Span) -> Name {
    var (lower, upper) = (span.lower, span.upper)
    while lower < upper, isBlank(source.bytes[lower]) { lower += 1 }
    while upper > lower, isBlank(source.bytes[upper - 1]) { upper -= 1 }
    let span = Span(lower, upper)
    return Name(source.slice(span), span)
  }

  /// The rest of the statement as it stands, comment removed.
  mutating func rawRest() -> Name {
    let begin = previous.span.upper
    var end = begin
    while !token.endsStatement, !(token.isSymbol(")") && open.last?.isSymbol("(") == true) {
      end = token.span.upper
      position += 1
    }
    return trimmed(Span(begin, end))
  }
}
