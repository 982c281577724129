/// How many colours the place that shows a page has.
public enum ColorDepth: Sendable, Hashable, CaseIterable {
  case none, ansi16, ansi256, trueColor
}

/// A colour of light.
struct RGB: Hashable {
  var red: Int
  var green: Int
  var blue: Int

  init(hexadecimal: Int) {
    red = hexadecimal >> 16 & 0xFF
    green = hexadecimal >> 8 & 0xFF
    blue = hexadecimal & 0xFF
  }

  init(red: Int, green: Int, blue: Int) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// An entry of xterm's table: 16 to 231 are a 6×6×6 cube, 232 to 255 greys.
  init(xterm index: Int) {
    if index >= 232 {
      let grey = 8 + 10 * (index - 232)
      self.init(red: grey, green: grey, blue: grey)
      return
    }
    let levels = [0, 95, 135, 175, 215, 255]
    let place = max(0, index - 16)
    self.init(
      red: levels[place / 36 % 6], green: levels[place / 6 % 6], blue: levels[place % 6])
  }

  func mixed(with other: RGB, _ share: Double) -> RGB {
    func mix(_ from: Int, _ to: Int) -> Int {
      Int((Double(from) + (Double(to) - Double(from)) * share).rounded())
    }
    return RGB(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }

  /// Perceived brightness from 0 to 1: relative luminance of sRGB.
  ///
  /// Source: WCAG 2.1.
  var luminance: Double {
    // A gamma of 2.2 is within 1 % of the exact curve and needs no branch.
    func linear(_ channel: Int) -> Double {
      let share = Double(channel) / 255
      return share * share * share.squareRoot().squareRoot().squareRoot()
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
