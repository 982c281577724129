/// Cuts a text into tokens. Total: what is no token becomes an `invalid` one with its diagnostic.
struct Lexer {
  private let source: Source
  private var scalars: [(scalar: Unicode.Scalar, offset: Int)] = []
  private var index = 0
  private(set) var tokens: [Token] = []
  private(set) var strings: [String] = []
  private(set) var problems: [Diagnostic] = []

  /// - Parameter part: whole lines of the text, if not all.
  init(_ source: Source, _ part: Span? = nil) {
    let part = part ?? Span(0, source.bytes.count)
    self.source = source
    scalars.reserveCapacity(part.upper - part.lower + 1)
    let bytes = source.bytes[part.lower..<part.upper]
    if bytes.allSatisfy({ $0 < 0x80 }) {
      for (offset, byte) in zip(bytes.indices, bytes) {
        scalars.append((Unicode.Scalar(byte), offset))
      }
    } else {
      var offset = part.lower
      for scalar in source.slice(part).unicodeScalars {
        scalars.append((scalar, offset))
        offset += UTF8.width(scalar)
      }
    }
    let last = scalars.last.map { $0.offset + UTF8.width($0.scalar) } ?? part.lower
    scalars.append(("\0", last))
    tokens.reserveCapacity(scalars.count * 2 / 3)
    while index < scalars.count - 1 { next() }
    let end = Span(last, last)
    tokens.append(Token(kind: .end, span: end, blankBefore: true, blankAfter: true))
  }

  private var current: Unicode.Scalar { scalars[index].scalar }
  private var isAtEnd: Bool { index >= scalars.count - 1 }

