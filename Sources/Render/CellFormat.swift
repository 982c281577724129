import Kernels

/// How the numbers of one tensor are written: chosen once, so that its columns agree.
struct CellFormat {
  enum Kind: Equatable {
    case integer
    case fixed
    /// Every number its own way: magnitudes too far apart for anything else.
    case compact
  }

  let kind: Kind
  let digits: Int
  let charset: Charset
  /// The power of ten in the header; 0 for none.
  let exponent: Int

  init(_ values: [Double], digits: Int, charset: Charset) {
    self.digits = digits
    self.charset = charset
    let magnitudes = values.filter { $0.isFinite && $0 != 0 }.map(\.magnitude)
    let isInteger = values.allSatisfy { !$0.isFinite || $0 == $0.rounded() }
    guard let largest = magnitudes.max(), let smallest = magnitudes.min() else {
      (kind, exponent) = (.integer, 0)
      return
    }
    if isInteger && largest < 1e9 {
      (kind, exponent) = (.integer, 0)
      return
    }
    let order = NumberText.decimalExponent(largest)
    // A scale in the header helps when plain decimals lose digits or columns, and may hide nothing.
    let vanishes = smallest / Self.power(order) < 10 * Self.power(-digits)
    if (largest < 0.01 || largest >= 1e6) && !vanishes && abs(order) < 300 {
      (kind, exponent) = (.fixed, order)
    } else {
      (kind, exponent) = (largest >= 1e9 ? .compact : .fixed, 0)
    }
  }

  static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 0 }

  func text(_ value: Double) -> String {
    if let word = NumberText.special(value, charset) { return word }
    if value == 0 { return "0" }
    switch kind {
    case .integer: return NumberText.fixed(value, decimals: 0)
    case .compact: return NumberText.lone(value, digits: digits + 1, charset: charset)
    case .fixed:
      // Dividing by a power of ten is exact enough where multiplying by its inverse is not.
      let scaled = exponent == 0 ? value : value / Self.power(exponent)
      let text = NumberText.fixed(scaled, decimals: digits)
      guard text.contains(where: { ("1"..."9").contains($0) }) else {
        return value < 0 ? ">-1e-\(digits)" : "<1e-\(digits)"
      }
      return text
    }
  }

  /// `×10⁻⁵`, or nothing.
  var scaleText: String {
    guard exponent != 0 else { return "" }
    guard charset == .unicode else { return "x1e\(exponent)" }
    let superscripts: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
      "8": "⁸", "9": "⁹",
    ]
    return "×10" + String("\(exponent)".map { superscripts[$0] ?? $0 })
  }
}

/// Cells under each other with their decimal points in one column.
struct AlignedColumn {
  private(set) var left = 0
  private(set) var right = 0
  private var whole = 0

  mutating func include(_ text: String) {
    let (before, after) = Self.halves(text)
    if Self.isPlain(text) {
      left = max(left, before)
      right = max(right, after)
    } else {
      whole = max(whole, DisplayWidth.of(text))
    }
  }

  var width: Int { max(left + right, whole) }

  func padded(_ text: String) -> String {
    guard Self.isPlain(text) else { return text.paddedLeft(to: width) }
    let (before, after) = Self.halves(text)
    let front = width - right - before
    return String(repeating: " ", count: max(front, 0)) + text
      + String(repeating: " ", count: max(right - after, 0))
  }

  /// What has a units place: numbers, a lone 0, the dot of a masked cell.
  private static func isPlain(_ text: String) -> Bool { !text.hasPrefix("<") && !text.hasPrefix(">") }

  private static func halves(_ text: String) -> (before: Int, after: Int) {
    let width = DisplayWidth.of(text)
    guard text.count > 1, let point = text.firstIndex(of: "."), text != "..." else { return (width, 0) }
    let before = DisplayWidth.of(text[..<point])
    return (before, width - before)
  }
}
