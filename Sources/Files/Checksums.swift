/// The checksums of zip and PNG.
enum Checksum {
  /// The polynomial of ISO 3309, its bits reversed.
  private static let crcTable: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { rest, _ in
      rest & 1 == 1 ? 0xEDB8_8320 ^ (rest >> 1) : rest >> 1
    }
  }

  /// CRC-32. Source: RFC 2083, appendix 15.
  static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var rest = ~UInt32(0)
    for byte in bytes { rest = crcTable[Int((rest ^ UInt32(byte)) & 0xFF)] ^ (rest >> 8) }
    return ~rest
  }

  /// Adler-32. Source: RFC 1950, 8.2.
  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    // 5552 is the most bytes after which b can not have overflowed.
    for start in stride(from: 0, to: bytes.count, by: 5552) {
      for byte in bytes[start..<min(start + 5552, bytes.count)] {
        a &+= UInt32(byte)
        b &+= a
      }
      (a, b) = (a % 65521, b % 65521)
    }
    return b << 16 | a
  }
}

extension [UInt8] {
  mutating func append(bigEndian number: UInt32) {
    self += stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
