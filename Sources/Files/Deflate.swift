/// Compression as in zip and PNG: fixed Huffman codes with matches of repeated bytes, or the bytes
/// as they are where that is shorter.
///
/// Pictures of flat colours repeat themselves, so that matches matter and better codes would not.
/// Cost: linear, at most `mostCandidates` comparisons a byte. Source: RFC 1950 and 1951.
public enum Deflate {
  /// A whole zlib stream: header, blocks, checksum.
  ///
  /// - Parameter period: after so many bytes they are likely to come again, as the rows of a picture.
  public static func zlib(_ bytes: [UInt8], period: Int = 1) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    let packed = FixedBlock(bytes, period: period).bytes
    stream += packed.count < storedSize(bytes.count) ? packed : stored(bytes)
    stream.append(bigEndian: Checksum.adler32(bytes))
    return stream
  }

  private static let mostStored = 65535

  private static func storedSize(_ count: Int) -> Int {
    count + 5 * max(1, (count + mostStored - 1) / mostStored)
  }

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var start = 0
    repeat {
      let end = min(start + mostStored, bytes.count)
      let length = UInt16(end - start)
      result.append(end == bytes.count ? 1 : 0)
      for half in [length, ~length] {
        result += [UInt8(truncatingIfNeeded: half), UInt8(truncatingIfNeeded: half >> 8)]
      }
      result += bytes[start..<end]
      start = end
    } while start < bytes.count
    return result
  }
}

/// Bits from the lowest of each byte up.
private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var pending: UInt64 = 0
  private var count: UInt64 = 0

  mutating func write(_ bits: Int, _ width: Int) {
    pending |= UInt64(bits) << count
    count += UInt64(width)
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      count -= 8
    }
  }

  mutating func finish() {
    if count > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    (pending, count) = (0, 0)
  }
}

/// One block of fixed Huffman codes.
private struct FixedBlock {
  private var writer = BitWriter()
  var bytes: [UInt8] { writer.bytes }

  init(_ input: [UInt8], period: Int) {
    // The last block, of type 1.
    writer.write(0b011, 3)
    var matches = MatchFinder(input, period: period)
    var place = 0
    while place < input.count {
      if let match = matches.longest(at: place) {
        write(match)
        matches.skip(from: place + 1, to: place + match.length)
        place += match.length
      } else {
        write(symbol: Int(input[place]))
        place += 1
      }
    }
    write(symbol: 256)
    writer.finish()
  }

  private mutating func write(symbol: Int) {
    let code = Self.codes[symbol]
    writer.write(code.bits, code.width)
  }

  private mutating func write(_ match: MatchFinder.Match) {
    let (length, distance) = (Self.lengths[match.length], Self.distances.index(of: match.distance))
    write(symbol: 257 + length)
    writer.write(match.length - Self.lengthBases.bases[length], Self.lengthBases.extra[length])
    writer.write(reversed(distance, 5), 5)
    writer.write(match.distance - Self.distances.bases[distance], Self.distances.extra[distance])
  }

  // MARK: - Tables

  /// Ranges that begin at a base and have so many extra bits.
  struct Ranges {
    var bases: [Int] = []
    var extra: [Int] = []

    init(first: Int, extra: [Int]) {
      self.extra = extra
      var base = first
      for bits in extra {
        bases.append(base)
        base += 1 << bits
      }
    }

    func index(of value: Int) -> Int {
      var (low, high) = (0, bases.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if bases[middle] <= value { low = middle } else { high = middle }
      }
      return low
    }
  }

  private static let lengthBases: Ranges = {
    var ranges = Ranges(first: 3, extra: [0, 0, 0, 0] + (0..<24).map { $0 / 4 } + [0])
    // The longest match has a code of its own.
    ranges.bases[28] = MatchFinder.longest
    return ranges
  }()
  private static let distances = Ranges(first: 1, extra: [0, 0] + (0..<28).map { $0 / 2 })
  /// The code of each length.
  private static let lengths = (0...MatchFinder.longest).map { lengthBases.index(of: $0) }

  /// Literals 0 to 255, the end, and the lengths' codes.
  private static let codes: [(bits: Int, width: Int)] = (0..<286).map { symbol in
    switch symbol {
    case 0..<144: (reversed(0x30 + symbol, 8), 8)
    case 144..<256: (reversed(0x190 + symbol - 144, 9), 9)
    case 256..<280: (reversed(symbol - 256, 7), 7)
    default: (reversed(0xC0 + symbol - 280, 8), 8)
    }
  }
}

/// Huffman codes are written from their highest bit on.
private func reversed(_ bits: Int, _ width: Int) -> Int {
  (0..<width).reduce(0) { $0 << 1 | (bits >> $1 & 1) }
}

/// Where bytes stood before: chains of earlier places whose next three bytes have the same hash.
private struct MatchFinder {
  struct Match {
    var length: Int
    var distance: Int
  }

  static let longest = 258
  private static let shortest = 3
  private static let window = 32768
  /// More candidates than these gain nothing on pictures.
  private static let mostCandidates = 24

  private let input: [UInt8]
  private let period: Int
  private var newest = [Int32](repeating: -1, count: 1 << 15)
  private var previous: [Int32]

  init(_ input: [UInt8], period: Int) {
    self.input = input
    self.period = min(max(period, 1), Self.window - 1)
    previous = [Int32](repeating: -1, count: Self.window)
  }

  private func hash(_ place: Int) -> Int {
    let word =
      UInt32(input[place]) | UInt32(input[place + 1]) << 8 | UInt32(input[place + 2]) << 16
    // Knuth's multiplicative hashing.
    return Int((word &* 2_654_435_761) >> 17)
  }

  private mutating func insert(_ place: Int, _ hash: Int) {
    previous[place & (Self.window - 1)] = newest[hash]
    newest[hash] = Int32(truncatingIfNeeded: place)
  }

  /// The longest match at a place, which is remembered for later ones.
  mutating func longest(at place: Int) -> Match? {
    guard place + Self.shortest <= input.count else { return nil }
    let hash = hash(place)
    defer { insert(place, hash) }
    var best = Match(length: Self.shortest - 1, distance: 0)
    improve(&best, by: place - period, at: place)
    var candidate = Int(newest[hash])
    for _ in 0..<Self.mostCandidates {
      guard place - candidate < Self.window, improve(&best, by: candidate, at: place) else { break }
      candidate = Int(previous[candidate & (Self.window - 1)])
    }
    return best.length >= Self.shortest ? best : nil
  }

  /// - Returns: whether another candidate may be better still.
  @discardableResult
  private func improve(_ best: inout Match, by candidate: Int, at place: Int) -> Bool {
    guard candidate >= 0 else { return false }
    let length = commonLength(candidate, place)
    if length > best.length { best = Match(length: length, distance: place - candidate) }
    return best.length < Self.longest
  }

  mutating func skip(from start: Int, to end: Int) {
    let last = min(end, input.count - Self.shortest + 1)
    guard start < last else { return }
    for place in start..<last { insert(place, hash(place)) }
  }

  private func commonLength(_ a: Int, _ b: Int) -> Int {
    let limit = min(Self.longest, input.count - b)
    var length = 0
    while length < limit && input[a + length] == input[b + length] { length += 1 }
    return length
  }
}
