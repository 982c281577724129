import Engine
import Foundation
import Kernels
import Testing

@testable import Render

/// The exact bytes of pictures at every colour depth, recorded in `Tests/Fixtures/pictures`.
///
/// `ATTN_BLESS=1` records them anew and fails. An escape is written as `␛`.
@Suite struct GoldenTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/pictures")

  private static func heat(
    _ shape: [Int], _ value: (Int) -> Double, _ change: (inout HeatFigure) -> Void = { _ in }
  ) -> Figure? {
    let values = (0..<shape.reduce(1, *)).map(value)
    guard let tensor = try? Tensor(values, shape: shape) else { return nil }
    var figure = HeatFigure(values: tensor)
    change(&figure)
    return .heat(figure)
  }

  static let samples: [FigureTests.Sample] = [
    (
      "heat-tokens",
      heat([3, 3], { [1, 0, 0, 0.25, 0.75, 0, 0.01, 0.5, 0.49][$0] }) { figure in
        figure.title = "causal weights"
        (figure.rows, figure.columns) = (["나는", "학교에", "<eos>"], ["나는", "학교에", "<eos>"])
        figure.visible = try? Tensor([1.0, 0, 0, 1, 1, 0, 1, 1, 1], shape: [3, 3])
      }
    ),
    ("heat-half-blocks", heat([34, 6], { Double($0 % 6 * 5 - $0 / 6) / 32 })),
    ("heat-viridis", heat([2, 4], { Double($0) / 7 }) { $0.map = .viridis }),
    (
      "heat-gray-log",
      heat([2, 4], { [0, 1e-4, 1e-3, 0.01, 0.1, 1, .nan, 0.5][$0] }) {
        ($0.map, $0.scale) = (.gray, .log)
      }
    ),
    ("heads", heat([2, 4, 4], { Double(($0 * 7) % 16) / 15 })),
    (
      "lines",
      .chart(
        Chart(
          title: "Temperature effect", x: .init(label: "index", isWhole: true),
          layers: [
            .init(.line([.init(0, 0), .init(1, 0), .init(2, 0), .init(3, 1)]), name: "τ=0.1"),
            .init(.line([.init(0, 0), .init(1, 0.1), .init(2, 0.25), .init(3, 0.6)]), name: "τ=1"),
          ]))
    ),
    (
      "histogram",
      .chart(
        Chart(
          y: .init(label: "count", isWhole: true),
          layers: [
            .init(.steps(edges: (-4...4).map(Double.init), heights: [1, 3, 6, 10, 9, 5, 3, 0])),
            .init(.vertical(0)),
          ]))
    ),
    (
      "bars",
      .strips(
        Strips(
          members: ["p0", "p1"],
          rows: [.init("z=[-2, 0]", .bars([0.1192, 0.8808])), .init("음수", .bars([-0.5, 0.25]))]))
    ),
    (
      "strips",
      .strips(
        Strips(
          title: "dₖ", columns: ["var"],
          rows: [
            .init("8", .heights([0, 0, 1, 4, 9, 5, 0, 0]), numbers: [5.14]),
            .init("512", .heights([1, 0, 3, 0, 6, 4, 2, 1]), numbers: [548.67]),
          ], limits: -4...4))
    ),
  ].compactMap { name, figure in figure.map { FigureTests.Sample(name, $0) } }

  private static func recorded(_ figure: Figure) -> String {
    let looks: [(name: String, charset: Charset, depth: ColorDepth)] = [
      ("plain", .unicode, .none), ("ascii", .ascii, .none), ("16 colours", .unicode, .ansi16),
      ("256 colours", .unicode, .ansi256), ("24 bits", .unicode, .trueColor),
    ]
    return looks.map { look in
      let display = DisplayOptions(width: 40, charset: look.charset)
      let page = layout(figure, View(display: display, depth: look.depth))
      let text = ansi(page, depth: look.depth, charset: look.charset)
      return "== \(look.name)\n" + text.replacing("\u{1B}", with: "␛")
    }.joined()
  }

  @Test(arguments: samples)
  func isAsRecorded(_ sample: FigureTests.Sample) throws {
    let file = Self.folder.appendingPathComponent("\(sample.testDescription).txt")
    let real = Self.recorded(sample.figure)
    let written = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    if ProcessInfo.processInfo.environment["ATTN_BLESS"] != nil, real != written {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try real.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(real == written)
  }
}
