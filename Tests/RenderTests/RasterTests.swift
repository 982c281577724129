import Files
import Testing

@testable import Render

@Suite struct RasterTests {
  private func dots(_ page: Page, _ paper: Paper = .light) throws -> Bitmap {
    try #require(bitmap(page, paper: paper))
  }

  private func glyph(_ text: String) -> Glyph {
    let character = Character(text)
    let columns = DisplayWidth().columns(of: character)
    return Glyph(
      StrokeFont.strokes(of: character, columns: columns), columns: columns, isStrong: false)
  }

  @Test func cellsHaveTheirColours() throws {
    let page = Page(lines: [
      [
        Run("  ", Style(cell: CellColor(0, .diverging))),
        Run("▀", Style(cell: CellColor(1, .diverging), ink: CellColor(0.5, .diverging))),
      ]
    ])
    let bitmap = try dots(page, .dark)
    #expect(bitmap.width == 3 * 16 + 48 && bitmap.height == 32 + 48)
    let color = { (x: Int, y: Int) in bitmap.pixels[(24 + y) * bitmap.width + 24 + x] }
    #expect(color(-1, 0) == 0x15181D)
    #expect(color(0, 0) == 0x053061 && color(31, 31) == 0x053061)
    #expect(color(32, 15) == 0xF7F7F7 && color(47, 16) == 0x67001F)
    #expect(color(48, 16) == 0x15181D)
  }

  @Test func aPictureNeedsNoMoreThanAPalette() throws {
    let line = (0..<1000).map {
      Run(" ", Style(cell: CellColor(Double($0) / 999, .sequential)))
    }
    let page = Page(lines: [[Run("title", .title), Run(" dim", .dim)], line])
    #expect(Set(try dots(page).pixels).count <= 256)
  }

  @Test func hugePagesAreRefused() {
    #expect(bitmap(Page(lines: Array(repeating: [Run("x")], count: 1_000_000))) == nil)
  }

  @Test func nothingIsAPictureToo() throws { #expect(try dots(Page()).pixels.count == 48 * 48) }

  // MARK: - Characters

  /// Whatever pages are made of.
  private static let used =
    (0x21...0x7E).compactMap { Unicode.Scalar($0) }
    + Array(Ascii.signs.keys) + Array(Ascii.greek.keys) + Array(Ascii.superscripts.keys)
    + Array(Ascii.subscripts.keys)

  @Test(arguments: used)
  func isDrawn(_ scalar: Unicode.Scalar) {
    if scalar == "\u{A0}" || CellShape.of(scalar) != nil { return }
    let strokes = StrokeFont.strokes(of: Character(scalar), columns: 1)
    // The box of what nobody has drawn is the only thing of this weight.
    #expect(strokes.first?.weight != 0.6)
    let points = strokes.flatMap(\.points)
    #expect(!points.isEmpty)
    #expect(points.allSatisfy { (0...16).contains($0.x) && (0...32).contains($0.y) })
  }

  @Test func noTwoLettersLookAlike() {
    let glyphs = (0x21...0x7E).compactMap { Unicode.Scalar($0) }.map { glyph(String($0)).coverage }
    #expect(Set(glyphs).count == glyphs.count)
  }

  @Test func unknownCharactersAreBoxesWithTheirCodes() {
    #expect(glyph("☃").coverage != glyph("☂").coverage)
    #expect(glyph("漢").width == 32)
  }

  @Test func syllablesDiffer() {
    let initials = (0..<19).map { 0xAC00 + $0 * 588 }
    let vowels = (0..<21).map { 0xC544 + $0 * 28 }
    let finals = (0..<28).map { 0xAC00 + $0 }
    for codes in [initials, vowels, finals] {
      let glyphs = codes.compactMap { Unicode.Scalar($0) }.map { glyph(String($0)).coverage }
      #expect(Set(glyphs).count == codes.count)
    }
  }

  @Test func syllablesStayInTheirSquare() {
    for code in stride(from: 0xAC00, through: 0xD7A3, by: 29) {
      guard let scalar = Unicode.Scalar(code), let syllable = Hangul(Character(scalar)) else {
        Issue.record("\(code) is no syllable")
        continue
      }
      let points = syllable.strokes().flatMap(\.points)
      #expect(points.allSatisfy { (1...31).contains($0.x) && (1...31).contains($0.y) })
    }
  }

  @Test func decomposedSyllablesLookTheSame() {
    #expect(glyph("\u{1100}\u{1161}\u{11A8}").coverage == glyph("각").coverage)
    #expect(glyph("\u{AC00}\u{11A8}").coverage == glyph("각").coverage)
    #expect(glyph("e\u{301}").coverage == glyph("é").coverage)
  }
}
