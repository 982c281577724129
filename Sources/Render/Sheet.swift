/// A page with a place and a colour for everything on it: what is painted in files.
///
/// Lengths are in the units of `CellShape`; a cell is 8 wide and 16 high.
struct Sheet {
  /// A rectangle of one colour.
  struct Fill: Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
    var color: RGB
  }

  /// Characters without blanks that lie side by side.
  struct Word {
    var column: Int
    var row: Int
    var columns: Int
    var text: String
    var ink: RGB
    /// What the ink lies on.
    var ground: RGB
    var isStrong: Bool
  }

  /// Where a number stands that its text only rounds.
  struct Hover {
    var column: Int
    var row: Int
    var columns: Int
    var value: Double
  }

  let columns: Int
  let rows: Int
  private(set) var fills: [Fill] = []
  private(set) var words: [Word] = []
  private(set) var hovers: [Hover] = []
  private let paper: Paper

  /// Around the cells, in units.
  static let margin = 12.0

  var background: RGB { paper.background }
  var width: Double { Double(columns) * CellShape.width + 2 * Self.margin }
  var height: Double { Double(rows) * CellShape.height + 2 * Self.margin }

  init(_ page: Page, _ paper: Paper) {
    self.paper = paper
    columns = page.width
    rows = page.lines.count
    for (row, line) in page.lines.enumerated() { add(line, row) }
  }

  private mutating func add(_ line: Line, _ row: Int) {
    var column = 0
    var grounds: [Fill] = []
    var shapes: [Fill] = []
    for run in line {
      let text = Charset.unicode.text(run.text)
      let columns = text.columns
      if let cell = run.style.cell {
        grounds.append(fill(column, row, columns, cell.fileColor))
      }
      if let value = run.value {
        hovers.append(Hover(column: column, row: row, columns: columns, value: value))
      }
      shapes += add(text, run.style, column, row)
      column += columns
    }
    // Shapes lie on grounds, and neither on its own kind.
    fills += Self.merged(grounds) + Self.merged(shapes)
  }

  /// The words of a run; its shapes are returned.
  private mutating func add(_ text: String, _ style: Style, _ start: Int, _ row: Int) -> [Fill] {
    let ground = style.cell?.fileColor ?? paper.background
    let ink =
      style.ink?.fileColor ?? (style.cell == nil ? paper.ink(style.role) : ground.contrasting)
    let measure = DisplayWidth()
    var shapes: [Fill] = []
    var column = start
    var isOpen = false
    for character in text {
      let columns = measure.columns(of: character)
      if let shape = Self.shape(of: character) {
        let color = ground.mixed(with: ink, shape.opacity)
        shapes += shape.rectangles.map { fill($0, column, row, color) }
        isOpen = false
      } else if character == " " {
        isOpen = false
      } else if isOpen && columns == 1 {
        words[words.count - 1].text.append(character)
        words[words.count - 1].columns += 1
      } else {
        words.append(
          Word(
            column: column, row: row, columns: columns, text: String(character), ink: ink,
            ground: ground, isStrong: paper.isStrong(style.role)))
        // Wide characters come from another font, so that each needs a place of its own.
        isOpen = columns == 1
      }
      column += columns
    }
    return shapes
  }

  private static func shape(of character: Character) -> CellShape? {
    let scalars = character.unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else { return nil }
    return CellShape.of(first)
  }

  private func fill(_ column: Int, _ row: Int, _ columns: Int, _ color: RGB) -> Fill {
    let whole = CellShape.Rectangle(0, 0, Double(columns) * CellShape.width, CellShape.height)
    return fill(whole, column, row, color)
  }

  private func fill(_ part: CellShape.Rectangle, _ column: Int, _ row: Int, _ color: RGB) -> Fill {
    Fill(
      x: Self.margin + Double(column) * CellShape.width + part.x,
      y: Self.margin + Double(row) * CellShape.height + part.y, width: part.width,
      height: part.height, color: color)
  }

  /// Neighbours of one colour as one rectangle, as long as none of them lie on each other.
  private static func merged(_ fills: [Fill]) -> [Fill] {
    var result: [Fill] = []
    // The last rectangle that ends in each band of the line.
    var open: [[Double]: Int] = [:]
    for fill in fills {
      let band = [fill.y, fill.height]
      if let index = open[band], result[index].color == fill.color,
        result[index].x + result[index].width == fill.x
      {
        result[index].width += fill.width
      } else {
        open[band] = result.count
        result.append(fill)
      }
    }
    return result
  }
}

extension RGB {
  /// `#1d1147`
  var hexadecimal: String {
    let digits = String(packed, radix: 16)
    return "#" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// `0xRRGGBB`
  var packed: UInt32 { UInt32(clamping: red << 16 | green << 8 | blue) }

  /// Black or white, whichever can be read on this colour.
  var contrasting: RGB { RGB(hexadecimal: isBright ? 0x000000 : 0xFFFFFF) }
}
