import Language
import Testing

@testable import Render

private func span(of part: String, in source: Source) -> Span {
  let needle = Array(part.utf8)
  let starts = 0...max(0, source.bytes.count - needle.count)
  let lower = starts.first { source.bytes[$0...].starts(with: needle) } ?? 0
  return Span(lower, lower + needle.count)
}

private func text(_ diagnostic: Diagnostic, _ options: DisplayOptions = .init()) -> String {
  plain(layout(diagnostic, options: options))
}

/// The error that the design shows.
private func mismatch(_ left: String, file: String = "lesson.attn") -> Diagnostic {
  let source = Source(name: file, text: "Q = randn 4 8\nK = randn 5 8\nS = \(left) @ K\n")
  let line = span(of: "\(left) @ K", in: source)
  let width = left.utf8.count
  let at = Span(line.lower + width + 1, line.lower + width + 2)
  return Diagnostic(
    "these shapes do not multiply", in: source, at: at,
    marks: [
      .init(Span(line.lower, line.lower + width), isPrimary: false), .init(at),
      .init(Span(line.upper - 1, line.upper), isPrimary: false),
    ],
    detail: "\(left) 4×8   K 5×8   inner 8 ≠ 5",
    fixes: [Fix("\(left) @ K'", note: "4×8 @ 8×5 → 4×5")])
}

@Suite struct DiagnosticLayoutTests {
  @Test func shapes() {
    let expected = """
      error: these shapes do not multiply                      lesson.attn:3:7
      3 │ S = Q @ K
        │     ─ ^ ─    Q 4×8   K 5×8   inner 8 ≠ 5
      fix 1: Q @ K'    4×8 @ 8×5 → 4×5

      """
    #expect(text(mismatch("Q")) == expected)
  }

  @Test func marksStandUnderHangul() {
    let expected = """
      error: these shapes do not multiply                      lesson.attn:3:8
      3 │ S = 질의 @ K
        │     ──── ^ ─    질의 4×8   K 5×8   inner 8 ≠ 5
      fix 1: 질의 @ K'    4×8 @ 8×5 → 4×5

      """
    #expect(text(mismatch("질의")) == expected)
  }

  @Test func ascii() {
    let expected = """
      error: these shapes do not multiply                      lesson.attn:3:7
      3 | S = Q @ K
        |     - ^ -    Q 4x8   K 5x8   inner 8 != 5
      fix 1: Q @ K'    4x8 @ 8x5 -> 4x5

      """
    #expect(text(mismatch("Q"), .init(charset: .ascii)) == expected)
  }

  @Test func aNarrowWindowBreaksLines() {
    let expected = """
      error: these shapes do not multiply
        at lesson.attn:3:7
      3 │ S = Q @ K
        │     ─ ^ ─
        │   Q 4×8   K 5×8   inner 8 ≠ 5
      fix 1: Q @ K'    4×8 @ 8×5 → 4×5

      """
    #expect(text(mismatch("Q"), .init(width: 40)) == expected)
  }

  @Test func atThePromptThereIsNoLocation() {
    let source = Source(text: "attn Q K V casual")
    let diagnostic = Diagnostic(
      "no name 'casual'", in: source, at: span(of: "casual", in: source),
      fixes: [Fix("causal", note: "mask: position i sees j ≤ i")])
    let expected = """
      error: no name 'casual'
      1 │ attn Q K V casual
        │            ^^^^^^
      fix 1: causal    mask: position i sees j ≤ i

      """
    #expect(text(diagnostic) == expected)
  }

  @Test func notesOfFixesAreAligned() {
    let source = Source(text: "f -x^2")
    let diagnostic = Diagnostic(
      "is this one argument or two", in: source, at: Span(2, 6),
      fixes: [Fix("f (-x^2)", note: "one argument"), Fix("f - x^2", note: "a difference")],
      notes: ["blanks decide", "a second note"])
    let expected = """
      error: is this one argument or two
      1 │ f -x^2
        │   ^^^^
      fix 1: f (-x^2)    one argument
      fix 2: f - x^2     a difference
      note: blanks decide
      note: a second note

      """
    #expect(text(diagnostic) == expected)
  }

  @Test func aSpanOverSeveralLines() {
    let source = Source(name: "a.attn", text: "x = (1 +\n  2 +\n  z)\ny = 2\n")
    let diagnostic = Diagnostic(
      "no", in: source, at: Span(4, span(of: ")", in: source).upper), detail: "here")
    let expected = """
      error: no                                                     a.attn:1:5
      1 │ x = (1 +
        │     ^^^^
      2 │   2 +
        │ ^^^^^
      3 │   z)
        │ ^^^^    here

      """
    #expect(text(diagnostic) == expected)
  }

