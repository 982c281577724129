import KernelInterface
import Testing

@testable import Kernels

/// Reductions of columns in every variant against the readable ones in double precision.
@Suite struct ColumnReductionTests {
  static let reductions = [Reduction.sum, .mean, .variance, .std, .max, .min]

  /// About the edges of vectors, of parts of rows (4) and blocks (32) with one level of blocks, two
  /// and three; rows of more than two pages; work that is shared by columns, and by planes.
  static let shapes: [[Int]] =
    [1, 2, 31, 33, 65].flatMap { length in
      [2, 3, 8, 16, 17, 31, 67].map { [2, length, $0] }
    }
    + [5, 8, 31, 32, 33].flatMap { length in [1025, 2049, 3000].map { [1, length, $0] } }
    + [
      [2, 1025, 3], [1, 2000, 133], [1, 2, 100_001], [1, 33, 9001], [70_000, 2, 3], [300, 9, 64],
    ]

  @Test(arguments: shapes, [DType.f64, .f32])
  func equalTheReference(_ shape: [Int], dtype: DType) throws {
    var samples = Samples(seed: 25)
    let x = try samples.normal(shape, dtype)
    for reduction in Self.reductions {
      let plain = plainly(reduction, try x.converted(to: .f64))
      for variant in GemmTests.variants {
        let fast = try reduced(reduction, x, variant)
        // Sums of more than 32 numbers are rounded where they are large.
        let tolerance = dtype.precision * (shape[1] > 65 ? 3 : 1)
        #expect(difference(fast, plain) < tolerance, "\(variant) \(reduction)")
      }
    }
  }

  @Test(arguments: [[3, 700, 130], [1, 8, 70_000], [20, 100, 100]])
  func doNotDependOnThreads(_ shape: [Int]) throws {
    var samples = Samples(seed: 26)
    let x = try samples.normal(shape, .f32)
    let before = Workers.count
    defer { Workers.count = before }
    for reduction in [Reduction.sum, .std, .min] {
      let results = try [1, 2, 3].map { threads in
        Workers.count = threads
        return try reduced(reduction, x, .current)
      }
      #expect(results[0] == results[1] && results[0] == results[2], "\(reduction)")
    }
  }

  /// An odd number among the numbers of a column, which are 1 to 40.
  struct Odd: CustomTestStringConvertible {
    let number: Double
    let sum, variance, largest, smallest: Double
    var testDescription: String { "\(number)" }
  }

  @Test(
    arguments: [
      Odd(number: .nan, sum: .nan, variance: .nan, largest: .nan, smallest: .nan),
      Odd(number: .infinity, sum: .infinity, variance: .nan, largest: .infinity, smallest: 1),
      Odd(number: -.infinity, sum: -.infinity, variance: .nan, largest: 40, smallest: -.infinity),
    ], [DType.f64, .f32])
  func oddNumbers(_ odd: Odd, dtype: DType) throws {
    for place in [1, 3, 4, 30, 31, 32, 38] {
      let column = (0..<40).map { $0 == place ? odd.number : Double($0 + 1) }
      let x = try Tensor(column.flatMap { Array(repeating: $0, count: 19) })
        .reshaped([1, 40, 19]).converted(to: dtype)
      for variant in GemmTests.variants {
        for (reduction, expected) in [
          (Reduction.sum, odd.sum), (.mean, odd.sum), (.variance, odd.variance),
          (.std, odd.variance), (.max, odd.largest), (.min, odd.smallest),
        ] {
          let fast = try reduced(reduction, x, variant)
          #expect(
            fast.allSatisfy { $0 == expected || $0.isNaN && expected.isNaN },
            "\(variant) \(reduction) of one at \(place): \(fast)")
        }
      }
    }
  }

  /// Of the extremes the sign of 0 is that of the numbers.
  @Test func zerosKeepTheirSign() throws {
    for zero in [0.0, -0.0] {
      let x = try Tensor(Array(repeating: zero, count: 3 * 19)).reshaped([1, 3, 19])
      for variant in GemmTests.variants {
        for reduction in [Reduction.max, .min] {
          #expect(try reduced(reduction, x, variant).allSatisfy { $0 == 0 && $0.sign == zero.sign })
        }
      }
    }
  }

  private func reduced(_ reduction: Reduction, _ x: Tensor, _ variant: KernelVariant) throws
    -> [Double]
  {
    func reduced<T: Real>(_ type: T.Type) throws -> [Double] {
      let lanes = Lanes(x.shape, axis: 1)
      var result = Array(repeating: T(0), count: lanes.outer * lanes.inner)
      try x.withElements(of: T.self) { x in
        let isDone = try result.withUnsafeMutableBufferPointer {
          try reduction.reduceColumns(x, lanes, into: $0, variant: variant)
        }
        #expect(isDone)
      }
      return result.map { Double($0) }
    }
    return try x.dtype == .f32 ? reduced(Float.self) : reduced(Double.self)
  }

  private func plainly(_ reduction: Reduction, _ x: Tensor) -> [Double] {
    let (planes, rows, columns) = (x.shape[0], x.shape[1], x.shape[2])
    let x = x.doubles
    var result: [Double] = []
    for plane in 0..<planes {
      for column in 0..<columns {
        let lane = (0..<rows).map { x[(plane * rows + $0) * columns + column] }
        result.append(lane.withUnsafeBufferPointer { remains(reduction, $0) })
      }
    }
    return result
  }
}
