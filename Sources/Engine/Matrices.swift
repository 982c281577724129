import Kernels
import Language

// `-x`, `√x`, `not x`, `x'` and `[a b; c d]`.
extension Evaluator {
  func unary(
    _ op: UnaryOperator, _ value: Value, _ operand: Expr, at expr: Expr, _ opSpan: Span
  ) throws -> Value {
    switch (op, value) {
    case (.not, .number(let number, _)): return .bool(number == 0)
    case (_, .number(let number, let dtype)):
      let result = scalar(op.function, number)
      return dtype == .f32 ? .number(Double(Float(result)), .f32) : .number(result)
    case (_, .tensor(let tensor)):
      do {
        return Value(try tensor.map(op.function))
      } catch let error as KernelError {
        throw diagnose(error, at: expr.span)
      }
    case (.not, .mask(let rule)): return .mask(.not(rule))
    case (.not, .traced): return try unary(op, value.untraced, operand, at: expr, opSpan)
    case (.negate, .traced): return try negated(value)
    case (.squareRoot, .traced): return try squareRoot(value)
    default:
      let shape = operandText(operand.span, value) ?? ""
      throw Diagnostic(
        "\(value.kindName) does not take \(op.rawValue)", in: source, at: expr.span,
        marks: [.init(opSpan), .init(operand.span, isPrimary: false)], detail: shape)
    }
  }

  func transpose(_ value: Value, _ operand: Expr, at expr: Expr) throws -> Value {
    if case .traced = value, (value.shape?.count ?? 0) >= 2 { return try transposed(value) }
    switch value {
    case .number: return value
    case .traced(let traced): return try transpose(traced.value, operand, at: expr)
    case .tensor(let tensor) where tensor.rank >= 2:
      do {
        return .tensor(try tensor.transposed())
      } catch let error as KernelError {
        throw diagnose(error, at: expr.span)
      }
    case .tensor, .outline:
      let text = source.slice(operand.span)
      let (n, base) = (value.shape?.first ?? 0, text.isPostfixText ? text : "(\(text))")
      throw Diagnostic(
        "a vector has no second axis to swap", in: source, at: expr.span,
        detail: operandText(operand.span, value) ?? "",
        fixes: [
          Fix("col(\(text))", note: "\(n)×1", replacing: expr.span),
          Fix("row(\(text))", note: "1×\(n)", replacing: expr.span),
          Fix(
            "outer(\(text), \(text))", note: "\(n)×\(n), what \(base) \(base)' would be",
            replacing: expr.span),
        ])
    default:
      throw Diagnostic(
        "\(value.kindName) can not be transposed", in: source, at: expr.span,
        marks: [.init(operand.span)], detail: operandText(operand.span, value) ?? "")
    }
  }

  // MARK: - [a b; c d]

  func matrix(_ rows: [[Expr]], at expr: Expr) throws -> Value {
    if let literal = numbers(in: rows) {
      let width = rows.first?.count ?? 0
      guard rows.count > 1 else { return .tensor(try Tensor(literal)) }
      if rows.allSatisfy({ $0.count == width }) {
        return .tensor(try Tensor(literal, shape: [rows.count, width]))
      }
    }
    do {
      let elements = try rows.map { row in
        try row.enumerated().map { try element($1, in: row, $0) }
      }
      if elements.joined().contains(where: \.isTraced) {
        return try rearranged(Array(elements.joined())) { tensors in
          var rest = tensors[...]
          let tensors = elements.map { row in
            defer { rest = rest.dropFirst(row.count) }
            return Array(rest.prefix(row.count))
          }
          return try self.joined(tensors, rows, at: expr)
        }
      }
      let tensors = try elements.map { try $0.compactMap { try $0.asTensor() } }
      return .tensor(try joined(tensors, rows, at: expr))
    } catch let error as KernelError {
      throw diagnose(error, at: expr.span)
    }
  }

  /// The common case, rows of plain numbers, without a tensor for each.
  func numbers(in rows: [[Expr]]) -> [Double]? {
    var numbers: [Double] = []
    for row in rows {
      for element in row {
        switch element.form {
        case .number(let number): numbers.append(number)
        case .unary(.negate, let operand, _):
          guard case .number(let number) = operand.form else { return nil }
          numbers.append(-number)
        default: return nil
        }
      }
    }
    return numbers
  }

  private func joined(_ tensors: [[Tensor]], _ rows: [[Expr]], at expr: Expr) throws -> Tensor {
    try stacked(try zip(tensors, rows).map { try band($0, $1) }, rows, at: expr)
  }

  private func element(_ expr: Expr, in row: [Expr], _ index: Int) throws -> Value {
    let value = try evaluate(expr)
    if let shape = value.shape {
      guard shape.count <= 2 else {
        throw Diagnostic(
          "brackets hold numbers, vectors and matrices", in: source, at: expr.span,
          detail: operandText(expr.span, value) ?? "", fixes: [Fix("concat … axis=0")])
      }
      return value
    }
    if case .function = value, index + 1 < row.count {
      let span = expr.span.joined(with: row[index + 1].span)
      let call = "\(source.slice(expr.span))(\(source.slice(row[index + 1].span)))"
      throw Diagnostic(
        "inside brackets a blank separates elements: write \(call)", in: source, at: expr.span,
        detail: "\(source.slice(expr.span)) function", fixes: [Fix(call, replacing: span)])
    }
    throw Diagnostic(
      "brackets hold numbers, vectors and matrices, not \(value.kindName)", in: source,
      at: expr.span)
  }

  /// One row of the brackets: numbers and vectors make a longer vector, matrices stand side by side.
  private func band(_ parts: [Tensor], _ row: [Expr]) throws -> Tensor {
    guard parts.contains(where: { $0.rank == 2 }) else {
      return try Tensor.concat(parts.map { $0.reshaped([$0.count]) }, axis: 0)
    }
    let blocks = parts.map { $0.rank == 2 ? $0 : $0.reshaped([1, $0.count]) }
    for (index, block) in blocks.enumerated() where block.shape[0] != blocks[0].shape[0] {
      throw unequal(
        "blocks side by side need the same number of rows", row[0], blocks[0], row[index], block,
        axis: 0)
    }
    return try Tensor.concat(blocks, axis: 1)
  }

  private func stacked(_ bands: [Tensor], _ rows: [[Expr]], at expr: Expr) throws -> Tensor {
    guard bands.count != 1 else { return bands[0] }
    guard !bands.isEmpty else { return try Tensor([Double]()) }
    let blocks = bands.map { $0.rank == 2 ? $0 : $0.reshaped([1, $0.count]) }
    for (index, block) in blocks.enumerated() where block.shape[1] != blocks[0].shape[1] {
      guard let first = rows[0].first, let here = rows[index].first else { break }
      let spanned = { (row: [Expr], first: Expr) in
        Expr(first.form, row.reduce(first.span) { $0.joined(with: $1.span) })
      }
      throw unequal(
        "rows of a matrix need the same length", spanned(rows[0], first), blocks[0],
        spanned(rows[index], here), block, axis: 1)
    }
    return try Tensor.concat(blocks, axis: 0)
  }

  private func unequal(
    _ message: String, _ first: Expr, _ a: Tensor, _ second: Expr, _ b: Tensor, axis: Int
  ) -> Diagnostic {
    Diagnostic(
      message, in: source, at: first.span.joined(with: second.span),
      marks: [.init(first.span, isPrimary: false), .init(second.span)],
      detail: "\(a.shape[axis]) ≠ \(b.shape[axis])")
  }
}