  @Test func manyLinesAreCutInTheMiddle() {
    let source = Source(text: (1...100).map { "x\($0)" }.joined(separator: "\n"))
    let diagnostic = Diagnostic("no", in: source, at: Span(0, source.bytes.count))
    let expected = """
      error: no
        1 │ x1
          │ ^^
        2 │ x2
          │ ^^
        3 │ x3
          │ ^^
      …
       98 │ x98
          │ ^^^
       99 │ x99
          │ ^^^
      100 │ x100
          │ ^^^^

      """
    #expect(text(diagnostic) == expected)
  }

  @Test func marksOnDistantLines() {
    let source = Source(text: "a\nb\nc\nd")
    let diagnostic = Diagnostic(
      "no", in: source, at: Span(6, 7),
      marks: [.init(Span(0, 1), isPrimary: false), .init(Span(6, 7))])
    #expect(text(diagnostic) == "error: no\n1 │ a\n  │ ─\n…\n4 │ d\n  │ ^\n")
  }

  @Test func aLongLineIsAWindow() {
    let line = String(repeating: "가", count: 60) + " + oops + " + String(repeating: "b", count: 90)
    let source = Source(text: line)
    let page = layout(
      Diagnostic("no", in: source, at: span(of: "oops", in: source)), options: .init(width: 50))
    let expected = """
      error: no
      1 │ …가가가가가 + oops + bbbbbbbbbbbbbbbbbbbbbbbb…
        │               ^^^^

      """
    #expect(plain(page) == expected)
    #expect(page.width <= 50)
  }

  @Test(arguments: [
    ("an empty text", "", Span(0, 0), "error: no\n1 │\n  │ ^\n"),
    ("the end of a line", "x = 1 +\ny", Span(7, 7), "error: no\n1 │ x = 1 +\n  │        ^\n"),
    ("a line break", "x =\ny", Span(3, 4), "error: no\n1 │ x =\n  │    ^\n"),
    ("behind the end", "x", Span(50, 90), "error: no\n1 │ x\n  │  ^\n"),
    ("before the beginning", "x", Span(-5, -3), "error: no\n1 │ x\n  │ ^\n"),
    ("upside down", "abc", Span(2, 1), "error: no\n1 │ abc\n  │   ^\n"),
    ("a tab", "\tx", Span(1, 2), "error: no\n1 │     x\n  │     ^\n"),
    ("an escape", "\u{1B}[2J", Span(0, 1), "error: no\n1 │ ␛[2J\n  │ ^\n"),
    ("a trailing line break", "x\n", Span(2, 2), "error: no\n2 │\n  │ ^\n"),
  ])
  func places(_ what: String, _ source: String, _ span: Span, _ expected: String) {
    #expect(text(Diagnostic("no", in: Source(text: source), at: span)) == expected, "\(what)")
  }

  @Test func callersFollow() {
    let source = Source(name: "a.attn", text: "def f Q = Q @ Q\n\nf 질의\n")
    var diagnostic = Diagnostic("no", in: source, at: Span(12, 13))
    diagnostic.callers = [.init(source: source, span: Span(17, 25), function: "f")]
    let expected = """
      error: no                                                    a.attn:1:13
      1 │ def f Q = Q @ Q
        │             ^
      f, called from a.attn:3:1
      3 │ f 질의
        │ ──────

      """
    #expect(text(diagnostic) == expected)
  }

  @Test func deepRecursionIsCut() {
    let source = Source(text: "f 1")
    var diagnostic = Diagnostic("too deep", in: source, at: Span(0, 1))
    diagnostic.callers = .init(
      repeating: .init(source: source, span: Span(0, 3), function: "f"), count: 1000)
    let lines = text(diagnostic).split(separator: "\n")
    #expect(lines.count == 3 + 4 * 3 + 1)
    #expect(lines.contains("… 996 more calls"))
  }

  @Test func everythingIsMadeHarmless() {
    let source = Source(name: "\u{1B}]0;x\u{7}", text: "x")
    let diagnostic = Diagnostic(
      "bad \u{1B}[31m\nnext", in: source, at: Span(0, 1), detail: "\u{9B}2J",
      fixes: [Fix("\u{1B}a\nb", note: "\u{202E}n")], notes: ["\u{8}\u{8}"])
    let shown = text(diagnostic, .init(width: 60))
    #expect(!shown.unicodeScalars.contains { $0 != "\n" && Sanitise.isHarmful($0) })
  }

  @Test(arguments: [1, 20, 40, 80, 200, Int.max])
  func noLineExceedsTheWindow(_ width: Int) {
    var diagnostic = mismatch("질의")
    diagnostic.message += String(repeating: " very long", count: 30)
    diagnostic.notes = [String(repeating: "word", count: 60)]
    let page = layout(diagnostic, options: .init(width: width))
    #expect(page.width <= max(width, 24))
  }
}
