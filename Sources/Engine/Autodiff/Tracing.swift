import Kernels
import Language

/// One recorded step as its gradient sees it; its values may be traced by earlier tapes.
struct TracedStep {
  let operands: [Value]
  let results: [Value]
  /// The gradients of the results; nil where nothing depends on one.
  let upstream: [Value?]
  /// Which operands need a gradient.
  let isWanted: [Bool]

  /// The gradient of the first result.
  func g() throws -> Value { try upstream[0] ?? results[0].zeros() }
}

typealias Pullback = (TracedStep) throws -> [Value?]

// The operations from which everything else is made, on values that tapes may follow. Each gives
// its gradient in terms of the same operations: so a gradient can be differentiated again.
extension Evaluator {
  /// Opens a tape for as long as `body` runs.
  func withTape<R>(_ body: (Tape) throws -> R) throws -> R {
    tapeCount += 1
    let tape = Tape(id: tapeCount)
    tapes.append(tape)
    defer { tapes.removeLast() }
    return try body(tape)
  }

  func gradients(
    _ seeds: [(result: Value, upstream: Value)], on tape: Tape,
    visit: (Tape.Visit) -> Void = { _ in }
  ) throws -> [Value?] {
    try tape.gradients(from: seeds, visit: visit) { try combine(.add, $0, $1) }
  }

  /// The last opened of the tapes that follow some of these values.
  private func tape(following values: [Value]) -> Tape? {
    tapes.last { tape in values.contains { $0.node(on: tape.id) != nil } }
  }

  /// Runs a step and records it on every tape that follows its operands.
  ///
  /// - Parameter count: how many of its results have a gradient; all unless given.
  func traced(
    _ operands: [Value], count: Int? = nil, _ forward: ([Value]) throws -> [Value],
    pullback: @escaping Pullback
  ) throws -> [Value] {
    guard let tape = tape(following: operands) else {
      return try forward(operands.map { if case .traced = $0 { $0.untraced } else { $0 } })
    }
    let plain = operands.map { $0.primal(on: tape.id) }
    let results = try traced(plain, count: count, forward, pullback: pullback)
    let parents = operands.map { $0.node(on: tape.id) }
    let isWanted = parents.map { $0 != nil }
    let smooth = Array(results.prefix(count ?? results.count))
    let recorded = tape.record(smooth, parents: parents) { upstream in
      try pullback(
        TracedStep(operands: plain, results: results, upstream: upstream, isWanted: isWanted))
    }
    return recorded + results.dropFirst(smooth.count)
  }

  private func tracedOne(
    _ operand: Value, _ forward: (Tensor) throws -> Tensor,
    _ pullback: @escaping (_ g: Value) throws -> Value
  ) throws -> Value {
    try traced([operand]) {
      [Value(try forward(try $0[0].realTensor()))]
    } pullback: { step in
      [try pullback(try step.g())]
    }[0]
  }

  // MARK: - Shapes

  /// Brought to a shape and dtype: stretched, or summed where it is longer.
  func fitted(_ value: Value, to shape: [Int], _ dtype: DType) throws -> Value {
    guard let own = value.shape, let ownType = value.dtype, own != shape || ownType != dtype else {
      return value
    }
    guard Broadcast.shape(own, shape) == own || Broadcast.shape(own, shape) == shape else {
      throw Fault(
        "this gradient does not fit", detail: "\(own.timesText) for \(shape.timesText)")
    }
    return try tracedOne(value) {
      try $0.fitted(to: shape).converted(to: dtype)
    } _: {
      try self.fitted($0, to: own, ownType)
    }
  }

  func reshaped(_ value: Value, to shape: [Int]) throws -> Value {
    guard let own = value.shape, own != shape else { return value }
    return try tracedOne(value) {
      $0.reshaped(shape)
    } _: {
      try self.reshaped($0, to: own)
    }
  }

  /// The last two axes swapped.
  func transposed(_ value: Value) throws -> Value {
    try tracedOne(value) {
      try $0.transposed()
    } _: {
      try self.transposed($0)
    }
  }

