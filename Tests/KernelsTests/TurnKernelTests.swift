import KernelInterface
import Testing

@testable import Kernels

/// Sines, cosines and turned pairs in every variant against the C library's functions.
@Suite struct TurnKernelTests {
  /// Of small and large, negative and broken angles, those far from what the kernels reduce
  /// included.
  static let positions: [Double] =
    [0, 1, -1, 0.5, 3, 100, 8191, 8192, -8192, 123_456.75, 1.5e6, 1.7e6, 1e12, 1e300]
    + (1...40).map { Double($0) * .pi / 4 }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 64])
  func tablesAgree(_ half: Int) throws {
    let places = try Tensor(Self.positions)
    let angles = try rotaryAngles(positions: places, d: 2 * half, base: 10_000)
    for variant in GemmTests.variants {
      for (dtype, error) in [(DType.f64, 3e-16), (.f32, 6e-8)] {
        let (c, s) = try rotaryTables(
          positions: places, d: 2 * half, base: 10_000, dtype: dtype, variant: variant)
        #expect(c.dtype == dtype && c.shape == [places.count, half] && s.shape == c.shape)
        #expect(try difference(c.doubles, angles.map(.cos).doubles) < error, "\(variant)")
        #expect(try difference(s.doubles, angles.map(.sin).doubles) < error, "\(variant)")
      }
    }
  }

  /// Positions one after the other, from where blocks of them begin and end, and some that are not.
  @Test(arguments: [0, -40, 7.5, 8000, 999_990, 1e15])
  func consecutivePositionsInSinglePrecision(_ first: Double) throws {
    var positions = (0..<200).map { first + Double($0) }
    positions[70] = 3
    let places = try Tensor(positions)
    for half in [1, 3, 8, 17, 64] {
      let angles = try rotaryAngles(positions: places, d: 2 * half, base: 10_000)
      for variant in GemmTests.variants {
        let (c, s) = try rotaryTables(
          positions: places, d: 2 * half, base: 10_000, dtype: .f32, variant: variant)
        #expect(try difference(c.doubles, angles.map(.cos).doubles) < 6e-8, "\(variant)")
        #expect(try difference(s.doubles, angles.map(.sin).doubles) < 6e-8, "\(variant)")
      }
    }
  }

  @Test func angleThatIsNoNumber() throws {
    let places = try Tensor([.nan, .infinity, 1])
    for variant in GemmTests.variants {
      let (c, _) = try rotaryTables(
        positions: places, d: 2, base: 10_000, dtype: .f64, variant: variant)
      #expect(c.doubles.map(\.isNaN) == [true, true, false])
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 511])
  func sinusoidsAgree(_ d: Int) throws {
    let plain = try plainSinusoidal(positions: Self.positions, d: d, base: 10_000)
    for variant in GemmTests.variants {
      let fast = try sinusoidal(
        positions: Self.positions, d: d, base: 10_000, variant: variant)
      #expect(fast.shape == plain.shape)
      #expect(difference(fast.doubles, plain.doubles) < 3e-16, "\(variant)")
    }
  }

  @Test(arguments: [2, 3, 4, 6, 8, 10, 16, 18, 30, 34, 62, 66, 130], RopeLayout.allCases)
  func turnedPairsAgree(_ d: Int, layout: RopeLayout) throws {
    var samples = Samples(seed: 31)
    for (shape, rows) in [([5], [5]), ([2, 3, 5], [5]), ([2, 3, 5], [2, 1, 5]), ([4], [1])] {
      for half in Set([d / 2, max(1, d / 4)]) {
        let x = try samples.normal(shape + [d])
        let (c, s) = (try samples.normal(rows + [half]), try samples.normal(rows + [half]))
        for dtype in [DType.f64, .f32] {
          let y = try x.converted(to: dtype)
          let plain = try plainRope(y, cos: c, sin: s, layout: layout)
          for variant in GemmTests.variants {
            let fast = try rope(y, cos: c, sin: s, layout: layout, variant: variant)
            #expect(fast.dtype == dtype && fast.shape == x.shape)
            #expect(
              difference(fast.doubles, plain.doubles) < dtype.precision,
              "\(variant) \(dtype) \(shape) \(rows) \(half)")
          }
        }
      }
    }
  }
}
