/// How tightly operators bind; higher is tighter. A command binds loosest: anywhere but at the
/// start of a statement it needs parentheses.
enum Precedence: Int, Comparable {
  case command, pipe, or, and, not, comparison, sum, term, unary, power, call

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .call }
}

extension BinaryOperator {
  var precedence: Precedence {
    switch self {
    case .or: .or
    case .and: .and
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: .comparison
    case .add, .subtract: .sum
    case .multiply, .divide, .remainder, .matmul, .dot: .term
    case .power: .power
    }
  }

  init?(_ token: Token) {
    guard let binary = token.binary else { return nil }
    self = binary
  }

  /// The operator that a token is.
  init?(_ kind: Token.Kind) {
    switch kind {
    case .symbol(let sign):
      guard let op = Self.bySign[sign] else { return nil }
      self = op
    case .keyword(.and): self = .and
    case .keyword(.or): self = .or
    default: return nil
    }
  }

  private static let bySign = SignTable(allCases.map { (Sign($0.rawValue), $0) })
}

extension Parser {
  mutating func expression() throws(Diagnostic) -> Expr { try expression(from: .pipe) }

  /// Everything that binds at least as tightly as `minimum`.
  mutating func expression(from minimum: Precedence) throws(Diagnostic) -> Expr {
    var left = try prefix()
    while true {
      skipNewlinesInParentheses()
      if minimum == .pipe, token.isSymbol("|>"), mode != .tight {
        left = try pipe(left)
        continue
      }
      if let foreign = ForeignOperator(token), foreign.precedence >= minimum, belongs(token) {
        throw refusedForeign(left, foreign)
      }
      guard let op = BinaryOperator(token), op.precedence >= minimum, belongs(token) else {
        return left
      }
      if isCompoundAssignment(at: 0) { throw refusedCompoundAssignment(left, op) }
      if op == .less, isLeftArrow { throw refusedLeftArrow(left) }
      let opToken = token
      noteReading(left)
      position += 1
      skipNewlines()
      let right = try expression(from: op.precedence.tighter)
      left = try bounded(
        Expr(
          .binary(op, left, right, operator: opToken.span), left.span.joined(with: right.span)))
      skipNewlinesInParentheses()
      if op.precedence == .comparison, let next = BinaryOperator(token),
        next.precedence == .comparison, belongs(token)
      {
        throw refusedChainedComparison(left)
      }
    }
  }

  /// `x += …`: an arithmetic operator with a `=` glued to it.
  func isCompoundAssignment(at distance: Int) -> Bool {
    guard let op = BinaryOperator(ahead(distance)), op.precedence >= .sum else { return false }
    return ahead(distance + 1).isSymbol("=") && !ahead(distance + 1).blankBefore
  }

  /// `x <- 3`, a comparison with −3 or R's assignment.
  private var isLeftArrow: Bool {
    ahead(1).isSymbol("-") && !ahead(1).blankBefore && token.blankBefore && ahead(1).blankAfter
  }

  /// Whether an operator goes on with the expression, by the blanks around it.
  private func belongs(_ token: Token) -> Bool {
    switch mode {
    case .normal: true
    case .matrix: !(token.isSymbol("-") && token.isPrefix)
    case .tight: token.isTight
    }
  }

  /// An unparenthesised spaced call that an operator follows: somebody may have meant the operation
  /// to be its argument. At the end of an expression it takes all that is left either way.
  private mutating func noteReading(_ operand: Expr) {
    var last = operand
    while true {
      switch last.form {
      case .call(let head, _, .spaced) where last.span.lower == head.span.lower:
        precedenceMattered = true
        return
      case .binary(_, _, let right, _) where right.span.upper == last.span.upper: last = right
      case .unary(_, let inner, _) where inner.span.upper == last.span.upper: last = inner
      default: return
      }
    }
  }

  private mutating func pipe(_ value: Expr) throws(Diagnostic) -> Expr {
    position += 1
    skipNewlines()
    let stage = try call()
    if case .call(let head, let arguments, let style) = stage.form, style != .piped,
      stage.span.lower == head.span.lower
    {
      return try bounded(
        Expr(
          .call(head, [.positional(value)] + arguments, .piped),
          value.span.joined(with: stage.span)))
    }
    return try bounded(
      Expr(.call(stage, [.positional(value)], .piped), value.span.joined(with: stage.span)))
  }

  private mutating func prefix() throws(Diagnostic) -> Expr {
    skipNewlinesInParentheses()
    let first = token
    let op: UnaryOperator
    switch first.kind {
    case .symbol("-"): op = .negate
    case .symbol("√"): op = .squareRoot
    case .keyword(.not): op = .not
    case .symbol("!"): throw refusedBang()
    case .symbol("+"): throw refusedPlusSign()
    default: return try power()
    }
    position += 1
    try enter()
    let operand = try op == .not ? expression(from: .comparison) : prefix()
    leave()
    if op == .squareRoot { noteReading(operand) }
    return try bounded(
      Expr(.unary(op, operand, operator: first.span), first.span.joined(with: operand.span)))
  }

  private mutating func power() throws(Diagnostic) -> Expr {
    let base = try call()
    skipNewlinesInParentheses()
    if let foreign = ForeignOperator(token), foreign.precedence == .power, belongs(token) {
      throw refusedForeign(base, foreign)
    }
    guard token.isSymbol("^"), belongs(token), !isCompoundAssignment(at: 0) else { return base }
    let opToken = token
    noteReading(base)
    position += 1
    skipNewlines()
    try enter()
    let exponent = try prefix()
    leave()
    return try bounded(
      Expr(
        .binary(.power, base, exponent, operator: opToken.span),
        base.span.joined(with: exponent.span)))
  }

  /// `tau=1/2`: a sum in which no operator stands beside a blank.
  mutating func tightValue() throws(Diagnostic) -> Expr {
    let outer = mode
    mode = .tight
    let value = try expression(from: .sum)
    mode = outer
    return value
  }
}
