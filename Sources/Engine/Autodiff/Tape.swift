import Kernels

/// A number or tensor that a tape follows.
public final class Traced: Sendable {
  /// Plain, or traced by a tape that was opened earlier.
  let value: Value
  let tape: Int
  let node: Int

  init(_ value: Value, tape: Int, node: Int) {
    (self.value, self.tape, self.node) = (value, tape, node)
  }
}

/// The steps that led from watched values to a result, in their order: walked backwards they give
/// the gradients.
final class Tape {
  /// Later tapes have larger numbers.
  let id: Int
  private(set) var nodeCount = 0
  private var entries: [Entry] = []
  /// The first step that broke the path from a watched value, because it is constant.
  var firstConstant: ConstantStep?

  private struct Entry {
    let nodes: Range<Int>
    /// nil for an operand that is constant here.
    let parents: [Int?]
    let pullback: (_ upstream: [Value?]) throws -> [Value?]
  }

  /// One step on the way back.
  struct Visit {
    let step: Int
    /// Its results, and what came in for each.
    let nodes: Range<Int>
    let upstream: [Value?]
    /// What goes on to each operand.
    let parts: [(node: Int, gradient: Value)]
  }

  init(id: Int) { self.id = id }

  /// A value to differentiate by: all its numbers and tensors, in tuples and records too.
  func watch(_ value: Value) throws -> Value {
    try value.mapNumbers { .traced(Traced($0, tape: self.id, node: self.newNode())) }
  }

  var stepCount: Int { entries.count }

  /// What steps were made from, each once.
  func operands(of steps: Range<Int>) -> [Int] {
    Set(entries[steps].flatMap { $0.parents.compactMap(\.self) }).sorted()
  }

  private func newNode() -> Int {
    nodeCount += 1
    return nodeCount - 1
  }

  func record(
    _ results: [Value], parents: [Int?], _ pullback: @escaping ([Value?]) throws -> [Value?]
  ) -> [Value] {
    let first = nodeCount
    nodeCount += results.count
    entries.append(Entry(nodes: first..<nodeCount, parents: parents, pullback: pullback))
    return results.enumerated().map { index, result in
      .traced(Traced(result, tape: id, node: first + index))
    }
  }

  /// Σ upstream · ∂result for every node, from the last step to the first.
  ///
  /// - Parameter visit: told of every step on the way.
  func gradients(
    from seeds: [(result: Value, upstream: Value)], visit: (Visit) -> Void = { _ in },
    add: (Value, Value) throws -> Value
  ) throws -> [Value?] {
    var gradients: [Value?] = Array(repeating: nil, count: nodeCount)
    func grow(_ node: Int, _ part: Value) throws {
      gradients[node] = try gradients[node].map { try add($0, part) } ?? part
    }
    for (result, upstream) in seeds {
      if let node = result.node(on: id) { try grow(node, upstream) }
    }
    for (index, entry) in entries.enumerated().reversed() {
      let upstream = Array(gradients[entry.nodes])
      guard upstream.contains(where: { $0 != nil }) else { continue }
      try Cancellation.check()
      for node in entry.nodes { gradients[node] = nil }
      let parts = zip(entry.parents, try entry.pullback(upstream)).compactMap { parent, part in
        parent.flatMap { parent in part.map { (node: parent, gradient: $0) } }
      }
      visit(Visit(step: index, nodes: entry.nodes, upstream: upstream, parts: parts))
      for part in parts { try grow(part.node, part.gradient) }
    }
    return gradients
  }

  /// What `gradients` found, in the shape of a watched value: 0 for what the result does not depend
  /// on, nothing for what has no gradient.
  func gradient(of watched: Value, _ gradients: [Value?]) throws -> Value {
    switch watched {
    case .traced(let traced) where traced.tape == id:
      return try gradients[traced.node] ?? traced.value.zeros()
    case .tuple(let tuple):
      let items = try tuple.items.map { try gradient(of: $0, gradients) }
      return .tuple(Tuple(items, names: tuple.names))
    case .record(let record):
      let fields = try record.fields.map { ($0.key, try gradient(of: $0.value, gradients)) }
      return .record(Record(fields.filter { !$0.1.isNothing }))
    default: return .nothing
    }
  }
}

extension Value {
  /// Where a tape keeps it; nil for what is constant there.
  func node(on tape: Int) -> Int? {
    if case .traced(let traced) = self, traced.tape == tape { traced.node } else { nil }
  }

  /// Without the trace of one tape.
  func primal(on tape: Int) -> Value {
    if case .traced(let traced) = self, traced.tape == tape { traced.value } else { self }
  }

  var isTraced: Bool {
    if case .traced = self { true } else { extent.holdsTraced }
  }

  /// Without the trace of any tape.
  var untraced: Value {
    switch self {
    case .traced(let traced): traced.value.untraced
    case .tuple(let tuple) where tuple.extent.holdsTraced:
      .tuple(Tuple(tuple.items.map(\.untraced), names: tuple.names))
    case .record(let record) where record.extent.holdsTraced:
      .record(Record(record.fields.map { ($0.key, $0.value.untraced) }))
    default: self
    }
  }

  /// The same with every real number and tensor in it changed.
  func mapNumbers(_ change: (Value) throws -> Value) throws -> Value {
    switch self {
    case .number(_, let dtype) where dtype != .bool: return try change(self)
    case .tensor(let tensor) where tensor.dtype != .bool: return try change(self)
    case .traced: return try change(self)
    case .tuple(let tuple):
      return .tuple(Tuple(try tuple.items.map { try $0.mapNumbers(change) }, names: tuple.names))
    case .record(let record):
      return .record(Record(try record.fields.map { ($0.key, try $0.value.mapNumbers(change)) }))
    default: return self
    }
  }

  /// 0 in its shape and dtype.
  func zeros() throws -> Value {
    guard let tensor = try asTensor() else { return .nothing }
    return Value(try Tensor(repeating: 0.0, shape: tensor.shape).converted(to: tensor.dtype))
  }

  var dtype: DType? {
    switch self {
    case .number(_, let dtype): dtype
    case .tensor(let tensor): tensor.dtype
    case .traced(let traced): traced.value.dtype
    default: nil
    }
  }
}
