/// What a key may do to the rows of the text, as far as a hint below them minds.
enum KeyEffect: Equatable {
  /// The rows stay or become fewer, and nothing is printed: the hint may stand.
  case harmless
  /// A character is typed: harmless while it starts no new row.
  case inserts(Unicode.Scalar)
  /// Anything else: the hint must go first.
  case unknown

  /// - Parameters:
  ///   - scalar: the key, or its first code point.
  ///   - following: the bytes that have already come after it.
  init(_ scalar: Unicode.Scalar, following: [UInt8]) {
    switch scalar.value {
    // Ctrl-A, B, E, F, H, K, U, W and Delete: moves and removals.
    case 0x01, 0x02, 0x05, 0x06, 0x08, 0x0B, 0x15, 0x17, 0x7F: self = .harmless
    case 0x1B: self = Self.harmlessSequences.contains(following) ? .harmless : .unknown
    case 0..<0x20, 0x80..<0xA0: self = .unknown
    default: self = .inserts(scalar)
    }
  }

  /// How many of the bytes after ESC belong to the same key.
  static func length(ofSequence following: [UInt8]) -> Int {
    switch following.first {
    case UInt8(ascii: "["):
      let final = following.dropFirst().firstIndex { (0x40...0x7E).contains($0) }
      return (final ?? following.count - 1) + 1
    case UInt8(ascii: "O"): return min(following.count, 2)
    // Meta and a letter; a lone ESC waits for one.
    default: return 1
    }
  }

  /// Left, right, home, end, delete.
  private static let harmlessSequences: Set<[UInt8]> = Set(
    ["[D", "[C", "OD", "OC", "[H", "[F", "OH", "OF", "[1~", "[4~", "[7~", "[8~", "[3~"].map {
      Array($0.utf8)
    })
}
