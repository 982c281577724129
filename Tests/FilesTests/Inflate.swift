/// Undoes stored and fixed Huffman blocks bit by bit, as RFC 1951 puts it; nil where they are damaged.
struct Inflate {
  private let bytes: [UInt8]
  private var bit = 0
  private var output: [UInt8] = []

  static func zlib(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 6, (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0 else { return nil }
    var inflate = Inflate(bytes: Array(bytes[2..<bytes.count - 4]))
    guard inflate.run() else { return nil }
    var (a, b) = (1, 0)
    for byte in inflate.output {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let checksum = bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    return checksum == b << 16 | a ? inflate.output : nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// A number, its lowest bit first.
  private mutating func number(_ width: Int) -> Int {
    (0..<width).reduce(0) { result, place in result | next() << place }
  }

  private mutating func next() -> Int {
    defer { bit += 1 }
    return bit / 8 < bytes.count ? Int(bytes[bit / 8]) >> (bit % 8) & 1 : 0
  }

  private mutating func run() -> Bool {
    while true {
      let isLast = number(1) == 1
      switch number(2) {
      case 0: guard stored() else { return false }
      case 1: guard fixed() else { return false }
      default: return false
      }
      if isLast { return (bit + 7) / 8 == bytes.count }
    }
  }

  private mutating func stored() -> Bool {
    bit = (bit + 7) / 8 * 8
    let (length, complement) = (number(16), number(16))
    guard length ^ complement == 0xFFFF, bit / 8 + length <= bytes.count else { return false }
    output += bytes[bit / 8..<bit / 8 + length]
    bit += 8 * length
    return true
  }

  private mutating func symbol() -> Int {
    var code = (0..<7).reduce(0) { result, _ in result << 1 | next() }
    if code < 24 { return 256 + code }
    code = code << 1 | next()
    if (48..<192).contains(code) { return code - 48 }
    if (192..<200).contains(code) { return code - 192 + 280 }
    return (code << 1 | next()) - 400 + 144
  }

  private mutating func fixed() -> Bool {
    let lengths = [
      3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
      163, 195, 227, 258,
    ]
    while bit < bytes.count * 8 {
      let symbol = symbol()
      if symbol == 256 { return true }
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      guard symbol - 257 < lengths.count else { return false }
      let extra = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4
      let length = lengths[symbol - 257] + number(extra)
      let code = (0..<5).reduce(0) { result, _ in result << 1 | next() }
      let bits = code < 4 ? 0 : (code - 2) / 2
      let distance = (code < 4 ? code + 1 : 1 + (2 + code % 2) << bits) + number(bits)
      guard distance <= output.count else { return false }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
    return false
  }
}
