/// Doubles as text, correctly rounded for every bit pattern, without the C library.
///
/// A number that rounds to zero has no sign. NaN and infinities are `NaN`, `∞`, `-∞` (`inf` in
/// ASCII).
public enum NumberText {
  /// With `decimals` digits after the point, half to even on the exact value.
  public static func fixed(_ x: Double, decimals: Int, charset: Charset = .unicode) -> String {
    guard x.isFinite else { return nonFinite(x, charset) }
    let decimals = min(max(decimals, 0), 1100)
    if let short = shortFixed(x, decimals) { return short }
    var expansion = DecimalDigits(x)
    expansion.round(to: expansion.point + decimals)
    let sign = x < 0 && !expansion.digits.isEmpty ? "-" : ""
    if expansion.digits.isEmpty { expansion.point = 0 }
    return sign + expansion.fixed(decimals: decimals)
  }

  /// With at most `digits` significant digits and no zeros at the end: `0.0310628`, `2.2204e-16`.
  ///
  /// Digits before the point are never lost below 1e15, and what is no whole number shows at
  /// least one decimal there.
  public static func significant(_ x: Double, digits: Int, charset: Charset = .unicode) -> String {
    guard x.isFinite else { return nonFinite(x, charset) }
    if x == 0 { return "0" }
    let isWhole = x.rounded(.towardZero) == x
    if isWhole && abs(x) < 1e15 { return String(Int(x)) }
    var expansion = DecimalDigits(x)
    let magnitude = expansion.point
    if magnitude > 0 && magnitude <= 15 {
      let decimals = max(1, digits - magnitude)
      return trimmingZeros(fixed(x, decimals: decimals))
    }
    expansion.round(to: max(1, digits))
    if expansion.point <= 15 && expansion.point > -4 {
      return (x < 0 ? "-" : "")
        + expansion.fixed(decimals: max(0, expansion.digits.count - expansion.point))
    }
    return exponential(expansion, decimals: expansion.digits.count - 1, isNegative: x < 0)
  }

  /// One digit before the point and `decimals` behind it: `1.23e300`.
  public static func exponential(_ x: Double, decimals: Int, charset: Charset = .unicode) -> String
  {
    guard x.isFinite else { return nonFinite(x, charset) }
    if x == 0 { return "0" }
    let decimals = min(max(decimals, 0), 1100)
    var expansion = DecimalDigits(x)
    expansion.round(to: decimals + 1)
    return exponential(expansion, decimals: decimals, isNegative: x < 0)
  }

  /// The shortest text that reads back as the same number.
  public static func shortest(_ x: Double, charset: Charset = .unicode) -> String {
    guard x.isFinite else { return nonFinite(x, charset) }
    if x == 0 { return "0" }
    return tidy(x.description)
  }

  /// The shortest text that reads back as the same single-precision number.
  public static func shortest(_ x: Float, charset: Charset = .unicode) -> String {
    guard x.isFinite else { return nonFinite(Double(x), charset) }
    if x == 0 { return "0" }
    return tidy(x.description)
  }

  /// The place of the first digit: 10^exponent ≤ |x| < 10^(exponent + 1). Zero for zero.
  static func decimalExponent(_ x: Double) -> Int {
    x.isFinite && x != 0 ? DecimalDigits(x).point - 1 : 0
  }

  /// The same of the number as it is shown, with `decimals` digits behind the first: 9.99999 rounds
  /// up to 10, and no power of ten is exact below 1.
  static func decimalExponent(_ x: Double, roundedTo decimals: Int) -> Int {
    guard x.isFinite, x != 0 else { return 0 }
    var expansion = DecimalDigits(x)
    expansion.round(to: decimals + 1)
    return expansion.point - 1
  }

  static func nonFinite(_ x: Double, _ charset: Charset) -> String {
    x.isNaN ? "NaN" : (x < 0 ? "-" : "") + charset.infinity
  }

  // MARK: - Parts

  /// The common case in integer arithmetic: |x| · 10^decimals needs at most 53 + 57 bits.
  private static func shortFixed(_ x: Double, _ decimals: Int) -> String? {
    guard decimals <= 17, abs(x) < 0x1p53 else { return nil }
    let exponent = (x.isNormal ? Int(x.exponent) : -1022) - 52
    var significand = UInt64(x.significandBitPattern)
    if x.isNormal { significand |= 1 << 52 }
    let power = powersOfTen[decimals]
    let scaled = significand.multipliedFullWidth(by: power)
    let shift = -exponent
    guard shift > 0 else { return nil }
    // Beyond 118 bits everything is less than half of the last digit.
    let rounded = shift >= 119 ? 0 : shiftRoundingToEven(scaled.high, scaled.low, by: shift)
    guard let rounded else { return nil }
    let (whole, part) = rounded.quotientAndRemainder(dividingBy: power)
    let sign = x < 0 && rounded > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let tail = String(part)
    return sign + String(whole) + "." + String(repeating: "0", count: decimals - tail.count) + tail
  }

  /// high·2^64 + low, divided by 2^shift, half to even; nil where that exceeds 64 bits.
  private static func shiftRoundingToEven(_ high: UInt64, _ low: UInt64, by shift: Int) -> UInt64? {
    let quotient: UInt64
    let isHalfOrMore: Bool
    let isMoreThanHalf: Bool
    if shift < 64 {
      guard high >> UInt64(shift) == 0 else { return nil }
      quotient = (high << UInt64(64 - shift)) | (low >> UInt64(shift))
      let rest = low & ((1 << UInt64(shift)) - 1)
      let half: UInt64 = 1 << UInt64(shift - 1)
      (isHalfOrMore, isMoreThanHalf) = (rest >= half, rest > half)
    } else if shift == 64 {
      quotient = high
      (isHalfOrMore, isMoreThanHalf) = (low >= 1 << 63, low > 1 << 63)
    } else {
      quotient = high >> UInt64(shift - 64)
      let rest = shift - 64 < 64 ? high & ((1 << UInt64(shift - 64)) - 1) : high
      let half: UInt64 = 1 << UInt64(shift - 65)
      (isHalfOrMore, isMoreThanHalf) = (rest >= half, rest > half || (rest == half && low > 0))
    }
    let up = isMoreThanHalf || (isHalfOrMore && quotient % 2 == 1)
    let (sum, overflow) = quotient.addingReportingOverflow(up ? 1 : 0)
    return overflow ? nil : sum
  }

  private static let powersOfTen: [UInt64] = (0...17).map { count in
    (0..<count).reduce(1) { product, _ in product * 10 }
  }

  private static func exponential(
    _ expansion: DecimalDigits, decimals: Int, isNegative: Bool
  ) -> String {
    var mantissa = expansion
    mantissa.point = 1
    let sign = isNegative ? "-" : ""
    return sign + mantissa.fixed(decimals: decimals) + "e\(expansion.point - 1)"
  }

  static func trimmingZeros(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
    let kept = text.utf8.lastIndex { $0 != UInt8(ascii: "0") } ?? text.startIndex
    let isPoint = text.utf8[kept] == UInt8(ascii: ".")
    let trimmed = isPoint ? text[..<kept] : text[...kept]
    return trimmed == "-0" ? "0" : String(trimmed)
  }

  /// Swift writes `1e-05`, `1e+16` and `3.0`.
  private static func tidy(_ text: String) -> String {
    let parts = text.split(separator: "e")
    let mantissa = trimmingZeros(String(parts[0]))
    guard parts.count == 2, let exponent = Int(parts[1]) else { return mantissa }
    return mantissa + "e\(exponent)"
  }
}
