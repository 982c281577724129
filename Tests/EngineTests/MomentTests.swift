import Testing

@testable import Engine

/// A moment of the session: going back brings values, origins and random state.
@Suite struct MomentTests {
  private let bench = Bench()

  @Test func bringsBackValuesAndRandomState() {
    _ = bench.run("seed 42; A = randn 3")
    let moment = bench.session.moment
    let first = bench.run("A = A * 2; randn 3; A")
    bench.session.moment = moment
    #expect(bench.run("A = A * 2; randn 3; A") == first)
    bench.session.moment = moment
    #expect(bench.session.why("A")?.first?.hasPrefix("A = randn 3") == true)
  }
}
