import KernelInterface
import Testing

@testable import Kernels

@Suite struct AdamTests {
  /// Every variant against the readable loop, bit for bit, with no decay and with both.
  @Test(arguments: [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33, 100], [0.0, 0.01])
  func stepsAreThoseOfTheLoop(_ count: Int, decay: Double) throws {
    try compare(count, decay, of: Double.self)
    try compare(count, decay, of: Float.self)
  }

  private func compare<T: Real>(_ count: Int, _ decay: Double, of type: T.Type) throws {
    var samples = Samples(seed: 41)
    let drawn = try (0..<4).map { _ in try samples.normal([count], T.dtype) }
    for variant in GemmTests.variants {
      let kernels = T.kernels(of: variant)
      let fast: [[T]] = after(drawn, decay) { kernels.adam($0) }
      let plain: [[T]] = after(drawn, decay) { plainAdam($0) }
      #expect(fast == plain, "\(variant)")
      #expect(fast[0] != drawn[0].doubles.map { T($0) })
    }
  }

  /// p, m and v after a step from these p, m, v and g.
  private func after<T: Real>(
    _ drawn: [Tensor], _ decay: Double, _ step: (AdamCall<T>) -> Void
  ) -> [[T]] {
    var (p, m) = (drawn[0].doubles.map { T($0) }, drawn[1].doubles.map { T($0) })
    var v = drawn[2].doubles.map { T($0 * $0) }
    let g = drawn[3].doubles.map { T($0) }
    let rule = AdamRule<T>(
      fresh1: 0.1, beta2: 0.999, fresh2: 0.001, eps: 1e-8, stride: 0.01, inverseRoot: 1.5,
      factor: T(1 - decay), added: T(decay))
    p.withUnsafeMutableBufferPointer { p in
      m.withUnsafeMutableBufferPointer { m in
        v.withUnsafeMutableBufferPointer { v in
          g.withUnsafeBufferPointer { g in
            guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
              let start = g.baseAddress
            else { return }
            step(AdamCall(p: p, m: m, v: v, g: start, count: g.count, rule: rule))
          }
        }
      }
    }
    return [p, m, v]
  }
}
