/// The window and the wishes that a layout has to meet.
public struct DisplayOptions: Sendable, Hashable {
  /// In columns.
  public var width: Int
  /// In lines; nil where nothing scrolls away, as in a file.
  public var height: Int?
  /// Decimals of an element, from 0 to 17.
  public var digits: Int
  public var charset: Charset
  /// Show every element, however long that gets.
  public var full: Bool
  /// Whether a common power of ten may move to the header, values then being in its unit.
  public var mayScale = true

  public init(
    width: Int = 80, height: Int? = nil, digits: Int = 4, charset: Charset = .unicode,
    full: Bool = false
  ) {
    self.width = width
    self.height = height
    self.digits = digits
    self.charset = charset
    self.full = full
  }

  /// Never so large that sums of it overflow.
  var columns: Int { min(max(width, 1), 1 << 30) }
  var rows: Int? { height.map { min(max($0, 1), 1 << 30) } }
  var decimals: Int { min(max(digits, 0), 17) }
  var numbers: NumberStyle { NumberStyle(digits: decimals, charset: charset) }
}

/// How numbers outside of matrices are written.
public struct NumberStyle: Sendable, Hashable {
  public var digits: Int
  public var charset: Charset

  public init(digits: Int = 4, charset: Charset = .unicode) {
    self.digits = digits
    self.charset = charset
  }

  /// A number alone keeps two significant digits more than an element has decimals:
  /// `0.0310628`, `3`, `2.2204e-16`.
  public func lone(_ x: Double) -> String {
    NumberText.significant(x, digits: min(digits + 2, 17), charset: charset)
  }

  /// A mean or a limit: `-0.1126`, `2.2`; what would lose its digits so is written as a lone number.
  public func statistic(_ x: Double) -> String {
    let kept = abs(x) * Self.powerOfTen(digits) >= 10
    guard x != 0, kept, abs(x) < 1e15 else { return lone(x) }
    return NumberText.trimmingZeros(NumberText.fixed(x, decimals: digits, charset: charset))
  }

  public func loneRun(_ x: Double) -> Run { Run(lone(x), .number, value: x) }

  public func statisticRun(_ x: Double) -> Run { Run(statistic(x), .number, value: x) }

  static func powerOfTen(_ exponent: Int) -> Double {
    (0..<max(0, exponent)).reduce(1.0) { product, _ in product * 10 }
  }
}
