import Testing

@testable import Kernels

/// The numbers themselves are held against NumPy's in `Fixtures/random.txt`.
@Suite struct RandomTests {
  @Test func aCopyIsASnapshot() {
    var random = RandomState(seed: 42)
    // An odd number: one normal draw is kept.
    for _ in 0..<1001 { _ = random.normal() }
    let snapshot = random
    let first = (0..<700).map { _ in random.normal() }
    #expect(random != snapshot)
    random = snapshot
    #expect(random == snapshot)
    #expect((0..<700).map { _ in random.normal() } == first)
  }

  @Test func aFailedDrawLeavesTheState() throws {
    Memory.limit = 4 << 30
    var random = RandomState(seed: 1)
    let before = random
    #expect(throws: KernelError.self) { try random.randn(shape: [1 << 45]) }
    #expect(throws: KernelError.self) { try random.permutation(1 << 45) }
    #expect(random == before)
  }

  @Test(arguments: [0, 1, 9, 10, 255, 256, 1 << 32, UInt64.max])
  func staysInItsInterval(_ limit: UInt64) {
    var random = RandomState(seed: 5)
    let draws = (0..<200).map { _ in random.interval(limit) }
    #expect(draws.allSatisfy { $0 <= limit })
    if limit < 10 { #expect(Set(draws).count == Int(limit) + 1) }
  }

  @Test(arguments: [0, 1, 2, 17])
  func permutes(_ n: Int) throws {
    var random = RandomState(seed: 6)
    #expect(try random.permutation(n).doubles.sorted() == (0..<n).map(Double.init))
  }
}
