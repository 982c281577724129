/// Makes every character that could drive or deceive a terminal visible.
public enum Sanitise {
  /// Control characters as `␛` or `\u{9b}`, direction overrides and invisible marks as `\u{202e}`.
  ///
  /// Line breaks and tabs are control characters too: split and expand them before.
  public static func text(_ text: String, charset: Charset = .unicode) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    if !text.unicodeScalars.contains(where: isHarmful) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if !isHarmful(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar, charset)
      }
    }
    return result
  }

  /// The lines of a text of any origin, tabs expanded, safe to show.
  public static func lines(_ text: String, charset: Charset = .unicode) -> [String] {
    // Swift's Character takes \r\n as one, so both are looked for.
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map {
      self.text(expandingTabs(String($0)), charset: charset)
    }
  }

  /// Tabs as blanks up to the next multiple of `stop` columns.
  public static func expandingTabs(_ text: String, stop: Int = 4) -> String {
    guard text.utf8.contains(UInt8(ascii: "\t")) else { return text }
    let measure = DisplayWidth()
    var result = ""
    var column = 0
    for character in text {
      if character == "\t" {
        let blanks = stop - column % stop
        result += .blanks(blanks)
        column += blanks
      } else {
        result.append(character)
        column += measure.columns(of: character)
      }
    }
    return result
  }

  static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    // Direction marks, embeddings, overrides and isolates reorder what was written.
    case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x206F: true
    // Separators that some terminals take as line breaks, and characters nobody can see.
    case 0x2028, 0x2029, 0x200B, 0x2060...0x2064, 0xFEFF, 0xFFF9...0xFFFB: true
    case 0xE0000...0xE007F: true
    default: false
    }
  }

  static func escape(_ scalar: Unicode.Scalar, _ charset: Charset) -> String {
    if charset == .unicode {
      // Unicode has a picture of each C0 character, at U+2400 and its code.
      let picture = scalar.value < 0x20 ? 0x2400 + scalar.value : scalar.value == 0x7F ? 0x2421 : 0
      if picture > 0, let shown = Unicode.Scalar(picture) { return String(Character(shown)) }
    }
    return "\\u{\(String(scalar.value, radix: 16))}"
  }
}
