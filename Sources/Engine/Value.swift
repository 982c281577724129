import Kernels
import Language

/// What an expression can be. Values never change in place; copies share.
///
/// The larger kinds stand behind a reference, so that a value fits into four registers.
public enum Value: Sendable {
  /// Rank 0. Weak beside a tensor: it takes the tensor's dtype.
  case number(Double, DType)
  /// Rank 1…N.
  case tensor(Tensor)
  case string(String)
  indirect case tuple(Tuple)
  indirect case record(Record)
  case function(Function)
  indirect case mask(MaskRule)
  indirect case bias(BiasRule)
  indirect case cache(KVCache)
  indirect case figure(Figure)
  indirect case document(Document)
  /// A number or tensor that is being differentiated.
  indirect case traced(Traced)
  /// A number or tensor of a line that is still being typed: it has not been computed.
  indirect case outline(Outline)
  /// `none`: an argument left out; the result of what is done for its effect only.
  case nothing

  public static func number(_ value: Double) -> Value { .number(value, .f64) }
  public static func bool(_ value: Bool) -> Value { .number(value ? 1 : 0, .bool) }

  /// A tensor as a value: rank 0 becomes a number.
  public init(_ tensor: Tensor) {
    self = tensor.rank == 0 ? .number(tensor[flat: 0], tensor.dtype) : .tensor(tensor)
  }
}

/// How far a value is built of others; printing and releasing it walks all of that.
public struct Extent: Sendable {
  /// How deep tuples, records and captured functions may nest.
  static let depthLimit = 100
  /// How many parts a value may have, shared ones counted each time: `x = (x, x)` doubles them.
  static let partsLimit = 1 << 20

  public private(set) var depth = 0
  public private(set) var parts = 1
  /// Whether some of them are being differentiated.
  private(set) var holdsTraced = false

  static let leaf = Extent()

  init(holding values: some Sequence<Value> = EmptyCollection()) {
    for value in values {
      depth = max(depth, value.extent.depth + 1)
      parts = min(parts + value.extent.parts, Self.partsLimit + 1)
      holdsTraced = holdsTraced || value.isTraced
    }
  }

  var isTooLarge: Bool { depth > Self.depthLimit || parts > Self.partsLimit }
}

/// Several results held together; the names come from the signature that produced them.
public struct Tuple: Sendable {
  public let items: [Value]
  public let names: [String]?
  let extent: Extent

  public init(_ items: [Value], names: [String]? = nil) {
    self.items = items
    self.names = names
    extent = Extent(holding: items)
  }
}

extension Tuple {
  /// `(4×8, 4×8)`; what lies deeper is only counted.
  var shapeText: String {
    let parts = items.prefix(6).map { item in
      if case .tuple(let inner) = item { "tuple of \(inner.items.count)" } else { item.shapeText }
    }
    return "(" + parts.joined(separator: ", ") + (items.count > 6 ? ", …)" : ")")
  }
}

/// Named values in the order in which they were given.
public struct Record: Sendable {
  public private(set) var keys: [String]
  private var values: [String: Value]
  private(set) var extent: Extent

  public init(_ fields: [(String, Value)] = []) {
    keys = []
    values = [:]
    extent = .leaf
    for (key, value) in fields { self[key] = value }
  }

  public var fields: [(key: String, value: Value)] {
    keys.compactMap { key in values[key].map { (key, $0) } }
  }

  public subscript(key: String) -> Value? {
    get { values[key] }
    set {
      if values[key] == nil { keys.append(key) }
      values[key] = newValue
      if newValue == nil { keys.removeAll { $0 == key } }
      extent = Extent(holding: values.values)
    }
  }
}

/// Something that can be called: an entry of the registry, a `def` or a lambda.
public enum Function: Sendable {
  case builtin(Builtin)
  case user(UserFunction)

  public var name: String {
    switch self {
    case .builtin(let builtin): builtin.name
    case .user(let function): function.name ?? "function"
    }
  }
}

/// A function written in the language.
public final class UserFunction: Sendable {
  public let name: String?
  public let parameters: [Parameter]
  public let body: Block
  public let source: Source
  public let span: Span
  /// What a lambda found under its free names when it was made; empty for a `def`.
  let captured: Locals
  /// The definition of a builtin: its names mean builtins, whatever the user has shadowed.
  public let isDefinitionOfBuiltin: Bool
  let extent: Extent

  init(
    name: String?, parameters: [Parameter], body: Block, source: Source, span: Span,
    captured: Locals = Locals(), isDefinitionOfBuiltin: Bool = false
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.source = source
    self.span = span
    self.captured = captured
    self.isDefinitionOfBuiltin = isDefinitionOfBuiltin
    extent = Extent(holding: captured.values)
  }
}

/// A text with structure, such as a help page.
public struct Document: Sendable {
  public enum Block: Sendable {
    case heading(String)
    /// A heading over a rule, with a remark at the right end of the line.
    case banner(String, aside: String)
    case paragraph(String)
    /// Shown exactly so: a formula, a program.
    case code(String)
    /// A transcript: `> ` input, then output.
    case example(String)
    case terms([(term: String, meaning: String)])
    case table(Table)
    case explanation(Explanation)
    case figure(Figure)
    /// An empty line.
    case gap
  }

  /// Columns under their titles; numbers align at their right end.
  public struct Table: Sendable {
    public var titles: [String]
    /// As many as titles.
    public var isNumeric: [Bool]
    public var rows: [[String]]
    /// What stands behind the last column of a row, where the window has room.
    public var tails: [Tail] = []
    /// No column is narrower; the columns without an entry are as wide as their text.
    public var widths: [Int] = []
    /// The columns that a narrow window leaves out, the last one first.
    public var optional: [Int]

