import Testing

@testable import Kernels

/// Linear attention of every variant against the reference, about the edges of chunks (64 tokens),
/// groups of them (2048) and blocks of rows (256, 4096).
@Suite struct LinearAttentionKernelTests {
  struct Size: CustomTestStringConvertible {
    let (n, m, d, dv): (Int, Int, Int, Int)
    var testDescription: String { "\(n)×\(d) \(m)×\(d) \(m)×\(dv)" }
  }

  static let sizes = [
    (0, 3, 2, 2), (1, 1, 1, 1), (2, 0, 3, 2), (3, 3, 0, 2), (3, 4, 2, 0), (5, 9, 3, 7),
    (9, 5, 17, 33), (63, 63, 5, 16), (64, 64, 16, 8), (65, 65, 33, 31), (70, 130, 8, 8),
    (130, 70, 8, 64), (257, 300, 20, 9), (2060, 2060, 4, 3), (2100, 4200, 7, 5),
  ].map { Size(n: $0.0, m: $0.1, d: $0.2, dv: $0.3) }

  @Test(arguments: sizes, [false, true])
  func agrees(_ size: Size, isCausal: Bool) throws {
    var samples = Samples(seed: 11)
    let q = try samples.normal([2, size.n, size.d]).map(.exp)
    let k = try samples.normal([size.m, size.d]).map(.exp)
    let v = try samples.normal([2, size.m, size.dv])
    let plain = try plainLinearAttention(q, k, v, isCausal: isCausal, eps: 0.5)
    for variant in GemmTests.variants {
      for dtype in [DType.f64, .f32] {
        let fast = try linearAttention(
          q.converted(to: dtype), k.converted(to: dtype), v.converted(to: dtype),
          isCausal: isCausal, eps: 0.5, variant: variant)
        #expect(fast.shape == plain.shape && fast.dtype == dtype)
        #expect(
          difference(fast.doubles, plain.doubles) < 5 * dtype.precision, "\(variant) \(dtype)")
      }
    }
  }

  /// Features made by the kernel are those of the functions.
  @Test(arguments: [FeatureMap.eluPlusOne, .reluPlusOne], [false, true])
  func mapsAreFunctions(_ map: FeatureMap, isCausal: Bool) throws {
    var samples = Samples(seed: 13)
    let one = try Tensor(scalar: 1)
    func features(_ x: Tensor) throws -> Tensor {
      try Tensor.combine(.add, x.map(map == .eluPlusOne ? .elu : .relu), one)
    }
    for (n, m, d) in [(1, 1, 1), (65, 65, 5), (130, 70, 33), (300, 4200, 7), (2100, 2100, 3)] {
      let (q, k) = (try samples.normal([2, n, d]), try samples.normal([m, d]))
      let v = try samples.normal([2, m, 9])
      let plain = try plainLinearAttention(
        features(q), features(k), v, isCausal: isCausal, eps: 0.1)
      for variant in GemmTests.variants {
        for dtype in [DType.f64, .f32] {
          let fast = try linearAttention(
            q.converted(to: dtype), k.converted(to: dtype), v.converted(to: dtype), map: map,
            isCausal: isCausal, eps: 0.1, variant: variant)
          #expect(difference(fast.doubles, plain.doubles) < 5 * dtype.precision, "\(variant)")
        }
      }
    }
  }

  @Test func rowsWithoutWeightGiveZero() throws {
    let v = try Tensor([1, 2, 3.0], shape: [3, 1])
    let k = try Tensor([0, 0, 1.0], shape: [3, 1])
    for variant in GemmTests.variants {
      let q = try Tensor([1, 1, 0.0], shape: [3, 1])
      let causal = try linearAttention(q, k, v, isCausal: true, eps: 0, variant: variant)
      #expect(causal.doubles == [0, 0, 0])
      let full = try linearAttention(q, k, v, isCausal: false, eps: 0, variant: variant)
      #expect(full.doubles == [3, 3, 0])
    }
  }

  /// ∞ and NaN of the future are not seen.
  @Test func oddNumbersStayWhereTheyAre() throws {
    let ones = try Tensor(repeating: 1.0, shape: [70, 1])
    for place in [0, 3, 63, 64, 69] {
      var v = ones
      try v.withMutableElements(of: Double.self) { $0[place] = .nan }
      for variant in GemmTests.variants {
        let out = try linearAttention(ones, ones, v, isCausal: true, eps: 0, variant: variant)
        #expect(out.doubles.map(\.isNaN) == (0..<70).map { $0 >= place }, "\(variant) \(place)")
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var samples = Samples(seed: 12)
    let x = try samples.normal([9000, 32]).map(.exp)
    for isCausal in [false, true] {
      let before = Workers.count
      defer { Workers.count = before }
      let results = try [1, 2, 3].map { count in
        Workers.count = count
        return try linearAttention(x, x, x, isCausal: isCausal, eps: 0).doubles
      }
      #expect(results[0] == results[1] && results[0] == results[2])
    }
  }
}
