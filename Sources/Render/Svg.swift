import Files

/// A page as a picture of vectors: text as text, cells as rectangles, each number in full when the
/// pointer rests on it.
///
/// It needs nothing besides itself and runs no program. Above `mostFills` rectangles the painted
/// part is one embedded PNG, because viewers grow slow.
public func svg(_ page: Page, paper: Paper = .light) -> String {
  SvgDocument(sheet: Sheet(page, paper), ink: paper.ink(.plain)).text()
}

private struct SvgDocument {
  let sheet: Sheet
  let ink: RGB

  private static let mostFills = 1000
  /// Letters of most monospaced fonts are 0.6 of it wide: a cell of 8.
  private static let fontSize = "13.333"
  /// From the top of a cell.
  private static let baseline = 12.0

  func text() -> String {
    let (width, height) = (Markup.number(sheet.width), Markup.number(sheet.height))
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" font-family="\(Markup.fonts)" font-size="\(Self.fontSize)">
      <rect width="100%" height="100%" fill="\(sheet.background.hexadecimal)"/>
      """
    ]
    parts += sheet.fills.count > Self.mostFills ? [embedded()] : rectangles()
    parts.append("<g fill=\"\(ink.hexadecimal)\">")
    parts += sheet.words.map(text)
    parts.append("</g>")
    if !sheet.hovers.isEmpty {
      parts.append("<g fill=\"none\" pointer-events=\"all\">")
      parts += sheet.hovers.map(text)
      parts.append("</g>")
    }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func rectangles() -> [String] {
    if sheet.fills.isEmpty { return [] }
    // Blurred edges of neighbours would show as seams.
    return ["<g shape-rendering=\"crispEdges\">"]
      + sheet.fills.map { fill in
        "<rect \(place(fill.x, fill.y, fill.width, fill.height)) fill=\"\(fill.color.hexadecimal)\"/>"
      } + ["</g>"]
  }

  private func embedded() -> String {
    let picture = FilledPart(sheet)
    let data = base64(PNG.encode(picture.bitmap))
    return "<image \(place(picture.x, picture.y, picture.width, picture.height)) "
      + "preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
      + "href=\"data:image/png;base64,\(data)\"/>"
  }

  private func place(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
    "x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\" "
      + "width=\"\(Markup.number(width))\" height=\"\(Markup.number(height))\""
  }

  private func left(_ column: Int) -> Double {
    Sheet.margin + Double(column) * CellShape.width
  }

  private func top(_ row: Int) -> Double { Sheet.margin + Double(row) * CellShape.height }

  private func text(_ word: Sheet.Word) -> String {
    let columns = Double(word.columns) * CellShape.width
    let isWide = word.columns == 2 && word.text.count == 1
    var attributes =
      isWide
      ? "x=\"\(Markup.number(left(word.column) + columns / 2))\" text-anchor=\"middle\""
      : "x=\"\(Markup.number(left(word.column)))\""
    attributes += " y=\"\(Markup.number(top(word.row) + Self.baseline))\""
    // A font of another width is stretched or squeezed into the cells.
    if word.columns > 1 && !isWide {
      attributes += " textLength=\"\(Markup.number(columns))\" lengthAdjust=\"spacingAndGlyphs\""
    }
    if word.ink != ink { attributes += " fill=\"\(word.ink.hexadecimal)\"" }
    if word.isStrong { attributes += " font-weight=\"bold\"" }
    return "<text \(attributes)>\(Markup.escaped(word.text))</text>"
  }

  private func text(_ hover: Sheet.Hover) -> String {
    let width = Double(hover.columns) * CellShape.width
    let place = place(left(hover.column), top(hover.row), width, CellShape.height)
    return "<rect \(place)><title>\(NumberText.shortest(hover.value))</title></rect>"
  }
}
