import KernelInterface
import Testing

@testable import Kernels

/// The functions that kernels compute for many numbers at once, in every variant, against those of
/// one number: relative errors, also far to the left and among subnormal numbers.
@Suite struct ElementwiseTests {
  static let functions = UnaryFunction.allCases.filter { $0.vectorFunction != nil }

  /// About 0, both sides up to what a result can say, and the numbers at the edges.
  private static let places: [Double] = {
    let steps = (-4000...4000).map { Double($0) * 0.19 }
    let small = (0...60).flatMap {
      [Double.pow(10, -Double($0) / 3), -Double.pow(10, -Double($0) / 3)]
    }
    // Zeros of sines and cosines, and of the logarithm; angles that are not reduced in vectors.
    let angles: [Double] = (1...200).map { Double($0 * $0) * .pi / 2 }
    let nearOne: [Double] = (-60...60).map { 1 + Double($0) * 0x1p-20 }
    let subnormal: [Double] = (1...10).map { Double($0) * 0x1p-1070 }
    let odd: [Double] = [0, -0.0, .infinity, -.infinity, .nan, 1.7e6, -1e12, 1e300]
    let edges: [Double] = [709.78, 709.79, -708.4, -745.1]
    return [steps, small, angles, nearOne, subnormal, odd, edges].flatMap(\.self)
  }()

  @Test(arguments: functions)
  func inDoublePrecision(_ function: UnaryFunction) throws {
    let expected = Self.places.map { scalar(function, $0) }
    try compare(function, Self.places, expected, ulp: 0x1p-52, smallest: 0x1p-1074)
  }

  @Test(arguments: functions)
  func inSinglePrecision(_ function: UnaryFunction) throws {
    let places = Self.places.map { Float($0 / 7) } + Self.places.map { Float($0) }
    let expected = places.map { scalar(function, Double($0)) }.map { Double(Float($0)) }
    try compare(function, places, expected, ulp: 0x1p-23, smallest: 0x1p-149)
  }

  /// Powers with kernels of their own, to a unit in the last place, with the sign of 0 and ±∞.
  @Test(arguments: [0.5, 3])
  func powers(_ power: Double) throws {
    let places = Self.places + [1e103, -1e103, 3e-103, 1.7e154]
    let function = try #require(VectorFunction(power: power))
    for variant in GemmTests.variants {
      var result = Array(repeating: 0.0, count: places.count)
      places.withUnsafeBufferPointer { x in
        result.withUnsafeMutableBufferPointer { y in
          guard let from = x.baseAddress, let to = y.baseAddress else { return }
          Double.kernels(of: variant).map(function, from, to, count: places.count)
        }
      }
      for (x, value) in zip(places, result) {
        let plain = Double.pow(x, power)
        if value.isNaN && plain.isNaN || value == plain { continue }
        let bound = max(0x1p-52 * abs(plain), 0x1p-1074)
        #expect(abs(value - plain) <= bound, "\(variant) \(x): \(value), \(plain)")
      }
    }
  }

  private func compare<T: Real>(
    _ function: UnaryFunction, _ places: [T], _ expected: [Double], ulp: Double, smallest: Double
  ) throws {
    let fast = try #require(function.vectorFunction)
    for variant in GemmTests.variants {
      var result = Array(repeating: T(0), count: places.count)
      places.withUnsafeBufferPointer { x in
        result.withUnsafeMutableBufferPointer { y in
          guard let from = x.baseAddress, let to = y.baseAddress else { return }
          T.kernels(of: variant).map(fast, from, to, count: places.count)
        }
      }
      for (place, (value, plain)) in zip(places, zip(result, expected)) {
        let value = Double(value)
        if value.isNaN && plain.isNaN || value == plain { continue }
        // An exponent that is itself rounded magnifies what it lost; subnormal numbers have fewer
        // digits.
        let magnified = function == .geluTanh ? 1 + abs(Double.log(abs(plain))) : 1
        let most = function.isExact ? 1.0 : 4.0
        // The readable one multiplies a subnormal erfc by x/2.
        let coarse = function == .gelu ? max(1, abs(Double(place)) / 4) : 1
        let bound = max(most * ulp * magnified * abs(plain), most * magnified * coarse * smallest)
        #expect(abs(value - plain) <= bound, "\(variant) \(function) \(place): \(value), \(plain)")
      }
    }
  }
}

extension UnaryFunction {
  /// Right to about half of the last digit.
  fileprivate var isExact: Bool {
    switch self {
    case .log, .sin, .cos, .erf: true
    default: false
    }
  }
}
