import Kernels

/// How a result comes about, as data: Render lays it out for the window it meets.
public struct Explanation: Sendable {
  /// A row and a column.
  public struct Cell: Sendable, Hashable {
    public var row: Int
    public var column: Int

    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// A name that the numbers are written with, and what one types for it.
  public typealias Definition = (name: String, expression: String)

  /// What is explained, as it was typed.
  public var title: String
  /// At the right of the title: sizes, options, the dtype.
  public var facts: [String]
  /// What is computed, as a book prints it.
  public var formula: [Prose]
  public var parts: [Part]
  /// In the order in which they have to be typed.
  public var definitions: [Definition] = []
  /// The cell that is followed through the steps, where there is one.
  public var traced: Cell?
  /// How many rows and columns can be chosen; nil where no cell is followed.
  public var extent: Cell?

  public init(title: String, facts: [String] = [], formula: [Prose] = [], parts: [Part] = []) {
    self.title = title
    self.facts = facts
    self.formula = formula
    self.parts = parts
  }

  /// What a reader takes in at once; at a terminal each comes with a key.
  public enum Part: Sendable {
    /// A numbered step; two stand side by side where they fit.
    case step(Step)
    case section([Block])
  }

  public enum Block: Sendable {
    case lines([Prose])
    case table(Table)
    case grid(Grid)
    case figure(Figure)
    case checks([Check])
  }

  public struct Step: Sendable {
    public var title: Prose
    public var grid: Grid?
    /// Worked arithmetic, and what has to be said.
    public var lines: [Prose]

    public init(_ title: Prose, _ grid: Grid? = nil, lines: [Prose] = []) {
      self.title = title
      self.grid = grid
      self.lines = lines
    }
  }

  /// The numbers of a matrix under and beside their names.
  public struct Grid: Sendable {
    public var values: Tensor  // [rows, columns]
    /// What one types for `values`.
    public var expression: String?
    public var rows: [String]
    public var columns: [String]
    /// 0 where a cell is hidden.
    public var visible: Tensor?
    public var marked: Cell?
    public var decimals = 3
    /// How much of 1 each number is, shown in front of it.
    public var isShaded = false

    public init(_ values: Tensor, expression: String? = nil, rows: [String], columns: [String]) {
      self.values = values
      self.expression = expression
      self.rows = rows
      self.columns = columns
    }
  }

  /// Rows under their titles, with sums below a rule.
  public struct Table: Sendable {
    public enum Alignment: Sendable { case left, right }

    public var titles: [String]
    public var alignments: [Alignment]
    /// nil is a row that stands for those left out.
    public var rows: [[Prose]?]
    /// One for each column; those that are not empty stand under a rule.
    public var sums: [Prose]
    /// Blanks between columns.
    public var gap: Int
    /// The columns that a narrow window leaves out, in this order.
    public var optional: [Int]

    public init(
      _ titles: [String], _ alignments: [Alignment], rows: [[Prose]?], sums: [Prose] = [],
      gap: Int = 2, optional: [Int] = []
    ) {
      self.titles = titles
      self.alignments = alignments
      self.rows = rows
      self.sums = sums
      self.gap = gap
      self.optional = optional
    }
  }

  /// Something that has to be true, measured.
  public struct Check: Sendable {
    public var text: String
    public var holds: Bool
    /// How far off it is; nil where it is exact or not a number.
    public var error: Double?

    public init(_ text: String, holds: Bool, error: Double? = nil) {
      self.text = text
      self.holds = holds
      self.error = error
    }

    /// Holds up to `tolerance`.
    public init(_ text: String, error: Double, within tolerance: Double) {
      self.init(text, holds: error <= tolerance, error: error)
    }
  }
}

extension Explanation {
  /// All numbers that stand in it and say where they come from.
  public var quantities: [Quantity] {
    formula.flatMap(\.numbers) + parts.flatMap(\.quantities)
  }

  /// All that has to be true.
  public var checks: [Check] {
    parts.flatMap { part -> [Check] in
      guard case .section(let blocks) = part else { return [] }
      return blocks.flatMap { block -> [Check] in
        if case .checks(let checks) = block { checks } else { [] }
      }
    }
  }

  /// Which of `count` things are shown where there is room for `most`: the first, the last and one
  /// that matters; nil stands for those left out between them.
  public static func shown(_ count: Int, most: Int, keeping kept: Int = 0) -> [Int?] {
    guard count > most, most > 2 else { return (0..<count).map { $0 } }
    func ends(_ room: Int) -> Set<Int> {
      let head = (room + 1) / 2
      return Set(0..<head).union(count - (room - head)..<count)
    }
    var indices = ends(most - 1)
    // One more thing in the middle means one more gap.
    if !indices.contains(kept) { indices = ends(most - 3).union([kept]) }
    var shown: [Int?] = []
    for index in 0..<count {
      if indices.contains(index) {
        shown.append(index)
      } else if shown.last != .some(nil) {
        shown.append(nil)
      }
    }
    return shown
  }
}

extension Explanation.Part {
  var quantities: [Quantity] {
    switch self {
    case .step(let step): step.title.numbers + step.lines.flatMap(\.numbers)
    case .section(let blocks): blocks.flatMap(\.quantities)
    }
  }

  /// The matrices that stand in it.
  public var grids: [Explanation.Grid] {
    switch self {
    case .step(let step): step.grid.map { [$0] } ?? []
    case .section(let blocks):
      blocks.compactMap { if case .grid(let grid) = $0 { grid } else { nil } }
    }
  }
}

extension Explanation.Block {
  var quantities: [Quantity] {
    switch self {
    case .lines(let lines): lines.flatMap(\.numbers)
    case .table(let table):
      table.rows.flatMap { $0 ?? [] }.flatMap(\.numbers) + table.sums.flatMap(\.numbers)
    case .grid, .figure, .checks: []
    }
  }
}
