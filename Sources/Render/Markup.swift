/// What XML and HTML have in common.
enum Markup {
  /// A text between tags or inside double quotes. What XML can not hold is `U+FFFD`.
  static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && !special.contains($0) }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return result
  }

  private static let special = Array("&<>\"".utf8)

  /// The characters of XML 1.0; what it merely discourages is left out too.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x20..<0x7F: true
    // The last two of each plane are no characters.
    case 0xA0...: scalar.value & 0xFFFE != 0xFFFE
    default: false
    }
  }

  /// A length without a point where it needs none: `8`, `7.5`.
  static func number(_ x: Double) -> String { NumberText.shortest(x) }

  /// Fonts whose characters all have the width of a cell, for Hangul too; nothing is fetched.
  static let fonts =
    "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Noto Sans Mono',"
    + "'Noto Sans Mono CJK KR',D2Coding,monospace"
}
