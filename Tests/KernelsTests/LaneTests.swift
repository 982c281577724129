import KernelInterface
import Testing

@testable import Kernels

/// What goes along an axis, about the edges of its blocks: 8 sums at once, halves above 128
/// numbers, 16 neighbouring lanes.
@Suite struct LaneTests {
  struct Layout: CustomTestStringConvertible {
    let shape: [Int]
    let dtype: DType
    var testDescription: String { "\(shape) \(dtype.name)" }
  }

  static let layouts: [Layout] = {
    let lengths = [0, 1, 7, 8, 9, 127, 128, 129, 143, 144, 257, 1000]
    let shapes =
      lengths.map { [2, $0, 1] } + [0, 1, 3, 15, 16, 17, 33].map { [2, 9, $0] } + [[0, 3, 2]]
    return shapes.flatMap { shape in
      [DType.f64, .f32].map { Layout(shape: shape, dtype: $0) }
    }
  }()

  /// The lanes along axis 1 one after the other.
  private func lanes(_ x: Tensor) -> [[Double]] {
    let (outer, length, inner) = (x.shape[0], x.shape[1], x.shape[2])
    let doubles = x.doubles
    return (0..<outer * inner).map { lane in
      (0..<length).map { doubles[(lane / inner * length + $0) * inner + lane % inner] }
    }
  }

  private func whole(_ layout: Layout) throws -> Tensor {
    var samples = Samples(seed: 3)
    let count = layout.shape.reduce(1, *)
    return try Tensor(samples.whole(count), shape: layout.shape).converted(to: layout.dtype)
  }

