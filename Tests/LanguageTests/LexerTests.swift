import Testing

@testable import Language

@Suite struct LexerTests {
  @Test(
    "the blanks beside an operator",
    arguments: [
      ("a - b", true, true), ("a-b", false, false), ("a -b", true, false), ("a- b", false, true),
      ("a\t-\tb", true, true), ("a -# c", true, true), ("-b", true, false), ("a -", true, true),
      ("a-;", false, true), ("a-\n", false, true), ("a\u{A0}-b", true, false),
    ])
  func blanks(_ text: String, _ before: Bool, _ after: Bool) throws {
    let token = try #require(Lexer(Source(text: text)).tokens.first { $0.isSymbol("-") })
    #expect(token.blankBefore == before)
    #expect(token.blankAfter == after)
  }

  @Test("spans are bytes") func spans() {
    let lexer = Lexer(Source(text: "질의 = τ≤θ₁ # 끝"))
    #expect(
      lexer.tokens.map(\.span) == [
        Span(0, 6), Span(7, 8), Span(9, 11), Span(11, 14), Span(14, 19), Span(25, 25),
      ])
  }

  @Test(
    "names",
    arguments: [
      ("質問", "質問"), ("θ₁", "θ₁"), ("Wᵠ", "Wᵠ"), ("_x1", "_x1"), ("\u{B5}", "μ"), ("\u{25B}", "ε"),
      ("e\u{301}t", "\u{E9}t"), ("질의", "\u{110C}\u{1175}\u{11AF}\u{110B}\u{1174}"),
    ])
  func names(_ text: String, _ name: String) {
    #expect(Lexer(Source(text: text)).tokens.map(\.kind) == [.name(Symbol(name)), .end])
  }

  @Test(
    "numbers",
    arguments: [
      ("1", 1), ("1_000", 1000), (".5", 0.5), ("1e-9", 1e-9), ("1.", 1), ("1.e2", 100),
      ("2E+3", 2000),
      ("1e−3", 0.001), ("0.1", 0.1), ("1e999", Double.infinity), ("∞", .infinity),
      ("12345678901234567890", 12_345_678_901_234_567_168),
    ])
  func numbers(_ text: String, _ number: Double) {
    #expect(Lexer(Source(text: text)).tokens.map(\.kind) == [.number(number), .end])
  }

  /// Digits that are read on the short way, and those about its limits.
  @Test(arguments: [
    "0.1", ".5", "1.", "0.3", "2.675", "100", "3.14159265358979", "123456789012345",
    "999999999999999", "1000000000000000", "9007199254740993", "0.000000000000001",
    ".000000000000001", ".0000000000000001", "0.00000000000000012", "00012.50",
    "1.7976931348623157",
  ])
  func numberIsTheNearest(_ text: String) {
    let number = Double(text.hasPrefix(".") ? "0" + text : text)
    #expect(Lexer(Source(text: text)).tokens.first?.kind == number.map { .number($0) })
  }

  @Test(
    "what is no token says where",
    arguments: [
      Case("control character", "a \u{7} b", "a control character can not stand here|2-3||U+0007"),
      Case(
        "escape character in a string", "\"a\u{1B}[0m\"",
        "a control character can not stand here|2-3|\"a\\u{1b}[0m\"|U+001B"),
      Case(
        "no UTF-8", String(decoding: [0x61, 0x20, 0xFF], as: UTF8.self),
        "this is not UTF-8 text|2-5||"),
      Case("direction override", "a \u{202E}b", "this character has no meaning here|2-5||U+202E"),
      Case("combining mark alone", "1 \u{301}", "this character has no meaning here|2-4||U+0301"),
      Case("section sign", "§", "the character § has no meaning here|0-2||U+00A7"),
      Case("open string", "x = \"ab", "the string is never closed|4-7|\"ab\"|"),
      Case("string over lines", "\"ab\ncd\"", "the string is never closed|0-3|\"ab\"|"),
      Case(
        "escape", "\"\\q\\n\"",
        "a string knows the escapes \\n \\t \\\" \\\\ and \\u{…}|1-2|\"\\\\q\\n\"|"),
      Case(
        "escape of no character", "\"\\u{110000}\"",
        "a string knows the escapes \\n \\t \\\" \\\\ and \\u{…}|1-2|\"\\\\u{110000}\"|"),
      Case(
        "hexadecimal", "0x10",
        "numbers are decimal|0-4|16|"),
      Case("binary", "0b101", "numbers are decimal|0-5|5|"),
      Case("octal", "0o17", "numbers are decimal|0-4|15|"),
      Case(
        "no binary", "0b12",
        "a number stands directly before a name: a product needs *|0-4|0*b12|"),
    ])
  func problems(_ item: Case) throws {
    let problem = try #require(Lexer(Source(text: item.input)).problems.first)
    let span = "\(problem.span.lower)-\(problem.span.upper)"
    let fix = problem.fixes.first?.text ?? ""
    #expect("\(problem.message)|\(span)|\(fix)|\(problem.detail)" == item.expected)
  }
}
