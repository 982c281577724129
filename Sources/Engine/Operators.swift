import Kernels
import Language

extension UnaryOperator {
  var function: UnaryFunction {
    switch self {
    case .negate: .negate
    case .squareRoot: .sqrt
    case .not: .not
    }
  }
}

extension BinaryOperator {
  var function: BinaryFunction? {
    switch self {
    case .or: .or
    case .and: .and
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .remainder: .remainder
    case .power: .power
    case .matmul, .dot: nil
    }
  }

  /// Where one side is a number, `·` is the product.
  var elementwise: BinaryFunction? { self == .dot ? .multiply : function }

  /// Whether it is the matrix product between these shapes.
  func isProduct(_ a: [Int], _ b: [Int]) -> Bool {
    self == .matmul || self == .dot && !a.isEmpty && !b.isEmpty
  }

  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: true
    default: false
    }
  }

  var givesBool: Bool { isComparison || self == .and || self == .or }
}

extension Evaluator {
  func binary(
    _ op: BinaryOperator, _ left: Expr, _ right: Expr, at expr: Expr, _ opSpan: Span
  ) throws -> Value {
    var (l, isLeftTransposed) = try factor(left, of: op)
    if op == .and || op == .or, case .number(let number, _) = l, (number != 0) == (op == .or) {
      return .bool(op == .or)
    }
    if case .nothing = l, case .call(let head, let arguments, .spaced) = left.form,
      case .name(let name) = head.form, case .function(.builtin(let builtin))? = lookUp(name),
      builtin.signature.results.isEmpty
    {
      throw givesNothing(head, arguments, op, left, right, at: expr, opSpan)
    }
    var (r, isRightTransposed) = try factor(right, of: op)
    if isLeftTransposed || isRightTransposed {
      let transposing = (first: isLeftTransposed, second: isRightTransposed)
      if let product = try product(l, r, transposing, at: expr) { return product }
      if isLeftTransposed { l = try transpose(factor: l, left) }
      if isRightTransposed { r = try transpose(factor: r, right) }
    }
    do {
      if let value = try plain(op, &l, &r) { return value }
      let operation = Operation(
        op: op, left: left, right: right, l: l, r: r, expr: expr, span: opSpan)
      if let value = try onOtherValues(operation) { return value }
      guard let a = try l.asTensor(), let b = try r.asTensor() else {
        throw unfit(operation)
      }
      try checkShapes(operation, a, b)
      if l.isTraced || r.isTraced {
        if op.givesBool { ends(op.rawValue, ConstantStep.jumps, [l, r], at: expr.span) }
        return try combine(op, l, r)
      }
      return Value(try onTensors(op, a, b))
    } catch let error as KernelError {
      throw diagnose(error, at: expr.span)
    }
  }

  func ofNumbers(_ op: BinaryOperator, _ l: Value, _ r: Value) -> Value? {
    guard case .number(let a, let aType) = l, case .number(let b, let bType) = r,
      let function = op.elementwise
    else { return nil }
    let value = scalar(function, a, b)
    if op.givesBool { return .number(value, .bool) }
    let isF32 = aType == .f32 && bType == .f32
    return isF32 ? .number(Double(Float(value)), .f32) : .number(value)
  }

  /// What most operations are: numbers, and tensors of one shape. Nil leaves the rest to the rules
  /// for everything. Operands are given up, so that their memory can hold the result.
  private func plain(_ op: BinaryOperator, _ l: inout Value, _ r: inout Value) throws -> Value? {
    if let value = ofNumbers(op, l, r) { return value }
    if case .number(let b, let type) = r {
      guard let function = op.elementwise, l.isTensor, case .tensor(let a) = l.givenUp() else {
        return nil
      }
      return .tensor(try Tensor.combine(function, a, number: b, type, comesFirst: false))
    }
    if case .number(let a, let type) = l {
      guard let function = op.elementwise, r.isTensor, case .tensor(let b) = r.givenUp() else {
        return nil
      }
      return .tensor(try Tensor.combine(function, b, number: a, type, comesFirst: true))
    }
    // One after the other: patterns of both at once would copy both.
    if case .tensor(let a) = l {
      if case .tensor(let b) = r { return try plain(op, a, b, &l, &r) }
    }
    return nil
  }

  private func plain(
    _ op: BinaryOperator, _ a: consuming Tensor, _ b: consuming Tensor, _ l: inout Value,
    _ r: inout Value
  ) throws -> Value? {
    if op.isProduct(a.shape, b.shape) {
      return OperatorShape.multiplies(a.shape, b.shape) ? Value(try matmul(a, b)) : nil
    }
    guard let function = op.function, a.shape == b.shape else { return nil }
    noteElementwise(op, a, b)
    (l, r) = (.nothing, .nothing)
    return .tensor(try Tensor.combine(function, a, b))
  }

