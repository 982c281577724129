/// The colours of a map at each depth: brightness rises steadily, or falls to both sides of white.
struct Palette {
  let trueColor: [RGB]
  let xterm: [Int]
  /// SGR numbers of backgrounds.
  let basic: [Int]
  /// No colour lies between two others.
  var isStepped = false

  static subscript(map: ColorMap) -> Palette {
    switch map {
    case .magma: magma
    case .viridis: viridis
    case .gray: gray
    case .diverging: diverging
    case .series: series
    }
  }

  /// The nearest xterm colours to a map go up and down in brightness; these only rise.
  private static let risingXterm = [16, 17, 54, 90, 126, 168, 203, 209, 222, 229]
  private static let risingBasic = [40, 44, 45, 101, 103, 107]

  /// Truecolor is matplotlib's magma at eighths.
  static let magma = Palette(
    trueColor: [
      0x000004, 0x1D1147, 0x51127C, 0x822681, 0xB73779, 0xE75263, 0xFC8961, 0xFEC488, 0xFCFDBF,
    ].map(RGB.init(hexadecimal:)),
    xterm: risingXterm, basic: risingBasic)

  /// Truecolor is matplotlib's viridis at eighths.
  static let viridis = Palette(
    trueColor: [
      0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
    ].map(RGB.init(hexadecimal:)),
    xterm: risingXterm, basic: risingBasic)

  static let gray = Palette(
    trueColor: [0x000000, 0xFFFFFF].map(RGB.init(hexadecimal:)),
    xterm: [16, 233, 236, 239, 242, 245, 248, 251, 254, 231], basic: [40, 100, 47, 107])

  /// Truecolor is ColorBrewer's RdBu, which colour-blind readers can tell apart.
  static let diverging = Palette(
    trueColor: [
      0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D,
      0xB2182B, 0x67001F,
    ].map(RGB.init(hexadecimal:)),
    xterm: [18, 25, 32, 74, 117, 195, 231, 224, 217, 210, 167, 124, 88],
    basic: [44, 104, 107, 101, 41])

  /// Colours that differ for colour-blind readers too, of middling brightness so that they can be
  /// read on black and on white.
  ///
  /// Source: after Okabe and Ito 2008.
  static let series = Palette(
    trueColor: [
      0x3D8BD0, 0xD9730D, 0x0F9D78, 0xC2609A, 0x8A7A12, 0x7A6FD0, 0xD0504A, 0x5F8F3A,
    ].map(RGB.init(hexadecimal:)),
    xterm: [68, 166, 36, 169, 136, 98, 167, 65], basic: [44, 41, 42, 45, 46, 104, 101, 102],
    isStepped: true)

  /// NaN: on no map.
  static let missing = Palette(trueColor: [RGB(hexadecimal: 0x00C853)], xterm: [41], basic: [42])

  /// The colour of `value`, clamped to 0…1.
  func rgb(_ value: Double) -> RGB {
    if isStepped { return Self.step(value, of: trueColor) }
    let position = Self.clamped(value) * Double(trueColor.count - 1)
    let lower = min(Int(position), trueColor.count - 1)
    let upper = min(lower + 1, trueColor.count - 1)
    return trueColor[lower].mixed(with: trueColor[upper], position - Double(lower))
  }

  func xterm(_ value: Double) -> Int { Self.step(value, of: xterm) }

  func basic(_ value: Double) -> Int { Self.step(value, of: basic) }

  /// The middle of a map with an odd number of steps is exactly its middle step.
  private static func step<Color>(_ value: Double, of steps: [Color]) -> Color {
    steps[min(steps.count - 1, Int(clamped(value) * Double(steps.count)))]
  }

  private static func clamped(_ value: Double) -> Double {
    // NaN fails both comparisons.
    value > 0 ? (value < 1 ? value : 1) : 0
  }
}

extension CellColor {
  private var palette: Palette { value.isNaN ? Palette.missing : Palette[map] }

  /// The SGR parameters of this colour.
  func parameters(_ depth: ColorDepth, isBackground: Bool) -> String {
    switch depth {
    case .none: return ""
    case .ansi16:
      let code = palette.basic(value)
      return String(isBackground ? code : code - 10)
    case .ansi256: return "\(isBackground ? 48 : 38);5;\(palette.xterm(value))"
    case .trueColor:
      let color = palette.rgb(value)
      return "\(isBackground ? 48 : 38);2;\(color.red);\(color.green);\(color.blue)"
    }
  }

  /// The SGR parameter of text that can be read on this colour.
  func contrastingInk(_ depth: ColorDepth) -> String {
    switch depth {
    case .none: ""
    // Bright backgrounds, yellow, cyan and white take black.
    case .ansi16:
      [42, 43, 46, 47].contains(palette.basic(value)) || palette.basic(value) >= 100 ? "30" : "97"
    case .ansi256: RGB(xterm: palette.xterm(value)).isBright ? "38;5;16" : "38;5;231"
    case .trueColor: palette.rgb(value).isBright ? "38;2;0;0;0" : "38;2;255;255;255"
    }
  }

  /// The colour in a file, one of 201 on each map: so a picture needs no more than a palette.
  var fileColor: RGB { palette.rgb(value.isFinite ? (value * 200).rounded() / 200 : value) }
}

extension RGB {
  /// Whether black can be read better on it than white: both have the same contrast where
  /// (L + 0.05)² = 1.05 · 0.05.
  var isBright: Bool { luminance > 0.179 }
}
