/// A prompt with colours in the form that libedit measures rightly.
struct Prompt: Equatable {
  /// Stands around text that takes no columns.
  static let mark: Unicode.Scalar = "\u{1}"

  /// What is seen, without colours.
  let visible: String
  /// Zero-terminated, colours between marks.
  let encoded: [Int32]

  /// - Parameter text: may hold colours (`ESC[…m`); they are dropped where `hasColor` is false.
  init(_ text: String, hasColor: Bool) {
    var pieces: [(color: String, visible: Unicode.Scalar)] = []
    var color = ""
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      if scalar == "\u{1B}" {
        if let sequence = Self.takeColor(from: &scalars), hasColor { color += "\u{1B}" + sequence }
      } else if !DisplayText.isControl(scalar) {
        pieces.append((color, scalar))
        color = ""
      }
    }
    // libedit needs a visible character after each literal, and loses one of two neighbours: what
    // stands at the end goes before the last character.
    if !color.isEmpty, let last = pieces.indices.last { pieces[last].color += color }
    var visible = ""
    var encoded = ""
    for piece in pieces {
      if !piece.color.isEmpty { encoded += "\(Self.mark)\(piece.color)\(Self.mark)" }
      encoded.unicodeScalars.append(piece.visible)
      visible.unicodeScalars.append(piece.visible)
    }
    self.visible = visible
    self.encoded = encoded.unicodeScalars.map { Int32(bitPattern: $0.value) } + [0]
  }

  /// `[…m` at the front; nil for any other escape sequence, which is dropped up to its end.
  private static func takeColor(from scalars: inout Substring.UnicodeScalarView) -> String? {
    guard scalars.first == "[" else { return nil }
    let end = scalars.dropFirst().firstIndex { (0x40...0x7E).contains($0.value) }
    guard let end else {
      scalars = scalars[scalars.endIndex...]
      return nil
    }
    let sequence = String(scalars[...end])
    scalars = scalars[scalars.index(after: end)...]
    return sequence.hasSuffix("m") ? sequence : nil
  }
}