  /// `assert 1 == 2` is `assert(1) == 2`, which nobody means.
  private func givesNothing(
    _ head: Expr, _ arguments: [Argument], _ op: BinaryOperator, _ left: Expr, _ right: Expr,
    at expr: Expr, _ opSpan: Span
  ) -> Diagnostic {
    let (name, sign) = (source.slice(head.span), source.slice(opSpan))
    var fixes: [Fix] = []
    if let first = arguments.first {
      let rest = source.slice(Span(first.value.span.lower, left.span.upper))
      fixes.append(
        Fix("\(name) (\(rest) \(sign) \(source.slice(right.span)))", replacing: expr.span))
    }
    return Diagnostic(
      "\(name) gives no value that \(sign) could take", in: source, at: expr.span,
      marks: [.init(opSpan), .init(left.span, isPrimary: false)], detail: "a call binds tighter",
      fixes: fixes)
  }

  struct Operation {
    let op: BinaryOperator
    let left: Expr
    let right: Expr
    var l: Value
    var r: Value
    let expr: Expr
    let span: Span

    /// The same with other operands.
    func with(_ change: (Value) throws -> Value) rethrows -> Operation {
      var operation = self
      (operation.l, operation.r) = (try change(l), try change(r))
      return operation
    }
  }

  private func checkShapes(_ operation: Operation, _ a: Tensor, _ b: Tensor) throws {
    let op = operation.op
    if op.isProduct(a.shape, b.shape) {
      guard OperatorShape.multiplies(a.shape, b.shape) else { throw doNotMultiply(operation) }
      return
    }
    guard Broadcast.shape(a.shape, b.shape) != nil else { throw doNotBroadcast(operation) }
    noteElementwise(op, a, b)
    if !a.shape.isEmpty, !b.shape.isEmpty, a.shape != b.shape { announceStretch(operation, a, b) }
  }

  private func noteElementwise(_ op: BinaryOperator, _ a: Tensor, _ b: Tensor) {
    if op == .multiply, a.shape == b.shape, a.dtype != .bool, b.dtype != .bool {
      noteElementwise(a.shape)
    }
  }

  /// Of `*` between two tensors of one shape.
  func noteElementwise(_ shape: [Int]) {
    if shape.count == 2, shape[0] == shape[1], shape[0] > 1 {
      note("* multiplies element by element; @ is the matrix product", once: "elementwise")
    }
  }

  /// `b 4 was stretched over 3 rows`, the first time that shapes are brought together.
  private func announceStretch(_ operation: Operation, _ a: Tensor, _ b: Tensor) {
    guard frame == nil, !notesGiven.contains("broadcast"),
      let result = Broadcast.shape(a.shape, b.shape)
    else { return }
    let stretched = [(operation.left, a.shape), (operation.right, b.shape)].filter {
      $0.1 != result
    }
    let names = stretched.map { expr, shape in
      let text = source.slice(expr.span)
      return text.count <= 24 && !text.contains("\n")
        ? "\(text) \(shape.timesText)" : shape.timesText
    }
    var over = "to \(result.timesText)"
    if stretched.count == 1, result.count == 2, let shape = stretched.first?.1 {
      let isRow = shape.last == result[1]
      over = "over " + Faults.counted(result[isRow ? 0 : 1], isRow ? "row" : "column")
    }
    note(
      names.joined(separator: " and ") + (names.count == 1 ? " was" : " were")
        + " stretched \(over)", once: "broadcast")
  }

  func onTensors(_ op: BinaryOperator, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    if op.isProduct(a.shape, b.shape) { return try matmul(a, b) }
    return try Tensor.combine(op.elementwise ?? .multiply, a, b)
  }

  // MARK: - Mask rules, strings and none

