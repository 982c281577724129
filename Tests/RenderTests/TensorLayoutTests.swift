import Kernels
import Testing

@testable import Render

private func matrix(_ rows: [[Double]]) throws -> Tensor {
  try Tensor(Array(rows.joined()), shape: [rows.count, rows.first?.count ?? 0])
}

private func text(_ tensor: Tensor, _ name: String? = "A", _ options: DisplayOptions = .init())
  -> String
{
  plain(layout(tensor, name: name, options: options))
}

@Suite struct VectorLayoutTests {
  @Test(
    arguments: [
      ([0.031062765, 0.0844373, 0.2295, 0.6239, 0.0311], "0.0311 0.0844 0.2295 0.6239 0.0311\n"),
      ([1, 2, 3], "1 2 3\n"), ([], "[]\n"), ([0.5, 0, -1], "0.5000 0 -1.0000\n"),
      ([1, .nan, .infinity, -.infinity], "1 NaN ∞ -∞\n"), ([-0.0], "0\n"),
      ([0.9999, 1e-7, -1e-7], "0.9999 <1e-4 >-1e-4\n"),
      ([3e-5, 1.25e-5], "3.0000 1.2500  ×10⁻⁵\n"),
      ([1e6, 2.5e6], "1000000 2500000\n"), ([1_000_000.5, 2e6], "1.0000 2.0000  ×10⁶\n"),
    ] as [([Double], String)])
  func oneLine(_ values: [Double], _ expected: String) throws {
    #expect(try text(Tensor(values)) == expected)
  }

  @Test func wrapsIntoAlignedColumns() throws {
    let values = (0..<12).map { Double($0) * 0.5 - 1 }
    let expected = """
      -1.0000  -0.5000   0        0.5000
       1.0000   1.5000   2.0000   2.5000
       3.0000   3.5000   4.0000   4.5000

      """
    #expect(try text(Tensor(values), nil, .init(width: 40)) == expected)
  }

  @Test func elidesTheMiddleAndSaysHowMany() throws {
    let values = (0..<1000).map(Double.init)
    let expected = """
        0    1    2    3    4    5    6    7
        8    9   10   11   12   13   14   15
       16   17   18   19   20   21   22   23
      …  1000 values
      984  985  986  987  988  989  990  991
      992  993  994  995  996  997  998  999

      """
    #expect(try text(Tensor(values), nil, .init(width: 40)) == expected)
  }

  @Test func fullShowsAll() throws {
    let page = try layout(
      Tensor((0..<1000).map(Double.init)), options: .init(width: 40, height: 5, full: true))
    #expect(page.lines.count == 125)
    #expect(page.lines.joined().compactMap(\.value).count == 1000)
  }
}

@Suite struct MatrixLayoutTests {
  @Test func alignsDecimalPoints() throws {
    let expected = """
      A 3×3
           1.0000     0          0.5000
            <1e-4     >-1e-4  -123.4560
         -10.0000          ∞        NaN

      """
    let tensor = try matrix([[1, 0, 0.5], [1e-7, -1e-9, -123.456], [-10, .infinity, .nan]])
    #expect(text(tensor) == expected)
  }

  @Test(
    arguments: [
      ("whole numbers", [[1, 20], [-3, 0]], "A 2×2\n   1  20\n  -3   0\n"),
      (
        "a common scale", [[3.1063e-5, 1e-6], [0, -2e-5]],
        "A 2×2  ×10⁻⁵\n   3.1063   0.1000\n   0       -2.0000\n"
      ),
      (
        "a power of ten that is not exact", [[1e-12, 0]],
        "A 1×2  ×10⁻¹²\n  1.0000  0\n"
      ),
      (
        "what rounds up to the next power of ten", [[9.99999e-6, 5e-6]],
        "A 1×2  ×10⁻⁵\n  1.0000  0.5000\n"
      ),
      (
        "one small element does not hide the others", [[0.5, 1e-9], [0.25, 0]],
        "A 2×2\n  0.5000   <1e-4\n  0.2500  0\n"
      ),
      (
        "a huge scale", [[1_234_567.5, 2e6], [3e6, -4e6]],
        "A 2×2  ×10⁶\n   1.2346   2.0000\n   3.0000  -4.0000\n"
      ),
      (
        "too wide for one scale", [[1.5, 1e300], [0, -2e200]],
        "A 2×2\n     1.5000   1.00e300\n     0       -2.00e200\n"
      ),
      ("nothing to see otherwise", [[1e-9, 1e-30]], "A 1×2\n   1.00e-9  1.00e-30\n"),
      ("only infinities", [[-.infinity, 0], [0, .nan]], "A 2×2\n   -∞    0\n    0  NaN\n"),
      ("huge whole numbers", [[1e15, 2e15]], "A 1×2  ×10¹⁵\n  1.0000  2.0000\n"),
      ("no rows", [], "A 0×0\n"),
    ] as [(String, [[Double]], String)])
  func whole(_ what: String, _ rows: [[Double]], _ expected: String) throws {
    #expect(try text(matrix(rows)) == expected, "\(what)")
  }

