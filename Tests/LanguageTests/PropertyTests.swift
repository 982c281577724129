import Testing

@testable import Language

@Suite struct PropertyTests {
  @Test func printedTreesAreReadAsThemselves() throws {
    var maker = TreeMaker(seed: 1)
    for index in 0..<20_000 {
      let tree = Statement(.expression(maker.expr(1 + index % 4)), Span(0, 0))
      try checkReading(of: tree)
    }
  }

  @Test func printedStatementsAreReadAsThemselves() throws {
    var maker = TreeMaker(seed: 2)
    for index in 0..<3_000 { try checkReading(of: maker.statement(1 + index % 3)) }
  }

  private func checkReading(of tree: Statement) throws {
    let text = tree.description
    let read = try shapes(of: text)
    // A plain comparison: #expect would take most of the time.
    if read != [shape(tree)] { Issue.record("\(text)\nis read as\n\(read)") }
  }

  /// `f a (b + c) -d tau=1` is `f(a, b + c, -d, tau=1)`, alone and as an operand.
  @Test func spacedCallsAreCallsInParentheses() throws {
    var maker = TreeMaker(seed: 3)
    for index in 0..<20_000 {
      let (spaced, parenthesized) = callPair(&maker, depth: index % 2)
      let (first, second) = (try shapes(of: spaced), try shapes(of: parenthesized))
      let operand = try Parser.statements(of: Source(text: "1 - \(spaced) @ x"))
      let call = try Parser.expression(parenthesized)
      if first != second || operand.first?.reading != "1 - \(call) @ x" {
        Issue.record("\(spaced) is not \(parenthesized)")
      }
    }
  }

  private func shapes(of text: String) throws -> [String] {
    try Parser.statements(of: Source(text: text)).map(shape)
  }

  private func callPair(_ maker: inout TreeMaker, depth: Int) -> (String, String) {
    let head = maker.name().text
    var (spaced, listed): ([String], [String]) = ([], [])
    let count = 1 + maker.pick(3)
    for _ in 0..<count {
      let expr = maker.expr(depth)
      let sign = maker.pick(5) == 0 ? "-" : ""
      spaced.append(sign + argument(expr))
      listed.append(sign + argument(expr))
    }
    // A tuple alone is the list of the arguments, in two parentheses it is one.
    if count == 1, spaced[0].hasPrefix("(") { spaced[0] = "(\(spaced[0]))" }
    if maker.pick(3) == 0 {
      let value = argument(maker.expr(depth))
      spaced.append("tau=\(value)")
      listed.append("tau=\(value)")
    }
    return (
      "\(head) \(spaced.joined(separator: " "))", "\(head)(\(listed.joined(separator: ", ")))"
    )
  }

  private func argument(_ expr: Expr) -> String {
    switch expr.form {
    case .number, .string, .hole, .name, .matrix, .index, .member, .transpose: "\(expr)"
    default: "(\(expr))"
    }
  }

  static let words = [
    "a", "f", "softmax", "x", "T", "1", "2.5", ".5", "1e-9", "\"s\"", "'", "\"", "+", "-", "*", "/",
    "@", "%", "^", "√", "·", "==", "<", ">=", "!=", "=", "|>", "->", "(", ")", "[", "]", "{", "}",
    ",", ";", ":", ".", "?", "\n", " ", " ", " ", " ", " ", "  ", "#", "# c\n", "and", "or", "not",
    "if", "else", "for", "in", "while", "break", "def", "help", "explain", "sweep", "compare",
    "cost",
    ":time", ":set", "tau=", "heads = 8", "lambda x:", "return", "import", "let", "elif", "**",
    "&&",
    "||", "//", "!", "|", "&", "+=", "-=", ":=", "<-", "2x", "∞", "ᵀ", "“", "²", "\u{7}",
    "\u{FFFD}",
    "질의", "(x, y)", "[1 2]", "{ }", "f x", "x = ", "A[0]", "f(x)", "()",
  ]

  @Test("random words give a parse, a positioned error or a wish for more", arguments: 0..<4)
  func soups(_ part: Int) {
    var maker = TreeMaker(seed: 100 + UInt64(part))
    for _ in 0..<15_000 {
      var text = ""
      for _ in 0..<(1 + maker.pick(14)) { text += Self.words[maker.pick(Self.words.count)] }
      readAll(text)
    }
  }

  @Test func randomBytes() {
    var maker = TreeMaker(seed: 7)
    for index in 0..<4_000 {
      let limit = index % 2 == 0 ? 256 : 128
      let bytes = (0..<maker.pick(60)).map { _ in UInt8(maker.pick(limit)) }
      let text = String(decoding: bytes, as: UTF8.self)
      readAll(text)
      readScript(text)
    }
  }

  @Test func randomScripts() {
    var maker = TreeMaker(seed: 8)
    let lines = [
      "# p", "## S", "#| n", "#> 1", "", ";", "x = 1", "f(1,", ")", "for i in 0:2 {", "}",
      "3 -1; y",
    ]
    for _ in 0..<2_000 {
      readScript((0..<12).map { _ in lines[maker.pick(lines.count)] }.joined(separator: "\n"))
    }
  }

  /// Reads a text to its end over all errors; each must have a place in the text.
  private func readAll(_ text: String) {
    let source = Source(text: text)
    var parser = Parser(source)
    for _ in 0...(source.bytes.count + 1) {
      do throws(Diagnostic) {
        guard try parser.next() != nil else { return }
      } catch {
        let spans = [error.span] + error.marks.map(\.span) + error.fixes.compactMap(\.span)
        let isInside = spans.allSatisfy {
          $0.lower >= 0 && $0.lower <= $0.upper && $0.upper <= source.bytes.count
        }
        if error.message.isEmpty || error.marks.isEmpty || !isInside {
          Issue.record("\(text)\n\(picture(of: error))")
        }
        parser.recover()
      }
    }
    Issue.record("no end: \(text)")
  }

  /// Steps follow each other and lie in the text.
  private func readScript(_ text: String) {
    let source = Source(text: text)
    var reader = ScriptReader(source)
    var end = 0
    for _ in 0...(source.lineCount + 1) {
      guard let step = reader.next() else { return }
      guard !step.items.isEmpty || step.failure != nil else { continue }
      if step.span.lower < end || step.span.upper < step.span.lower
        || step.span.upper > source.bytes.count
      {
        Issue.record("\(text): \(step.span) after \(end)")
      }
      end = step.span.upper
    }
    Issue.record("no end: \(text)")
  }
}
