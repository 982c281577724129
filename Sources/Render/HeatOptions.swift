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

  var charset: Charset { display.charset }

  func rowName(_ index: Int) -> String { Self.label(rows, index, rowPrefix, charset) }

  func columnName(_ index: Int) -> String { Self.label(columns, index, columnPrefix, charset) }

  private static func label(
    _ names: [String]?, _ index: Int, _ prefix: String, _ charset: Charset
  ) -> String {
    guard let names, names.indices.contains(index) else { return "\(prefix)\(index)" }
    return charset.text(names[index])
  }
}
