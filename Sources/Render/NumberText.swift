/// Numbers as text, for every double.
public enum NumberText {
  /// With a fixed count of decimals, correctly rounded; never `-0`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    let text = formatted("%.*f", decimals, value)
    guard text.hasPrefix("-"), !text.contains(where: { ("1"..."9").contains($0) }) else { return text }
    return String(text.dropFirst())
  }

  /// The fewest digits that read back to the same double.
  public static func shortest(_ value: Double) -> String {
    if let word = special(value, .unicode) { return word }
    if value == value.rounded(), value.magnitude < 1e15 { return fixed(value, decimals: 0) }
    return "\(value)"
  }

  /// A number on its own: six significant digits, integers in full.
  public static func lone(_ value: Double, digits: Int = 6, charset: Charset = .unicode) -> String {
    if let word = special(value, charset) { return word }
    if value == value.rounded(), value.magnitude < 1e15 { return fixed(value, decimals: 0) }
    let magnitude = value.magnitude
    if magnitude < 1e-4 || magnitude >= 1e15 { return scientific(value, decimals: digits - 2) }
    let exponent = decimalExponent(value)
    let text = fixed(value, decimals: max(digits - 1 - exponent, 1))
    let short = trimmed(text)
    // What is no integer must not look like one.
    return short.contains(".") ? short : text
  }

  /// `2.2204e-16`, `1e300`
  public static func scientific(_ value: Double, decimals: Int) -> String {
    let text = formatted("%.*e", decimals, value)
    guard let split = text.firstIndex(of: "e") else { return text }
    let exponent = Int(text[text.index(after: split)...].drop { $0 == "+" }) ?? 0
    return trimmed(String(text[..<split])) + "e\(exponent)"
  }

  /// `∞`, `-∞`, `NaN`; nil for a finite number.
  public static func special(_ value: Double, _ charset: Charset) -> String? {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return (value < 0 ? "-" : "") + charset.infinity }
    return nil
  }

  /// ⌊log₁₀|value|⌋ after rounding to the digits that are shown.
  static func decimalExponent(_ value: Double) -> Int {
    let text = formatted("%.*e", 5, value)
    guard let split = text.firstIndex(of: "e") else { return 0 }
    return Int(text[text.index(after: split)...].drop { $0 == "+" }) ?? 0
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text[...]
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }
}