  // MARK: - Elements elsewhere

  /// What `rearrange` makes of tensors, when it only moves their elements.
  func rearranged(_ operands: [Value], _ rearrange: @escaping ([Tensor]) throws -> Tensor) throws
    -> Value
  {
    try rearranged(operands, several: { [try rearrange($0)] })[0]
  }

  func rearranged(
    _ operands: [Value], several rearrange: @escaping ([Tensor]) throws -> [Tensor]
  ) throws -> [Value] {
    try traced(operands) { plain in
      try rearrange(plain.map { try $0.realTensor() }).map { Value($0) }
    } pullback: { step in
      if step.operands.count == 1, step.results.count == 1,
        step.results[0].holdsSame(as: step.operands[0])
      {
        return [try self.reshaped(try step.g(), to: step.operands[0].shape ?? [])]
      }
      let firsts = step.operands.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.elementCount) }
      let own = try zip(step.operands, firsts).map {
        try Tensor.places(of: $0.shape ?? [], after: $1)
      }
      let places = try rearrange(own)
      return try step.operands.indices.map { index in
        guard step.isWanted[index] else { return nil }
        let parts = try zip(step.upstream, places).compactMap { g, places in
          try g.map { try self.scattered($0, places, firsts[index], like: step.operands[index]) }
        }
        return try parts.dropFirst().reduce(parts[0]) { try self.combine(.add, $0, $1) }
      }
    }
  }

  func scattered(_ value: Value, _ places: Tensor, _ first: Int, like operand: Value) throws
    -> Value
  {
    let shape = operand.shape ?? []
    let moved = try tracedOne(value) {
      try $0.scattered(by: places, after: first, shape: shape)
    } _: {
      try self.gathered($0, places, first)
    }
    return try fitted(moved, to: shape, operand.dtype ?? .f64)
  }

  private func gathered(_ value: Value, _ places: Tensor, _ first: Int) throws -> Value {
    let zero = try value.zeros()
    return try tracedOne(value) {
      try $0.gathered(by: places, after: first)
    } _: {
      try self.scattered($0, places, first, like: zero)
    }
  }

  // MARK: - Operators

  /// An operator between numbers and tensors whose shapes are known to fit.
  func combine(_ op: BinaryOperator, _ a: Value, _ b: Value) throws -> Value {
    guard !op.givesBool else { return try plainly(op, a.untraced, b.untraced) }
    if op.isProduct(a.shape ?? [], b.shape ?? []) { return try product(a, b) }
    return try traced([a, b]) {
      [try self.plainly(op, $0[0], $0[1])]
    } pullback: { step in
      try self.gradients(of: op, step)
    }[0]
  }

  private func plainly(_ op: BinaryOperator, _ a: Value, _ b: Value) throws -> Value {
    Value(try onTensors(op, try a.realTensor(), try b.realTensor()))
  }

  /// What the result of `a op b` owes to a and b; at 0 powers follow PyTorch.
  static let rules: [BinaryFunction: [GradientRule]] = [
    .add: [GradientRule("a", "g"), GradientRule("b", "g")],
    .subtract: [GradientRule("a", "g"), GradientRule("b", "-g")],
    .multiply: [GradientRule("a", "g * b"), GradientRule("b", "g * a")],
    .divide: [GradientRule("a", "g / b"), GradientRule("b", "-g * out / b")],
    .remainder: [GradientRule("a", "g"), GradientRule("b", "-g * floor(a / b)")],
    .power: [
      GradientRule("a", "g * where(b == 0, 0, b * a^(b - 1))"),
      GradientRule("b", "g * where(a == 0, 0, out * log(where(a == 0, 1, a)))"),
    ],
  ]

  private func gradients(of op: BinaryOperator, _ step: TracedStep) throws -> [Value?] {
    let rules = Self.rules[op.function ?? .multiply] ?? []
    let scope = [
      "a": step.operands[0], "b": step.operands[1], "out": step.results[0], "g": try step.g(),
    ]
    return try zip(step.operands, rules).enumerated().map { index, pair in
      guard step.isWanted[index] else { return nil }
      return try fitted(try gradients(of: pair.1, scope)[0], like: pair.0)
    }
  }

  func fitted(_ gradient: Value, like operand: Value) throws -> Value {
    try fitted(gradient, to: operand.shape ?? [], operand.dtype ?? .f64)
  }

  /// A B, or with a factor transposed, which is read where it lies.
  func product(
    _ a: Value, _ b: Value, transposing: (first: Bool, second: Bool) = (false, false)
  ) throws -> Value {
    try traced([a, b]) {
      [Value(try matmul(try $0[0].realTensor(), try $0[1].realTensor(), transposing: transposing))]
    } pullback: { step in
      try self.productGradients(step, transposing)
    }[0]
  }

  /// ∂A = G Bᵀ, ∂B = Aᵀ G, and their transposes where a factor was transposed; a vector counts as
  /// the row or the column that it is in the product.
  private func productGradients(_ step: TracedStep, _ isTransposed: (first: Bool, second: Bool))
    throws -> [Value?]
  {
    var (a, b, g) = (step.operands[0], step.operands[1], try step.g())
    let (shapeA, shapeB) = (a.shape ?? [], b.shape ?? [])
    if shapeB.count == 1 {
      b = try reshaped(b, to: shapeB + [1])
      g = try reshaped(g, to: (g.shape ?? []) + [1])
    }
    if shapeA.count == 1 {
      a = try reshaped(a, to: [1] + shapeA)
      let rows = g.shape ?? []
      g = try reshaped(g, to: rows.dropLast() + [1] + rows.suffix(1))
    }
    var gradients: [Value?] = [nil, nil]
    if step.isWanted[0] {
      let gradient =
        try isTransposed.first
        ? product(b, g, transposing: (isTransposed.second, true))
        : product(g, b, transposing: (false, !isTransposed.second))
      gradients[0] = try fitted(gradient, like: step.operands[0])
    }
    if step.isWanted[1] {
      if shapeB.count <= 2, !isTransposed.first { (a, g) = (try rows(of: a), try rows(of: g)) }
      let gradient =
        try isTransposed.second
        ? product(g, a, transposing: (true, isTransposed.first))
        : product(a, g, transposing: (!isTransposed.first, false))
      gradients[1] = try fitted(
        shapeB.count == 1 ? try reshaped(gradient, to: shapeB) : gradient, like: step.operands[1])
    }
    return gradients
  }

  /// All rows of all leading axes, one under the other.
  private func rows(of value: Value) throws -> Value {
    let shape = value.shape ?? []
    guard shape.count > 2 else { return value }
    return try reshaped(value, to: [shape.dropLast().reduce(1, *), shape[shape.count - 1]])
  }

  /// -x and √x.
  func negated(_ value: Value) throws -> Value {
    try tracedOne(value) {
      try $0.map(.negate)
    } _: {
      try self.negated($0)
    }
  }

  func squareRoot(_ value: Value) throws -> Value {
    try traced([value]) {
      [Value(try $0[0].realTensor().map(.sqrt))]
    } pullback: { step in
      let twice = try self.combine(.multiply, .number(2), step.results[0])
      return [try self.combine(.divide, try step.g(), twice)]
    }[0]
  }
}

extension Value {
  /// Only for what is known to be a number or tensor.
  fileprivate func realTensor() throws -> Tensor {
    guard let tensor = try asTensor() else { throw Fault("\(kindName) is not a number") }
    return tensor
  }

  /// Whether all of its elements are those of another tensor, which lie in the same memory.
  fileprivate func holdsSame(as other: Value) -> Bool {
    guard case .tensor(let own) = untraced, case .tensor(let their) = other.untraced else {
      return false
    }
    return own.buffer == their.buffer && own.count == their.count
  }

  fileprivate var elementCount: Int { shape?.reduce(1, *) ?? 0 }
}
