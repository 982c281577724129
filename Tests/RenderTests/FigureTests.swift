import Engine
import Kernels
import Testing

@testable import Render

/// What every picture must keep, whatever the window.
@Suite struct FigureTests {
  struct Sample: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var figure: Figure

    init(_ name: String, _ figure: Figure) { (testDescription, self.figure) = (name, figure) }
  }

  private static func tensor(_ shape: [Int], _ value: (Int) -> Double) -> Tensor? {
    try? Tensor((0..<shape.reduce(1, *)).map(value), shape: shape)
  }

  private static func heat(_ shape: [Int], _ change: (inout HeatFigure) -> Void = { _ in })
    -> Figure?
  {
    guard let values = tensor(shape, { Double(($0 * 7919) % 101) / 100 }) else { return nil }
    var figure = HeatFigure(values: values)
    change(&figure)
    return .heat(figure)
  }

  private static func curve(_ count: Int, _ y: (Double) -> Double) -> [Chart.Point] {
    (0..<count).map { Chart.Point(Double($0), y(Double($0))) }
  }

  private static func chart(_ marks: [Chart.Mark], isLogarithmic: Bool = false) -> Figure {
    var chart = Chart(
      title: "확률 the title", layers: marks.enumerated().map { .init($1, name: "열 \($0)") })
    chart.x.isLogarithmic = isLogarithmic
    chart.y.isLogarithmic = isLogarithmic
    chart.x.label = "위치 position"
    chart.notes = ["left out: 3 points with NaN or ∞"]
    return .chart(chart)
  }

  private static let tokens = ["나는", "학교에", "갔다", "<eos>", "a very long token name", "x"]

  static let samples: [Sample] = [
    ("small heat", heat([3, 4])),
    ("hangul heat", heat([6, 6]) { ($0.rows, $0.columns) = (tokens, tokens) }),
    ("forced values", heat([3, 14]) { $0.showsValues = true }),
    (
      "no values", heat([6, 6]) { ($0.rows, $0.columns, $0.showsValues) = (tokens, tokens, false) }
    ),
    ("masked heat", heat([8, 8]) { $0.visible = tensor([8, 8]) { $0 % 8 <= $0 / 8 ? 1 : 0 } }),
    ("large heat", heat([70, 90])), ("long heat", heat([3, 500])),
    ("tall heat", heat([500, 3])), ("signed heat", heat([40, 50]) { $0.center = 0.5 }),
    ("row heat", heat([30, 64]) { $0.scale = .row }),
    ("log heat", heat([20, 20]) { $0.scale = .log }),
    ("heads", heat([8, 10, 10])),
    ("named heads", heat([3, 30, 20]) { $0.names = ["하나", "둘", "셋"] }),
    ("curves", chart([.line(curve(5) { $0 * $0 }), .line(curve(100) { $0 / 5 })])),
    ("cloud", chart([.points(curve(50) { 1 / (1 + $0) })])),
    (
      "log-log",
      chart(
        [.points(curve(5) { 1e-4 * $0 * $0 }), .slope(2, through: .init(3, 9e-4))],
        isLogarithmic: true)
    ),
    (
      "bars",
      chart([
        .steps(edges: (0...30).map { Double($0) - 15 }, heights: (0..<30).map(Double.init)),
        .vertical(0),
      ])
    ),
    ("note", chart([.points(curve(3) { $0 }), .text("여기 here", at: .init(2, 2)), .horizontal(1)])),
    ("not finite", chart([.line([.init(0, .nan), .init(.infinity, 1), .init(1, -.infinity)])])),
    ("huge", chart([.line([.init(-1e308, 1e308), .init(1e308, -1.7e308)])])),
    ("tiny", chart([.line([.init(0, .leastNonzeroMagnitude), .init(.leastNonzeroMagnitude, 0)])])),
    ("constant", chart([.line(curve(4) { _ in 3 })])), ("nothing", chart([])),
    ("many series", chart((0..<12).map { k in .line(curve(30) { $0 * Double(k) }) })),
    (
      "strips",
      .strips(
        Strips(
          title: "표본", columns: ["mean", "var"],
          rows: (0..<4).map { row in
            Strips.Row(
              "샘플 \(row)", .heights((0..<40).map { Double($0 % (row + 2)) }), numbers: [1, -2e5])
          }, limits: -20...20))
    ),
    (
      "sparks",
      .strips(
        Strips(rows: [
          .init("a", .values([1, .nan, 3])), .init("long", .values((0..<500).map { Double($0) })),
        ]))
    ),
    (
      "grouped bars",
      .strips(
        Strips(
          members: ["p0", "확률"],
          rows: [.init("z=[-2, 0]", .bars([0.1, 0.9])), .init("둘", .bars([-0.5, .nan]))]))
    ),
    (
      "table",
      .strips(
        Strips(
          columns: (0..<30).map { "c\($0)" },
          rows: (0..<3).map { row in
            .init("τ=\(row)", .none, numbers: (0..<30).map { Double($0) / 7 })
          }))
    ),
  ].compactMap { name, figure in figure.map { Sample(name, $0) } }

  static let panels = Sample(
    "panels", .panels(samples.prefix(20).map(\.figure), title: "여러 그림 in one"))

  @Test(arguments: samples + [panels])
  func noLineIsWiderThanTheWindowAndAllAreEqual(_ sample: Sample) {
    for width in [
      40, 41, 45, 52, 57, 60, 66, 72, 79, 80, 81, 99, 100, 119, 120, 132, 160, 199, 200,
    ] {
      for charset in [Charset.unicode, .ascii] {
        for depth in ColorDepth.allCases {
          let height = width % 3 == 0 ? nil : 24
          let view = View(
            display: DisplayOptions(width: width, height: height, charset: charset), depth: depth)
          let page = layout(sample.figure, view)
          let widths = Set(page.lines.map(\.columns))
          #expect(widths.count == 1, "\(widths) at \(width) \(charset) \(depth)")
          #expect(page.width <= width, "\(page.width) at \(width) \(charset) \(depth)")
        }
      }
    }
  }

  @Test(arguments: samples + [panels])
  func asciiIsASCII(_ sample: Sample) {
    let display = DisplayOptions(width: 70, charset: .ascii)
    for depth in [ColorDepth.none, .trueColor] {
      let text = ansi(
        layout(sample.figure, View(display: display, depth: depth)), depth: depth, charset: .ascii)
      #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }
  }

  @Test(arguments: samples)
  func absurdWindowsAreNoTrap(_ sample: Sample) {
    for width in [Int.min, 0, 1, 2, 3, 7, 15, 39, Int.max] {
      for height in [Int.min, 0, 1, 5, Int.max] {
        let display = DisplayOptions(width: width, height: height)
        #expect(!layout(sample.figure, View(display: display, depth: .ansi256)).isEmpty)
      }
    }
  }

  /// The right edge of the plot or of the painted cells, before any line is filled with blanks.
  @Test(arguments: samples, [40, 57, 80, 133])
  func theRowsOfAPictureEndTogether(_ sample: Sample, _ width: Int) {
    for depth in ColorDepth.allCases {
      let view = View(display: DisplayOptions(width: width), depth: depth)
      switch sample.figure {
      case .heat(let heat):
        let page = heatmap(heat.values, options: HeatOptions(heat, view))
        let painted = page.lines.dropLast().filter { $0.contains { $0.style.cell != nil } }
        if heat.values.rank == 2 { #expect(Set(painted.map(\.columns)).count <= 1) }
      case .chart(let chart):
        let framed = ChartLayout(chart, view).page().lines.filter {
          $0.count > 1 && ["┤", "│"].contains($0[1].text)
        }
        #expect(framed.count >= 4 && Set(framed.map(\.columns)).count == 1)
      default: break
      }
    }
  }
}
