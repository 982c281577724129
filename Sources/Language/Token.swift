/// An operator, bracket or comma in its canonical spelling: `×` is `*`, `→` is `->`. As a number, for
/// the parser compares it often.
struct Sign: Hashable, Sendable, BitwiseCopyable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The bytes of the text, the last one lowest.
  private let bytes: UInt32

  @inline(__always)
  init(stringLiteral text: StaticString) {
    bytes = text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }

  init(ascii first: UInt8, _ second: UInt8? = nil) {
    bytes = second.map { UInt32(first) << 8 | UInt32($0) } ?? UInt32(first)
  }

  init(_ text: String) { bytes = text.utf8.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

  /// Of a sign that is one ASCII character.
  fileprivate var code: Int? { bytes < 128 ? Int(bytes) : nil }

  var description: String {
    let all = stride(from: UInt32(24), through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: bytes >> $0)
    }
    return String(decoding: all.drop { $0 == 0 }, as: UTF8.self)
  }
}

/// Something that some signs mean.
struct SignTable<Meaning: Sendable>: Sendable {
  /// By the code of the sign's one byte.
  private var short: [Meaning?] = Array(repeating: nil, count: 128)
  private var long: [(sign: Sign, meaning: Meaning)] = []

  init(_ meanings: [(Sign, Meaning)]) {
    for (sign, meaning) in meanings {
      if let code = sign.code { short[code] = meaning } else { long.append((sign, meaning)) }
    }
  }

  subscript(sign: Sign) -> Meaning? {
    if let code = sign.code { return short[code] }
    for entry in long where entry.sign == sign { return entry.meaning }
    return nil
  }
}

/// A word that can be no name.
enum Keyword: String, Sendable, BitwiseCopyable, CaseIterable {
  case def, `for`, `while`, `if`, `else`, `break`, `in`, and, or, not

  static let bySymbol = SymbolTable(allCases, name: { $0.rawValue })
}

/// A piece of the text, with what stands next to it: blanks decide between `a -b` and `a - b`.
/// Plain numbers throughout: the parser copies tokens at every step.
struct Token: Sendable, BitwiseCopyable {
  enum Kind: Equatable, Sendable, BitwiseCopyable {
    case number(Double)
    /// The place of its text among those of the lexer.
    case string(Int)
    case name(Symbol)
    case keyword(Keyword)
    case symbol(Sign)
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

  @inline(__always)
  func isSymbol(_ sign: Sign) -> Bool {
    if case .symbol(let own) = kind { own == sign } else { false }
  }

  /// A name, or what is taken for one until it is refused.
  var isWord: Bool {
    switch kind {
    case .name, .keyword: true
    default: false
    }
  }

  /// A name of this text; slower than the other questions.
  func isName(_ text: String) -> Bool {
    if case .name(let symbol) = kind { symbol.text == text } else { false }
  }

  /// `a -b`: a sign, not a subtraction.
  var isPrefix: Bool { blankBefore && !blankAfter }
  /// `a-b`
  var isTight: Bool { !blankBefore && !blankAfter }

  /// Something could be glued to it: `x'`, `x[0]`.
  var endsValue: Bool {
    switch kind {
    case .number, .string, .name, .keyword: true
    case .symbol(")"), .symbol("]"), .symbol("'"), .symbol("ᵀ"): true
    default: false
    }
  }

  var endsStatement: Bool {
    switch kind {
    case .newline, .semicolon, .end: true
    default: false
    }
  }
}
