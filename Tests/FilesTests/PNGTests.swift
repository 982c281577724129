import Testing

@testable import Files

/// Bytes that come again for each seed.
private func random(_ count: Int, below limit: Int = 256, seed: UInt64) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(Int(state >> 33) % limit)
  }
}

@Suite struct DeflateTests {
  @Test func checksumsAreTheKnownOnes() {
    #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Checksum.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
    #expect(Checksum.adler32([UInt8](repeating: 255, count: 10000)) == 0xB623_EB2B)
  }

  /// Lengths about the longest match, the window and a stored block.
  @Test(arguments: [0, 1, 2, 3, 4, 257, 258, 259, 260, 516, 32767, 32768, 32769, 65535, 65536])
  func comesBack(_ count: Int) {
    for (limit, period) in [(1, 1), (2, 40000), (256, 100)] {
      let bytes = random(count, below: limit, seed: UInt64(count))
      #expect(Inflate.zlib(Deflate.zlib(bytes, period: period)) == bytes, "\(limit) symbols")
    }
  }

  @Test(arguments: [32767, 32768, 32769])
  func repetitionsAboutTheWindowComeBack(_ period: Int) {
    let once = random(period, seed: 3)
    let bytes = once + once
    let packed = Deflate.zlib(bytes, period: period)
    #expect(Inflate.zlib(packed) == bytes)
    #expect((packed.count < 40000) == (period == 32767))
  }

  @Test func randomBytesGrowByNoMoreThanTheirHeaders() {
    #expect(Deflate.zlib(random(70_000, seed: 1)).count <= 70_000 + 16)
  }

  @Test func runsShrink() {
    #expect(Deflate.zlib([UInt8](repeating: 7, count: 1 << 17)).count < 1000)
  }
}

@Suite struct PNGTests {
  /// Chunks whose checksums hold.
  private func chunks(_ bytes: [UInt8]) throws -> [(type: String, data: [UInt8])] {
    #expect(Array(bytes[..<8]) == [137, 80, 78, 71, 13, 10, 26, 10])
    var chunks: [(String, [UInt8])] = []
    var place = 8
    while place < bytes.count {
      let number = { (at: Int) in bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
      let end = place + 8 + Int(number(place))
      try #require(end + 4 <= bytes.count)
      #expect(number(end) == Checksum.crc32(bytes[(place + 4)..<end]))
      chunks.append(
        (
          String(decoding: bytes[(place + 4)..<(place + 8)], as: UTF8.self),
          Array(bytes[(place + 8)..<end])
        ))
      place = end + 4
    }
    return chunks
  }

  /// The dots of a file, and whether it has a palette.
  private func decode(_ bytes: [UInt8]) throws -> (bitmap: Bitmap, isIndexed: Bool) {
    let chunks = try chunks(bytes)
    #expect(chunks.first?.type == "IHDR" && chunks.last?.type == "IEND")
    let header = chunks[0].data.map(Int.init)
    var bitmap = Bitmap(
      width: header[2] << 8 | header[3], height: header[6] << 8 | header[7])
    let palette = chunks.first { $0.type == "PLTE" }?.data
    let data = try #require(chunks.first { $0.type == "IDAT" }).data
    let samples = try #require(Inflate.zlib(data))
    let size = palette == nil ? 3 : 1
    try #require(samples.count == (bitmap.width * size + 1) * bitmap.height)
    for place in bitmap.pixels.indices {
      let (row, column) = (place / bitmap.width, place % bitmap.width)
      let start = row * (bitmap.width * size + 1) + 1 + column * size
      let channels =
        palette.map { Array($0[3 * Int(samples[start])..<3 * Int(samples[start]) + 3]) }
        ?? Array(samples[start..<start + 3])
      bitmap.pixels[place] = channels.reduce(0) { $0 << 8 | UInt32($1) }
    }
    return (bitmap, palette != nil)
  }

  @Test(arguments: [
    (1, 1, 1), (1, 300, 2), (300, 1, 256), (16, 16, 256), (17, 16, 257), (40, 30, 1200),
  ])
  func comesBack(_ width: Int, _ height: Int, _ colors: Int) throws {
    var bitmap = Bitmap(width: width, height: height)
    for place in bitmap.pixels.indices {
      bitmap.pixels[place] = UInt32(place % colors) &* 0x9E_37B1 & 0xFF_FFFF
    }
    let (again, isIndexed) = try decode(PNG.encode(bitmap))
    #expect(again == bitmap)
    #expect(isIndexed == (colors <= 256))
  }

  @Test func aHeatmapStaysSmall() {
    var bitmap = Bitmap(width: 800, height: 1024)
    let cells = random(100 * 128, below: 200, seed: 9)
    for (place, level) in cells.enumerated() {
      let (row, column) = (place / 100, place % 100)
      bitmap.fill(x: column * 8..<column * 8 + 8, y: row * 8..<row * 8 + 8, with: UInt32(level))
    }
    #expect(PNG.encode(bitmap).count < 60_000)
  }

  @Test func nothingIsPaintedOutside() {
    var bitmap = Bitmap(width: 2, height: 2)
    bitmap.fill(x: -5..<1, y: 1..<9, with: 1)
    #expect(bitmap.pixels == [0, 0, 1, 0])
    #expect(Bitmap(width: 0, height: -3).pixels.count == 1)
  }
}

@Suite struct TextFormatTests {
  @Test(arguments: ["": "", "M": "TQ==", "Ma": "TWE=", "Man": "TWFu", "Many": "TWFueQ=="])
  func base64OfRFC4648(_ text: String, _ expected: String) {
    #expect(base64(Array(text.utf8)) == expected)
  }
}
