/// Letters as lines of a pen, on a grid of 16×32 for a cell: capitals stand from 6 to 24.
///
/// There is no font to take along: ASCII, Greek, mathematics, arrows and box drawing are drawn
/// here, Hangul is composed, and anything else is a box with its code in it.
struct StrokeFont {
  struct Point {
    var x: Double
    var y: Double
  }

  /// What the pen draws without being lifted; a single point is a dot.
  struct Stroke {
    var points: [Point]
    /// The outline's inside belongs to it.
    var isFilled = false
    /// The pen's width as a share of the usual one.
    var weight = 1.0

    func moved(_ change: (Point) -> Point, weight: Double = 1) -> Stroke {
      Stroke(points: points.map(change), isFilled: isFilled, weight: self.weight * weight)
    }
  }

  static let cellWidth = 16.0
  static let cellHeight = 32.0

  /// The strokes of a character that takes `columns` cells.
  static func strokes(of character: Character, columns: Int) -> [Stroke] {
    if let syllable = Hangul(character) { return syllable.strokes() }
    let scalars = Array(character.unicodeScalars)
    guard let first = scalars.first, let base = strokes(of: first) else {
      return box(scalars.first ?? "?", columns: columns)
    }
    return base + scalars.dropFirst().flatMap { mark($0, on: first) }
  }

  /// Capitals reach higher.
  private static func mark(_ mark: Unicode.Scalar, on letter: Unicode.Scalar) -> [Stroke] {
    let isHigh = letter.properties.isUppercase && mark != "\u{327}"
    return (marks[mark] ?? []).map { $0.moved { Point(x: $0.x, y: $0.y - (isHigh ? 4 : 0)) } }
  }

  private static func strokes(of scalar: Unicode.Scalar) -> [Stroke]? {
    if scalar == " " { return [] }
    let scalar = same[scalar] ?? scalar
    if let drawn = latin[scalar] ?? greek[scalar] ?? symbols[scalar] { return drawn }
    if let parts = composed[scalar] {
      return (strokes(of: parts[0]) ?? []) + mark(parts[1], on: parts[0])
    }
    if let raised = Ascii.superscripts[scalar] { return small(raised, baseline: 15) }
    if let lowered = Ascii.subscripts[scalar] { return small(lowered, baseline: 27.5) }
    return nil
  }

  private static func small(_ character: Character, baseline: Double) -> [Stroke]? {
    guard let scalar = character.unicodeScalars.first, let whole = strokes(of: scalar) else {
      return nil
    }
    return scaled(whole, x: 8, baseline: baseline, width: 0.7, height: 0.58)
  }

  /// - Parameter x: the middle, which is 8 in a cell.
  private static func scaled(
    _ strokes: [Stroke], x: Double, baseline: Double, width: Double, height: Double
  ) -> [Stroke] {
    strokes.map { stroke in
      stroke.moved(
        { Point(x: x + ($0.x - 8) * width, y: baseline + ($0.y - 24) * height) },
        weight: max(0.5, min(1, 1.4 * height)))
    }
  }

  /// A character that nobody has drawn: its code in hexadecimal digits.
  private static func box(_ scalar: Unicode.Scalar, columns: Int) -> [Stroke] {
    let right = cellWidth * Double(max(1, columns))
    let outline = [(1.5, 5.0), (right - 1.5, 5), (right - 1.5, 26), (1.5, 26), (1.5, 5)]
    var result = [Stroke(points: outline.map(Point.init), weight: 0.6)]
    let code = String(scalar.value, radix: 16, uppercase: true)
    let digits = Array(String(repeating: "0", count: max(0, 4 - code.count)) + code)
    let perLine = (digits.count + 1) / 2
    for (index, digit) in digits.enumerated() {
      let column = Double(index % perLine)
      let step = (right - 5) / Double(perLine)
      let form = digit.unicodeScalars.first.flatMap { latin[$0] } ?? []
      result += scaled(
        form, x: 2.5 + step * (column + 0.5), baseline: index < perLine ? 14 : 24,
        width: min(0.45, step / 16), height: 0.36)
    }
    return result
  }

  // MARK: - Tables

  /// Lines of a character and its strokes: `x,y` points, `~x,y` points that a curve bends towards,
  /// `/` where the pen is lifted, `!` before a filled outline.
  struct Table: Sendable {
    private let paths: [Unicode.Scalar: Substring]

    init(_ text: String) {
      var paths: [Unicode.Scalar: Substring] = [:]
      for line in text.split(separator: "\n") {
        let scalars = line.unicodeScalars
        guard let scalar = scalars.first else { continue }
        paths[scalar] = Substring(scalars.dropFirst())
      }
      self.paths = paths
    }

    subscript(scalar: Unicode.Scalar) -> [Stroke]? { paths[scalar].map { StrokeFont.path($0) } }

    var characters: [Unicode.Scalar] { Array(paths.keys) }
  }

  static func path(_ text: some StringProtocol) -> [Stroke] {
    var strokes: [Stroke] = []
    var pen = Pen()
    for word in text.split(separator: " ") {
      if word == "/" {
        strokes.append(pen.lifted())
      } else {
        pen.read(word)
      }
    }
    return strokes + [pen.lifted()]
  }

  /// Follows a path; between two points to bend towards lies one on the curve, as in TrueType.
  private struct Pen {
    private var stroke = Stroke(points: [])
    private var control: Point?

    mutating func read(_ word: some StringProtocol) {
      var word = String(word)
      if word.hasPrefix("!") {
        stroke.isFilled = true
        word.removeFirst()
      }
      let isControl = word.hasPrefix("~")
      if isControl { word.removeFirst() }
      let numbers = word.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == 2 else { return }
      let point = Point(x: numbers[0], y: numbers[1])
      if let control {
        curve(
          control,
          isControl ? Point(x: (control.x + point.x) / 2, y: (control.y + point.y) / 2) : point)
      } else if !isControl {
        stroke.points.append(point)
      }
      control = isControl ? point : nil
    }

    private mutating func curve(_ control: Point, _ end: Point) {
      guard let start = stroke.points.last else { return }
      let steps = 8
      for step in 1...steps {
        let t = Double(step) / Double(steps)
        let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
        stroke.points.append(
          Point(
            x: a * start.x + b * control.x + c * end.x,
            y: a * start.y + b * control.y + c * end.y))
      }
    }

    mutating func lifted() -> Stroke {
      defer { (stroke, control) = (Stroke(points: []), nil) }
      return stroke
    }
  }
}
