import KernelInterface
import Testing

@testable import Kernels

/// The products of every variant against three loops, about the edges of tiles (up to 12 rows and
/// 32 columns), runs (384 products, of inner products 2048) and what is packed at once (of one
/// product some thousand rows or columns), and with vectors that stay in registers.
@Suite struct GemmTests {
  struct Size: CustomTestStringConvertible {
    let (rows, inner, columns): (Int, Int, Int)
    var testDescription: String { "\(rows)×\(inner) @ \(inner)×\(columns)" }
  }

  static let sizes: [Size] = {
    var sizes: [Size] = []
    for rows in [0, 1, 3, 4, 6, 7, 11, 12, 13] {
      for inner in [0, 1, 7, 385] {
        for columns in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65] {
          sizes.append(Size(rows: rows, inner: inner, columns: columns))
        }
      }
    }
    let large = [
      (2, 769, 10), (131, 260, 70), (1, 2060, 3), (5, 2049, 1), (1, 9, 4100), (38, 17, 9000),
      (70_000, 9, 3), (2100, 390, 2), (19, 8, 1), (19, 16, 1), (300, 32, 1), (1, 64, 19),
      (5, 2048 + 16, 1), (5, 2048 + 32, 1), (5, 2048 + 64, 1),
    ]
    return sizes + large.map { Size(rows: $0.0, inner: $0.1, columns: $0.2) }
  }()

  static let variants = KernelVariant.allCases.filter(\.isSupported)

  @Test(arguments: sizes)
  func agreesInDoublePrecision(_ size: Size) { compare(size, Double.self) }

  @Test(arguments: sizes)
  func agreesInSinglePrecision(_ size: Size) { compare(size, Float.self) }

  /// In every layout of the factors, into rows with a gap, added to what is there or not.
  private func compare<T: Real>(_ size: Size, _ type: T.Type) {
    let (rows, inner, columns) = (size.rows, size.inner, size.columns)
    var samples = Samples(seed: 7)
    let (a, b) = (samples.whole(rows * inner), samples.whole(inner * columns))
    let plain = plainProduct(a, b, size)
    for variant in Self.variants {
      for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
        let x = Matrix<T>(a, rows, inner, isTransposed: first)
        let y = Matrix<T>(b, inner, columns, isTransposed: second)
        for addsTo in [false, true] {
          let c = Matrix<T>(
            Array(repeating: addsTo ? 3 : .nan, count: rows * (columns + 1)), rows, columns + 1)
          Scratch.with { scratch in
            T.kernels(of: variant).multiply(
              Product(
                a: x.strided, b: y.strided, c: c.base, rowOfC: columns + 1, rows: rows,
                inner: inner, columns: columns, addsTo: addsTo, scratch: scratch,
                isCancelled: Cancellation.flag.place))
          }
          for i in 0..<rows {
            let row = (0..<columns).map { Double(c.base[i * (columns + 1) + $0]) }
            let expected = plain[i * columns..<(i + 1) * columns].map { $0 + (addsTo ? 3 : 0) }
            #expect(row == expected, "\(variant) \(first) \(second) \(addsTo) row \(i)")
            let gap = c.base[i * (columns + 1) + columns]
            #expect(addsTo ? gap == 3 : gap.isNaN)
          }
        }
      }
    }
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

  // MARK: - Through tensors

  @Test(arguments: [[5, 7], [2, 5, 7], [3, 1, 5, 7]], [[7, 4], [2, 7, 4], [1, 7, 4]])
  func transposedFactorsAreTakenWhereTheyLie(_ shapeA: [Int], _ shapeB: [Int]) throws {
    var samples = Samples(seed: 8)
    let (a, b) = (try samples.normal(shapeA), try samples.normal(shapeB))
    let product = try matmul(a, b)
    for (first, second) in [(true, false), (false, true), (true, true)] {
      let again = try matmul(
        first ? a.transposed() : a, second ? b.transposed() : b, transposing: (first, second))
      #expect(again.shape == product.shape)
      #expect(again.doubles == product.doubles)
    }
  }

  /// One more than whole shares: the last row or column would be a product of its own kind.
  @Test(arguments: [[100, 3001, 193], [193, 3001, 100]])
  func aCutLeavesNoRowOrColumnAlone(_ size: [Int]) throws {
    var samples = Samples(seed: 10)
    let a = try samples.normal([size[0], size[1]])
    let b = try samples.normal([size[2], size[1]])
    let whole = try matmul(a, b, transposing: (false, true))
    // Too few products for a second thread.
    let (few, last) = (size[0] - 6, size[0] - 1)
    let end = try matmul(a.rows(few..<size[0]), b, transposing: (false, true))
    #expect(end.rows(5..<6).doubles == whole.rows(last..<size[0]).doubles)
  }

  /// Cut among threads or not, every element is the same sum in the same order.
  @Test(arguments: [[300, 385, 130], [1, 4000, 3000], [3000, 4000, 1], [13, 1000, 1700]])
  func threadsChangeNothing(_ size: [Int]) throws {
    var samples = Samples(seed: 9)
    for dtype in [DType.f32, .f64] {
      let a = try samples.normal([size[0], size[1]], dtype)
      let b = try samples.normal([size[1], size[2]], dtype)
      let whole = try matmul(a, b)
      for i in [0, size[0] / 2, size[0] - 1] {
        #expect(try matmul(a.rows(i..<i + 1), b).doubles == whole.rows(i..<i + 1).doubles)
      }
    }
  }
}

/// Numbers in memory that stays as long as the test.
private final class Matrix<T: Real> {
  let base: UnsafeMutablePointer<T>
  private let (rows, columns): (Int, Int)
  private let isTransposed: Bool

  init(_ values: [Double], _ rows: Int, _ columns: Int, isTransposed: Bool = false) {
    (self.rows, self.columns, self.isTransposed) = (rows, columns, isTransposed)
    base = .allocate(capacity: max(values.count, 1))
    for (place, value) in values.enumerated() {
      let (i, j) = (place / columns, place % columns)
      base[isTransposed ? j * rows + i : place] = T(value)
    }
  }

  deinit { base.deallocate() }

  var strided: Strided<T> {
    isTransposed
      ? Strided(base, row: 1, column: rows) : Strided(base, row: columns, column: 1)
  }
}
