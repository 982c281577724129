/// A number together with what one types to get it.
public struct Quantity: Sendable {
  public var value: Double
  /// An expression of the language over the names that the explanation defines; nil where a
  /// number is only about the text, such as a count of steps.
  public var expression: String?

  public init(_ value: Double, expression: String? = nil) {
    self.value = value
    self.expression = expression
  }
}

/// A line of text with numbers and small marks in it: `"sum Z = \(z, 3)"`.
///
/// The numbers stay numbers, so that Render writes them and a test can ask where each comes from.
public struct Prose: Sendable, ExpressibleByStringInterpolation {
  /// How a number is written.
  public enum Notation: Sendable {
    /// So many digits after the point.
    case fixed(Int)
    /// The same, but what rounds to 0 is 0: a mean that is only 0 up to rounding.
    case rounded(Int)
    /// So many digits, with a sign in front of positive numbers too.
    case signed(Int)
    /// So many significant digits, without zeros at the end.
    case significant(Int)
    /// `2.2e-16`, 0 as `0`: the size of an error.
    case error
  }

  public enum Piece: Sendable {
    case text(String)
    /// Filled with blanks at its left to `width` columns.
    case number(Quantity, Notation, width: Int)
    /// Blanks up to this column, two at least.
    case column(Int)
    /// A bar of so many columns.
    case bar(Double)
    /// Cells between nothing and full, each `width` columns wide.
    case shades([Double], width: Int)
    /// Heights between the lowest and the highest.
    case spark([Double])
    /// The direction of a vector.
    case arrow(x: Double, y: Double)
  }

  public private(set) var pieces: [Piece]

  public init(_ pieces: [Piece]) { self.pieces = pieces }
  public init(stringLiteral text: String) { pieces = [.text(text)] }
  public init(_ text: String) { pieces = [.text(text)] }
  public init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

  public typealias StringInterpolation = Interpolation

  public struct Interpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ text: String) {
      if !text.isEmpty { pieces.append(.text(text)) }
    }

    public mutating func appendInterpolation(_ text: String) { pieces.append(.text(text)) }

    public mutating func appendInterpolation(_ count: Int) { pieces.append(.text("\(count)")) }

    public mutating func appendInterpolation(_ prose: Prose) { pieces += prose.pieces }

    /// With so many digits after the point.
    public mutating func appendInterpolation(_ number: Quantity, _ digits: Int, width: Int = 0) {
      pieces.append(.number(number, .fixed(digits), width: width))
    }

    public mutating func appendInterpolation(
      _ number: Quantity, as notation: Notation, width: Int = 0
    ) {
      pieces.append(.number(number, notation, width: width))
    }

    public mutating func appendInterpolation(tab column: Int) { pieces.append(.column(column)) }

    public mutating func appendInterpolation(bar columns: Double) { pieces.append(.bar(columns)) }

    public mutating func appendInterpolation(shades: [Double], width: Int = 1) {
      pieces.append(.shades(shades, width: width))
    }

    public mutating func appendInterpolation(spark values: [Double]) {
      pieces.append(.spark(values))
    }

    public mutating func appendInterpolation(arrow x: Double, _ y: Double) {
      pieces.append(.arrow(x: x, y: y))
    }
  }

  public static func + (first: Prose, second: Prose) -> Prose {
    Prose(first.pieces + second.pieces)
  }

  /// All numbers in it.
  public var numbers: [Quantity] {
    pieces.compactMap { piece in
      if case .number(let number, _, _) = piece { number } else { nil }
    }
  }
}

extension [Prose] {
  func joined(separator: String) -> Prose {
    var pieces: [Prose.Piece] = []
    for (index, prose) in enumerated() {
      if index > 0 { pieces.append(.text(separator)) }
      pieces += prose.pieces
    }
    return Prose(pieces)
  }
}
