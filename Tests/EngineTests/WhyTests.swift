import Testing

@testable import Engine

/// `:why x`: what variables were made of.
@Suite struct WhyTests {
  private let bench = Bench()

  private func why(_ code: String, _ name: String) -> String {
    _ = bench.run(code)
    return bench.session.why(name)?.joined(separator: "\n") ?? "none"
  }

  @Test func leadsDownToTheSeed() {
    let code = """
      seed 42; Q = randn 4 8; K = randn 4 8
      S = Q @ K' / sqrt 8
      def f x = x @ K
      A = f (softmax S)
      """
    #expect(
      why(code, "A") == """
        A = f (softmax S)           4×8
        ├─ def f x = x @ K          function
        │  └─ K = randn 4 8         4×8        seed 42, draws 32…63
        └─ softmax S                4×4
           └─ S = Q @ K' / sqrt 8   4×4
              ├─ Q @ K'             4×4
              │  ├─ Q = randn 4 8   4×8        seed 42, draws 0…31
              │  └─ K'              8×4
              │     └─ K            4×8        as above
              └─ sqrt 8             2.82843
        """)
  }

  @Test func remembersOlderVersions() {
    let code = "x = 1; y = x + 1; x = y * 2; x = x + y"
    #expect(
      why(code, "x")
        == """
        x = x + y         6
        ├─ x = y * 2      4
        │  └─ y = x + 1   2
        │     └─ x = 1    1
        └─ y              2   as above
        """)
  }

  @Test func loopsAreOneStatement() {
    #expect(
      why("x = 1; for i in 0:3 { x = x + i }", "x") == """
        for i in 0:3 { x = x + i }   4
        └─ x = 1                     1
        """)
  }

  @Test func longChainsEnd() {
    _ = bench.run("x = 0;")
    for _ in 0..<10_000 { _ = bench.run("x = x + 1;") }
    #expect((bench.session.why("x") ?? []).count <= 200)
  }

  @Test func longStatementsAreCut() {
    let numbers = Array(repeating: "1234567", count: 1000).joined(separator: " ")
    _ = bench.run("y = 2; x = [\(numbers)] * y;")
    let lines = bench.session.why("x") ?? []
    #expect(lines.first?.hasPrefix("x = [1234567 1234567") == true)
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(lines.last?.hasPrefix("└─ y = 2") == true)
  }

  @Test func partsThatWereChangedAreNamed() {
    #expect(
      why("p = record(a = 1); p.a = 2", "p") == """
        p.a = 2                record(a)
        └─ p = record(a = 1)   record(a)
        """)
  }

  @Test func anErrorLeavesNoTrace() {
    #expect(why("x = 1", "x") == "x = 1   1")
    #expect(why("x = nonsense", "x") == "x = 1   1")
    #expect(bench.session.why("y") == nil)
  }
}