  func onOtherValues(_ operation: Operation) throws -> Value? {
    switch (operation.op, operation.l, operation.r) {
    case (.equal, .nothing, let other), (.equal, let other, .nothing): return .bool(other.isNothing)
    case (.notEqual, .nothing, let other), (.notEqual, let other, .nothing):
      return .bool(!other.isNothing)
    case (.equal, .string(let a), .string(let b)): return .bool(a == b)
    case (.notEqual, .string(let a), .string(let b)): return .bool(a != b)
    case (.equal, .string, .function), (.equal, .function, .string): return .bool(false)
    case (.notEqual, .string, .function), (.notEqual, .function, .string): return .bool(true)
    case (.equal, .mask(let a), .mask(let b)): return .bool(a == b)
    case (.notEqual, .mask(let a), .mask(let b)): return .bool(a != b)
    case (.multiply, .mask(let a), .mask(let b)), (.and, .mask(let a), .mask(let b)):
      try checkBatches(a, b, operation)
      return .mask(.both(a, b))
    case (.or, .mask(let a), .mask(let b)):
      try checkBatches(a, b, operation)
      return .mask(.either(a, b))
    case (.multiply, .mask(let rule), .tensor(let tensor)),
      (.and, .mask(let rule), .tensor(let tensor)), (.or, .mask(let rule), .tensor(let tensor)),
      (.multiply, .tensor(let tensor), .mask(let rule)),
      (.and, .tensor(let tensor), .mask(let rule)), (.or, .tensor(let tensor), .mask(let rule)):
      return Value(try rule.combined(operation.op, with: tensor, operation, self))
    case (_, .mask, .traced), (_, .traced, .mask):
      return try onOtherValues(operation.with(\.untraced))
    case (_, .mask, _), (_, _, .mask): throw noArithmeticOnRules(operation)
    case (.equal, .bias(let a), .bias(let b)): return .bool(a == b)
    case (.notEqual, .bias(let a), .bias(let b)): return .bool(a != b)
    case (.add, .tensor(let scores), .bias(let rule)),
      (.add, .bias(let rule), .tensor(let scores)) where scores.rank >= 2:
      return Value(try sum(scores, rule, operation))
    case (.add, .traced(let scores), .bias), (.add, .bias, .traced(let scores)):
      // The matrix of the rule is its sum with zeros.
      let zeros = try operation.with { if case .traced = $0 { try $0.zeros() } else { $0 } }
      return try onOtherValues(zeros).map { try combine(.add, .traced(scores), $0) }
    case (_, .bias, _), (_, _, .bias): throw noArithmeticOnBias(operation)
    default: return nil
    }
  }

  /// The rule beside scores becomes the matrix that it means there.
  private func sum(_ scores: Tensor, _ rule: BiasRule, _ operation: Operation) throws -> Tensor {
    let bias = try rule.matrix(n: scores.shape[scores.rank - 2], m: scores.shape[scores.rank - 1])
    guard Broadcast.shape(scores.shape, bias.shape) != nil else {
      throw clash(
        "the bias does not fit the heads", operation,
        "\(Faults.counted(rule.headCount, "slope")), heads \(scores.shape[scores.rank - 3])", [])
    }
    return try Tensor.combine(.add, scores, bias.converted(to: scores.dtype == .f32 ? .f32 : .f64))
  }

  private func noArithmeticOnBias(_ operation: Operation) -> Diagnostic {
    let isLeft = if case .bias = operation.l { true } else { false }
    let rule = isLeft ? operation.left : operation.right
    let text = source.slice(rule.span)
    return Diagnostic(
      "a bias rule can only be added to scores", in: source, at: operation.expr.span,
      marks: [.init(operation.span), .init(rule.span, isPrimary: false)],
      detail: "a rule has no shape of its own",
      fixes: [
        Fix(
          "bias \(text.contains(" ") && !text.hasPrefix("(") ? "(\(text))" : text) n",
          note: "its matrix n×n")
      ])
  }

  private func checkBatches(_ a: MaskRule, _ b: MaskRule, _ operation: Operation) throws {
    let (first, second) = (a.batchCount, b.batchCount)
    guard first == second || first == 1 || second == 1 else {
      throw clash(
        "these paddings are for different batches", operation, "\(first) ≠ \(second) lengths", [])
    }
  }

  func noArithmeticOnRules(_ operation: Operation) -> Diagnostic {
    let isLeft = if case .mask = operation.l { true } else { false }
    let rule = isLeft ? operation.left : operation.right
    return Diagnostic(
      "a mask rule takes only *, and, or, not", in: source, at: operation.expr.span,
      marks: [.init(operation.span), .init(rule.span, isPrimary: false)],
      detail: "a rule has no shape of its own",
      fixes: [Fix("mask \(source.slice(rule.span)) n", note: "its 0/1 matrix n×n")])
  }
}

extension Value {
  fileprivate var isTensor: Bool { if case .tensor = self { true } else { false } }

  /// The value, which nobody else holds here any longer.
  fileprivate mutating func givenUp() -> Value {
    var other = Value.nothing
    swap(&self, &other)
    return other
  }
}

extension MaskRule {
  /// The rule beside a 0/1 matrix becomes the matrix it means there.
  fileprivate func combined(
    _ op: BinaryOperator, with tensor: Tensor, _ operation: Evaluator.Operation,
    _ evaluator: Evaluator
  ) throws -> Tensor {
    let isBinary = tensor.dtype == .bool || tensor.doubles.allSatisfy { $0 == 0 || $0 == 1 }
    guard tensor.rank >= 2, isBinary else { throw evaluator.noArithmeticOnRules(operation) }
    let own = try matrix(over: tensor.shape)
    guard Broadcast.shape(own.shape, tensor.shape) != nil else {
      throw evaluator.noArithmeticOnRules(operation)
    }
    return try Tensor.combine(op == .or ? .or : .and, own, tensor)
  }
}
