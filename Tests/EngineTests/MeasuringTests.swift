import Kernels
import Testing

@testable import Engine

/// `bench` and `compare`: what they hold, never how long something takes.
@Suite(.serialized) struct MeasuringTests {
  private let bench = Bench()

  init() { _ = bench.run("seed 42; Q = randn 6 4; K = randn 6 4; V = randn 6 4;") }

  private func numbers(_ name: String) -> [Double] {
    switch bench.value(name) {
    case .number(let number, _)?: [number]
    case .tensor(let tensor)?: tensor.doubles
    default: []
    }
  }

  @Test func benchMeasuresAnExpression() {
    let lines = bench.run("bench Q @ K'")
    #expect(lines[0].hasPrefix("bench Q @ K'"))
    #expect(lines[2].contains("median") && lines[3].contains("Q @ K'"))
    _ = bench.run("b = (bench Q @ K'); t = b.seconds; r = b.runs")
    #expect(numbers("t")[0] > 0)
    #expect(numbers("r")[0] >= 2)
  }

  @Test func benchKnowsTheOperationsOfACall() {
    let code = """
      b = (bench attn Q K V); c = (bench attn Q K V causal); e = (cost attn 6 4)
      s = [b.gflops b.peak b.share b.bandwidth]; n = [b.operations c.operations e.operations]
      """
    _ = bench.run(code)
    #expect(numbers("s").count == 4 && numbers("s").allSatisfy { $0 > 0 })
    let counts = numbers("n")
    #expect(counts[0] == counts[2])
    // Causal spares (n − 1)/2n of it.
    #expect(abs(counts[1] - counts[0] * 7 / 12) < 1e-9)
  }

  @Test func whatACallDoesNotTellIsNotCounted() {
    for call in ["attn Q K V (window 2)", "attn Q K[:3] V[:3]", "softmax Q"] {
      _ = bench.run("b = (bench \(call)); t = b.seconds")
      #expect(numbers("t")[0] > 0)
      #expect(bench.run("b.gflops").first?.hasPrefix("error") == true)
    }
  }

  @Test(arguments: [
    "attn 8 4", "flash 8 4 block=4", "linear_attn 8 4", "performer 8 4 features=16",
    "mha 8 4 heads=2", "decode 8 4",
  ])
  func benchTakesSizes(_ call: String) {
    _ = bench.run("b = (bench \(call)); s = [b.seconds b.gflops b.share]")
    #expect(numbers("s").count == 3 && numbers("s").allSatisfy { $0 > 0 })
  }

  @Test func randomStateIsLeftAsItWas() {
    _ = bench.run(
      "seed 7; bench randn 10; bench attn 8 4; compare (randn 3) (randn 3); a = randn 1")
    _ = bench.run("seed 7; b = randn 1")
    #expect(numbers("a") == numbers("b"))
  }

  @Test func compareTellsTimesAndDistance() {
    let code = """
      c = (compare (attn Q K V) (linear_attn Q K V) (attn Q K V))
      t = c.seconds; r = c.ratio; d = c.l2; s = c.relative; n = norm(attn(Q, K, V) - linear_attn(Q, K, V))
      """
    _ = bench.run(code)
    #expect(numbers("t").count == 3 && numbers("t").allSatisfy { $0 > 0 })
    #expect(numbers("r")[0] == 1)
    #expect(numbers("d")[1] == 0)
    #expect(abs(numbers("d")[0] - numbers("n")[0]) < 1e-12)
    #expect(numbers("s")[0] > 0)
  }

  @Test func whatCanNotBeComparedIsRefused() {
    #expect(
      bench.run("compare (attn Q K V) (Q @ K')").first
        == "error: results of different shapes can not be compared")
    #expect(
      bench.run("compare (attn Q K V) (causal)").first
        == "error: only numbers and tensors can be compared")
    #expect(
      bench.run("bench attn 2.5 4").first
        == "error: a length must be a whole number that is not negative, not 2.5")
    #expect(bench.run("bench attn").first == "error: bench attn takes 2 sizes, not 0")
    #expect(
      bench.run("bench decode 8 4 layers=2").first == "error: bench decode can not vary layers")
  }

  @Test func peakOfThisMachineIsPositive() throws {
    #expect(try MachinePeak.operationsPerSecond(.f32) > 0)
    #expect(try MachinePeak.operationsPerSecond(.f64) > 0)
    #expect(try MachinePeak.bytesPerSecond() > 0)
  }

  @Test func timesAreWrittenInTheirUnit() {
    #expect(
      [1.5, 0.0012344, 2.5e-6, 3e-10].map(\.secondsText) == [
        "1.5 s", "1.234 ms", "2.5 µs", "0.3 ns",
      ])
    #expect(1.514e-15.withDigits(4) == "1.514e-15")
    #expect(
      [123456.0, 0, 0.5, -.infinity].map { $0.withDigits(3) } == ["123000", "0", "0.5", "-∞"])
  }
}
