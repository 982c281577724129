import Testing

@testable import Render

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What C prints for `%.*f`, the sign of a rounded zero removed.
private func printed(_ x: Double, decimals: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 1500)
  _ = withVaList([Int32(decimals), x]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
  let text = String(
    decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let isZero = !text.contains { ("1"..."9").contains($0) }
  return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
}

/// SplitMix64: the same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct NumberTextTests {
  @Test func fixedEqualsPrintfOnRandomBitPatterns() {
    var dice = Dice(state: 1)
    for _ in 0..<60_000 {
      let x = Double(bitPattern: dice.next())
      guard x.isFinite else { continue }
      let decimals = Int(dice.next() % 20)
      let text = NumberText.fixed(x, decimals: decimals)
      if text != printed(x, decimals: decimals) {
        Issue.record("\(x) with \(decimals): \(text)")
        return
      }
    }
  }

  @Test func fixedEqualsPrintfOnOrdinaryMagnitudes() {
    var dice = Dice(state: 2)
    for _ in 0..<60_000 {
      let exponent = Double.random(in: -20...20, using: &dice)
      let x = Double.random(in: -1...1, using: &dice) * pow(10, exponent)
      let decimals = Int(dice.next() % 18)
      let text = NumberText.fixed(x, decimals: decimals)
      if text != printed(x, decimals: decimals) {
        Issue.record("\(x) with \(decimals): \(text)")
        return
      }
    }
  }

  /// Sums of few powers of two: exact ties, where rounding to even shows.
  @Test func fixedEqualsPrintfOnTies() {
    for numerator in -300...300 {
      for shift in 0...12 {
        let x = Double(numerator) / Double(1 << shift)
        for decimals in 0...5 {
          #expect(NumberText.fixed(x, decimals: decimals) == printed(x, decimals: decimals))
        }
      }
    }
  }

  @Test(
    arguments: [
      (.leastNonzeroMagnitude, 4, "0.0000"), (-.leastNonzeroMagnitude, 0, "0"), (0.5, 0, "0"),
      (1.5, 0, "2"), (2.5, 0, "2"),
      (0.99994, 4, "0.9999"), (0.999951, 4, "1.0000"), (-0.00004, 4, "0.0000"),
      (9_007_199_254_740_992, 1, "9007199254740992.0"), (1e23, 0, "99999999999999991611392"),
      (.infinity, 4, "∞"), (-.infinity, 4, "-∞"), (.nan, 4, "NaN"),
    ] as [(Double, Int, String)])
  func fixed(_ x: Double, _ decimals: Int, _ text: String) {
    #expect(NumberText.fixed(x, decimals: decimals) == text)
  }

  @Test(
    arguments: [
      (0.031062765, "0.0310628"), (2.2204e-16, "2.2204e-16"), (3, "3"), (1e6, "1000000"),
      (1234567.5, "1234567.5"), (123_456_789_012_345.6, "123456789012345.6"), (1e300, "1e300"),
      (1e15, "1e15"), (999_999_999_999_999, "999999999999999"), (-0.0, "0"), (0.1 + 0.2, "0.3"),
      (0.0001, "0.0001"), (0.00001, "1e-5"), (0.0000999999999, "0.0001"), (-2.5, "-2.5"),
      (.leastNonzeroMagnitude, "4.94066e-324"), (999_999.99999, "1000000"), (.infinity, "∞"),
      (-.infinity, "-∞"),
      (.nan, "NaN"), (Double(Float(0.1)), "0.1"), (.greatestFiniteMagnitude, "1.79769e308"),
    ] as [(Double, String)])
  func aLoneNumberKeepsSixDigits(_ x: Double, _ text: String) {
    #expect(NumberStyle().lone(x) == text)
  }

  @Test(
    arguments: [
      (2.2, "2.2"), (-0.11264, "-0.1126"), (1.38777878e-17, "1.38778e-17"), (0, "0"),
      (0.00123456, "0.0012"), (0.000123456, "0.000123456"), (1e20, "1e20"),
      (1234.56789, "1234.5679"),
      (100, "100"), (.nan, "NaN"),
    ] as [(Double, String)])
  func statistic(_ x: Double, _ text: String) { #expect(NumberStyle().statistic(x) == text) }

  @Test(
    arguments: [
      (0.1, "0.1"), (1e-5, "1e-5"), (1e16, "1e16"), (3, "3"), (-0.0, "0"), (1.5e300, "1.5e300"),
      (-.infinity, "-∞"),
    ] as [(Double, String)])
  func shortest(_ x: Double, _ text: String) { #expect(NumberText.shortest(x) == text) }

  @Test func shortestReadsBack() {
    var dice = Dice(state: 3)
    for _ in 0..<20_000 {
      let x = Double(bitPattern: dice.next())
      if x.isFinite { #expect(Double(NumberText.shortest(x)) == x) }
    }
  }

  @Test func exponential() {
    #expect(NumberText.exponential(1.2345e300, decimals: 2) == "1.23e300")
    #expect(NumberText.exponential(-9.999e-7, decimals: 2) == "-1.00e-6")
    #expect(NumberText.exponential(.leastNonzeroMagnitude, decimals: 2) == "4.94e-324")
  }

  @Test func asciiInfinity() {
    #expect(NumberStyle(charset: .ascii).lone(-.infinity) == "-inf")
  }
}
