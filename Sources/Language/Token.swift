/// A piece of the text, with what stands next to it: blanks decide between `a -b` and `a - b`.
struct Token: Sendable {
  enum Kind: Equatable, Sendable {
    case number(Double)
    case string(String)
    case name(String)
    /// An operator, bracket or comma in its canonical spelling: `×` is `*`, `→` is `->`.
    case symbol(String)
    case newline
    case semicolon
    case end
    /// Text that is no token; the parser reports it when it gets there.
    case invalid(Int)
  }

  let kind: Kind
  let span: Span
  let blankBefore: Bool
  let blankAfter: Bool
  /// Looked up once: the parser asks often.
  let binary: BinaryOperator?
  let foreign: ForeignOperator?

  init(kind: Kind, span: Span, blankBefore: Bool, blankAfter: Bool) {
    self.kind = kind
    self.span = span
    self.blankBefore = blankBefore
    self.blankAfter = blankAfter
    binary = BinaryOperator(kind)
    foreign = binary == nil ? ForeignOperator(kind) : nil
  }

  func isSymbol(_ text: String) -> Bool { kind == .symbol(text) }

  /// `a -b`: a sign, not a subtraction.
  var isPrefix: Bool { blankBefore && !blankAfter }
  /// `a-b`
  var isTight: Bool { !blankBefore && !blankAfter }

  /// Something could be glued to it: `x'`, `x[0]`.
  var endsValue: Bool {
    switch kind {
    case .number, .string, .name: true
    case .symbol(let text): [")", "]", "'", "ᵀ"].contains(text)
    default: false
    }
  }

  var endsStatement: Bool { kind == .newline || kind == .semicolon || kind == .end }
}
