import Testing

@testable import Kernels

/// The tiled product against three loops, about the edges of tiles (4×8) and panels (256).
@Suite struct GemmTests {
  struct Size: CustomTestStringConvertible {
    let (rows, inner, columns): (Int, Int, Int)
    var testDescription: String { "\(rows)×\(inner) @ \(inner)×\(columns)" }
  }

  static let sizes: [Size] = {
    var sizes: [Size] = []
    for rows in [0, 1, 3, 4, 5, 9] {
      for inner in [0, 1, 7, 256, 257] {
        for columns in [0, 1, 7, 8, 9, 17] {
          sizes.append(Size(rows: rows, inner: inner, columns: columns))
        }
      }
    }
    return sizes + [Size(rows: 2, inner: 513, columns: 10)]
  }()

  @Test(arguments: sizes)
  func agreesInDoublePrecision(_ size: Size) throws { try compare(size, Double.self) }

  @Test(arguments: sizes)
  func agreesInSinglePrecision(_ size: Size) throws { try compare(size, Float.self) }

  private func compare<T: Real>(_ size: Size, _ type: T.Type) throws {
    let (rows, inner, columns) = (size.rows, size.inner, size.columns)
    var samples = Samples(seed: 7)
    let (a, b) = (samples.whole(rows * inner), samples.whole(inner * columns))
    let (x, y) = (a.map { T($0) }, b.map { T($0) })
    // Whatever was there before must be gone.
    var product = Array(repeating: T.nan, count: rows * columns)
    try x.withUnsafeBufferPointer { x in
      try y.withUnsafeBufferPointer { y in
        try product.withUnsafeMutableBufferPointer { z in
          try Gemm<T>.multiply(x, y, z, rows: rows, inner: inner, columns: columns)
        }
      }
    }
    #expect(product.map { Double($0) } == plainProduct(a, b, size))
    // The column by itself is computed in another way.
    let whole = try matmul(Tensor(x, shape: [rows, inner]), Tensor(y, shape: [inner, columns]))
    #expect(whole.doubles == plainProduct(a, b, size))
  }

  private func plainProduct(_ a: [Double], _ b: [Double], _ size: Size) -> [Double] {
    var c = Array(repeating: 0.0, count: size.rows * size.columns)
    for i in 0..<size.rows {
      for k in 0..<size.inner {
        for j in 0..<size.columns {
          c[i * size.columns + j] += a[i * size.inner + k] * b[k * size.columns + j]
        }
      }
    }
    return c
  }
}
