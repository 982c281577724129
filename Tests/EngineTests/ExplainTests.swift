import Foundation
import Kernels
import Language
import Render
import Testing

@testable import Engine

/// Something to explain, and what is typed before it.
struct Explained: CustomTestStringConvertible {
  let name: String
  let setup: String
  let code: String
  var testDescription: String { name }

  init(_ name: String, _ setup: String, _ code: String) {
    (self.name, self.setup, self.code) = (name, setup, code)
  }

  /// As a terminal shows it.
  func page(_ charset: Charset, columns: Int = 80) -> [String] {
    let bench = Bench()
    bench.view.display.charset = charset
    bench.view.display.width = columns
    _ = bench.run(setup)
    return bench.run(code)
  }

  /// A session in which it was just explained, and the explanation.
  func explanation() -> (session: Bench, explanation: Explanation?) {
    let bench = Bench()
    _ = bench.run(setup)
    let source = Source(text: code)
    var parser = Parser(source)
    var explanation: Explanation?
    if case .statement(let statement)? = try? parser.next() {
      try? bench.session.run(statement, in: source) { output in
        if case .value(.document(let document), _) = output,
          case .explanation(let found)? = document.blocks.first
        {
          explanation = found
        }
      }
    }
    return (bench, explanation)
  }
}

@Suite struct ExplainTests {
  static let qkv = "seed 42; Q = randn 4 4; K = randn 4 4; V = randn 4 4;"

  /// What stands in files as it is shown.
  static let finished = recorded + ExplainSamples.finished
  static let others = further + ExplainSamples.others

  private static let recorded = [
    Explained("softmax", "", "explain softmax [1 2 3 4 1]"),
    Explained("attn", qkv, "explain attn Q K V causal"),
    Explained(
      "flash", "seed 45; Q = randn 8 4; K = randn 8 4; V = randn 8 4;",
      "explain flash Q K V causal block=2 row=5"),
    Explained(
      "rope", "seed 42; q = randn 1 8; k = randn 1 8;", "explain rope q k positions=5 kpositions=3"),
    Explained("layernorm", "seed 42; X = randn 3 6;", "explain layernorm X row=1"),
    Explained("gumbel_softmax", "seed 42;", "explain gumbel_softmax [1 2 3 0] tau=0.5"),
    Explained(
      "encoder_block", "seed 42; X = randn 5 8; p = init_block 8 2;",
      "explain encoder_block X p heads=2"),
  ]

  private static let further = [
    Explained("softmax, warm", "Z = [1 2 3; 4 -∞ 0.5];", "explain softmax Z tau=2.5 row=1"),
    Explained("softmax, long", "seed 1; z = randn 300;", "explain softmax z"),
    Explained("softmax of one", "", "explain softmax [7]"),
    Explained("softmax, f32", "", "explain softmax f32([0.1 2 1])"),
    Explained("attn, full", qkv, "explain attn Q K V"),
    Explained(
      "attn, every option", qkv + "B = randn 4 4;",
      "explain attn Q K V (window 2) bias=B tau=0.5 softcap=3 scale=0.3 row=0 col=-1"),
    Explained("attn, a rule as bias", qkv, "explain attn Q K V causal bias=alibi(1)"),
    Explained(
      "attn, a row that sees nothing", qkv,
      "explain attn Q K V [0 0 0 0; 1 1 0 0; 1 1 1 0; 1 1 1 1] row=0"),
    Explained(
      "self_attn", "seed 1; X = randn 3 6; w = randn 6 5;", "explain self_attn X w w w causal"),
    Explained(
      "attn, large", "seed 1; Q = randn 20 9; K = randn 30 9; V = randn 30 11;",
      "explain attn Q K V"),
    Explained("attn, f32", qkv, "explain attn f32(Q) f32(K) f32(V) causal"),
    Explained(
      "flash, uneven", "seed 1; Q = randn 7 5; K = randn 11 5; V = randn 11 1;",
      "explain flash Q K V (window 4) block=3 tau=2"),
    Explained("flash, one tile", qkv, "explain flash Q K V"),
    Explained("flash, a row that sees nothing", qkv, "explain flash Q K V [0 0 0 0] row=0 block=2"),
    Explained("rope, half", "seed 1; q = randn 5 6;", "explain rope q layout=half dims=4 row=3"),
    Explained(
      "layernorm, scaled", "seed 1; g = rand 20;", "explain layernorm randn(20) g 0.5 eps=0.1"),
    Explained("layernorm of ones", "", "explain layernorm (ones 2 3)"),
    Explained(
      "gumbel_softmax, hard", "seed 3; z = randn 2 9;", "explain gumbel_softmax z hard=1 row=1"),
    Explained(
      "encoder_block, pre", "seed 1; X = randn 3 4; p = init_block 4 2;",
      "explain encoder_block X p causal heads=2 norm=pre act=gelu row=0"),
    Explained("rope, chunk", "seed 1; q = randn 3 4; k = randn 2 4;", "explain rope q k offset=7"),
  ]

