/// What a piece of text is; a theme decides how that looks.
public enum Role: Int, Sendable, CaseIterable {
  case plain, strong, dim
  case error, fix, note, location, mark, secondMark, code
  case name, number, header, prompt, title
}

/// Which colours stand for numbers.
public enum ColorMap: Sendable, Hashable, CaseIterable {
  /// From dark to bright.
  case magma, viridis, gray
  /// Blue below the middle, red above it.
  case diverging
  /// One colour for each series of a plot; see `CellColor.series`.
  case series

  public static let sequential = ColorMap.magma
}

/// A number between 0 and 1 as a place on a colour map; NaN has a colour of its own.
public struct CellColor: Sendable, Hashable {
  public var value: Double
  public var map: ColorMap

  public init(_ value: Double, _ map: ColorMap) {
    self.value = value
    self.map = map
  }

  /// The colour of a series by its number; from the ninth on they come again.
  public static func series(_ index: Int) -> CellColor {
    CellColor((Double(index % seriesCount) + 0.5) / Double(seriesCount), .series)
  }

  static let seriesCount = 8
}

/// How a run is to look.
public struct Style: Sendable, Hashable {
  public var role: Role
  /// What the text stands on.
  public var cell: CellColor?
  /// The text's own colour, as the upper half of `▀` has one; nil where it only has to be legible.
  public var ink: CellColor?

  public init(_ role: Role = .plain, cell: CellColor? = nil, ink: CellColor? = nil) {
    self.role = role
    self.cell = cell
    self.ink = ink
  }

  public static let plain = Style()
}
