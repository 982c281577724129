import Kernels

/// A picture as data; Render draws it for the window it meets.
///
/// A new kind of picture is made of these: one entry in `Builtins/Pictures/` that builds a chart or
/// strips from their marks.
public indirect enum Figure: Sendable {
  case heat(HeatFigure)
  case chart(Chart)
  case strips(Strips)
  /// Small multiples from left to right, in as many rows as the window needs.
  case panels([Figure], title: String?)
}

/// What `heat` shows.
public struct HeatFigure: Sendable {
  public enum Map: String, Sendable, CaseIterable {
    /// By the data: diverging where they are signed.
    case auto, viridis, magma, diverging, gray
  }

  public enum Scale: String, Sendable, CaseIterable {
    case linear
    /// Each row between its own limits.
    case row
    case sqrt, log
  }

  public var values: Tensor
  public var title: String?
  public var rows: [String]?
  public var columns: [String]?
  /// Of rank 3: what stands above each picture.
  public var names: [String]?
  /// 0 where a cell stays unpainted.
  public var visible: Tensor?
  public var map = Map.auto
  /// The middle of a diverging map.
  public var center: Double?
  public var scale = Scale.linear
  /// Whether numbers stand in the cells; nil where the room decides.
  public var showsValues: Bool?
  /// What the ends of the colour bar stand for; from the data where nil.
  public var limits: ClosedRange<Double>?

  public init(
    values: Tensor, title: String? = nil, rows: [String]? = nil, columns: [String]? = nil,
    visible: Tensor? = nil
  ) {
    self.values = values
    self.title = title
    self.rows = rows
    self.columns = columns
    self.visible = visible
  }
}

/// Marks between two axes.
public struct Chart: Sendable {
  public struct Axis: Sendable {
    public var label: String?
    public var isLogarithmic = false
    /// From the marks where nil.
    public var limits: ClosedRange<Double>?
    /// What must have room besides the marks, as where several charts share an axis.
    public var holds: ClosedRange<Double>?
    /// Ticks only where whole numbers are, as at the entries of a vector.
    public var isWhole = false
    /// Where ticks are wanted, with their labels; chosen by the layout where nil.
    public var ticks: [Tick]?

    public init(label: String? = nil, isLogarithmic: Bool = false, isWhole: Bool = false) {
      self.label = label
      self.isLogarithmic = isLogarithmic
      self.isWhole = isWhole
    }
  }

  public struct Tick: Sendable {
    public var value: Double
    public var label: String

    public init(_ value: Double, _ label: String) { (self.value, self.label) = (value, label) }
  }

  public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  public enum Mark: Sendable {
    case points([Point])
    /// Points that belong together: what lies between two of them is drawn more faintly.
    case line([Point])
    /// Bars that stand on 0, `heights[i]` between `edges[i]` and `edges[i + 1]`.
    case steps(edges: [Double], heights: [Double])
    case vertical(Double)
    case horizontal(Double)
    /// y ∝ x^exponent through a point on logarithmic axes, a straight line on linear ones.
    case slope(Double, through: Point)
    case text(String, at: Point)
  }

  public struct Layer: Sendable {
    public var mark: Mark
    /// In the legend; marks without a name have no entry.
    public var name: String?
    /// What the legend says of it, such as a fitted slope.
    public var numbers: [(name: String, value: Double)]
    /// Said right of the last point.
    public var ending: String?

    public init(
      _ mark: Mark, name: String? = nil, numbers: [(name: String, value: Double)] = []
    ) {
      self.mark = mark
      self.name = name
      self.numbers = numbers
    }
  }

  public var title: String?
  public var x: Axis
  public var y: Axis
  public var layers: [Layer]
  /// What has to be said below, such as what could not be drawn.
  public var notes: [String]
  /// How high the plot is, in lines; by the window where nil.
  public var rows: Int?
  /// Whether it stands inside a text: without a margin of its own, the legend behind the title.
  public var isInText = false

  public init(
    title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), layers: [Layer] = [],
    notes: [String] = []
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.notes = notes
  }
}

extension Chart {
  /// All numbers along both axes that can be drawn.
  public var numbers: (x: [Double], y: [Double]) {
    var (xs, ys): ([Double], [Double]) = ([], [])
    for layer in layers {
      switch layer.mark {
      case .points(let points), .line(let points):
        let drawable = points.filter { x.canDraw($0.x) && y.canDraw($0.y) }
        xs += drawable.map(\.x)
        ys += drawable.map(\.y)
      case .steps(let edges, let heights):
        xs += edges
        ys += heights + [0]
      case .horizontal(let height): ys.append(height)
      case .vertical, .slope, .text: break
      }
    }
    if let holds = x.holds { xs += [holds.lowerBound, holds.upperBound] }
    if let holds = y.holds { ys += [holds.lowerBound, holds.upperBound] }
    return (xs, ys)
  }
}

extension Chart.Axis {
  public func canDraw(_ number: Double) -> Bool {
    number.isFinite && (!isLogarithmic || number > 0)
  }
}

/// Rows of a name, a mark along one shared axis and some numbers.
public struct Strips: Sendable {
  public enum Mark: Sendable {
    /// Heights from left to right, each row as high as its own largest.
    case heights([Double])
    /// Values from left to right, between the limits of all rows.
    case values([Double])
    /// Bars from 0, one for each of `members`.
    case bars([Double])
    /// Only numbers.
    case none
  }

  public struct Row: Sendable {
    public var name: String
    public var mark: Mark
    /// One for each of `columns`.
    public var numbers: [Double]

    public init(_ name: String, _ mark: Mark, numbers: [Double] = []) {
      self.name = name
      self.mark = mark
      self.numbers = numbers
    }
  }

  public var title: String?
  /// What the names of the rows are.
  public var nameColumn: String
  /// The names of the numbers behind the marks.
  public var columns: [String]
  /// The names of the bars of a row.
  public var members: [String]
  public var rows: [Row]
  /// What values and bars must have room for besides their own, as where several pictures share a
  /// scale.
  public var holds: ClosedRange<Double>?
  /// What the left and the right end of the marks stand for.
  public var limits: ClosedRange<Double>?
  public var notes: [String]

  public init(
    title: String? = nil, nameColumn: String = "", columns: [String] = [], members: [String] = [],
    rows: [Row] = [], limits: ClosedRange<Double>? = nil, notes: [String] = []
  ) {
    self.title = title
    self.nameColumn = nameColumn
    self.columns = columns
    self.members = members
    self.rows = rows
    self.limits = limits
    self.notes = notes
  }
}

extension Strips {
  public var hasBars: Bool {
    rows.contains { if case .bars = $0.mark { true } else { false } }
  }

  /// The values and bars in it that are drawn between common limits; bars stand on 0.
  public var levels: [Double] {
    let levels = rows.flatMap { row -> [Double] in
      switch row.mark {
      case .values(let values): values
      case .bars(let bars): bars + [0]
      case .heights, .none: []
      }
    }
    return levels.filter(\.isFinite) + (holds.map { [$0.lowerBound, $0.upperBound] } ?? [])
  }
}
