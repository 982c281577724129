import Testing

@testable import Kernels

@Suite struct BinaryTests {
  private static let rowShapes: [[Int]] = [
    [1, 5], [3, 1], [4, 7], [2, 3, 16], [0, 3], [40, 33],
  ]

  /// A tensor that nobody holds takes the result, also of a vector for each of its rows.
  @Test(
    arguments: [DType.f64, .f32], rowShapes)
  func rowsAreOverwritten(_ dtype: DType, _ shape: [Int]) throws {
    var samples = Samples(seed: 8)
    let count = shape.reduce(1, *)
    let drawn = try samples.normal([count], .f64).doubles
    func rows() throws -> Tensor { try Tensor(drawn, shape: shape).converted(to: dtype) }
    let vector = try samples.normal([shape.last ?? 1], dtype)
    for function in BinaryFunction.allCases {
      let held = try rows()
      let apart = try Tensor.combine(function, held, vector)
      let before = held.doubles
      let own = try Tensor.combine(function, try rows(), vector)
      #expect(apart.shape == own.shape && apart.dtype == own.dtype)
      #expect(apart.doubles.map(\.bitPattern) == own.doubles.map(\.bitPattern), "\(function)")
      #expect(held.doubles == before)
    }
  }

  @Test func squaresAreProducts() throws {
    let x = [0, -0.0, 1e-200, 1e200, -3, .infinity, -.infinity, 0.1, 7]
    let tensor = try Tensor(x, shape: [x.count])
    let held = try Tensor.combine(.power, tensor, number: 2, .f64, comesFirst: false)
    #expect(held.doubles == x.map { $0 * $0 } && tensor.doubles == x)
    let own = try Tensor.combine(
      .power, try Tensor(x, shape: [x.count]), number: 2, .f64, comesFirst: false)
    #expect(own.doubles == held.doubles)
    // 2ˣ is something else.
    let powers = try Tensor.combine(.power, tensor, number: 2, .f64, comesFirst: true)
    #expect(powers.doubles == [1, 1, 1, .infinity, 0.125, .infinity, 0, 1.0717734625362931, 128])
  }
}
