/// UTF-8 from single bytes, whatever the locale; what is no UTF-8 is left out.
struct KeyDecoder {
  private var pending: [UInt8] = []

  /// The code point that `byte` completes.
  mutating func decode(_ byte: UInt8) -> Unicode.Scalar? {
    // A sequence that breaks off gives way to what begins here.
    if byte & 0xC0 != 0x80 { pending = [] }
    pending.append(byte)
    let length = Self.length(ofSequenceFrom: pending[0])
    guard length > 0 else {
      pending = []
      return nil
    }
    guard pending.count == length else { return nil }
    defer { pending = [] }
    return String(validating: pending, as: UTF8.self)?.unicodeScalars.first
  }

  private static func length(ofSequenceFrom byte: UInt8) -> Int {
    switch byte {
    case 0..<0x80: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }
}
