/// Colours of heat cells, for each count of colours.
struct RGB: Equatable {
  var red: Double
  var green: Double
  var blue: Double

  init(_ red: Double, _ green: Double, _ blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  func mixed(with other: RGB, _ share: Double) -> RGB {
    RGB(
      red + (other.red - red) * share, green + (other.green - green) * share,
      blue + (other.blue - blue) * share)
  }

  /// Perceived brightness, 0 to 1 (Rec. 709).
  var luminance: Double { (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 }

  var code: String { "\(Int(red.rounded()));\(Int(green.rounded()));\(Int(blue.rounded()))" }
}

extension CellColor {
  /// The xterm-256 colours whose lightness only grows: the nearest colours of a usual map would
  /// reverse it several times.
  private static let chain256 = [16, 17, 54, 90, 126, 168, 203, 209, 222, 229]
  private static let chainColors = [
    RGB(0, 0, 0), RGB(0, 0, 95), RGB(95, 0, 135), RGB(135, 0, 135), RGB(175, 0, 135),
    RGB(215, 95, 135), RGB(255, 95, 95), RGB(255, 175, 95), RGB(255, 215, 135),
    RGB(255, 255, 175),
  ]
  /// Blue over nothing to orange: told apart without red and green.
  private static let diverging256 = [25, 32, 74, 110, 153, 231, 223, 216, 209, 166, 130]
  private static let divergingColors = [
    RGB(0, 95, 175), RGB(0, 135, 215), RGB(95, 175, 215), RGB(135, 175, 215), RGB(175, 215, 255),
    RGB(255, 255, 255), RGB(255, 215, 175), RGB(255, 175, 135), RGB(255, 135, 95),
    RGB(215, 95, 0), RGB(175, 95, 0),
  ]

  /// The SGR codes of a cell; for a half block foreground above background.
  func codes(_ depth: ColorDepth) -> String {
    if let lower {
      // A half that is masked stays unpainted.
      if lower.isNaN { return foreground(value, depth) }
      if value.isNaN { return background(lower, depth) + ";8" }
      return foreground(value, depth) + ";" + background(lower, depth)
    }
    let text = Self.isLight(color(value)) ? "30" : "97"
    return text + ";" + background(value, depth)
  }

  private func share(_ value: Double) -> Double {
    guard value.isFinite else { return 0 }
    return map == .sequential ? min(max(value, 0), 1) : min(max((value + 1) / 2, 0), 1)
  }

  private func color(_ value: Double) -> RGB {
    let stops = map == .sequential ? Self.chainColors : Self.divergingColors
    let place = share(value) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    return stops[index].mixed(with: stops[index + 1], place - Double(index))
  }

  private func index256(_ value: Double) -> Int {
    let chain = map == .sequential ? Self.chain256 : Self.diverging256
    return chain[min(Int(share(value) * Double(chain.count)), chain.count - 1)]
  }

  private func index16(_ value: Double) -> Int {
    // black, blue, magenta, red, yellow, white; or blue, cyan, white, yellow, red
    let chain = map == .sequential ? [0, 4, 5, 1, 3, 7] : [4, 6, 7, 3, 1]
    return chain[min(Int(share(value) * Double(chain.count)), chain.count - 1)]
  }

  private func background(_ value: Double, _ depth: ColorDepth) -> String {
    switch depth {
    case .trueColor: "48;2;" + color(value).code
    case .ansi256: "48;5;\(index256(value))"
    default: "\(40 + index16(value))"
    }
  }

  private func foreground(_ value: Double, _ depth: ColorDepth) -> String {
    switch depth {
    case .trueColor: "38;2;" + color(value).code
    case .ansi256: "38;5;\(index256(value))"
    default: "\(30 + index16(value))"
    }
  }

  private static func isLight(_ color: RGB) -> Bool { color.luminance > 0.42 }
}
