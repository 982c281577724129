import Testing

@testable import Kernels

/// A chain gives what its functions give one by one, bit for bit.
@Suite struct ChainTests {
  private static let edges: [Double] = [
    0, -0.0, 1, -1, 2, .infinity, -.infinity, .nan, 0x1p-1030, -0x1p-149, 1e308, -1e38, 0.1, 700,
    -700,
  ]
  private static let counts = [1, 7, 15, 16, 17, 511, 512, 513, 2000, 70_000]

  /// Numbers of every kind, those of `b` in another order.
  private func operands(_ count: Int, _ dtype: DType) throws -> (Tensor, Tensor) {
    var samples = Samples(seed: 5)
    let drawn = try samples.normal([count], .f64).doubles
    let edges = Self.edges
    let a = drawn.enumerated().map { $0 % 3 == 0 ? edges[$0 / 3 % edges.count] : $1 }
    let b = drawn.enumerated().map { $0 % 2 == 0 ? edges[$0 / 2 % (edges.count - 1)] : 2 * $1 }
    return (
      try Tensor(a, shape: [count]).converted(to: dtype),
      try Tensor(b, shape: [count]).converted(to: dtype)
    )
  }

  private func expectSame(_ a: Tensor, _ b: Tensor, _ what: String) {
    func bits(_ tensor: Tensor) -> [UInt64] {
      tensor.doubles.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
    }
    #expect(a.shape == b.shape && a.dtype == b.dtype && bits(a) == bits(b), "\(what)")
  }

  @Test(arguments: [DType.f64, .f32], counts)
  func functionsOfTwo(_ dtype: DType, _ count: Int) throws {
    let (a, b) = try operands(count, dtype)
    var known = 0
    for function in BinaryFunction.allCases where function != .power {
      for variant in GemmTests.variants {
        var chain = ElementChain(shape: [count], dtype: dtype)
        guard chain.add(function, .tensor(a), .tensor(b)) != nil else { continue }
        known += 1
        let what = "\(function) \(variant)"
        expectSame(try chain.run(on: variant), try Tensor.combine(function, a, b), what)
        for comesFirst in [false, true] {
          var withNumber = ElementChain(shape: [count], dtype: dtype)
          let (l, r) = (ElementChain.Operand.tensor(a), ElementChain.Operand.number(0.3))
          _ = withNumber.add(function, comesFirst ? r : l, comesFirst ? l : r)
          expectSame(
            try withNumber.run(on: variant),
            try Tensor.combine(function, a, number: 0.3, .f64, comesFirst: comesFirst), what)
        }
      }
    }
    #expect(known == 6 * GemmTests.variants.count)
  }

  @Test(arguments: [DType.f64, .f32], counts)
  func functionsOfOne(_ dtype: DType, _ count: Int) throws {
    let (a, _) = try operands(count, dtype)
    for function in UnaryFunction.allCases {
      // What the processors compute each in their own way is compared on one.
      let variants = function.vectorFunction == nil ? GemmTests.variants : [.current]
      for variant in variants {
        var chain = ElementChain(shape: [count], dtype: dtype)
        guard chain.add(function, .tensor(a)) != nil else { continue }
        expectSame(try chain.run(on: variant), try a.map(function), "\(function) \(variant)")
      }
    }
  }

  /// (a² − 0.5·(b + a)) / max(b, −a), and a chain of which every step waits for the last.
  @Test(arguments: [DType.f64, .f32], counts)
  func stepsShareSlots(_ dtype: DType, _ count: Int) throws {
    let (a, b) = try operands(count, dtype)
    for variant in GemmTests.variants {
      var chain = ElementChain(shape: [count], dtype: dtype)
      func step(_ operand: ElementChain.Operand?) throws -> ElementChain.Operand {
        try #require(operand)
      }
      let square = try step(chain.add(.power, .tensor(a), .number(2)))
      let sum = try step(chain.add(.add, .tensor(b), .tensor(a)))
      let half = try step(chain.add(.multiply, .number(0.5), sum))
      let top = try step(chain.add(.subtract, square, half))
      let negative = try step(chain.add(.negate, .tensor(a)))
      let bottom = try step(chain.add(.maximum, .tensor(b), negative))
      _ = try step(chain.add(.divide, top, bottom))
      let expected = try Tensor.combine(
        .divide,
        try Tensor.combine(
          .subtract, try Tensor.combine(.multiply, a, a),
          try Tensor.combine(
            .multiply, try Tensor.combine(.add, b, a), number: 0.5, .f64, comesFirst: true)),
        try Tensor.combine(.maximum, b, try a.map(.negate)))
      expectSame(try chain.run(on: variant), expected, "\(variant)")
    }
  }
}
