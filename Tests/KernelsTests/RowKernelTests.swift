import KernelInterface
import Testing

@testable import Kernels

/// Norms and reductions of rows in every variant against the readable ones, about the edges of
/// vectors, of runs of sums (64 vectors) and of parts of long rows (2¹⁸).
@Suite struct RowKernelTests {
  static let lengths = [
    1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 511, 513, 1030, 2049, 600_001,
  ]

  @Test(arguments: lengths, [DType.f64, .f32])
  func norms(_ length: Int, dtype: DType) throws {
    var samples = Samples(seed: 21)
    let x = try samples.normal([3, length], dtype)
    let (gain, bias) = (try samples.normal([length], dtype), try samples.normal([length], dtype))
    let plain = try scaled(plainNorm(x) { standardize($0, eps: 0.1) }, gain: gain, bias: bias)
    let plainRMS = try plainNorm(x) { rootMeanSquareScale($0, eps: 0.1) }
    for variant in GemmTests.variants {
      let fast = try standardized(
        x, axis: 1, eps: 0.1, gain: gain, bias: bias, variant: variant)
      #expect(fast.dtype == dtype && difference(fast.doubles, plain.doubles) < dtype.precision)
      let fastRMS = try rootMeanSquareScaled(x, axis: 1, eps: 0.1, variant: variant)
      #expect(difference(fastRMS.doubles, plainRMS.doubles) < dtype.precision)
    }
  }

  @Test(arguments: lengths.dropLast(), [DType.f64, .f32])
  func normGradient(_ length: Int, dtype: DType) throws {
    var samples = Samples(seed: 24)
    let (x, g) = (
      try samples.normal([70, length], dtype), try samples.normal([70, length], dtype)
    )
    let gain = try samples.normal([length], dtype)
    let plain = try normGradients(
      x.converted(to: .f64), gain.converted(to: .f64), 0.1, g.converted(to: .f64))
    for variant in GemmTests.variants {
      let fast = try layerNormGradients(x, gain: gain, eps: 0.1, upstream: g, variant: variant)
      #expect(difference(fast.x.doubles, plain.x.doubles) < 10 * dtype.precision)
      #expect(difference(fast.gain.doubles, plain.gain.doubles) < 20 * dtype.precision)
      #expect(difference(fast.bias.doubles, plain.bias.doubles) < 20 * dtype.precision)
    }
  }

