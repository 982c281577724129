import Kernels
import Language

// What is said where operands do not fit, with the fixes that the shapes prove.
extension Evaluator {
  func unfit(_ operation: Operation) -> Diagnostic {
    let isLeft = (operation.l.shape == nil)
    let (expr, value) =
      isLeft ? (operation.left, operation.l) : (operation.right, operation.r)
    let text = source.slice(expr.span)
    var fixes: [Fix] = []
    switch value {
    case .tuple(let tuple):
      fixes = tuple.items.indices.prefix(2).map { index in
        let base = text.isPostfixText ? text : "(\(text))"
        return Fix("\(base)[\(index)]", note: tuple.items[index].shapeText, replacing: expr.span)
      }
    case .function(let function):
      return Diagnostic(
        "\(text.count <= 24 ? text : "this") is a function, not a number", in: source,
        at: operation.expr.span,
        marks: [.init(expr.span), .init(operation.span, isPrimary: false)],
        detail: usage(of: function))
    default: break
    }
    return Diagnostic(
      "\(value.kindName) does not take \(operation.op.rawValue)", in: source,
      at: operation.expr.span,
      marks: [.init(operation.span), .init(expr.span, isPrimary: false)],
      detail: operandText(expr.span, value) ?? "", fixes: fixes)
  }

  func usage(of function: Function) -> String {
    switch function {
    case .builtin(let builtin): Faults.usage(of: builtin)
    case .user(let user):
      ([user.name ?? "f"] + user.parameters.map(\.name.text)).joined(separator: " ")
    }
  }

  func clash(
    _ message: String, _ operation: Operation, _ numbers: String, _ fixes: [Fix]
  ) -> Diagnostic {
    let operands = [(operation.left, operation.l), (operation.right, operation.r)]
    let texts = operands.compactMap { operandText($0.0.span, $0.1) }
    return Diagnostic(
      message, in: source, at: operation.expr.span,
      marks: [
        .init(operation.left.span, isPrimary: false), .init(operation.span),
        .init(operation.right.span, isPrimary: false),
      ],
      detail: (texts + [numbers]).joined(separator: "   "), fixes: fixes)
  }

  func doNotMultiply(_ operation: Operation) -> Diagnostic {
    guard let a = operation.l.shape, let b = operation.r.shape else { return unfit(operation) }
    guard !a.isEmpty, !b.isEmpty else {
      return clash(
        "@ multiplies vectors and matrices, not numbers", operation, "",
        [rewritten(operation, "*")])
    }
    let inner = (a[a.count - 1], b.count == 1 ? b[0] : b[b.count - 2])
    var fixes: [Fix] = []
    for (left, right) in [(false, true), (true, false), (true, true)] {
      if left && a.count < 2 || right && b.count < 2 { continue }
      let x = left ? OperatorShape.transposed(a) : a
      let y = right ? OperatorShape.transposed(b) : b
      guard let result = OperatorShape.matmul(x, y), left != right || fixes.isEmpty else {
        continue
      }
      fixes.append(
        rewritten(
          operation, "@", left: left, right: right,
          note: "\(x.timesText) @ \(y.timesText) → \(result.kindText)"))
    }
    if let result = OperatorShape.matmul(b, a), fixes.isEmpty {
      let text = "\(operand(operation.right, false)) @ \(operand(operation.left, false))"
      fixes.append(
        Fix(
          text, note: "\(b.timesText) @ \(a.timesText) → \(result.kindText)",
          replacing: operation.expr.span))
    }
    let clashing =
      inner.0 == inner.1
      ? "leading axes \(a.dropLast(2).map { $0 }.timesText) with \(b.dropLast(2).map { $0 }.timesText)"
      : "inner \(inner.0) ≠ \(inner.1)"
    return clash("these shapes do not multiply", operation, clashing, fixes)
  }

  func doNotBroadcast(_ operation: Operation) -> Diagnostic {
    guard let a = operation.l.shape, let b = operation.r.shape else { return unfit(operation) }
    var fixes: [Fix] = []
    let op = operation.op.rawValue
    for (left, right) in [(false, true), (true, false)] {
      if left && a.count < 2 || right && b.count < 2 { continue }
      let x = left ? OperatorShape.transposed(a) : a
      let y = right ? OperatorShape.transposed(b) : b
      guard let result = Broadcast.shape(x, y) else { continue }
      fixes.append(
        rewritten(
          operation, op, left: left, right: right,
          note: "\(x.timesText) \(op) \(y.timesText) → \(result.kindText)"))
    }
    for isLeft in [false, true] {
      let (vector, other) = isLeft ? (a, b) : (b, a)
      guard vector.count == 1, other.count == 2, Broadcast.shape([vector[0], 1], other) != nil
      else { continue }
      let (l, r) = (source.slice(operation.left.span), source.slice(operation.right.span))
      fixes.append(
        Fix(
          isLeft ? "col(\(l)) \(op) \(r)" : "\(l) \(op) col(\(r))",
          note: "\(vector[0])×1 beside \(other.timesText)", replacing: operation.expr.span))
    }
    if operation.op == .multiply, let result = OperatorShape.matmul(a, b) {
      fixes.append(
        rewritten(
          operation, "@", note: "\(a.timesText) @ \(b.timesText) → \(result.kindText)"))
    }
    return clash("these shapes do not broadcast", operation, clashText(a, b), fixes)
  }

  /// The first pair of lengths, from the right, that differ.
  private func clashText(_ a: [Int], _ b: [Int]) -> String {
    for (x, y) in zip(a.reversed(), b.reversed()) where x != y && x != 1 && y != 1 {
      return "\(x) ≠ \(y)"
    }
    return ""
  }

  private func operand(_ expr: Expr, _ isTransposed: Bool) -> String {
    let text = source.slice(expr.span)
    guard isTransposed else { return text }
    if case .transpose(let inner) = expr.form { return source.slice(inner.span) }
    return text.isPostfixText ? "\(text)'" : "(\(text))'"
  }

  private func rewritten(
    _ operation: Operation, _ op: String, left: Bool = false, right: Bool = false, note: String = ""
  ) -> Fix {
    Fix(
      "\(operand(operation.left, left)) \(op) \(operand(operation.right, right))", note: note,
      replacing: operation.expr.span)
  }
}
