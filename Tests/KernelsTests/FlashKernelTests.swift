import Testing

@testable import Kernels

/// Flash attention of every variant against the blocks of the reference, about the edges of groups
/// of queries (up to 32), jobs (128) and blocks of keys (128, 1024 of one query).
@Suite struct FlashKernelTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    var change: @Sendable (inout AttentionOptions, inout Samples, _ n: Int, _ m: Int) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String,
      _ change:
        @escaping @Sendable (inout AttentionOptions, inout Samples, _ n: Int, _ m: Int) throws
        -> Void
    ) {
      (self.name, self.change) = (name, change)
    }

    init(_ rule: MaskRule) {
      self.init("\(rule)") { options, _, _, _ in options.mask = .rule(rule) }
    }
  }

  static let cases: [Case] =
    AttentionTests.rules.map { Case($0) } + [
      Case("0/1 matrix") { options, samples, n, m in
        let x = try samples.normal([n, m])
        options.mask = .matrix(try Tensor.combine(.greater, x, Tensor(scalar: 0)))
      },
      Case("one row of 0/1") { options, samples, _, m in
        options.mask = .matrix(
          try Tensor.combine(.greater, samples.normal([m]), Tensor(scalar: 0)))
      },
      Case("bias") { options, samples, n, m in
        options.bias = .tensor(try samples.normal([n, m]))
      },
      Case("bias of each query, −∞ for one") { options, samples, n, _ in
        var bias = try samples.normal([n, 1])
        if n > 0 { try bias.withMutableElements(of: Double.self) { $0[n / 2] = -.infinity } }
        options.bias = .tensor(bias)
      },
      Case("alibi, causal") { options, _, _, _ in
        options.bias = .rule(.alibi(slopes: [0.25], right: true))
        options.mask = .rule(.causalRight)
      },
      Case("softcap, τ, scale") { options, _, _, _ in
        (options.softcap, options.tau, options.scale) = (1.5, 0.3, 0.7)
      },
      Case("τ that only the reference takes") { options, _, _, _ in options.tau = .infinity },
      Case("a large τ") { options, _, _, _ in options.tau = 1e9 },
    ]

  static let sizes = [
    [0, 3, 2, 2], [1, 0, 2, 2], [1, 1, 1, 1], [2, 5, 3, 1], [7, 3, 1, 5], [16, 17, 8, 8],
    [17, 127, 5, 13], [33, 128, 12, 25], [129, 129, 4, 9], [5, 300, 3, 2], [130, 257, 7, 3],
    [1, 64, 3, 2], [1, 1500, 9, 33], [2, 1025, 64, 1], [4, 70, 1, 130],
  ]

  @Test(arguments: cases, sizes)
  func equalsTheReference(_ case: Case, _ size: [Int]) throws {
    let (n, m) = (size[0], size[1])
    for dtype in [DType.f64, .f32] {
      var samples = Samples(seed: 11)
      let q = try samples.normal([2, n, size[2]], dtype)
      let k = try samples.normal([m, size[2]], dtype)
      let v = try samples.normal([2, m, size[3]], dtype)
      var options = AttentionOptions()
      try `case`.change(&options, &samples, n, m)
      let (out, lse) =
        try dtype == .f32
        ? blockedFlash(q, k.broadcast(to: [2, m, size[2]]), v, options, 32, of: Float.self)
        : blockedFlash(q, k.broadcast(to: [2, m, size[2]]), v, options, 32, of: Double.self)
      for variant in GemmTests.variants {
        let fast = try flash(q, k, v, options, variant: variant)
        #expect(fast.out.shape == out.shape && fast.out.dtype == dtype)
        #expect(difference(fast.out.doubles, out.doubles) < 2 * dtype.precision, "\(variant)")
        #expect(
          difference(fast.logSumExp.doubles, lse.doubles) < 2 * dtype.precision, "\(variant)")
      }
    }
  }

  @Test(arguments: cases, sizes)
  func weightsEqualTheReference(_ case: Case, _ size: [Int]) throws {
    let (n, m) = (size[0], size[1])
    for dtype in [DType.f64, .f32] {
      var samples = Samples(seed: 16)
      let q = try samples.normal([2, n, size[2]], dtype)
      let k = try samples.normal([m, size[2]], dtype)
      let v = try samples.normal([2, m, size[3]], dtype)
      var options = AttentionOptions()
      try `case`.change(&options, &samples, n, m)
      let (out, weights) =
        try dtype == .f32
        ? attend(q, k, v, options, of: Float.self) : attend(q, k, v, options, of: Double.self)
      for variant in GemmTests.variants {
        let fast = try attention(q, k, v, options, variant: variant)
        #expect(difference(fast.out.doubles, out.doubles) < 2 * dtype.precision, "\(variant)")
        #expect(
          difference(fast.weights?.doubles ?? [], weights.doubles) < 2 * dtype.precision,
          "\(variant)")
      }
    }
  }

  /// A number that is none makes its row none, as in the formula.
  @Test func notANumber() throws {
    var samples = Samples(seed: 12)
    var (q, k) = (try samples.normal([20, 4]), try samples.normal([140, 4]))
    let v = try samples.normal([140, 3])
    try q.withMutableElements(of: Double.self) { $0[4 * 7] = .nan }
    try k.withMutableElements(of: Double.self) { $0[4 * 139] = .infinity }
    var options = AttentionOptions()
    options.mask = .rule(.causal)
    let (reference, _) = try blockedFlash(q, k, v, options, 32, of: Double.self)
    for variant in GemmTests.variants {
      let out = try flash(q, k, v, options, variant: variant).out
      #expect(difference(out.doubles, reference.doubles) < 1e-13)
      #expect(out.doubles.filter(\.isNaN).count == 3)
    }
  }

  /// Attention without its sums is the same, whatever is hidden or stretched.
  @Test(arguments: [
    ([5, 8], [7, 8], [7, 3]), ([40, 16], [70, 16], [70, 0]), ([2, 3, 4], [1, 5, 4], [2, 5, 33]),
    ([130, 8], [200, 8], [200, 8]),
  ])
  func sumsAreApart(_ q: [Int], _ k: [Int], _ v: [Int]) throws {
    var samples = Samples(seed: 51)
    let (x, y, z) = (try samples.normal(q), try samples.normal(k), try samples.normal(v))
    for mask in [nil, AttentionMask.rule(.causal)] {
      let options = AttentionOptions(mask: mask, wantsWeights: false)
      for variant in GemmTests.variants {
        let alone = try flashOutput(x, y, z, options, variant, of: Double.self)
        let sums = try FlashSums(x, y, z, options, variant, of: Double.self)
        #expect(alone.shape == sums.out.shape && alone.doubles == sums.out.doubles)
      }
    }
  }

  /// ∞ and NaN of a value reach those rows that see it.
  /// A weight of about the smallest normal number, beside values that make something of it; below
  /// it is 0 or subnormal.
  @Test(arguments: [125.5, 125.9, 126, 126.1, 126.3, 126.6, 127, 140, 1e4])
  func smallestWeights(_ gap: Double) throws {
    let (q, k) = (try Tensor([1.0]).reshaped([1, 1]), try Tensor([0, -gap]).reshaped([2, 1]))
    let v = try Tensor([0, 1e38]).reshaped([2, 1])
    var options = AttentionOptions()
    options.scale = Double.log(2)
    let weight = Double.pow(2, -gap)
    for variant in GemmTests.variants {
      for count in [1, 5] {
        let many = try Tensor(repeating: 1.0, shape: [count, 1])
        let (x, y, z) = (
          try Tensor.combine(.multiply, q, many).converted(to: .f32), try k.converted(to: .f32),
          try v.converted(to: .f32)
        )
        let out = try flash(x, y, z, options, variant: variant).out.doubles
        let lost = gap > 126 ? weight : weight * 1e-4
        #expect(out.allSatisfy { abs($0 - weight * 1e38) <= lost * 1e38 }, "\(variant) \(out)")
      }
    }
  }

  @Test func oddValues() throws {
    var samples = Samples(seed: 52)
    let (q, k) = (try samples.normal([6, 4]), try samples.normal([5, 4]))
    var v = try samples.normal([5, 3])
    try v.withMutableElements(of: Double.self) {
      ($0[0], $0[4], $0[8]) = (.infinity, .nan, -.infinity)
    }
    let options = AttentionOptions(wantsWeights: false)
    for variant in GemmTests.variants {
      let out = try flashOutput(q, k, v, options, variant, of: Double.self).doubles
      for row in 0..<6 {
        #expect(out[3 * row] == .infinity)
        #expect(out[3 * row + 1].isNaN && out[3 * row + 2] == -.infinity)
      }
    }
  }
}
