/// Portable Network Graphics: up to 256 colours as a palette, more as three bytes a dot.
///
/// Source: RFC 2083.
public enum PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  public static func encode(_ bitmap: Bitmap) -> [UInt8] {
    let indexed = Indexed(bitmap)
    var bytes = signature
    var header: [UInt8] = []
    header.append(bigEndian: UInt32(truncatingIfNeeded: bitmap.width))
    header.append(bigEndian: UInt32(truncatingIfNeeded: bitmap.height))
    // Eight bits; palette or colours; deflate, filters by row, not interlaced.
    header += [8, indexed == nil ? 2 : 3, 0, 0, 0]
    append("IHDR", header, to: &bytes)
    let samples: [UInt8]
    let perRow: Int
    if let indexed {
      append("PLTE", indexed.palette.flatMap(channels), to: &bytes)
      (samples, perRow) = (indexed.indices, bitmap.width)
    } else {
      (samples, perRow) = (bitmap.pixels.flatMap(channels), bitmap.width * 3)
    }
    let rows = rows(of: samples, perRow: perRow)
    append("IDAT", Deflate.zlib(rows, period: perRow + 1), to: &bytes)
    append("IEND", [], to: &bytes)
    return bytes
  }

  /// A dot's place in the list of all colours.
  private struct Indexed {
    var palette: [UInt32] = []
    var indices: [UInt8] = []

    /// Nil where there are more colours than a byte can count.
    init?(_ bitmap: Bitmap) {
      var places: [UInt32: UInt8] = [:]
      // Neighbours are mostly alike.
      var last: (color: UInt32, place: UInt8)?
      indices.reserveCapacity(bitmap.pixels.count)
      for color in bitmap.pixels {
        if last?.color != color {
          if places[color] == nil {
            guard palette.count < 256 else { return nil }
            places[color] = UInt8(palette.count)
            palette.append(color)
          }
          last = (color, places[color] ?? 0)
        }
        indices.append(last?.place ?? 0)
      }
    }
  }

  private static func channels(_ color: UInt32) -> [UInt8] {
    [16, 8, 0].map { UInt8(truncatingIfNeeded: color >> $0) }
  }

  /// Each row behind its filter, which is 0: flat colours are best left as they are.
  private static func rows(of samples: [UInt8], perRow: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(samples.count + samples.count / perRow)
    for start in stride(from: 0, to: samples.count, by: perRow) {
      result.append(0)
      result += samples[start..<start + perRow]
    }
    return result
  }

  private static func append(_ type: String, _ data: [UInt8], to bytes: inout [UInt8]) {
    let body = Array(type.utf8) + data
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: data.count))
    bytes += body
    bytes.append(bigEndian: Checksum.crc32(body))
  }
}
