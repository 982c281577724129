/// A picture as dots, from left to right and top to bottom.
public struct Bitmap: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `0xRRGGBB`
  public var pixels: [UInt32]

  /// At least one dot, for no format knows an empty picture.
  public init(width: Int, height: Int, filledWith color: UInt32 = 0) {
    self.width = max(1, width)
    self.height = max(1, height)
    pixels = [UInt32](repeating: color, count: self.width * self.height)
  }

  /// Paints a rectangle, as much of it as lies inside.
  public mutating func fill(x: Range<Int>, y: Range<Int>, with color: UInt32) {
    let x = x.clamped(to: 0..<width)
    for row in y.clamped(to: 0..<height) {
      for place in (row * width + x.lowerBound)..<(row * width + x.upperBound) {
        pixels[place] = color
      }
    }
  }
}
