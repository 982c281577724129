/// Which characters may be printed; layout asks it before it measures.
public enum Charset: Sendable, Hashable {
  case unicode, ascii

  private func sign(_ unicode: String, _ ascii: String) -> String {
    self == .unicode ? unicode : ascii
  }

  public var times: String { sign("×", "x") }
  public var ellipsis: String { sign("…", "...") }
  public var infinity: String { sign("∞", "inf") }
  public var masked: String { sign("·", ".") }
  public var vertical: String { sign("│", "|") }
  public var horizontal: String { sign("─", "-") }

  /// `×10⁻⁵`, `x10^-5`
  public func powerOfTen(_ exponent: Int) -> String { text("×10" + exponent.superscript) }

  /// `4×8`, `4x8`
  public func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: times)
  }

  /// The text in this charset, with nothing in it that could drive a terminal.
  public func text(_ text: String) -> String {
    self == .unicode ? Sanitise.text(text) : Ascii.text(text)
  }
}

extension Charset {
  /// A name in this charset; cut to a few columns, one written in escapes would name nothing.
  func name(_ name: String, orElse other: String) -> String {
    let shown = text(name)
    return self == .ascii && shown.contains("\\u{") ? other : shown
  }
}

extension Int {
  /// `⁻⁵`
  var superscript: String {
    String(String(self).map { Ascii.superscriptDigits[$0] ?? $0 })
  }
}
