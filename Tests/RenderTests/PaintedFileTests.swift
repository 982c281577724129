import Files
import Kernels
import Testing

@testable import Render

/// A page with all that files have to show.
private let small = Page(lines: [
  [Run("τ", .title), Run(" <1> "), Run("질", .dim)],
  [
    Run(" 0.5 ", Style(.number, cell: CellColor(1, .sequential)), value: 0.5000000001),
    Run("▀", Style(cell: CellColor(0, .sequential), ink: CellColor(1, .sequential))), Run("│"),
  ],
])

/// Texts that markup, a viewer or a terminal could take for something else.
private let nastyTexts = [
  "<script>alert(1)</script>", "]]>", "&amp; &#0; &", "\"'", "\u{0}\u{1B}[31m\u{7}\u{9F}",
  "\u{FFFE}\u{FFFF}\u{1FFFF}\u{202E}abc", "가나다 각 \u{1100}\u{1161}", "e\u{301}\u{301}", "👨‍👩‍👧 🇰🇷", "",
  "   ", "\u{300}", "─│█▀░",
]

@Suite struct SvgTests {
  @Test func isSmallAndWhole() {
    let expected = """
      <rect width="100%" height="100%" fill="#ffffff"/>
      <g shape-rendering="crispEdges">
      <rect x="12" y="28" width="40" height="16" fill="#fcfdbf"/>
      <rect x="52" y="28" width="8" height="16" fill="#000004"/>
      <rect x="52" y="28" width="8" height="8" fill="#fcfdbf"/>
      <rect x="63.5" y="28" width="1" height="16" fill="#1f2328"/>
      </g>
      <g fill="#1f2328">
      <text x="12" y="24" font-weight="bold">τ</text>
      <text x="28" y="24" textLength="24" lengthAdjust="spacingAndGlyphs">&lt;1&gt;</text>
      <text x="68" text-anchor="middle" y="24" fill="#656d76">질</text>
      <text x="20" y="40" textLength="24" lengthAdjust="spacingAndGlyphs" fill="#000000">0.5</text>
      </g>
      <g fill="none" pointer-events="all">
      <rect x="12" y="28" width="40" height="16"><title>0.5000000001</title></rect>
      </g>
      </svg>

      """
    let lines = svg(small).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0].hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"88\" height=\"56\""))
    #expect(lines.dropFirst().joined(separator: "\n") == expected)
  }

  @Test(arguments: nastyTexts)
  func isWellFormedWithAnyText(_ text: String) {
    let page = Page(lines: [
      [Run(text, .title), Run(text, Style(cell: CellColor(.nan, .sequential)))]
    ])
    for paper in [Paper.light, .dark] {
      #expect(MarkupReader(svg(page, paper: paper)).problem == nil)
      #expect(MarkupReader(html(page, paper: paper)).problem == nil)
      #expect(MarkupReader(html(Page(text))).problem == nil)
    }
  }

  @Test func manyCellsAreOnePicture() throws {
    let values = (0..<4096).map { Double($0 * 7919 % 4096) }
    let view = HeatOptions(display: DisplayOptions(width: 100, height: 400), depth: .trueColor)
    let reader = MarkupReader(svg(heatmap(try Tensor(values, shape: [64, 64]), options: view)))
    #expect(reader.problem == nil)
    #expect(reader.elements.count { $0 == "image" } == 1)
    #expect(reader.elements.count < 100)
  }

  @Test func paintedBlanksTellTheirValues() throws {
    let values = (0..<400).map { Double($0) / 7 }
    let view = HeatOptions(display: DisplayOptions(width: 100, height: 400), depth: .trueColor)
    let text = svg(heatmap(try Tensor(values, shape: [20, 20]), options: view))
    #expect(values.allSatisfy { text.contains("<title>\(NumberText.shortest($0))</title>") })
  }

  @Test func neighboursOfOneColourAreOneRectangle() {
    let cell = Style(cell: CellColor(0.3, .sequential))
    let page = Page(lines: [[Run("  ", cell), Run("    ", cell), Run("x"), Run(" ", cell)]])
    #expect(Sheet(page, .light).fills.map(\.width) == [48, 8])
  }

  /// A shape that continues its left neighbour's must not lie under its own ground.
  @Test func shapesLieOnGrounds() {
    let colors = [0, 0.25, 0.5].map { CellColor($0, .sequential) }
    let page = Page(lines: [
      [
        Run("▀", Style(cell: colors[0], ink: colors[2])),
        Run("▀", Style(cell: colors[1], ink: colors[2])),
      ]
    ])
    let fills = Sheet(page, .light).fills
    #expect(fills.map(\.width) == [8, 8, 16])
    #expect(fills.map(\.height) == [16, 16, 8])
  }

  @Test func nothingIsFetched() {
    for text in [svg(small), htmlDocument(small, title: "t"), htmlDocument(Page("t"), title: "t")] {
      let names = text.replacing("http://www.w3.org/2000/svg", with: "")
      for forbidden in ["http", "url(", "<script", "<link", "@import"] {
        #expect(!names.contains(forbidden))
      }
    }
  }
}

@Suite struct HtmlTests {
  @Test func textStaysText() {
    let page = Page(lines: [
      [Run("error: ", .error), Run("a < b "), Run("0.25", .number, value: 0.2512)], [Run("질의")],
    ])
    let expected = """
      <pre style="color:#1f2328">
      <span style="color:#c62530;font-weight:bold">error: </span>a &lt; b <span title="0.2512">0.25</span>
      <i>질</i><i>의</i></pre>

      """
    #expect(html(page) == expected)
  }

  @Test func picturesAreDrawn() { #expect(html(small).hasPrefix("<svg ")) }

  @Test func titleIsEscaped() {
    #expect(
      htmlDocument(Page(), title: "</title>\u{1B}").contains("<title>&lt;/title&gt;␛</title>"))
  }
}

@Suite struct MarkdownTableTests {
  @Test func matrix() throws {
    let table = try markdownTable(try Tensor([1.5, 1e-9, -2, 0], shape: [2, 2]))
    #expect(
      table
        == "|  | c0 | c1 |\n| :-- | --: | --: |\n| r0 | 1.5000 | &lt;1e-4 |\n| r1 | -2.0000 | 0 |\n"
    )
  }

  @Test func vector() throws {
    let table = try markdownTable(try Tensor([1.0, 2], shape: [2]))
    #expect(table == "| c0 | c1 |\n| --: | --: |\n| 1 | 2 |\n")
  }

  @Test(arguments: [[0], [0, 2], [2, 0]])
  func nothing(_ shape: [Int]) throws {
    #expect(try markdownTable(try Tensor([Double](), shape: shape)).hasPrefix("|"))
  }
}
