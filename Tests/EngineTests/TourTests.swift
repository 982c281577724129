import Language
import Testing

@testable import Engine

extension TourStep: CustomTestStringConvertible {
  public var testDescription: String { title }
}

/// Each step of the tour takes its answer, and nothing that a beginner types instead.
@Suite struct TourTests {
  @Test(arguments: TourStep.all)
  func answerIsTaken(_ step: TourStep) throws {
    #expect(try isDone(step, by: step.answer), "\(step.answer)")
  }

  @Test(arguments: TourStep.all)
  func slipIsNotTaken(_ step: TourStep) throws {
    #expect(try !isDone(step, by: step.slip), "\(step.slip)")
  }

  @Test(arguments: [
    ("Numbers become probabilities", "p = softmax [1 2 3]"),
    ("Numbers become probabilities", "e = exp [1 2 3]; e / sum e"),
    ("An error, and its way out", "S = Q @ transpose K"),
    ("Temperature", "softmax [1 2 3] tau=0.1"),
    ("Your own functions", "double = x -> x + x"),
    ("Help", "?attn"),
  ])
  func otherWaysAreTaken(_ title: String, _ code: String) throws {
    let step = try #require(TourStep.all.first { $0.title == title })
    #expect(try isDone(step, by: code))
  }

  @Test func theSessionStaysAsItIs() throws {
    let bench = Bench()
    _ = bench.run("seed 1; x = randn 3")
    let statement = try #require(try Parser.statements(of: Source(text: "x")).first)
    let before = bench.run("x; randn 2").joined()
    _ = bench.run("seed 1; x = randn 3")
    for step in TourStep.all { _ = step.isDone(by: statement, in: bench.session) }
    #expect(bench.run("x; randn 2").joined() == before)
  }

  private func isDone(_ step: TourStep, by code: String) throws -> Bool {
    let bench = Bench()
    #expect(bench.run(step.setup) == [])
    let source = Source(text: code)
    let statements = try Parser.statements(of: source)
    for statement in statements { try bench.session.run(statement, in: source) { _ in } }
    return step.isDone(by: try #require(statements.last), in: bench.session)
  }
}