  @Test(arguments: finished, [Charset.unicode, .ascii])
  func isAsRecorded(_ explained: Explained, _ charset: Charset) throws {
    let url = TranscriptFileTests.root.appendingPathComponent(
      "Tests/Goldens/explain_\(explained.name).\(charset).txt")
    let text =
      "> \(explained.setup)\n> \(explained.code)\n"
      + explained.page(charset).joined(separator: "\n") + "\n"
    let recorded = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    if ProcessInfo.processInfo.environment["ATTN_BLESS"] != nil,
      Self.withoutRounding(recorded) != Self.withoutRounding(text)
    {
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(Self.withoutRounding(text) == Self.withoutRounding(recorded))
  }

  /// How large a rounding error turns out to be depends on the processor, and so does where the
  /// text around it is broken.
  private static func withoutRounding(_ text: String) -> [String] {
    let leveled = text.replacing(/-?\d(\.\d+)?e-1[4-9]|(error|sum) 0\b/, with: "ε")
      .replacing(/(error|sum) ε/, with: "ε")
    let parts = leveled.split(separator: "checks:", maxSplits: 1)
    let lines = (parts.first ?? "").split(separator: "\n").map { line in
      String(line.contains("ε") ? line.replacing(#/\ +/#, with: " ") : line)
    }
    let words = parts.dropFirst().flatMap { $0.split(whereSeparator: \.isWhitespace) }
    return lines + words.map { String($0) }
  }

  @Test(arguments: finished + others, [Charset.unicode, .ascii])
  func fitsEightyColumns(_ explained: Explained, _ charset: Charset) {
    let lines = explained.page(charset)
    #expect(lines.first?.hasPrefix("explain ") == true)
    for line in lines { #expect(line.columns <= 80, "\(line)") }
    if charset == .ascii { for line in lines { #expect(line.utf8.allSatisfy { $0 < 0x7F }) } }
  }

  /// Of a gradient nothing is cut off either.
  @Test(arguments: (finished + others).filter { $0.code.contains("grad") })
  func fitsFortyColumns(_ explained: Explained) {
    for line in explained.page(.unicode, columns: 40) { #expect(line.columns <= 40, "\(line)") }
  }

  /// A number with what one types to get it.
  @Test(arguments: finished + others)
  func everyNumberCanBeTyped(_ explained: Explained) throws {
    let (bench, found) = explained.explanation()
    let explanation = try #require(found)
    for (name, expression) in explanation.definitions {
      #expect(bench.run("\(name) = \(expression);") == [])
    }
    var seen: Set<String> = []
    for quantity in explanation.quantities {
      guard let expression = quantity.expression, seen.insert(expression).inserted else { continue }
      _ = bench.run("typed = \(expression);")
      let typed = bench.value("typed")?.asNumber
      #expect(typed?.isClose(to: quantity.value) == true, "\(expression) is \(quantity.value)")
    }
    for grid in explanation.parts.flatMap(\.grids) {
      let expression = try #require(grid.expression)
      _ = bench.run("typed = \(expression);")
      let typed = try #require(try bench.value("typed")?.asTensor())
      #expect(
        typed.doubles.elementsEqual(grid.values.doubles) { $0.isClose(to: $1) }, "\(expression)")
    }
    #expect(!seen.isEmpty)
  }

  @Test(arguments: finished + others)
  func everyCheckHolds(_ explained: Explained) throws {
    let explanation = try #require(explained.explanation().explanation)
    let checks = explanation.checks
    #expect(!checks.isEmpty)
    for check in checks { #expect(check.holds, "\(check.text)") }
  }

  @Test func anotherCellIsFollowed() throws {
    let (bench, first) = Self.finished[1].explanation()
    #expect(first?.traced == Explanation.Cell(row: 2, column: 1))
    #expect(first?.extent == Explanation.Cell(row: 4, column: 4))
    let next = try bench.session.explanation(following: .init(row: 3, column: 0))
    #expect(next?.traced == Explanation.Cell(row: 3, column: 0))
    #expect(next?.parts.flatMap(\.grids).first?.marked == Explanation.Cell(row: 3, column: 0))
  }

  @Test func randomStateStaysAsItWas() {
    let bench = Bench()
    _ = bench.run(
      "seed 42; explain gumbel_softmax [1 2 3]\nexplain randn(3) + randn(3)\na = randn 3;")
    _ = bench.run("seed 42; b = randn 3;")
    #expect(bench.run("all(a == b)") == ["1"])
  }

  // MARK: - Without a layout

  @Test(arguments: [
    Printed(
      "a def",
      "def share(x, power=2) {\n  y = x^power\n  if power > 1 { y = y + 1 }\n  y / sum y\n}\n"
        + "explain share [1 2 3]",
      """
      share defined
      explain share [1 2 3]                                                        x 3
      ────────────────────────────────────────────────────────────────────────────────
        def share(x, power=2) {

      1/3 y = x^power   3                       2/3 y = y + 1   3
                 0       1       2                         0       1       2
                [1]      4       9                        [2]      5      10
          since power > 1

      3/3 y / sum y   3
                 0       1       2
            [0.118]  0.294   0.588

        cell [0, 0]:  y 1 → y 2 → result 0.1176

        checks: again = the result (error 0) ✓   rows sum to 1 (error 0) ✓
      """),
    Printed(
      "an expression", "explain sqrt(2^2 + 3 * 4)",
      """
      explain sqrt(2^2 + 3 * 4)
      ────────────────────────────────────────────────────────────────────────────────
        √x

           from the inside out          value
        1  2^2                  number      4
        2  3 * 4                number     12
        3  2^2 + 3 * 4          number     16
        4  sqrt(2^2 + 3 * 4)    number      4
      """),
  ])
  func isWalked(_ printed: Printed) { printed.check() }

  @Test(arguments: [
    Printed(
      "of the call", "Q = eye 2;\nexplain attn Q Q R",
      """
      error: no name 'R'
      2 │ explain attn Q Q R
        │                  ^
      """),
    Printed(
      "without arguments", "explain softmax",
      """
      error: explain needs a call with its arguments
      1 │ explain softmax
        │         ^^^^^^^    explain softmax z
      """),
    Printed(
      "a row that is not there", "explain softmax [1 2; 3 4] row=2",
      """
      error: there is no row 2
      1 │ explain softmax [1 2; 3 4] row=2
        │                            ^^^^^    row is 0 to 1
      """),
    Printed(
      "without arguments of a primitive", "explain matmul",
      """
      error: explain needs a call with its arguments
      1 │ explain matmul
        │         ^^^^^^    explain matmul A B
      """),
  ])
  func saysWhatIsWrong(_ printed: Printed) { printed.check() }

  /// Whatever a sample does, its explanation is shown too.
  @Test(arguments: Registry.all.filter { !$0.samples.isEmpty }.map(\.name))
  func everySampleCanBeExplained(_ name: String) throws {
    for sample in try #require(Registry[name]).samples {
      let bench = Bench()
      _ = bench.run("seed 7")
      let lines = bench.run("explain \(sample)")
      #expect(lines.first?.hasPrefix("explain ") == true, "\(sample): \(lines.first ?? "nothing")")
      for line in lines { #expect(line.columns <= 80, "\(line)") }
    }
  }
}

extension Double {
  fileprivate func isClose(to other: Double) -> Bool {
    self == other || isNaN && other.isNaN || abs(self - other) <= 1e-12 * max(1, abs(other))
  }
}
