import Testing

@testable import Kernels

@Suite struct TensorTests {
  @Test func aCopyKeepsItsElements() throws {
    let original = try Tensor([1.0, 2, 3, 4], shape: [2, 2])
    var copy = original
    try copy.withMutableElements(of: Double.self) { $0[0] = 9 }
    #expect(original.doubles == [1, 2, 3, 4])
    #expect(copy.doubles == [9, 2, 3, 4])
    var row = original.subtensor(1)
    try row.withMutableElements(of: Double.self) { $0[0] = 9 }
    #expect(original.doubles == [1, 2, 3, 4])
    #expect(row.doubles == [9, 4])
  }

  @Test(arguments: [[1, 1], [15, 16], [17, 33], [2, 3, 16, 17], [3, 0], [0, 3], [2, 0, 5]])
  func transposesAboutTheEdgesOfTiles(_ shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let y = try Tensor((0..<count).map(Double.init), shape: shape).transposed()
    let plane = rows * columns
    let plain = (0..<count).map { place -> Double in
      let (p, within) = (place / plane, place % plane)
      return Double(p * plane + within % rows * columns + within / rows)
    }
    #expect(y.shape == shape.dropLast(2) + [columns, rows])
    #expect(y.doubles == plain)
    #expect(try y.transposed().doubles == (0..<count).map(Double.init))
  }

  // MARK: - Memory

  @Test func refusesMoreMemoryThanTheLimit() {
    // The same for the whole process: other tests run beside this one.
    Memory.limit = 4 << 30
    #expect(throws: KernelError.memory(needed: 8 << 30, limit: 4 << 30)) {
      try Tensor(repeating: 0.0, shape: [1 << 30])
    }
    #expect(throws: KernelError.memory(needed: (4 << 30) + 1, limit: 4 << 30)) {
      try Memory.reserve((4 << 30) + 1)
    }
  }

  /// Steps along the axes are products of lengths, whether or not one of them is 0.
  @Test(arguments: [
    [1 << 40, 1 << 40], [0, 1 << 40, 1 << 40], [1 << 40, 1 << 40, 0], [1 << 40, 0, 1 << 40],
    [1 << 62, 0], [Int.max], [0, Int.max, 2],
  ])
  func refusesWhatCanNotBeCounted(_ shape: [Int]) {
    Memory.limit = 4 << 30
    #expect(throws: KernelError.memory(needed: .max, limit: 4 << 30)) {
      try Tensor(repeating: 0.0, shape: shape)
    }
  }

  @Test func emptyTensorsAreOrdinary() throws {
    let x = try Tensor(repeating: 1.0, shape: [1 << 20, 0, 3])
    #expect(x.count == 0)
    #expect(try x.permuted([2, 1, 0]).shape == [3, 0, 1 << 20])
    #expect(try Tensor.combine(.add, x, Tensor(scalar: 1)).shape == x.shape)
    #expect(try x.reduce(.sum, axis: nil, keep: false).doubles == [0])
    #expect(try softmax(x, axis: 1, tau: 1).shape == x.shape)
  }

  /// Neighbouring axes swapped, by several threads where there is much to move.
  @Test(arguments: [[3, 70, 50, 33], [2, 3, 4, 5], [1, 1, 70_000, 2], [4, 5, 1, 9]])
  func neighboursSwapped(_ shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let x = try Tensor((0..<count).map { Double($0) }).reshaped(shape)
    let y = try x.permuted([0, 2, 1, 3])
    #expect(y.shape == [shape[0], shape[2], shape[1], shape[3]])
    var expected: [Double] = []
    for plane in 0..<shape[0] {
      for column in 0..<shape[2] {
        for row in 0..<shape[1] {
          let first = ((plane * shape[1] + row) * shape[2] + column) * shape[3]
          expected += (first..<first + shape[3]).map { Double($0) }
        }
      }
    }
    #expect(y.doubles == expected)
  }
}