  @Test func headerNamesTheType() throws {
    #expect(try text(Tensor([Float(1), 2], shape: [1, 2])) == "A 1×2 f32\n  1  2\n")
    #expect(try text(Tensor([true, false], shape: [1, 2]), nil) == "1×2 bool\n  1  0\n")
    #expect(try text(Tensor([Double](), shape: [4, 0])) == "A 4×0\n")
    #expect(try text(Tensor([Double](), shape: [2, 0, 3])) == "A 2×0×3\n")
  }

  @Test func maskedCellsAreDots() throws {
    let tensor = try matrix([[0.5, 1], [0.25, 0.75]])
    let mask = try matrix([[1, 0], [1, 1]])
    #expect(
      plain(layout(tensor, name: "S", mask: mask))
        == "S 2×2\n  0.5000       ·\n  0.2500  0.7500\n")
    #expect(
      plain(layout(tensor, name: "S", mask: mask, options: .init(charset: .ascii)))
        == "S 2x2\n  0.5000       .\n  0.2500  0.7500\n")
  }

  @Test func elidesRowsAndColumns() throws {
    let tensor = try Tensor((0..<2000).map(Double.init), shape: [40, 50])
    let expected = """
      A 40×50
           0     1     2  …    48    49
          50    51    52  …    98    99
           …     …     …  …     …     …
        1900  1901  1902  …  1948  1949
        1950  1951  1952  …  1998  1999

      """
    let page = layout(tensor, name: "A", options: .init(width: 36, height: 6))
    #expect(plain(page) == expected)
    #expect(page.lines.joined().filter(\.isElision).count == 10)
  }

  @Test func fullShowsColumnsInBands() throws {
    let tensor = try Tensor((0..<12).map { Double($0) + 10 }, shape: [2, 6])
    let expected = """
      A 2×6
        columns 0:4
        10  11  12  13
        16  17  18  19
        columns 4:6
        14  15
        20  21

      """
    #expect(text(tensor, "A", .init(width: 16, full: true)) == expected)
  }

  @Test func rankThreeShowsBlocks() throws {
    let tensor = try Tensor((0..<24).map(Double.init), shape: [6, 2, 2])
    let expected = """
      X 6×2×2
      [0]
         0   1
         2   3
      [1]
         4   5
         6   7
      …
      [5]
        20  21
        22  23

      """
    #expect(text(tensor, "X", .init(height: 11)) == expected)
  }

  @Test func rankFourNamesBothPlaces() throws {
    let tensor = try Tensor((0..<4).map(Double.init), shape: [2, 2, 1, 1])
    #expect(text(tensor, nil) == "2×2×1×1\n[0, 0]\n  0\n[0, 1]\n  1\n[1, 0]\n  2\n[1, 1]\n  3\n")
  }

  @Test func ascii() throws {
    let tensor = try matrix([[-.infinity, 3e-5], [1e-5, 2e-5]])
    #expect(
      text(tensor, "질", .init(charset: .ascii))
        == "\\u{c9c8} 2x2  x10^-5\n    -inf  3.0000\n  1.0000  2.0000\n")
  }

  @Test func theDigitsAreTheUsers() throws {
    #expect(
      try text(matrix([[1.0 / 3, 1]]), "A", .init(digits: 6)) == "A 1×2\n  0.333333  1.000000\n")
    #expect(try text(matrix([[1.0 / 3, 1]]), "A", .init(digits: 0)) == "A 1×2\n  <1   1\n")
  }

  @Test func aNumberIsBare() throws {
    #expect(try text(Tensor([0.031062765], shape: [])) == "0.0310628\n")
    #expect(plain(layout(2.0)) == "2\n")
  }
}

@Suite struct ValueTests {
  /// `attn check` compares these.
  @Test func everyElementCarriesItsFullPrecision() throws {
    var dice = Dice(state: 5)
    let values = (0..<20).map { _ in Double.random(in: -1...1, using: &dice) }
    for shape in [[20], [4, 5], [2, 2, 5]] {
      let page = try layout(Tensor(values, shape: shape), name: "A")
      #expect(page.lines.joined().compactMap(\.value) == values)
    }
  }

  @Test func aScaledElementCarriesItsScaledValue() throws {
    let page = try layout(matrix([[3.10627e-5, 1e-5]]), name: "A")
    let values = page.lines.joined().compactMap(\.value)
    #expect(values.count == 2 && abs(values[0] - 3.10627) < 1e-14)
  }

