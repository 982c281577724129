@testable import Kernels

/// Numbers for tests of kernels.
struct Samples {
  private var random: RandomState

  init(seed: UInt32) { random = RandomState(seed: seed) }

  /// Small whole numbers, whose sums and products are exact in both precisions and in any order.
  mutating func whole(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(random.interval(16)) - 8 }
  }

  mutating func normal(_ shape: [Int], _ dtype: DType = .f64) throws -> Tensor {
    try random.randn(shape: shape).converted(to: dtype)
  }
}

extension DType {
  /// What may be lost in a few operations.
  var precision: Double { self == .f32 ? 2e-6 : 1e-14 }
}

/// The largest difference, relative above 1; ∞ where only one is NaN or they differ in number.
func difference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { worst, pair in
    let (x, y) = pair
    if x == y || x.isNaN && y.isNaN { return worst }
    let error = abs(x - y) / max(1, abs(y))
    return error.isNaN ? .infinity : max(worst, error)
  }
}
