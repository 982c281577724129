import CEdit

/// Text as columns of a terminal.
enum DisplayText {
  /// What the widths of characters stand on; without it only ASCII is printable.
  static func chooseLocale() { locale }

  /// Once: no other thread may ask for a width meanwhile.
  private static let locale: Void = cedit_choose_locale()

  /// 0, 1 or 2; -1 where the locale cannot print it.
  static func columns(of scalar: Unicode.Scalar) -> Int { Int(cedit_width(scalar.value)) }

  /// The columns of one line without control characters.
  static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + max(0, columns(of: $1)) }
  }

  /// One line that is safe to print: no control characters, at most `columns` wide.
  static func fitted(_ text: String, columns: Int) -> String {
    let safe = withoutControls(text)
    guard width(of: safe) > columns else { return safe }
    guard columns > 0 else { return "" }
    var result = ""
    var used = 0
    for character in safe {
      used += width(of: String(character))
      if used > columns - 1 { break }
      result.append(character)
    }
    return result + "…"
  }

  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  static func withoutControls(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.lazy.filter { !isControl($0) })
    return String(result)
  }

  /// Pasted text as it may stand in the line: line ends as `\n`, none at the end, a tab as two
  /// blanks, no other control characters, Hangul letters composed.
  static func pasted(_ text: String) -> String {
    var scalars: [Unicode.Scalar] = []
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": scalars.append("\n")
      case "\n": if !afterReturn { scalars.append("\n") }
      case "\t": scalars += [" ", " "]
      case "\u{FEFF}": break
      default: if !isControl(scalar) { appendComposed(scalar, to: &scalars) }
      }
      afterReturn = scalar == "\r"
    }
    while scalars.last == "\n" { scalars.removeLast() }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Joins separate Hangul letters (file names of macOS are written so) into syllables: libedit
  /// would give each letter columns of its own. The Unicode Standard, 3.12.
  private static func appendComposed(_ scalar: Unicode.Scalar, to scalars: inout [Unicode.Scalar]) {
    let value = scalar.value
    if let last = scalars.last?.value {
      var composed: UInt32?
      if (0x1100...0x1112).contains(last), (0x1161...0x1175).contains(value) {
        composed = 0xAC00 + ((last - 0x1100) * 21 + (value - 0x1161)) * 28
      } else if (0xAC00...0xD7A3).contains(last), (last - 0xAC00) % 28 == 0,
        (0x11A8...0x11C2).contains(value)
      {
        composed = last + (value - 0x11A7)
      }
      if let syllable = composed.flatMap(Unicode.Scalar.init) {
        scalars[scalars.count - 1] = syllable
        return
      }
    }
    scalars.append(scalar)
  }
}