  private func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < scalars.count - 1 ? scalars[index + distance].scalar : nil
  }

  private mutating func next() {
    let start = index
    switch current {
    case "\n": append(.newline, from: start, length: 1)
    case ";": append(.semicolon, from: start, length: 1)
    case "#":
      while !isAtEnd, current != "\n" { index += 1 }
    case "\"": string()
    case "∞": append(.number(.infinity), from: start, length: 1)
    case let scalar where scalar.isBlank: index += 1
    case let scalar where scalar.isDigit: number()
    case "." where peek(1)?.isDigit == true && !isGluedToValue: number()
    case let scalar where scalar.startsName: name()
    default: symbol()
    }
  }

  /// Whether the token before ends a value right here: `p.5` is no number.
  private var isGluedToValue: Bool {
    guard let last = tokens.last, last.span.upper == scalars[index].offset else { return false }
    return last.endsValue
  }

  // MARK: - Tokens

  private mutating func append(_ kind: Token.Kind, from start: Int, length: Int) {
    index = start + length
    tokens.append(
      Token(
        kind: kind, span: Span(scalars[start].offset, scalars[index].offset),
        blankBefore: start == 0 || scalars[start - 1].scalar.separates,
        blankAfter: isAtEnd || current.separates))
  }

  private mutating func fail(
    _ message: String, from start: Int, length: Int, mark: Span? = nil, fixes: [Fix] = [],
    detail: String = ""
  ) {
    let end = min(max(start + length, start + 1), scalars.count - 1)
    let span = Span(scalars[start].offset, scalars[end].offset)
    problems.append(
      Diagnostic(
        message, in: source, at: mark ?? span, detail: detail,
        fixes: fixes.map { Fix($0.text, note: $0.note, replacing: $0.span ?? span) }))
    append(.invalid(problems.count - 1), from: start, length: end - start)
  }

  private func text(_ from: Int, _ to: Int) -> String {
    source.slice(Span(scalars[from].offset, scalars[to].offset))
  }

  private mutating func number() {
    let start = index
    digits()
    if !isAtEnd, current == ".", peek(1)?.startsName != true || isExponent(at: 1) {
      index += 1
      digits()
    }
    if isExponent(at: 0) {
      index += current == "e" || current == "E" ? 1 : 0
      if current == "+" || current == "-" || current == "−" { index += 1 }
      digits()
    }
    if !isAtEnd, current.startsName { return gluedNumber(start) }
    if let value = plainNumber(start) {
      return append(.number(value), from: start, length: index - start)
    }
    var written = text(start, index)
    if !written.utf8.allSatisfy(\.isPlainInNumber) {
      written = written.filter { $0 != "_" }.replacing("−", with: "-")
    }
    // Double(…) reads every literal of this form; one too large is ∞, as in IEEE arithmetic.
    let value = Double(written.hasPrefix(".") ? "0" + written : written) ?? .infinity
    append(.number(value), from: start, length: index - start)
  }

  /// Up to 15 digits with or without a point: their whole number and the power of ten that divides
  /// it are numbers themselves, so their quotient is the nearest one to what is written.
  private func plainNumber(_ start: Int) -> Double? {
    guard index - start <= 16 else { return nil }
    var (digits, power, isBehindPoint) = (0.0, 1.0, false)
    for place in start..<index {
      let scalar = scalars[place].scalar
      if scalar.isDigit {
        digits = 10 * digits + Double(scalar.value - 0x30)
        if isBehindPoint { power *= 10 }
      } else if scalar == "." {
        isBehindPoint = true
      } else {
        return nil
      }
    }
    return digits < 1e15 ? digits / power : nil
  }

  private mutating func gluedNumber(_ start: Int) {
    let nameStart = index
    while !isAtEnd, current.continuesName { index += 1 }
    let (number, name) = (text(start, nameStart), text(nameStart, index))
    let bases: [Character: Int] = ["x": 16, "o": 8, "b": 2]
    if number == "0", let base = name.first.flatMap({ bases[$0] }),
      let value = UInt64(name.dropFirst(), radix: base)
    {
      return fail(
        "numbers are decimal", from: start, length: index - start, fixes: [Fix("\(value)")])
    }
    fail(
      "a number stands directly before a name: a product needs *", from: start,
      length: index - start, fixes: [Fix("\(number)*\(name)")])
  }

  private mutating func digits() {
    while !isAtEnd, current.isDigit || (current == "_" && peek(1)?.isDigit == true) { index += 1 }
  }

  /// `e9`, `e-9`: an exponent, not a name glued to the number.
  private func isExponent(at distance: Int) -> Bool {
    guard let e = peek(distance), e == "e" || e == "E", let sign = peek(distance + 1) else {
      return false
    }
    if sign.isDigit { return true }
    return (sign == "-" || sign == "+" || sign == "−") && peek(distance + 2)?.isDigit == true
  }

  private mutating func name() {
    let start = index
    while !isAtEnd, current.continuesName { index += 1 }
    if index - start == 1, let symbol = Symbol(letter: scalars[start].scalar) {
      return append(.name(symbol), from: start, length: 1)
    }
    var name = text(start, index)
    if !name.utf8.allSatisfy({ $0 < 0x80 }) {
      // Look-alikes of the Greek letters that keyboards produce.
      name = name.replacing("\u{B5}", with: "μ").replacing("ɛ", with: "ε")
    }
    let symbol = Symbol(name)
    append(
      Keyword.bySymbol[symbol].map { .keyword($0) } ?? .name(symbol), from: start,
      length: index - start)
  }

  private mutating func string() {
    let start = index
    index += 1
    var value = ""
    var failure: (message: String, at: Int, detail: String)?
    // The text with everything repaired that is wrong in it.
    var repaired = "\""
    while !isAtEnd, current != "\n", current != "\"" {
      let place = index
      if current == "\\" {
        if let scalar = escape() {
          value.unicodeScalars.append(scalar)
          repaired += text(place, index)
        } else {
          index += 1
          failure =
            failure ?? ("a string knows the escapes \\n \\t \\\" \\\\ and \\u{…}", place, "")
          repaired += "\\\\"
        }
      } else if current == "\u{FFFD}" {
        index += 1
        failure = failure ?? ("this is not UTF-8 text", place, "")
      } else if current.isControl, current != "\t", current != "\r" {
        let code = String(current.value, radix: 16)
        failure =
          failure
          ?? ("a control character can not stand here", place, "U+" + hex(current.value))
        repaired += "\\u{\(code)}"
        index += 1
      } else {
        value.unicodeScalars.append(current)
        repaired.unicodeScalars.append(current)
        index += 1
      }
    }
    guard !isAtEnd, current == "\"" else {
      fail(
        "the string is never closed", from: start, length: index - start,
        fixes: [Fix(repaired + "\"")])
      return
    }
    let length = index + 1 - start
    guard let failure else {
      strings.append(value)
      append(.string(strings.count - 1), from: start, length: length)
      return
    }
    let mark = Span(scalars[failure.at].offset, scalars[failure.at + 1].offset)
    fail(
      failure.message, from: start, length: length, mark: mark, fixes: [Fix(repaired + "\"")],
      detail: failure.detail)
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let letter = peek(1) else { return nil }
    let simple: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "t": "\t", "\"": "\"", "\\": "\\"]
    if let scalar = simple[letter] {
      index += 2
      return scalar
    }
    guard letter == "u", peek(2) == "{" else { return nil }
    var digits = ""
    var distance = 3
    while let scalar = peek(distance), scalar.properties.isASCIIHexDigit, digits.count < 7 {
      digits.unicodeScalars.append(scalar)
      distance += 1
    }
    guard peek(distance) == "}", let code = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(code)
    else { return nil }
    index += distance + 1
    return scalar
  }

  // MARK: - Operators

  private static let spellings: [Unicode.Scalar: Sign] = [
    "−": "-", "×": "*", "⊙": "*", "÷": "/", "→": "->", "↦": "->", "≤": "<=", "≥": ">=",
    "≠": "!=", "·": "·", "⋅": "·", "√": "√", "ᵀ": "ᵀ",
  ]
  /// The last five belong to other languages; the parser refuses them with both operands at hand.
  private static let pairs: [Sign] = [
    "->", "<=", ">=", "==", "!=", "|>", "**", "&&", "||", "//", "<>",
  ]
  /// By their ASCII code.
  private static let singles: [Sign?] = {
    var singles: [Sign?] = Array(repeating: nil, count: 128)
    for byte in "+-*/@%^<>=()[]{},.:?'!&|".utf8 { singles[Int(byte)] = Sign(ascii: byte) }
    return singles
  }()

  private mutating func symbol() {
    let start = index
    guard current.isASCII else {
      guard let spelling = Self.spellings[current] else { return strange() }
      return append(.symbol(spelling), from: start, length: 1)
    }
    if let second = peek(1), let pair = Self.pair(current, second) {
      return append(.symbol(pair), from: start, length: 2)
    }
    guard let single = Self.singles[Int(current.value)] else { return strange() }
    append(.symbol(single), from: start, length: 1)
  }

  private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Sign? {
    switch second {
    // Nothing else stands second in a pair.
    case ">", "=", "*", "&", "|", "/":
      let pair = Sign(ascii: UInt8(first.value), UInt8(second.value))
      return pairs.contains(pair) ? pair : nil
    default: return nil
    }
  }

  private mutating func strange() {
    let start = index
    switch current {
    case "“", "”", "„", "‟", "«", "»": curlyString(start)
    case "‘": curlyString(start)
    case "’", "′":
      fail(
        "\(Character(current)) is not the sign for a transpose", from: start, length: 1,
        fixes: [suffix("'")])
    case "²": fail("a power is written with ^", from: start, length: 1, fixes: [suffix("^2")])
    case "³": fail("a power is written with ^", from: start, length: 1, fixes: [suffix("^3")])
    case "\u{FFFD}": fail("this is not UTF-8 text", from: start, length: 1)
    case let scalar where scalar.isControl:
      fail(
        "a control character can not stand here", from: start, length: 1,
        detail: "U+" + hex(scalar.value))
    case let scalar where !scalar.isPlain:
      fail(
        "this character has no meaning here", from: start, length: 1,
        detail: "U+" + hex(scalar.value))
    default:
      fail(
        "the character \(Character(current)) has no meaning here", from: start, length: 1,
        detail: "U+" + hex(current.value))
    }
  }

  /// The fix for a character that stands behind a value, with the value where it is one token.
  private func suffix(_ text: String) -> Fix {
    guard let last = tokens.last, last.span.upper == scalars[index].offset else { return Fix(text) }
    switch last.kind {
    case .name, .keyword, .number:
      let span = Span(last.span.lower, scalars[index + 1].offset)
      return Fix(source.slice(last.span) + text, replacing: span)
    default: return Fix(text)
    }
  }

  private mutating func curlyString(_ start: Int) {
    var end = start + 1
    while end < scalars.count - 1, scalars[end].scalar != "\n",
      !["“", "”", "„", "\"", "«", "»", "’"].contains(scalars[end].scalar)
    { end += 1 }
    let isClosed = end < scalars.count - 1 && scalars[end].scalar != "\n"
    let inner = text(start + 1, end)
    fail(
      "curly quotes are not quotes here", from: start,
      length: (isClosed ? end + 1 : start + 1) - start,
      fixes: [Fix(isClosed ? "\"\(inner)\"" : "\"")])
  }

  private func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension Unicode.Scalar {
  /// Typed, it would reach the terminal as it is.
  fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

  /// Shows as itself: no invisible, combining or unassigned character.
  fileprivate var isPlain: Bool {
    switch properties.generalCategory {
    case .format, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator,
      .nonspacingMark, .enclosingMark, .spacingMark:
      false
    default: true
    }
  }

  fileprivate var isDigit: Bool { value &- 0x30 < 10 }

  /// Blanks within a line, no-break and wide ones from pasted text included.
  @inline(__always)
  var isBlank: Bool {
    isASCII ? value == 0x20 || value == 0x09 || value == 0x0D : isWideBlank
  }

  private var isWideBlank: Bool { value == 0xFEFF || properties.generalCategory == .spaceSeparator }

  /// What counts as a blank beside an operator: the end of a line, `;` and `#` as well.
  @inline(__always)
  fileprivate var separates: Bool { value == 0x0A || value == 0x3B || value == 0x23 || isBlank }

  fileprivate var startsName: Bool {
    if isASCII { return (0x61...0x7A).contains(value | 0x20) || self == "_" }
    if self == "ᵀ" { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return false
    }
  }

  fileprivate var continuesName: Bool {
    if startsName || isDigit { return true }
    if isASCII { return false }
    switch properties.generalCategory {
    case .decimalNumber, .nonspacingMark, .spacingMark: return true
    default: return ("\u{2080}"..."\u{2089}").contains(self)
    }
  }
}

extension UInt8 {
  /// Not the `_` between digits, no other minus.
  fileprivate var isPlainInNumber: Bool { self < 0x80 && self != UInt8(ascii: "_") }
}
