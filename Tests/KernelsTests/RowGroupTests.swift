import KernelInterface
import Testing

@testable import Kernels

/// Short rows are taken some at a time; what becomes of one does not depend on its neighbours.
@Suite struct RowGroupTests {
  static let lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 50, 64, 100, 127, 300, 1030]

  @Test(arguments: lengths, [DType.f64, .f32])
  func everyRowIsByItself(_ length: Int, dtype: DType) throws {
    var samples = Samples(seed: 31)
    // Whole groups of every variant, and more than half of one.
    var z = try samples.normal([29, length], dtype)
    try spoil(&z)
    for variant in GemmTests.variants {
      if dtype == .f32 {
        try check(z, Float.kernels(of: variant), of: Float.self)
      } else {
        try check(z, Double.kernels(of: variant), of: Double.self)
      }
    }
  }

  /// Some odd numbers, none of them in the first rows.
  private func spoil(_ z: inout Tensor) throws {
    func spoil<T: Real>(_ type: T.Type) throws {
      try z.withMutableElements(of: T.self) { z in
        let length = z.count / 29
        z[9 * length] = .nan
        z[11 * length + length / 2] = -.infinity
        z[20 * length - 1] = .infinity
      }
    }
    if z.dtype == .f32 { try spoil(Float.self) } else { try spoil(Double.self) }
  }

  private func check<T: Real>(
    _ z: Tensor, _ kernels: any KernelTable<T>.Type, of type: T.Type
  ) throws {
    try check(z, of: T.self, width: z.shape[1]) { kernels.softmax($0, tau: 1) }
    try check(z, of: T.self, width: z.shape[1]) { kernels.softmax($0, tau: 0.3) }
    try check(z, of: T.self, width: z.shape[1]) { kernels.logSoftmax($0, tau: 1) }
    for isCentered in [true, false] {
      try check(z, of: T.self, width: z.shape[1]) {
        kernels.norm(
          NormCall(rows: $0, eps: 0.1, isCentered: isCentered, gain: nil, bias: nil))
      }
    }
    for remains in [Remains.sum, .variance, .largest, .smallest] {
      try check(z, of: T.self, width: 1) { kernels.reduce($0, to: remains) }
    }
  }

  /// A kernel of all rows against the same of each of them, bit for bit.
  private func check<T: Real>(
    _ z: Tensor, of type: T.Type, width: Int, _ kernel: (RowCall<T>) -> Void
  ) throws {
    let (count, length) = (z.shape[0], z.shape[1])
    var together = Array(repeating: T(0), count: count * width)
    var apart = together
    z.withElements(of: T.self) { x in
      guard let x = x.baseAddress else { return }
      together.withUnsafeMutableBufferPointer { y in
        guard let y = y.baseAddress else { return }
        kernel(RowCall(from: x, to: y, rows: count, length: length))
      }
      apart.withUnsafeMutableBufferPointer { y in
        guard let y = y.baseAddress else { return }
        for row in 0..<count {
          kernel(
            RowCall(from: x + row * length, to: y + row * width, rows: 1, length: length))
        }
      }
    }
    #expect(zip(together, apart).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    #expect(together.contains { $0 == $0 })
  }

  /// Results may overwrite what they are made of; no rows and no elements are nothing to do.
  @Test(arguments: [0, 1, 7, 16, 50, 1030])
  func whereTheyLie(_ length: Int) throws {
    var samples = Samples(seed: 32)
    let z = try samples.normal([19, length])
    for variant in GemmTests.variants {
      let kernels = Double.kernels(of: variant)
      let works: [(RowCall<Double>) -> Void] = [
        { kernels.softmax($0, tau: 1) }, { kernels.softmax($0, tau: 0.3) },
        {
          kernels.norm(NormCall(rows: $0, eps: 0.1, isCentered: true, gain: nil, bias: nil))
        },
      ]
      for work in works {
        var (apart, own) = (Array(repeating: 0.0, count: z.count + 1), z.doubles + [0])
        let from = own
        from.withUnsafeBufferPointer { x in
          apart.withUnsafeMutableBufferPointer { y in
            guard let x = x.baseAddress, let y = y.baseAddress else { return }
            work(RowCall(from: x, to: y, rows: 19, length: length))
            work(RowCall(from: x, to: y, rows: 0, length: length))
          }
        }
        own.withUnsafeMutableBufferPointer { x in
          guard let x = x.baseAddress else { return }
          work(RowCall(from: UnsafePointer(x), to: x, rows: 19, length: length))
        }
        #expect(apart == own && apart.last == 0)
      }
    }
  }
}
