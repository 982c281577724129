import Kernels
import Language

// `Q @ K'` makes no K': the product takes K as it lies.
extension Evaluator {
  /// An operand; where `isTransposed`, it is A that stands for the `A'` of a product.
  func factor(_ operand: Expr, of op: BinaryOperator) throws -> (value: Value, isTransposed: Bool) {
    // Who looks on wants to see every value.
    guard op == .matmul, observe == nil, case .transpose(let inner) = operand.form else {
      return (try evaluate(operand), false)
    }
    let value = try evaluate(inner)
    if case .tensor(let tensor) = value, tensor.rank >= 2 { return (value, true) }
    return (try transpose(value, inner, at: operand), false)
  }

  /// The product of two factors; nil where they are not two tensors that multiply.
  func product(
    _ l: Value, _ r: Value, _ transposing: (first: Bool, second: Bool), at expr: Expr
  ) throws -> Value? {
    guard case .tensor(let a) = l, case .tensor(let b) = r,
      OperatorShape.matmul(
        transposing.first ? OperatorShape.transposed(a.shape) : a.shape,
        transposing.second ? OperatorShape.transposed(b.shape) : b.shape) != nil
    else { return nil }
    do {
      return Value(try matmul(a, b, transposing: transposing))
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
