import Testing

@testable import Kernels

/// Gradients of attention by every variant against the rows of the reference, about the edges of
/// tiles (128 queries and keys) and panels (up to 32 columns).
@Suite struct FlashGradientTests {
  static let sizes = [
    [0, 3, 2, 2], [1, 0, 2, 2], [1, 1, 1, 1], [2, 5, 3, 1], [7, 3, 1, 5], [16, 17, 8, 8],
    [17, 127, 5, 13], [33, 128, 12, 25], [129, 129, 4, 9], [5, 300, 34, 2], [130, 257, 7, 33],
  ]

  @Test(arguments: FlashKernelTests.cases, sizes)
  func equalsTheReference(_ case: FlashKernelTests.Case, _ size: [Int]) throws {
    let (n, m) = (size[0], size[1])
    for dtype in [DType.f64, .f32] {
      var samples = Samples(seed: 13)
      let q = try samples.normal([2, n, size[2]], dtype)
      // Shared by both planes, whose gradients add up.
      let k = try samples.normal([m, size[2]], dtype)
      let v = try samples.normal([2, m, size[3]], dtype)
      let upstream = AttentionUpstream(
        out: try samples.normal([2, n, size[3]], dtype),
        logSumExp: try samples.normal([2, n], dtype))
      var options = AttentionOptions()
      try `case`.change(&options, &samples, n, m)
      let expected =
        try dtype == .f32
        ? AttentionBackward<Float>(q, k, v, options, [.q, .k, .v]).run(upstream)
        : AttentionBackward<Double>(q, k, v, options, [.q, .k, .v]).run(upstream)
      let (out, weights) = try attention(q, k, v, options)
      for variant in GemmTests.variants {
        for record in [nil, weights.map { AttentionRecord(out: out, weights: $0) }] {
          let found = try attentionGradients(
            q, k, v, options, upstream, of: [.q, .k, .v], record: record, variant: variant)
          for (operand, gradient) in expected {
            let error = difference(found[operand]?.doubles ?? [], gradient.doubles)
            #expect(error < 20 * dtype.precision, "\(variant) \(operand)")
          }
        }
      }
    }
  }

  /// What is not wanted is not there, and changes nothing.
  @Test(arguments: [AttentionOperand.q, .k, .v])
  func one(_ operand: AttentionOperand) throws {
    var samples = Samples(seed: 14)
    let q = try samples.normal([150, 6])
    let upstream = AttentionUpstream(out: q)
    let options = AttentionOptions()
    let all = try attentionGradients(q, q, q, options, upstream, of: [.q, .k, .v])
    let found = try attentionGradients(q, q, q, options, upstream, of: [operand])
    #expect(found.count == 1)
    #expect(found[operand]?.doubles == all[operand]?.doubles)
  }

  @Test func dependsOnNoThreads() throws {
    var samples = Samples(seed: 15)
    let (q, g) = (try samples.normal([700, 40]), try samples.normal([700, 40]))
    let before = Workers.count
    defer { Workers.count = before }
    let results = try [1, 2, 3].map { threads in
      Workers.count = threads
      return try attentionGradients(
        q, q, q, AttentionOptions(), AttentionUpstream(out: g), of: [.q, .k, .v]
      ).mapValues(\.doubles)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}
