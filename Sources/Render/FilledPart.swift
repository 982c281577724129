import Files

/// The painted part of a sheet as dots.
struct FilledPart {
  let x: Double
  let y: Double
  let width: Double
  let height: Double
  let bitmap: Bitmap

  /// Dots for a unit: edges of half a unit are sharp.
  private static let scale = 2.0

  init(_ sheet: Sheet) {
    let left = sheet.fills.map(\.x).min() ?? 0
    let top = sheet.fills.map(\.y).min() ?? 0
    let right = sheet.fills.map { $0.x + $0.width }.max() ?? 0
    let bottom = sheet.fills.map { $0.y + $0.height }.max() ?? 0
    (x, y, width, height) = (left, top, right - left, bottom - top)
    var bitmap = Bitmap(
      width: Int(width * Self.scale), height: Int(height * Self.scale),
      filledWith: sheet.background.packed)
    for fill in sheet.fills {
      bitmap.paint(fill, scale: Self.scale, left: left, top: top)
    }
    self.bitmap = bitmap
  }
}

extension Bitmap {
  /// Edges go to the nearest dot.
  mutating func paint(_ fill: Sheet.Fill, scale: Double, left: Double = 0, top: Double = 0) {
    let x = Int(((fill.x - left) * scale).rounded())
    let y = Int(((fill.y - top) * scale).rounded())
    let right = Int(((fill.x + fill.width - left) * scale).rounded())
    let bottom = Int(((fill.y + fill.height - top) * scale).rounded())
    self.fill(x: x..<max(x, right), y: y..<max(y, bottom), with: fill.color.packed)
  }
}
