/// A name as it was written, with its place.
public struct Name: Hashable, Sendable {
  public let text: String
  public let symbol: Symbol
  public let span: Span

  public init(_ text: String, _ span: Span) {
    symbol = Symbol(text)
    self.text = text
    self.span = span
  }

  init(_ symbol: Symbol, _ span: Span) {
    self.symbol = symbol
    text = symbol.text
    self.span = span
  }
}

public enum UnaryOperator: String, Sendable, CaseIterable {
  case negate = "-"
  case squareRoot = "√"
  case not = "not"
}

public enum BinaryOperator: String, Sendable, BitwiseCopyable, CaseIterable {
  case or, and
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case matmul = "@"
  /// `·`: `@` between vectors and matrices, the product where one side is a number.
  case dot = "·"
  case power = "^"
}

/// An expression. Nodes are shared, never changed.
public final class Expr: Sendable {
  public let form: Form
  /// Everything that was written for it, parentheses around it included.
  public let span: Span
  /// 1 for an atom, else one more than the deepest part: bounds every walk of the tree.
  public let depth: Int
  /// Of a name.
  public let symbol: Symbol?

  public init(_ form: Form, _ span: Span) {
    self.form = form
    self.span = span
    self.depth = 1 + form.depthOfParts
    if case .name(let name) = form { symbol = Symbol(name) } else { symbol = nil }
  }

  /// The value of a name.
  init(_ name: Name) {
    form = .name(name.text)
    span = name.span
    depth = 1
    symbol = name.symbol
  }

  public enum Form: Sendable {
    case number(Double)
    case string(String)
    /// `?`, a place to be filled.
    case hole
    case name(String)
    /// `x -> body`, `(x, y) -> body`, `() -> body`.
    case function([Name], body: Expr)
    /// Two or more values; one in parentheses is just that value with a wider span.
    case tuple([Expr])
    case matrix([[Expr]])
    case call(Expr, [Argument], CallStyle)
    case unary(UnaryOperator, Expr, operator: Span)
    case binary(BinaryOperator, Expr, Expr, operator: Span)
    case index(Expr, [IndexItem])
    indirect case member(Expr, Name)
    case transpose(Expr)
    indirect case command(Command)
  }
}

/// How a call was written.
public enum CallStyle: Sendable {
  /// `f x y`
  case spaced
  /// `f(x, y)`
  case parenthesized
  /// `x |> f y`, with x as the first argument
  case piped
}

public enum Argument: Sendable {
  case positional(Expr)
  /// `heads=8`
  case option(Name, Expr)

  public var value: Expr {
    switch self {
    case .positional(let expr), .option(_, let expr): expr
    }
  }
}

public enum IndexItem: Sendable {
  case at(Expr)
  /// `from:to:step`, each part optional; the span covers the whole item, colons included.
  case slice(from: Expr?, to: Expr?, step: Expr?, span: Span)

  public var span: Span {
    switch self {
    case .at(let expr): expr.span
    case .slice(_, _, _, let span): span
    }
  }

  public var parts: [Expr] {
    switch self {
    case .at(let expr): [expr]
    case .slice(let from, let to, let step, _): [from, to, step].compactMap { $0 }
    }
  }
}

/// A word of the language that is followed by more than arguments: `explain f x`, `help attn`.
public struct Command: Sendable {
  public enum Operand: Sendable {
    /// `help attn`, `? attn`: the raw rest of the statement, which may be empty.
    case word(Name)
    /// `explain EXPR`, `bench EXPR`
    case expression(Expr)
    /// `sweep tau=[.1 1] softmax z`
    case sweep([Argument], Expr)
    /// `compare (a) (b)`
    case alternatives([Expr])
    /// `cost attn 1024 64 heads=8`
    case sizes(Name, [Expr], [Argument])
  }

  public var name: Name
  public var operand: Operand

  public init(_ name: Name, _ operand: Operand) {
    self.name = name
    self.operand = operand
  }
}

public struct Parameter: Sendable {
  public var name: Name
  public var defaultValue: Expr?

  public init(_ name: Name, defaultValue: Expr? = nil) {
    self.name = name
    self.defaultValue = defaultValue
  }
}

/// `def f x tau=1 = …` or `def f(x, tau=1) { … }`.
public struct Definition: Sendable {
  public var name: Name
  public var parameters: [Parameter]
  public var body: Block
  public var span: Span

  public init(_ name: Name, _ parameters: [Parameter], body: Block, span: Span) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.span = span
  }
}

public struct Block: Sendable {
  public var statements: [Statement]
  public var span: Span

  public init(_ statements: [Statement], _ span: Span) {
    self.statements = statements
    self.span = span
  }
}

public struct Statement: Sendable {
  public var form: Form
  /// Without the `;` that ends it.
  public var span: Span
  /// It was ended by `;`: the result is not shown.
  public var isHidden: Bool
  /// How it was read, `f(x) - 1`, where the precedence of a spaced call over an operator
  /// mattered; nil otherwise.
  public var reading: String?
  /// `:time` stands before it: how long it takes is shown, too.
  public var isTimed = false

  public init(_ form: Form, _ span: Span, isHidden: Bool = false, reading: String? = nil) {
    self.form = form
    self.span = span
    self.isHidden = isHidden
    self.reading = reading
  }

  public indirect enum Form: Sendable {
    case expression(Expr)
    /// `a = x`, `a, b = pair`; the name `_` discards.
    case assign([Name], Expr)
    /// `p.wq = x`, `A[0, 1] = x`, `p.w[0] = x`: rebinds the name to a changed copy.
    case update(Name, path: [Name], index: [IndexItem]?, Expr)
    case define(Definition)
    case forLoop([Name], in: IndexItem, Block)
    case whileLoop(Expr, Block)
    /// `else if` is an alternative of one `ifElse` statement.
    case ifElse(Expr, then: Block, otherwise: Block?)
    case breakLoop
  }
}

/// A `:` line: `:set digits 6`. The rest of the line is raw.
public struct ColonCommand: Sendable {
  public var name: Name
  public var rest: Name

  public init(_ name: Name, rest: Name) {
    self.name = name
    self.rest = rest
  }
}

extension Expr.Form {
  fileprivate var depthOfParts: Int {
    switch self {
    case .number, .string, .hole, .name: 0
    // The common ones without a list of them.
    case .unary(_, let part, _), .transpose(let part): part.depth
    case .binary(_, let left, let right, _): max(left.depth, right.depth)
    default: parts.reduce(0) { max($0, $1.depth) }
    }
  }

  public var parts: [Expr] {
    switch self {
    case .number, .string, .hole, .name: []
    case .function(_, let body): [body]
    case .tuple(let items): items
    case .matrix(let rows): rows.flatMap { $0 }
    case .call(let head, let arguments, _): [head] + arguments.map(\.value)
    case .unary(_, let operand, _): [operand]
    case .binary(_, let left, let right, _): [left, right]
    case .index(let base, let items): [base] + items.flatMap(\.parts)
    case .member(let base, _), .transpose(let base): [base]
    case .command(let command): command.parts
    }
  }
}

extension Command {
  public var parts: [Expr] {
    switch operand {
    case .word: []
    case .expression(let expr): [expr]
    case .sweep(let options, let expr): options.map(\.value) + [expr]
    case .alternatives(let exprs): exprs
    case .sizes(_, let sizes, let options): sizes + options.map(\.value)
    }
  }
}
