/// The exact decimal expansion of a finite double: every double has one that ends.
///
///     |x| = 0.d₀d₁d₂… · 10^point
struct DecimalDigits {
  /// Without leading or trailing zeros; empty for zero.
  var digits: [UInt8]
  var point: Int

  init(_ x: Double) {
    guard x.isFinite, x != 0 else {
      (digits, point) = ([], 0)
      return
    }
    var significand = UInt64(x.significandBitPattern)
    if x.isNormal { significand |= 1 << 52 }
    // |x| = significand · 2^exponent; a subnormal number has the smallest normal one's exponent.
    let exponent = (x.isNormal ? Int(x.exponent) : -1022) - 52
    // For a negative exponent: 2^-k = 5^k / 10^k.
    let limbs =
      exponent >= 0
      ? Self.product(significand, base: 2, power: exponent, step: 29)
      : Self.product(significand, base: 5, power: -exponent, step: 12)
    var all: [UInt8] = []
    for limb in limbs.reversed() {
      var divisor = Self.limbBase / 10
      while divisor > 0 {
        all.append(UInt8(limb / divisor % 10))
        divisor /= 10
      }
    }
    point = all.count - (exponent < 0 ? -exponent : 0)
    let leading = all.prefix { $0 == 0 }.count
    point -= leading
    digits = Array(all.dropFirst(leading))
    while digits.last == 0 { digits.removeLast() }
  }

  private static let limbBase: UInt64 = 1_000_000_000

  /// `start · base^power` in limbs of nine digits, lowest first; base^step fits a limb.
  private static func product(_ start: UInt64, base: UInt64, power: Int, step: Int) -> [UInt64] {
    var limbs: [UInt64] = []
    var rest = start
    while rest > 0 {
      limbs.append(rest % limbBase)
      rest /= limbBase
    }
    var left = power
    while left > 0 {
      let factor = (0..<min(step, left)).reduce(UInt64(1)) { product, _ in product * base }
      var carry: UInt64 = 0
      for index in limbs.indices {
        let value = limbs[index] * factor + carry
        limbs[index] = value % limbBase
        carry = value / limbBase
      }
      if carry > 0 { limbs.append(carry) }
      left -= step
    }
    return limbs
  }

  /// Rounds to the first `count` digits, half to even, as C's printf does.
  mutating func round(to count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      return
    }
    let isHalf = digits[count] == 5 && count + 1 == digits.count
    let isOdd = count > 0 && digits[count - 1] % 2 == 1
    let up = isHalf ? isOdd : digits[count] >= 5
    digits.removeSubrange(count...)
    if up { increment() }
    while digits.last == 0 { digits.removeLast() }
  }

  /// Adds one to the last digit kept.
  private mutating func increment() {
    var index = digits.count - 1
    while index >= 0, digits[index] == 9 {
      digits[index] = 0
      index -= 1
    }
    if index >= 0 {
      digits[index] += 1
    } else {
      digits.insert(1, at: 0)
      point += 1
    }
  }

  /// With exactly `decimals` digits after the point; rounded before.
  func fixed(decimals: Int) -> String {
    var bytes: [UInt8] = []
    let zero = UInt8(ascii: "0")
    for place in 0..<max(point, 0) {
      bytes.append(zero + (place < digits.count ? digits[place] : 0))
    }
    if point <= 0 { bytes.append(zero) }
    if decimals > 0 {
      bytes.append(UInt8(ascii: "."))
      for place in point..<point + decimals {
        bytes.append(zero + (digits.indices.contains(place) ? digits[place] : 0))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