    public enum Tail: Sendable {
      /// A bar for a share from 0 to 1.
      case bar(Double)
      case text(String)
    }

    public init(
      titles: [String], isNumeric: [Bool], rows: [[String]], optional: [Int] = []
    ) {
      (self.titles, self.isNumeric, self.rows) = (titles, isNumeric, rows)
      self.optional = optional
    }

    public mutating func remove(_ column: Int) {
      titles.remove(at: column)
      isNumeric.remove(at: column)
      for row in rows.indices { rows[row].remove(at: column) }
      if widths.indices.contains(column) { widths.remove(at: column) }
    }
  }

  public var blocks: [Block]
  /// The numbers behind the text, by name: `c.operations`.
  public var parts = Record()

  public init(_ blocks: [Block], parts: Record = Record()) {
    self.blocks = blocks
    self.parts = parts
  }
}

extension Value {
  /// The kind as one word, for programs.
  var kind: String {
    switch self {
    case .number: "number"
    case .tensor: "tensor"
    case .string: "string"
    case .tuple: "tuple"
    case .record: "record"
    case .function: "function"
    case .mask: "mask"
    case .bias: "bias"
    case .cache: "cache"
    case .figure: "picture"
    case .document: "text"
    case .traced(let traced): traced.value.kind
    case .outline(let outline): outline.shape.isEmpty ? "number" : "tensor"
    case .nothing: "none"
    }
  }

  /// The kind in the words of an error message.
  public var kindName: String {
    switch self {
    case .number: "a number"
    case .tensor(let tensor): Self.kindName(ofRank: tensor.rank)
    case .outline(let outline): Self.kindName(ofRank: outline.shape.count)
    case .string: "a string"
    case .tuple(let tuple): "a tuple of \(tuple.items.count)"
    case .record: "a record"
    case .function: "a function"
    case .mask: "a mask rule"
    case .bias: "a bias rule"
    case .cache: "a cache"
    case .figure: "a picture"
    case .document: "a text"
    case .traced(let traced): traced.value.kindName
    case .nothing: "nothing"
    }
  }

  private static func kindName(ofRank rank: Int) -> String {
    switch rank {
    case 0: "a number"
    case 1: "a vector"
    case 2: "a matrix"
    default: "a tensor"
    }
  }

  /// `4×8`, `number`, `function`: what stands behind a name in an error's detail.
  public var shapeText: String {
    switch self {
    case .number(_, let dtype): dtype == .bool ? "bool" : "number"
    case .tensor(let tensor): tensor.shape.kindText
    case .outline(let outline): outline.shape.kindText
    case .string: "string"
    case .tuple(let tuple): tuple.shapeText
    case .record(let record): "record(\(record.keys.joined(separator: ", ")))"
    case .function: "function"
    case .mask(let rule): "mask \(rule)"
    case .bias(let rule): "bias \(rule)"
    case .cache(let cache): cache.shapeText
    case .figure: "picture"
    case .document(let document):
      document.parts.keys.isEmpty
        ? "text" : "text with " + document.parts.keys.joined(separator: ", ")
    case .traced(let traced): traced.value.shapeText
    case .nothing: "nothing"
    }
  }

  /// The value as a tensor, a number being rank 0.
  public func asTensor() throws -> Tensor? {
    switch self {
    case .number(let value, let dtype): try Tensor(scalar: value, dtype: dtype)
    case .tensor(let tensor): tensor
    case .traced(let traced): try traced.value.asTensor()
    case .outline: throw NotForeseen()
    default: nil
    }
  }

  /// The shape of a number or tensor.
  public var shape: [Int]? {
    switch self {
    case .number: []
    case .tensor(let tensor): tensor.shape
    case .traced(let traced): traced.value.shape
    case .outline(let outline): outline.shape
    default: nil
    }
  }

  /// A number, or the one element of a tensor.
  public var asNumber: Double? {
    switch self {
    case .number(let value, _): value
    case .tensor(let tensor) where tensor.count == 1: tensor[flat: 0]
    case .traced(let traced): traced.value.asNumber
    default: nil
    }
  }

  public var isNothing: Bool {
    if case .nothing = self { true } else { false }
  }

  /// A text without numbers behind it, such as help: not worth to be kept as `ans`.
  var isMereText: Bool {
    if case .document(let document) = self { document.parts.keys.isEmpty } else { false }
  }

  /// Whether there is more to its extent than itself.
  var holdsOthers: Bool {
    switch self {
    case .tuple, .record, .function: true
    default: false
    }
  }

  var extent: Extent {
    switch self {
    case .tuple(let tuple): tuple.extent
    case .record(let record): record.extent
    case .function(.user(let function)): function.extent
    default: .leaf
    }
  }
}

extension [Int] {
  /// `4×8`.
  public var timesText: String { map(String.init).joined(separator: "×") }

  /// `number`, `vector 3`, `4×8`.
  public var kindText: String {
    switch count {
    case 0: "number"
    case 1: "vector \(self[0])"
    default: timesText
    }
  }
}

extension KVCache {
  /// `cache of 3 tokens (k 3×8, v 3×8)`
  var shapeText: String {
    guard let shapes else { return "empty cache" }
    return "cache of \(Faults.counted(length, "token")) "
      + "(k \(shapes.keys.timesText), v \(shapes.values.timesText))"
  }

  /// Its parts by name: `c.k`, `c.v`, `c.length`.
  static let partNames = ["k", "v", "length"]

  func part(_ name: String) throws -> Value? {
    switch name {
    case "k": try keys().map(Value.init) ?? .nothing
    case "v": try values().map(Value.init) ?? .nothing
    case "length": .number(Double(length))
    default: nil
    }
  }
}
