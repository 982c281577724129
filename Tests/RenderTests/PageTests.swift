import Testing

@testable import Render

@Suite struct PageTests {
  private let tall = Page(lines: [[Run("가나")], [Run("b")], [Run("c")]])
  private let flat = Page(lines: [[Run("x")]])

  @Test func width() { #expect(tall.width == 4) }

  @Test func besideAlignsByColumns() {
    #expect(plain(Page.beside([tall, flat, flat], gap: 2, width: 80)) == "가나  x  x\nb\nc\n")
  }

  @Test func besideWrapsToTheWindow() {
    #expect(plain(Page.beside([flat, flat, flat], gap: 1, width: 3)) == "x x\n\nx\n")
  }

  @Test func indented() { #expect(plain(flat.indented(by: 2)) == "  x\n") }

  @Test func plainHasNoTrailingBlanks() {
    #expect(plain(Page(lines: [[Run("a  ", .error), Run("  ")], [Run("   ")]])) == "a\n\n")
  }
}

@Suite struct AnsiTests {
  private let page = Page(lines: [
    [Run("error: ", .error), Run("no"), Run("   ", .dim)],
    [Run(" "), Run(" 1 ", Style(.number, cell: CellColor(1, .sequential)))],
  ])

  @Test(arguments: [
    (ColorDepth.none, "error: no\n  1\n"),
    (.ansi16, "\u{1B}[1;31merror: \u{1B}[0mno\n \u{1B}[30;107m 1 \u{1B}[0m\n"),
    (.ansi256, "\u{1B}[1;38;5;160merror: \u{1B}[0mno\n \u{1B}[38;5;16;48;5;229m 1 \u{1B}[0m\n"),
    (
      .trueColor,
      "\u{1B}[1;38;5;160merror: \u{1B}[0mno\n \u{1B}[38;2;0;0;0;48;2;252;253;191m 1 \u{1B}[0m\n"
    ),
  ])
  func depths(_ depth: ColorDepth, _ expected: String) {
    #expect(ansi(page, depth: depth) == expected)
  }

  @Test(arguments: [ColorMap.magma, .viridis, .gray])
  func brightnessRisesAlongTheSequentialMaps(_ map: ColorMap) {
    let palette = Palette[map]
    for colors in [palette.trueColor, palette.xterm.map(RGB.init(xterm:))] {
      #expect(zip(colors, colors.dropFirst()).allSatisfy { $0.luminance < $1.luminance })
    }
  }

  @Test func brightnessPeaksInTheMiddleOfTheDivergingMap() {
    let palette = Palette.diverging
    for colors in [palette.trueColor, palette.xterm.map(RGB.init(xterm:))] {
      let middle = colors.count / 2
      let (left, right) = (colors[...middle], colors[middle...])
      #expect(zip(left, left.dropFirst()).allSatisfy { $0.luminance < $1.luminance })
      #expect(zip(right, right.dropFirst()).allSatisfy { $0.luminance > $1.luminance })
    }
  }

  @Test(arguments: [-1.0, 0, 0.3, 0.5, 1, 2, .infinity, -.infinity, .nan])
  func everyValueHasAColor(_ value: Double) {
    for map in ColorMap.allCases {
      for depth in [ColorDepth.ansi16, .ansi256, .trueColor] {
        #expect(!CellColor(value, map).parameters(depth, isBackground: true).isEmpty)
      }
    }
  }
}
