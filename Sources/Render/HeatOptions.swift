import Engine
import Kernels

/// What a heatmap is drawn with.
public struct HeatOptions: Sendable {
  public var display: DisplayOptions
  public var depth: ColorDepth
  /// Stands in the header instead of the name.
  public var title: String?
  public var name: String?
  /// Names of rows and columns; `r0`, `c0` … where there are none.
  public var rows: [String]?
  public var columns: [String]?
  public var rowPrefix: String
  public var columnPrefix: String
  /// `head ` names the pictures of a tensor of rank 3 `head 0`, `head 1` …; without it `[0]`.
  public var blockPrefix: String?
  /// 0 where a cell stays unpainted; of the tensor's shape or that of its last axes.
  public var mask: Tensor?
  /// What the ends of the colour bar stand for; from the data where nil.
  public var limits: ClosedRange<Double>?
  /// Names of the pictures of a tensor of higher rank.
  public var names: [String]?
  public var map = HeatFigure.Map.auto
  /// The middle of a diverging map.
  public var center: Double?
  public var scale = HeatFigure.Scale.linear
  /// Whether numbers stand in the cells; nil where the room decides.
  public var showsValues: Bool?

  public init(
    display: DisplayOptions = DisplayOptions(), depth: ColorDepth = .none, title: String? = nil,
    name: String? = nil, rows: [String]? = nil, columns: [String]? = nil, rowPrefix: String = "r",
    columnPrefix: String = "c", blockPrefix: String? = nil, mask: Tensor? = nil,
    limits: ClosedRange<Double>? = nil
  ) {
    self.display = display
    self.depth = depth
    self.title = title
    self.name = name
    self.rows = rows
    self.columns = columns
    self.rowPrefix = rowPrefix
    self.columnPrefix = columnPrefix
    self.blockPrefix = blockPrefix
    self.mask = mask
    self.limits = limits
  }

  public init(_ figure: HeatFigure, _ view: View) {
    self.init(
      display: view.display, depth: view.depth, title: figure.title, rows: figure.rows,
      columns: figure.columns, mask: figure.visible, limits: figure.limits)
    names = figure.names
    map = figure.map
    center = figure.center
    scale = figure.scale
    showsValues = figure.showsValues
  }

  var charset: Charset { display.charset }

  /// `head 0`, `[0, 1]`: what stands above one of several pictures.
  func blockName(_ block: Int, at place: [Int]) -> String {
    if let names, names.indices.contains(block) { return charset.text(names[block]) }
    let place = place.map(String.init).joined(separator: ", ")
    return blockPrefix.map { charset.text($0) + place } ?? "[\(place)]"
  }

  func rowName(_ index: Int) -> String { Self.label(rows, index, rowPrefix, charset) }

  func columnName(_ index: Int) -> String { Self.label(columns, index, columnPrefix, charset) }

  private static func label(
    _ names: [String]?, _ index: Int, _ prefix: String, _ charset: Charset
  ) -> String {
    guard let names, names.indices.contains(index) else { return "\(prefix)\(index)" }
    return charset.name(names[index], orElse: "\(prefix)\(index)")
  }
}
