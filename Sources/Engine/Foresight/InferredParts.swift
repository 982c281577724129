import Kernels
import Language

// The shapes of `[a b; c d]` and `A[0, :]`.
extension ShapeInference {
  func matrix(_ rows: [[Expr]], _ expr: Expr) throws -> Value {
    if let numbers = evaluator.numbers(in: rows), numbers.count <= 64 {
      return try evaluator.matrix(rows, at: expr)
    }
    let bands = try rows.map { row in try band(row.map { try foreseen(infer($0).shape) }) }
    guard bands.count > 1 else { return .outline(try Outline(bands.first ?? [0])) }
    let blocks = bands.map { $0.count == 2 ? $0 : [1] + $0 }
    guard blocks.allSatisfy({ $0[1] == blocks[0][1] }) else { throw NotForeseen() }
    return .outline(try Outline([blocks.reduce(0) { $0 + $1[0] }, blocks[0][1]]))
  }

  /// One row: numbers and vectors make a longer vector, matrices stand side by side.
  private func band(_ shapes: [[Int]]) throws -> [Int] {
    guard shapes.allSatisfy({ $0.count <= 2 }) else { throw NotForeseen() }
    guard shapes.contains(where: { $0.count == 2 }) else {
      return [shapes.reduce(0) { $0 + ($1.first ?? 1) }]
    }
    let blocks = shapes.map { $0.count == 2 ? $0 : [1, $0.first ?? 1] }
    guard blocks.allSatisfy({ $0[0] == blocks[0][0] }) else { throw NotForeseen() }
    return [blocks[0][0], blocks.reduce(0) { $0 + $1[1] }]
  }

  func index(_ value: Value, _ base: Expr, _ items: [IndexItem], _ expr: Expr) throws -> Value {
    guard case .outline(let outline) = value else {
      guard items.allSatisfy({ $0.parts.allSatisfy(isLiteral) }) else { throw NotForeseen() }
      return try evaluator.index(value, base, items, at: expr).outlined()
    }
    guard items.count <= outline.shape.count else { throw NotForeseen() }
    var shape: [Int] = []
    var gathers = 0
    for (item, length) in zip(items, outline.shape) {
      guard let part = try lengths(of: item, length, isOnly: items.count == 1, expr) else {
        continue
      }
      gathers += part.isGather ? 1 : 0
      shape += part.lengths
    }
    guard gathers <= 1 else { throw NotForeseen() }
    return .outline(try Outline(shape + outline.shape.dropFirst(items.count), outline.dtype))
  }

  /// The axes that an index makes of one; nil where it takes a single entry.
  private func lengths(of item: IndexItem, _ length: Int, isOnly: Bool, _ expr: Expr) throws -> (
    lengths: [Int], isGather: Bool
  )? {
    switch item {
    case .slice(let from, let to, let step, let span):
      guard item.parts.allSatisfy(isLiteral),
        case .slice(_, _, let count) = try evaluator.slice(from, to, step, length: length, span)
      else { throw NotForeseen() }
      return ([count], false)
    case .at(let itemExpr):
      let value = try infer(itemExpr)
      switch value {
      case .number(_, let dtype) where dtype != .bool:
        _ = try evaluator.place(value, length: length, itemExpr.span, expr.span)
        return nil
      case .tensor(let indices) where indices.dtype != .bool && (indices.rank == 1 || isOnly):
        return (indices.shape, true)
      case .tensor(let condition) where condition.rank == 1 && condition.count == length:
        return ([condition.doubles.count { $0 != 0 }], true)
      case .outline(let outline)
      where (outline.dtype ?? .bool) != .bool && (outline.shape.count <= 1 || isOnly):
        return outline.shape.isEmpty ? nil : (outline.shape, true)
      default: throw NotForeseen()
      }
    }
  }

  /// Evaluating it costs nothing and changes nothing.
  private func isLiteral(_ expr: Expr) -> Bool {
    switch expr.form {
    case .number, .string: true
    case .name(let name): evaluator.lookUp(name)?.asNumber != nil
    case .unary(.negate, let operand, _): isLiteral(operand)
    default: false
    }
  }
}