  @Test func meanAndDeviationCarryTheirs() throws {
    let line = try summary(Tensor([1.0, 2, 3, 4, 1]), name: "z")
    let values = line.compactMap(\.value)
    #expect(values.count == 2 && values[0] == 2.2 && abs(values[1] - 1.36.squareRoot()) < 1e-15)
  }
}

@Suite struct SummaryTests {
  @Test(
    arguments: [
      ([1, 2, 3, 4, 1], "z 5  mean 2.2  sd 1.1662"),
      ([1, .nan, 3, .nan, 2], "z 5  mean 2  sd 0.8165  (2 NaN)"),
      ([.infinity, -.infinity], "z 2  (1 ∞, 1 -∞)"), ([], "z 0"),
      ([1e300, 3e300], "z 2  mean 2e300  sd 1e300"),
      ([1e-300, 3e-300], "z 2  mean 2e-300  sd 1e-300"),
      ([.greatestFiniteMagnitude, .greatestFiniteMagnitude], "z 2  mean 1.79769e308  sd 0"),
      ([1e-17, -1e-17, 1e-17], "z 3  mean 3.33333e-18  sd 9.42809e-18"),
    ] as [([Double], String)])
  func vectors(_ values: [Double], _ expected: String) throws {
    #expect(try plain(summary(Tensor(values), name: "z")) == expected)
  }

  @Test func others() throws {
    #expect(plain(summary(3, name: "x")) == "x = 3")
    #expect(
      try plain(summary(Tensor([Float(1), 2], shape: [1, 2]), name: "Q"))
        == "Q 1×2 f32  mean 1.5  sd 0.5")
    #expect(
      try plain(summary(Tensor([true, false], shape: [2, 1]), name: "M"))
        == "M 2×1 bool  mean 0.5  sd 0.5")
  }
}

@Suite struct TensorPropertyTests {
  static let widths = [40, 47, 64, 80, 99, 133, 200]

  @Test(arguments: widths)
  func noLineExceedsTheWindow(_ width: Int) throws {
    var dice = Dice(state: UInt64(width))
    for round in 0..<150 {
      let tensor = try randomTensor(&dice)
      let height = Bool.random(using: &dice) ? Int.random(in: 1...60, using: &dice) : nil
      let options = DisplayOptions(
        width: width, height: height, charset: round % 3 == 0 ? .ascii : .unicode,
        full: round % 5 == 0)
      let page = layout(tensor, name: "질의", options: options)
      #expect(page.width <= width, "\(tensor.shape) in \(width)")
      let assigned = summary(tensor, name: "질의", options: options)
        .wrapped(to: width, indent: 2, options.charset)
      #expect(assigned.allSatisfy { $0.columns <= width })
      if let height, !options.full, tensor.rank == 2 {
        #expect(page.lines.count <= max(height, 4), "\(tensor.shape) in \(height) lines")
      }
    }
  }

  /// All rows of a matrix end in the same column, apart from zeros that stand before the point.
  @Test func rowsAreEquallyWide() throws {
    var dice = Dice(state: 9)
    for _ in 0..<100 {
      let shape = [Int.random(in: 1...9, using: &dice), Int.random(in: 1...30, using: &dice)]
      let values = (0..<shape[0] * shape[1]).map { _ in Double.random(in: -9...9, using: &dice) }
      let page = try layout(Tensor(values, shape: shape), name: "A")
      #expect(Set(page.lines.dropFirst().map(\.columns)).count == 1)
    }
  }

  @Test(arguments: [Int.min, -1, 0, 1, 7, Int.max])
  func absurdWindowsAreNoTrap(_ size: Int) throws {
    var dice = Dice(state: 11)
    for _ in 0..<30 {
      let tensor = try randomTensor(&dice)
      let options = DisplayOptions(width: size, height: size, digits: size)
      #expect(!layout(tensor, name: "A", options: options).isEmpty)
    }
  }

  private func randomTensor(_ dice: inout Dice) throws -> Tensor {
    let rank = Int.random(in: 0...4, using: &dice)
    let most = [1, 300, 60, 12, 5][rank]
    let shape = (0..<rank).map { _ in Int.random(in: 0...most, using: &dice) }
    let kind = Int.random(in: 0...4, using: &dice)
    let values = (0..<shape.reduce(1, *)).map { _ -> Double in
      switch kind {
      case 0: Double(bitPattern: dice.next())
      case 1: Double.random(in: -1...1, using: &dice)
      case 2: Double(Int.random(in: -1000...1000, using: &dice))
      case 3: Double.random(in: 0...1, using: &dice) * 1e-7
      default: [0, 1, -.infinity, .nan, 0.5].randomElement(using: &dice) ?? 0
      }
    }
    return try Tensor(values, shape: shape)
  }
}
