/// How many terminal columns a text takes: Hangul and CJK two, combining marks none.
///
/// Source: Unicode Standard Annex 11, East Asian Width.
public struct DisplayWidth: Sendable {
  /// A terminal set up for CJK shows Greek letters, `×` and `│` in two columns.
  public var ambiguousIsWide: Bool

  public init(ambiguousIsWide: Bool = false) { self.ambiguousIsWide = ambiguousIsWide }

  public func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x7F { return scalar.value < 0x20 ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control, .lineSeparator, .paragraphSeparator: return 0
    // A soft hyphen is drawn, unlike the other format characters.
    case .format: return scalar.value == 0xAD ? 1 : 0
    default: break
    }
    if isTrailingJamo(scalar) { return 0 }
    if scalar.value >= 0x1100, CodePointRanges.wide.contains(scalar) { return 2 }
    return ambiguousIsWide && CodePointRanges.ambiguous.contains(scalar) ? 2 : 1
  }

  /// The columns of one character as a reader sees it, a flag or a family being one emoji.
  public func columns(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if scalars.count == 1 { return columns(of: first) }
    let isEmoji = scalars.contains { $0.value == 0xFE0F || $0.value == 0x200D }
    if isEmoji && first.properties.isEmoji { return 2 }
    if isRegional(first) || first.properties.isEmojiModifierBase { return 2 }
    return scalars.reduce(0) { $0 + columns(of: $1) }
  }

  public func columns(of text: some StringProtocol) -> Int {
    let bytes = text.utf8
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return bytes.count }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  private func isTrailingJamo(_ scalar: Unicode.Scalar) -> Bool {
    (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value)
  }

  private func isRegional(_ scalar: Unicode.Scalar) -> Bool {
    (0x1F1E6...0x1F1FF).contains(scalar.value)
  }
}

/// On which side the blanks stand.
public enum Alignment: Sendable {
  case left, right, center
}

extension String {
  /// The columns in a terminal that shows ambiguous characters in one.
  public var columns: Int { DisplayWidth().columns(of: self) }

  /// Filled with blanks to `width` columns; longer texts stay as they are.
  public func padded(to width: Int, _ alignment: Alignment = .left) -> String {
    let missing = width - columns
    if missing <= 0 { return self }
    let before: Int
    switch alignment {
    case .left: before = 0
    case .right: before = missing
    case .center: before = missing / 2
    }
    return .blanks(before) + self + .blanks(missing - before)
  }

  /// Cut to at most `width` columns, with `ellipsis` where something was cut.
  public func truncated(to width: Int, ellipsis: String = "…") -> String {
    if columns <= width { return self }
    let mark = ellipsis.columns <= width ? ellipsis : ""
    return prefix(columns: width - mark.columns) + mark
  }

  /// The longest beginning that takes at most `width` columns.
  public func prefix(columns width: Int) -> String {
    let measure = DisplayWidth()
    var used = 0
    var result = ""
    for character in self {
      used += measure.columns(of: character)
      if used > width { break }
      result.append(character)
    }
    return result
  }

  /// `count` blanks, none where `count` is negative.
  public static func blanks(_ count: Int) -> String {
    String(repeating: " ", count: Swift.max(0, count))
  }
}
