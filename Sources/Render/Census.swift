import Kernels

/// What has to be known about all elements before one of them is written.
struct Census {
  var finiteCount = 0
  var nanCount = 0
  var positiveInfinityCount = 0
  var negativeInfinityCount = 0
  /// Every finite element is a whole number.
  var isWhole = true
  /// The largest and the smallest non-zero magnitude; 0 and ∞ where there is none.
  var largest = 0.0
  var smallest = Double.infinity
  /// Of the finite elements; ∞ and −∞ where there is none.
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var maximumIndex = 0
  var minimumIndex = 0

  var isSigned: Bool { minimum < 0 }

  /// How many magnitudes lie in each range of a power of two, from 2^-1074 up.
  private var histogram = [Int](repeating: 0, count: 2100)

  /// The share of the non-zero elements that are below 10^-digits of the largest one's power of ten,
  /// to within a power of two.
  func vanishingShare(below digits: Int) -> Double {
    let limit = largest / NumberStyle.powerOfTen(digits)
    let nonZero = histogram.reduce(0, +)
    guard nonZero > 0 else { return 0 }
    return Double(histogram[..<Self.bin(limit)].reduce(0, +)) / Double(nonZero)
  }

  private static func bin(_ magnitude: Double) -> Int {
    magnitude > 0 ? min(max(Int(magnitude.exponent) + 1074, 0), 2099) : 0
  }

  init(_ tensor: Tensor, skipping isMasked: ((Int) -> Bool)? = nil) {
    switch tensor.dtype {
    case .f64: tensor.withElements(of: Double.self) { count($0, { $0 }, isMasked) }
    case .f32: tensor.withElements(of: Float.self) { count($0, { Double($0) }, isMasked) }
    case .bool: tensor.withElements(of: Bool.self) { count($0, { $0 ? 1 : 0 }, isMasked) }
    }
  }

  @inline(__always)
  private mutating func count<E>(
    _ elements: UnsafeBufferPointer<E>, _ double: (E) -> Double, _ isMasked: ((Int) -> Bool)?
  ) {
    for index in elements.indices {
      if let isMasked, isMasked(index) { continue }
      add(double(elements[index]), at: index)
    }
  }

  @inline(__always)
  private mutating func add(_ x: Double, at index: Int) {
    guard x.isFinite else {
      if x.isNaN {
        nanCount += 1
      } else if x > 0 {
        positiveInfinityCount += 1
      } else {
        negativeInfinityCount += 1
      }
      return
    }
    finiteCount += 1
    if isWhole && x.rounded(.towardZero) != x { isWhole = false }
    if x > maximum { (maximum, maximumIndex) = (x, index) }
    if x < minimum { (minimum, minimumIndex) = (x, index) }
    let magnitude = abs(x)
    if magnitude > largest { largest = magnitude }
    if magnitude > 0 {
      if magnitude < smallest { smallest = magnitude }
      histogram[Self.bin(magnitude)] += 1
    }
  }

  /// Mean and biased standard deviation of the finite elements; nil where there is none.
  func moments(of tensor: Tensor) -> (mean: Double, deviation: Double)? {
    switch tensor.dtype {
    case .f64: tensor.withElements(of: Double.self) { moments(of: $0) { $0 } }
    case .f32: tensor.withElements(of: Float.self) { moments(of: $0) { Double($0) } }
    case .bool: tensor.withElements(of: Bool.self) { moments(of: $0) { $0 ? 1 : 0 } }
    }
  }

  @inline(__always)
  private func moments<E>(
    of elements: UnsafeBufferPointer<E>, _ double: (E) -> Double
  ) -> (mean: Double, deviation: Double)? {
    guard finiteCount > 0 else { return nil }
    // Sums and squares of magnitudes beyond these would overflow or vanish.
    let unit = largest > 1e140 || (largest > 0 && largest < 1e-140) ? largest : 1
    let count = Double(finiteCount)
    var sum = 0.0
    for element in elements where double(element).isFinite { sum += double(element) / unit }
    let mean = sum / count
    var squares = 0.0
    for element in elements where double(element).isFinite {
      let difference = double(element) / unit - mean
      squares += difference * difference
    }
    return (mean * unit, (squares / count).squareRoot() * unit)
  }
}
