import Kernels
import Language

// `Q @ K'` makes no K': the product takes K as it lies.
extension Evaluator {
  /// An operand; where `isTransposed`, it is A that stands for the `A'` of a product.
  func factor(_ operand: Expr, of op: BinaryOperator) throws -> (value: Value, isTransposed: Bool) {
    guard op == .matmul, case .transpose(let inner) = operand.form,
      !isEveryValueWanted
    else { return (try evaluate(operand), false) }
    let value = try evaluate(inner)
    if let shape = value.factorShape, shape.count >= 2 {
      observer?.toldOfShape?(operand, OperatorShape.transposed(shape))
      return (value, true)
    }
    let turned = try transpose(value, inner, at: operand)
    observer?.told(operand, turned)
    return (turned, false)
  }

  /// The product of two factors; nil where they are not two tensors that multiply.
  func product(
    _ l: Value, _ r: Value, _ transposing: (first: Bool, second: Bool), at expr: Expr
  ) throws -> Value? {
    guard let a = l.factorShape, let b = r.factorShape,
      OperatorShape.multiplies(a, b, transposing)
    else { return nil }
    do {
      if case .tensor(let x) = l, case .tensor(let y) = r {
        return Value(try matmul(x, y, transposing: transposing))
      }
      return try product(l, r, transposing: transposing)
    } catch let error as KernelError {
      throw diagnose(error, at: expr.span)
    }
  }

  /// `A'` of the A that stood for it.
  func transpose(factor value: Value, _ operand: Expr) throws -> Value {
    guard case .transpose(let inner) = operand.form else { return value }
    return try transpose(value, inner, at: operand)
  }
}

extension Value {
  /// The shape of a tensor, also of one that a tape follows.
  fileprivate var factorShape: [Int]? {
    switch self {
    case .tensor, .traced: shape
    default: nil
    }
  }
}