  @Test(arguments: layouts)
  func sumsAndExtremes(_ layout: Layout) throws {
    let x = try whole(layout)
    let lanes = lanes(x)
    func reduced(_ reduction: Reduction) throws -> [Double] {
      try x.reduce(reduction, axis: 1, keep: false).doubles
    }
    #expect(try reduced(.sum) == lanes.map { $0.reduce(0, +) })
    #expect(try reduced(.any) == lanes.map { $0.contains { $0 != 0 } ? 1 : 0 })
    #expect(try reduced(.all) == lanes.map { $0.contains(0) ? 0 : 1 })
    guard layout.shape[1] > 0 else { return }
    #expect(try reduced(.max) == lanes.map { $0.max() })
    #expect(try reduced(.min) == lanes.map { $0.min() })
    #expect(
      try reduced(.argmax)
        == lanes.map { lane in Double(lane.firstIndex(of: lane.max() ?? 0) ?? -1) })
    #expect(
      try reduced(.argmin)
        == lanes.map { lane in Double(lane.firstIndex(of: lane.min() ?? 0) ?? -1) })
    #expect(try x.sorted(axis: 1, descending: false).doubles == inPlace(x) { $0.sorted() })
    #expect(try x.sorted(axis: 1, descending: true).doubles == inPlace(x) { $0.sorted(by: >) })
    #expect(
      try x.cumulativeSum(axis: 1).doubles
        == inPlace(x) { lane in lane.indices.map { lane[...$0].reduce(0, +) } })
  }

  @Test(arguments: layouts)
  func meansAndSpreads(_ layout: Layout) throws {
    var samples = Samples(seed: 4)
    let x = try samples.normal(layout.shape, layout.dtype)
    func error(_ reduction: Reduction, _ plain: ([Double]) -> Double) throws -> Double {
      difference(try x.reduce(reduction, axis: 1, keep: false).doubles, lanes(x).map(plain))
    }
    func mean(_ lane: [Double]) -> Double { lane.reduce(0, +) / Double(lane.count) }
    func variance(_ lane: [Double]) -> Double {
      let m = mean(lane)
      return mean(lane.map { ($0 - m) * ($0 - m) })
    }
    let precision = layout.dtype.precision
    #expect(try error(.mean, mean) < precision)
    #expect(try error(.variance, variance) < precision)
    #expect(try error(.std) { variance($0).squareRoot() } < precision)
    #expect(try error(.norm) { $0.map { $0 * $0 }.reduce(0, +).squareRoot() } < precision)
    #expect(
      try error(.logsumexp) { lane in
        lane.isEmpty ? -.infinity : Double.log(lane.map { Double.exp($0) }.reduce(0, +))
      } < precision)
  }

  @Test(arguments: layouts, [1, 0.3])
  func softmaxes(_ layout: Layout, tau: Double) throws {
    var samples = Samples(seed: 5)
    let z = try samples.normal(layout.shape, layout.dtype)
    let plain = inPlace(z) { lane in
      let e = lane.map { Double.exp($0 / tau) }
      return e.map { $0 / e.reduce(0, +) }
    }
    let p = try softmax(z, axis: 1, tau: tau)
    #expect(p.shape == z.shape && p.dtype == z.dtype)
    #expect(difference(p.doubles, plain) < layout.dtype.precision)
    let logP = try logSoftmax(z, axis: 1, tau: tau)
    #expect(difference(logP.doubles, plain.map { Double.log($0) }) < 5 * layout.dtype.precision)
  }

  /// Every variant, where vectors end and begin, against double precision.
  @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 1030], [1, 0.3, 1e9])
  func softmaxesOfEveryVariant(_ length: Int, tau: Double) throws {
    var samples = Samples(seed: 6)
    var z = try samples.normal([3, length])
    if length > 2 { try z.withMutableElements(of: Double.self) { $0[1] = -.infinity } }
    let plain = inPlace(z.reshaped([3, length, 1])) { lane in
      let m = lane.max() ?? 0
      let e = lane.map { Double.exp(($0 - m) / tau) }
      return e.map { $0 / e.reduce(0, +) }
    }
    for variant in GemmTests.variants {
      let kernels = Double.kernels(of: variant)
      let double = rows(z, of: Double.self) { kernels.softmax($0, tau: tau) }
      #expect(difference(double, plain) < 1e-14)
      let single = try rows(z.converted(to: .f32), of: Float.self) {
        Float.kernels(of: variant).softmax($0, tau: Float(tau))
      }
      #expect(difference(single, plain) < 1e-6)
      let logs = rows(z, of: Double.self) { kernels.logSoftmax($0, tau: tau) }
      #expect(difference(logs, plain.map { Double.log($0) }) < 1e-14)
    }
  }

  /// Powers of every size between those that are 1 and those that are 0, a few units in the last place
  /// away from theirs.
  @Test func powersInSoftmaxes() throws {
    let places = (0..<2000).map { Double($0) * -0.3571 }
    for variant in GemmTests.variants {
      for (first, z) in places.enumerated() where first % 2 == 0 {
        let row = try Tensor([0, z, places[first + 1]]).reshaped([1, 3])
        let p = rows(row, of: Double.self) { Double.kernels(of: variant).softmax($0, tau: 1) }
        let single = try rows(row.converted(to: .f32), of: Float.self) {
          Float.kernels(of: variant).softmax($0, tau: 1)
        }
        let rounded = Double(Float(z))
        let (e, other) = (Double.exp(z), Double.exp(places[first + 1]))
        let (f, another) = (Double.exp(rounded), Double.exp(Double(Float(places[first + 1]))))
        let (expected, ofSingle) = (e / (1 + e + other), f / (1 + f + another))
        #expect(abs(p[1] - expected) <= 4 * expected.ulp)
        #expect(abs(single[1] - ofSingle) <= max(4 * Double(Float(ofSingle).ulp), 0x1p-149))
      }
    }
  }

  /// Neighbouring columns in every variant, as many as fill vectors and more than one run of them,
  /// some with odd numbers.
  @Test(arguments: [1, 2, 31, 32, 33, 64, 100], [1, 0.3])
  func softmaxesOfColumns(_ length: Int, tau: Double) throws {
    var samples = Samples(seed: 7)
    for variant in GemmTests.variants {
      let columns = 33 * Double.kernels(of: variant).lanes
      var z = try samples.normal([1, length, columns])
      try z.withMutableElements(of: Double.self) {
        for (i, x) in [Double.nan, .infinity, -.infinity, 1e300].enumerated() { $0[i] = x }
        for row in 0..<length { $0[row * columns + 5] = -.infinity }
      }
      for isLog in [false, true] {
        let plain = inPlace(z) { lane in
          guard let m = lane.max(), lane.allSatisfy({ !$0.isNaN }), m.isFinite else {
            return lane.map { _ in .nan }
          }
          let total = lane.map { Double.exp(($0 - m) / tau) }.reduce(0, +)
          return lane.map {
            isLog ? ($0 - m) / tau - Double.log(total) : Double.exp(($0 - m) / tau) / total
          }
        }
        let kernels = Double.kernels(of: variant)
        let double = self.columns(z, of: Double.self) {
          isLog ? kernels.logSoftmax($0, tau: tau) : kernels.softmax($0, tau: tau)
        }
        #expect(difference(double, plain) < 1e-14, "\(variant)")
      }
    }
  }

  private func columns<T: Real>(_ z: Tensor, of type: T.Type, _ body: (ColumnCall<T>) -> Void)
    -> [Double]
  {
    var result = Array(repeating: T(0), count: z.count)
    z.withElements(of: T.self) { x in
      result.withUnsafeMutableBufferPointer { y in
        guard let from = x.baseAddress, let to = y.baseAddress else { return }
        body(
          ColumnCall(
            from: from, to: to, length: z.shape[1], columns: z.shape[2], row: z.shape[2],
            isCancelled: Cancellation.flag.place))
      }
    }
    return result.map { Double($0) }
  }

  /// Rows that are handled by parts, about the edges of those.
  @Test(arguments: [131_072, 131_073, 200_000], [DType.f64, .f32])
  func softmaxesOfLongRows(_ length: Int, dtype: DType) throws {
    var samples = Samples(seed: 8)
    let z = try samples.normal([2, length], dtype)
    let m = z.doubles.max() ?? 0
    let plain = inPlace(try z.converted(to: .f64).reshaped([2, length, 1])) { lane in
      let e = lane.map { Double.exp(($0 - m) / 2) }
      let total = e.reduce(0, +)
      return e.map { $0 / total }
    }
    let p = try softmax(z, axis: 1, tau: 2).doubles
    let logP = try logSoftmax(z, axis: 1, tau: 2).doubles
    #expect(zip(p, plain).allSatisfy { abs($0 - $1) <= $1 * 10 * dtype.precision })
    #expect(difference(logP, plain.map { Double.log($0) }) < dtype.precision)
    for odd in [Double.nan, .infinity] {
      var row = try Tensor(repeating: 1.0, shape: [length])
      try row.withMutableElements(of: Double.self) { $0[length - 1] = odd }
      #expect(try softmax(row, axis: 0, tau: 1).doubles.allSatisfy(\.isNaN))
    }
  }

  @Test func softmaxesOfOddNumbers() throws {
    let odd: [[Double]] = [
      [-.infinity, -.infinity], [.infinity, 0], [.nan, 0], [0, 1e308, -1e308], [3, 3, 3],
      [0, -745, -1000],
    ]
    for variant in GemmTests.variants {
      let kernels = Double.kernels(of: variant)
      for row in odd {
        let z = try Tensor(row)
        let fast = rows(z, of: Double.self) { kernels.softmax($0, tau: 1) }
        var lane = row
        lane.withUnsafeMutableBufferPointer { softmaxLane($0, tau: 1) }
        #expect(difference(fast, lane) < 1e-15, "\(variant) \(row)")
      }
      // 1 − p is far below the precision of p.
      let logs = rows(try Tensor([0.0, -50]), of: Double.self) {
        kernels.logSoftmax($0, tau: 1)
      }
      #expect(logs[0] == -Double.exp(-50))
    }
  }

  private func rows<T: Real>(_ z: Tensor, of type: T.Type, _ body: (RowCall<T>) -> Void)
    -> [Double]
  {
    let length = z.shape.last ?? 0
    var result = Array(repeating: T(0), count: z.count)
    z.withElements(of: T.self) { x in
      result.withUnsafeMutableBufferPointer { y in
        guard let from = x.baseAddress, let to = y.baseAddress, length > 0 else { return }
        body(RowCall(from: from, to: to, rows: z.count / length, length: length))
      }
    }
    return result.map { Double($0) }
  }

  /// A function of each lane, laid back where the lane was.
  private func inPlace(_ x: Tensor, _ function: ([Double]) -> [Double]) -> [Double] {
    let (length, inner) = (x.shape[1], x.shape[2])
    var result = x.doubles
    for (number, lane) in lanes(x).map(function).enumerated() {
      for (place, value) in lane.enumerated() {
        result[(number / inner * length + place) * inner + number % inner] = value
      }
    }
    return result
  }
}
