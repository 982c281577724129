import Kernels

/// One way of writing for all elements of a tensor, so that its columns can be compared.
struct CellFormat {
  let digits: Int
  let charset: Charset
  /// Digits after the point of every element that is no exact zero.
  let decimals: Int
  /// Elements are written in units of 10^scale, which the header names.
  let scale: Int
  /// From this magnitude on an element is written as `1.23e300`.
  let exponentialFrom: Double
  /// Nothing but `1.2e-30`: without it every element would vanish.
  let isExponential: Bool
  /// `+0.0301`
  var showsPlus = false

  /// What one element looks like.
  struct Cell {
    var text: String
    /// Blanks behind an exact zero, so that it stands in the units place.
    var tail = 0
    var value: Double?
    var role = Role.number

    var columns: Int { text.columns + tail }
  }

  init(_ census: Census, digits: Int, charset: Charset, mayScale: Bool = true) {
    self.digits = digits
    self.charset = charset
    let largest = census.largest
    if largest == 0 || (census.isWhole && largest < 1e15) {
      (decimals, scale, exponentialFrom, isExponential) = (0, 0, .infinity, false)
      return
    }
    decimals = digits
    let exponent = NumberText.decimalExponent(largest, roundedTo: digits)
    if mayScale, let scale = Self.scale(for: census, exponent: exponent, digits: digits) {
      (self.scale, exponentialFrom, isExponential) = (scale, .infinity, false)
      return
    }
    scale = 0
    isExponential = largest * NumberStyle.powerOfTen(digits) < 0.5
    exponentialFrom = exponent >= 9 ? 1e9 : .infinity
  }

  /// The power of ten to write in the header; nil where elements are better written as they are.
  private static func scale(for census: Census, exponent: Int, digits: Int) -> Int? {
    // Powers of ten beyond these are not exact enough or do not exist.
    guard digits >= 2, abs(exponent) <= 290 else { return nil }
    let span = exponent - NumberText.decimalExponent(census.smallest)
    if exponent <= 1 - max(digits, 3) {
      // As they are, all elements keep fewer than three digits. What vanishes in the smaller unit
      // vanishes without it too; only where much does, the magnitudes differ too much for a unit.
      return census.vanishingShare(below: digits) <= 0.1 ? exponent : nil
    }
    // Columns up to a thousand million are wide but true, so a unit must keep three digits of all.
    if exponent >= 9 { return census.vanishingShare(below: digits) == 0 ? exponent : nil }
    return exponent >= 6 && span <= digits - 2 ? exponent : nil
  }

  func cell(_ x: Double) -> Cell {
    guard x.isFinite else {
      return Cell(text: plus(x, NumberText.nonFinite(x, charset)), value: x)
    }
    if x == 0 {
      return Cell(text: "0", tail: decimals > 0 ? decimals + 1 : 0, value: 0, role: .dim)
    }
    let scaled = inUnit(x)
    if isExponential || abs(scaled) >= exponentialFrom {
      return Cell(text: plus(x, NumberText.exponential(x, decimals: 2)), value: x)
    }
    if abs(scaled) * NumberStyle.powerOfTen(decimals) <= 0.5 {
      let tiny = decimals == 0 ? "1" : "1e-\(decimals)"
      return Cell(text: x < 0 ? ">-" + tiny : "<" + tiny, value: scaled, role: .dim)
    }
    return Cell(text: plus(x, NumberText.fixed(scaled, decimals: decimals)), value: scaled)
  }

  private func plus(_ x: Double, _ text: String) -> String {
    showsPlus && x > 0 ? "+" + text : text
  }

  static func masked(_ charset: Charset) -> Cell { Cell(text: charset.masked, role: .dim) }

  private func inUnit(_ x: Double) -> Double {
    if scale == 0 { return x }
    // Powers up to 10^22 are exact, so dividing by them rounds only once.
    let power = NumberStyle.powerOfTen(abs(scale))
    return scale > 0 ? x / power : x * power
  }
}

/// Which elements a mask hides: those where it is 0.
struct Visibility {
  private let mask: Tensor?

  /// A mask of the last axes holds for every entry of the axes before them.
  init(_ mask: Tensor?, of tensor: Tensor) {
    guard let mask, mask.count > 0, tensor.shape.suffix(mask.rank).elementsEqual(mask.shape) else {
      self.mask = nil
      return
    }
    self.mask = mask
  }

  func hides(_ flat: Int) -> Bool {
    guard let mask else { return false }
    return mask[flat: flat % mask.count] == 0
  }

  var test: ((Int) -> Bool)? { mask == nil ? nil : { self.hides($0) } }
}