  @Test func normsAlongAnotherAxisAndOfOddGains() throws {
    var samples = Samples(seed: 22)
    let x = try samples.normal([5, 7])
    let plain = try plainNorm(try x.transposed()) { standardize($0, eps: 0.1) }.transposed()
    let gain = try samples.normal([7])
    #expect(
      try difference(
        standardized(x, axis: 0, eps: 0.1, gain: gain).doubles,
        scaled(plain, gain: gain, bias: nil).doubles) < 1e-14)
    let two = try standardized(x, axis: 1, eps: 0.1, gain: Tensor(scalar: 2)).doubles
    #expect(try two == standardized(x, axis: 1, eps: 0.1).doubles.map { 2 * $0 })
  }

  @Test(arguments: lengths, [DType.f64, .f32])
  func reductions(_ length: Int, dtype: DType) throws {
    var samples = Samples(seed: 23)
    let x = try samples.normal([3, length], dtype)
    // Both round while they add up numbers of either sign: their errors grow like √n.
    let tolerance = dtype.precision * max(1, Double(length).squareRoot() / 8)
    let reductions: [Reduction] = [
      .sum, .mean, .variance, .std, .max, .min, .logsumexp, .argmax, .argmin,
    ]
    for reduction in reductions {
      for variant in GemmTests.variants {
        let (fast, plain) =
          try dtype == .f32
          ? both(reduction, x, variant, of: Float.self)
          : both(reduction, x, variant, of: Double.self)
        #expect(difference(fast, plain) < tolerance, "\(variant) \(reduction)")
      }
    }
  }

  @Test(arguments: [[0, 3], [2, 0, 4], [0, 0]])
  func nothingRemainsOfNoRows(_ shape: [Int]) throws {
    let x = try Tensor(repeating: 1.0, shape: shape)
    for reduction in [Reduction.sum, .mean, .variance, .max] {
      let result = try x.reduce(reduction, axis: shape.count - 1, keep: false)
      #expect(result.shape == Array(shape.dropLast()) && result.doubles.isEmpty)
    }
  }

  @Test func extremesOfOddNumbers() throws {
    let rows: [([Double], Double, Double)] = [
      ([.nan, 1], .nan, .nan), ([1, 2, 3, 4, 5, 6, 7, 8, .nan, 9], .nan, .nan),
      ([-.infinity, -.infinity], -.infinity, -.infinity), ([.infinity], .infinity, .infinity),
      ([-.infinity, .infinity, 0], .infinity, -.infinity), ([-0.0], -0.0, -0.0), ([0], 0, 0),
    ]
    for variant in GemmTests.variants {
      for (row, largest, smallest) in rows {
        let x = try Tensor(row).reshaped([1, row.count])
        let max = try both(.max, x, variant, of: Double.self).fast[0]
        let min = try both(.min, x, variant, of: Double.self).fast[0]
        #expect(max == largest && max.sign == largest.sign || max.isNaN && largest.isNaN)
        #expect(min == smallest && min.sign == smallest.sign || min.isNaN && smallest.isNaN)
      }
    }
  }

  @Test func placesOfOddNumbers() throws {
    let rows: [(row: [Double], largest: Double, smallest: Double)] = [
      ([1, 3, 3, 1], 1, 0), ([1, .nan, 5, .nan], 1, 1), ([-.infinity, -.infinity], 0, 0),
      ([.infinity, 0, .infinity], 0, 1), ([0, -0.0, 0], 0, 0), ([.nan], 0, 0),
    ]
    for variant in GemmTests.variants {
      for (row, largest, smallest) in rows {
        let x = try Tensor(row).reshaped([1, row.count])
        #expect(try both(.argmax, x, variant, of: Double.self).fast == [largest], "\(row)")
        #expect(try both(.argmin, x, variant, of: Double.self).fast == [smallest], "\(row)")
      }
    }
  }

  @Test func sumsOfExponentialsOfOddNumbers() throws {
    let inf = Double.infinity
    let rows: [([Double], Double)] = [
      ([.nan, 1], .nan), ([-inf, -inf], -inf), ([inf, 1], inf), ([inf, -inf], inf),
      ([-inf, 2], 2), ([1000, 1000], 1000 + Double.log(2)), ([0, -800], 0), ([inf, .nan], .nan),
    ]
    for variant in GemmTests.variants {
      for (row, expected) in rows {
        let x = try Tensor(row).reshaped([1, row.count])
        let sum = try both(.logsumexp, x, variant, of: Double.self).fast[0]
        #expect(sum == expected || sum.isNaN && expected.isNaN, "\(row): \(sum)")
      }
    }
  }

  private func both<T: Real>(
    _ reduction: Reduction, _ x: Tensor, _ variant: KernelVariant, of type: T.Type
  ) throws -> (fast: [Double], plain: [Double]) {
    let length = x.shape[1]
    return try x.withElements(of: T.self) { x in
      var fast = Array(repeating: T(0), count: x.count / length)
      let isDone = try fast.withUnsafeMutableBufferPointer {
        try reduction.reduceRows(x, length: length, into: $0, variant: variant)
      }
      #expect(isDone)
      let plain = fast.indices.map {
        remains(reduction, UnsafeBufferPointer(rebasing: x[$0 * length..<($0 + 1) * length]))
      }
      return (fast.map { Double($0) }, plain.map { Double($0) })
    }
  }

  /// In double precision, whatever the dtype.
  private func plainNorm(
    _ x: Tensor, _ body: (UnsafeMutableBufferPointer<Double>) -> Void
  ) throws -> Tensor {
    try alongLanes(try x.converted(to: .f64), 1, body)
  }
}
