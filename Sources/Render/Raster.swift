import Files

/// A page as dots, two for each unit of a cell: 16×32 for a character.
///
/// - Returns: nil where that would be more than a hundred million dots.
public func bitmap(_ page: Page, paper: Paper = .light) -> Bitmap? {
  let dots =
    Double(page.width) * StrokeFont.cellWidth * Double(page.lines.count) * StrokeFont.cellHeight
  guard dots <= 1e8 else { return nil }
  let sheet = Sheet(page, paper)
  let scale = StrokeFont.cellWidth / CellShape.width
  var bitmap = Bitmap(
    width: Int(sheet.width * scale), height: Int(sheet.height * scale),
    filledWith: sheet.background.packed)
  for fill in sheet.fills { bitmap.paint(fill, scale: scale) }
  var glyphs = GlyphCache()
  for word in sheet.words {
    var x = Int(Sheet.margin * scale) + word.column * Int(StrokeFont.cellWidth)
    let y = Int(Sheet.margin * scale) + word.row * Int(StrokeFont.cellHeight)
    let shades = Glyph.shades(word.ink, on: word.ground)
    for character in word.text {
      let columns = DisplayWidth().columns(of: character)
      glyphs[character, columns, word.isStrong].draw(on: &bitmap, x: x, y: y, shades)
      x += columns * Int(StrokeFont.cellWidth)
    }
  }
  return bitmap
}

private struct GlyphCache {
  private struct Key: Hashable {
    var character: Character
    var isStrong: Bool
  }

  private var glyphs: [Key: Glyph] = [:]

  subscript(character: Character, columns: Int, isStrong: Bool) -> Glyph {
    mutating get {
      let key = Key(character: character, isStrong: isStrong)
      if let known = glyphs[key] { return known }
      let glyph = Glyph(
        StrokeFont.strokes(of: character, columns: columns), columns: columns, isStrong: isStrong)
      glyphs[key] = glyph
      return glyph
    }
  }
}

/// How much of each dot a character covers.
struct Glyph {
  /// Shades between ground and ink: few, so that a palette holds them.
  static let levels = 6

  let width: Int
  let height = Int(StrokeFont.cellHeight)
  /// From 0 to `levels`.
  private(set) var coverage: [UInt8]

  init(_ strokes: [StrokeFont.Stroke], columns: Int, isStrong: Bool) {
    width = Int(StrokeFont.cellWidth) * max(1, columns)
    coverage = [UInt8](repeating: 0, count: width * height)
    for stroke in strokes { draw(stroke, radius: isStrong ? 1.65 : 1.15) }
  }

  private mutating func draw(_ stroke: StrokeFont.Stroke, radius: Double) {
    let (xs, ys) = (stroke.points.map(\.x), stroke.points.map(\.y))
    for y in Self.range(ys, within: height) {
      for x in Self.range(xs, within: width) {
        let dot = StrokeFont.Point(x: Double(x) + 0.5, y: Double(y) + 0.5)
        let share = stroke.coverage(of: dot, radius: radius)
        let level = UInt8((share * Double(Self.levels)).rounded())
        coverage[y * width + x] = max(coverage[y * width + x], level)
      }
    }
  }

  /// The dots that a pen along these points may reach.
  private static func range(_ points: [Double], within length: Int) -> Range<Int> {
    let pen = 3.0
    let low = max(0, min((points.min() ?? 0) - pen, Double(length)))
    let high = max(low, min((points.max() ?? 0) + pen, Double(length)))
    return Int(low)..<Int(high.rounded(.up))
  }

  static func shades(_ ink: RGB, on ground: RGB) -> [UInt32] {
    (0...levels).map { ground.mixed(with: ink, Double($0) / Double(levels)).packed }
  }

  func draw(on bitmap: inout Bitmap, x left: Int, y top: Int, _ shades: [UInt32]) {
    for y in 0..<height where top + y < bitmap.height {
      for x in 0..<width where left + x < bitmap.width {
        let level = Int(coverage[y * width + x])
        if level > 0 { bitmap.pixels[(top + y) * bitmap.width + left + x] = shades[level] }
      }
    }
  }
}

extension StrokeFont.Stroke {
  /// The share of a dot that a round pen covers, from the distance of its middle.
  func coverage(of dot: StrokeFont.Point, radius: Double) -> Double {
    if isFilled && surrounds(dot) { return 1 }
    guard let first = points.first else { return 0 }
    // A dot as thin as a line would hardly be seen.
    let pen = points.count == 1 ? radius * 1.45 : radius * weight
    var nearest = dot.squaredDistance(from: first, to: first)
    for (start, end) in zip(points, points.dropFirst()) {
      nearest = min(nearest, dot.squaredDistance(from: start, to: end))
    }
    return min(max(pen + 0.5 - nearest.squareRoot(), 0), 1)
  }

  /// Even-odd rule.
  private func surrounds(_ dot: StrokeFont.Point) -> Bool {
    var isInside = false
    for (a, b) in zip(points, points.dropFirst()) where (a.y > dot.y) != (b.y > dot.y) {
      if dot.x < a.x + (dot.y - a.y) / (b.y - a.y) * (b.x - a.x) { isInside.toggle() }
    }
    return isInside
  }
}

extension StrokeFont.Point {
  func squaredDistance(from start: Self, to end: Self) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = dx * dx + dy * dy
    let along = length == 0 ? 0 : ((x - start.x) * dx + (y - start.y) * dy) / length
    let share = min(max(along, 0), 1)
    let (ox, oy) = (x - start.x - share * dx, y - start.y - share * dy)
    return ox * ox + oy * oy
  }
}
