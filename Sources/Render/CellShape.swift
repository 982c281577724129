/// Characters that are no letters but parts of a picture, as rectangles that fill their cell: no
/// font draws them without seams.
struct CellShape {
  /// Units of the grid that a cell has: half blocks are squares.
  static let width = 8.0
  static let height = 16.0

  struct Rectangle: Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  var rectangles: [Rectangle]
  /// How much of what is behind they hide.
  var opacity = 1.0

  /// Nil for what a font has to draw.
  static func of(_ scalar: Unicode.Scalar) -> CellShape? {
    switch scalar.value {
    case 0x2500...0x257F: lines[scalar].map { CellShape(rectangles: arms($0)) }
    case 0x2580...0x259F: block(scalar)
    default: nil
    }
  }

  // MARK: - Blocks

  private static func block(_ scalar: Unicode.Scalar) -> CellShape? {
    switch scalar {
    case "▀": return CellShape(rectangles: [Rectangle(0, 0, width, height / 2)])
    case "▁"..."█":
      let eighths = Double(scalar.value - 0x2580) * height / 8
      return CellShape(rectangles: [Rectangle(0, height - eighths, width, eighths)])
    case "▉"..."▏":
      let eighths = Double(0x2590 - scalar.value) * width / 8
      return CellShape(rectangles: [Rectangle(0, 0, eighths, height)])
    case "▐": return CellShape(rectangles: [Rectangle(width / 2, 0, width / 2, height)])
    case "░", "▒", "▓":
      let shade = Double(scalar.value - 0x2590) / 4
      return CellShape(rectangles: [Rectangle(0, 0, width, height)], opacity: shade)
    case "▔": return CellShape(rectangles: [Rectangle(0, 0, width, height / 8)])
    case "▕": return CellShape(rectangles: [Rectangle(width * 7 / 8, 0, width / 8, height)])
    default: return quadrants[scalar].map { CellShape(rectangles: corners($0)) }
    }
  }

  /// Bits: upper left, upper right, lower left, lower right.
  private static let quadrants: [Unicode.Scalar: Int] = [
    "▖": 0b0010, "▗": 0b0001, "▘": 0b1000, "▙": 0b1011, "▚": 0b1001, "▛": 0b1110, "▜": 0b1101,
    "▝": 0b0100, "▞": 0b0110, "▟": 0b0111,
  ]

  private static func corners(_ bits: Int) -> [Rectangle] {
    var result: [Rectangle] = []
    for corner in 0..<4 where bits >> (3 - corner) & 1 == 1 {
      let x = corner % 2 == 0 ? 0 : width / 2
      let y = corner < 2 ? 0 : height / 2
      result.append(Rectangle(x, y, width / 2, height / 2))
    }
    return result
  }

  // MARK: - Lines

  /// Thickness of the arms to the left, right, top and bottom; 3 is a double line.
  private static let lines: [Unicode.Scalar: [Int]] = {
    let table: [(String, [Int])] = [
      ("─╌┄┈", [1, 1, 0, 0]), ("━╍┅┉", [2, 2, 0, 0]), ("│╎┆┊", [0, 0, 1, 1]),
      ("┃╏┇┋", [0, 0, 2, 2]), ("┌╭", [0, 1, 0, 1]), ("┐╮", [1, 0, 0, 1]), ("└╰", [0, 1, 1, 0]),
      ("┘╯", [1, 0, 1, 0]), ("├", [0, 1, 1, 1]), ("┤", [1, 0, 1, 1]), ("┬", [1, 1, 0, 1]),
      ("┴", [1, 1, 1, 0]), ("┼", [1, 1, 1, 1]), ("┏", [0, 2, 0, 2]), ("┓", [2, 0, 0, 2]),
      ("┗", [0, 2, 2, 0]), ("┛", [2, 0, 2, 0]),
      ("┣", [0, 2, 2, 2]), ("┫", [2, 0, 2, 2]), ("┳", [2, 2, 0, 2]), ("┻", [2, 2, 2, 0]),
      ("╋", [2, 2, 2, 2]), ("═", [3, 3, 0, 0]), ("║", [0, 0, 3, 3]),
      ("╔", [0, 3, 0, 3]), ("╗", [3, 0, 0, 3]), ("╚", [0, 3, 3, 0]), ("╝", [3, 0, 3, 0]),
      ("╠", [0, 3, 3, 3]), ("╣", [3, 0, 3, 3]), ("╦", [3, 3, 0, 3]), ("╩", [3, 3, 3, 0]),
      ("╬", [3, 3, 3, 3]), ("╴", [1, 0, 0, 0]), ("╵", [0, 0, 1, 0]), ("╶", [0, 1, 0, 0]),
      ("╷", [0, 0, 0, 1]),
    ]
    return Dictionary(
      table.flatMap { characters, arms in characters.unicodeScalars.map { ($0, arms) } },
      uniquingKeysWith: { first, _ in first })
  }()

  private static func arms(_ arms: [Int]) -> [Rectangle] {
    let (left, right, top, bottom) = (arms[0], arms[1], arms[2], arms[3])
    // Arms meet in the middle: each reaches as far across as the others are thick.
    let acrossX = reach(max(top, bottom))
    let acrossY = reach(max(left, right))
    var result: [Rectangle] = []
    for (offset, thickness) in strokes(max(left, right)) {
      let start = left > 0 ? 0 : width / 2 - acrossX
      let end = right > 0 ? width : width / 2 + acrossX
      result.append(
        Rectangle(start, height / 2 + offset - thickness / 2, end - start, thickness))
    }
    for (offset, thickness) in strokes(max(top, bottom)) {
      let start = top > 0 ? 0 : height / 2 - acrossY
      let end = bottom > 0 ? height : height / 2 + acrossY
      result.append(Rectangle(width / 2 + offset - thickness / 2, start, thickness, end - start))
    }
    return result
  }

  private static func reach(_ weight: Int) -> Double { [0, 0.5, 1, 1.5][weight] }

  private static func strokes(_ weight: Int) -> [(offset: Double, thickness: Double)] {
    switch weight {
    case 1: [(0, 1)]
    case 2: [(0, 2)]
    case 3: [(-1, 1), (1, 1)]
    default: []
    }
  }
}
