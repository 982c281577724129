import Kernels
import Testing

@testable import Render

private func page(
  _ values: [Double], _ shape: [Int], _ change: (inout HeatOptions) -> Void = { _ in }
) throws -> Page {
  var options = HeatOptions(name: "A")
  change(&options)
  return heatmap(try Tensor(values, shape: shape), options: options)
}

@Suite struct HeatmapTests {
  @Test func valuesWithARamp() throws {
    let expected = """
      A 2×3
                  k0         k1         k2
        q0  @@ 1.0000     0             ·
        q1  -- 0.3690  ** 0.6310  .. 0.0010
        scale  .:-=+*#%@  0 .. 1   · masked

      """
    let shown = try page([1, 0, 9, 0.369, 0.631, 0.001], [2, 3]) {
      $0.rowPrefix = "q"
      $0.columnPrefix = "k"
      $0.mask = try? Tensor([1.0, 1, 0, 1, 1, 1], shape: [2, 3])
    }
    #expect(
      plain(shown).replacing("_", with: "·").split(separator: "\n").map { $0.split(separator: " ") }
        == expected.split(separator: "\n").map { $0.split(separator: " ") })
  }

  @Test func signedValuesShowTheirSign() throws {
    let text = plain(try page([0.5, -1, 0, 0.25], [2, 2]))
    #expect(text.contains("+0.5000") && text.contains("-1.0000") && text.contains("+0.2500"))
    #expect(text.contains("|x| 0 .. 1"))
  }

  @Test func twelveColumnsKeepTheirValuesWithoutColour() throws {
    let values = (0..<24).map { $0 % 2 == 0 ? Double($0) / 32 : -Double($0) / 32 }
    let shown = plain(try page(values, [2, 12]) { $0.display.width = 80 })
    let lines = shown.split(separator: "\n")
    #expect(lines[2].hasPrefix("  r0   0    -0.03 +0.06 -0.09 +0.12"))
    #expect(lines[3].hasPrefix("            ..... ..... ..... "))
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func paintedValues() throws {
    let shown = try page([1, 0], [1, 2]) { $0.depth = .ansi256 }
    let lines = ansi(shown, depth: .ansi256).split(separator: "\n")
    #expect(
      lines[2]
        == "  \u{1B}[2mr0\u{1B}[0m \u{1B}[38;5;16;48;5;229m 1 \u{1B}[0m\u{1B}[38;5;231;48;5;16m 0 \u{1B}[0m"
    )
  }

  @Test func hangulNamesKeepTheColumns() throws {
    let shown = try page([0.5, 0.25, 0.125, 0.125], [2, 2]) {
      $0.rows = ["나는", "x"]
      $0.columns = ["학교에서왔다갔다", "갔다"]
    }
    let widths = shown.lines[1...3].map(\.columns)
    #expect(Set(widths).count == 1)
  }

  @Test func largeMatricesSayWhatACellIs() throws {
    let values = (0..<200 * 200).map { Double($0 % 7) }
    let shown = plain(try page(values, [200, 200]) { $0.display.height = 24 })
    #expect(shown.hasPrefix("A 200×200  1 cell = 10×3 values (max)  max 6 at [0, 6]\n"))
  }

  @Test func halfBlocksHoldTwoRows() throws {
    let values = (0..<60 * 40).map(Double.init)
    let shown = try page(values, [60, 40]) { $0.depth = .trueColor }
    let blocks = shown.lines.joined().filter { $0.text == "▀" }
    #expect(blocks.count == 1200)
    #expect(blocks.allSatisfy { $0.style.cell != nil && $0.style.ink != nil })
  }

  @Test(arguments: [ColorDepth.none, .ansi16, .ansi256, .trueColor], [Charset.unicode, .ascii])
  func aSingleOneIsSeenInEveryWindow(_ depth: ColorDepth, _ charset: Charset) throws {
    for (width, height) in [(20, 5), (40, 10), (57, 24), (80, 24), (99, nil), (132, 50), (200, 60)]
    {
      for place in [0, 199, 17 * 200 + 42, 100 * 200 + 99, 39_999] {
        var values = [Double](repeating: 0, count: 40_000)
        values[place] = 1
        let shown = try page(values, [200, 200]) {
          $0.depth = depth
          $0.display = DisplayOptions(width: width, height: height, charset: charset)
        }
        #expect(shown.width <= width)
        let body = shown.lines.dropLast(2).joined()
        if depth == .none {
          #expect(body.contains { $0.text.contains("@") })
        } else {
          #expect(body.contains { $0.style.cell?.value == 1 || $0.style.ink?.value == 1 })
        }
        let words = plain(shown).split { $0.isWhitespace }.joined(separator: " ")
        #expect(words.contains("max 1 at [\(place / 200), \(place % 200)]"))
      }
    }
  }

  @Test func aSingleNegativeIsSeenInSignedData() throws {
    var values = [Double](repeating: 0.01, count: 10_000)
    values[4242] = -3
    let shown = try page(values, [100, 100]) { $0.display.width = 30 }
    #expect(shown.lines.dropLast().joined().contains { $0.text == "-@" })
    #expect(plain(shown).contains("largest -3 at [42, 42]"))
  }

  @Test func rankThreeIsASetOfSmallPictures() throws {
    let values = (0..<8).map { Double($0) / 7 }
    let shown = try page(values, [2, 2, 2]) { $0.blockPrefix = "head " }
    let expected = """
      A 2×2×2  max 1 at [1, 1, 1]
        head 0   head 1
         .       +#
        :=       %@
        scale  .:-=+*#%@  0 .. 1

      """
    #expect(plain(shown) == expected)
  }

  @Test(
    arguments: [
      ("constant", [3, 3, 3, 3]), ("zero", [0, 0, 0, 0]),
      ("nothing finite", [.nan, .infinity, -.infinity, .nan]),
      ("NaN", [1, .nan, 2, 3]), ("huge", [-1.7e308, 1.7e308, 1e-300, 0]),
      ("−∞", [-.infinity, 1, 2, 3]),
    ] as [(String, [Double])])
  func oddData(_ what: String, _ values: [Double]) throws {
    for depth in ColorDepth.allCases {
      let small = try page(values, [2, 2]) { $0.depth = depth }
      let repeated = (0..<100).flatMap { _ in values }
      let large = try page(repeated, [20, 20]) { $0.depth = depth }
      let cube = try page(repeated, [4, 10, 10]) { $0.depth = depth }
      for shown in [small, large, cube] {
        #expect(!ansi(shown, depth: depth).isEmpty, "\(what)")
        if values.contains(where: \.isNaN) { #expect(plain(shown).contains("NaN")) }
      }
    }
  }

  @Test(arguments: [[], [0], [5], [0, 4], [4, 0], [2, 0, 3], [1, 1], [2, 2, 2, 2]])
  func everyShape(_ shape: [Int]) throws {
    for depth in ColorDepth.allCases {
      let values = [Double](repeating: 0.5, count: shape.reduce(1, *))
      #expect(!(try page(values, shape) { $0.depth = depth }).isEmpty)
    }
  }

  @Test(arguments: [1, 8, 40, 57, 80, 120, 200, Int.max])
  func noLineExceedsTheWindow(_ width: Int) throws {
    var dice = Dice(state: 77)
    for round in 0..<60 {
      let shape = [
        [Int.random(in: 1...70, using: &dice), Int.random(in: 1...70, using: &dice)],
        [Int.random(in: 1...9, using: &dice), 6, Int.random(in: 1...30, using: &dice)],
      ][round % 2]
      let values = (0..<shape.reduce(1, *)).map { _ in
        Double.random(in: (round % 3 == 0 ? -1 : 0)...1, using: &dice)
      }
      let shown = try page(values, shape) {
        $0.display = DisplayOptions(width: width, height: round % 4 == 0 ? 12 : nil)
        $0.depth = ColorDepth.allCases[round % 4]
      }
      if width >= 40 { #expect(shown.width <= width, "\(shape) in \(width)") }
    }
  }

  @Test func paintedRowsAreEquallyWide() throws {
    let values = (0..<30).map { Double($0) / 10 - 1 }
    let shown = try page(values, [5, 6]) { $0.depth = .trueColor }
    #expect(Set(shown.lines[1...6].map(\.columns)).count == 1)
  }
}
