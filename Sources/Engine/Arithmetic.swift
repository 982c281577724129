import Kernels
import Language

// Arithmetic of numbers alone makes no values on its way: a loop is mostly that.
extension Evaluator {
  /// Deeper expressions are begun too often in vain.
  private static let mostLevels = 8

  /// What operators on numbers give; nil where something in the expression is anything else, or
  /// where somebody wants to see the parts.
  func arithmetic(_ expr: Expr) -> Double? {
    expr.depth <= Self.mostLevels && observer == nil ? number(expr) : nil
  }

  private func number(_ expr: Expr) -> Double? {
    switch expr.form {
    case .number(let number): return number
    case .name: return expr.symbol.flatMap(numberHeld)
    case .unary(.negate, let operand, _): return number(operand).map { -$0 }
    case .binary(let op, let left, let right, _):
      guard !op.givesBool, let function = op.elementwise, let l = number(left),
        let r = number(right)
      else { return nil }
      switch function {
      case .add: return l + r
      case .subtract: return l - r
      case .multiply: return l * r
      case .divide: return l / r
      default: return scalar(function, l, r)
      }
    default: return nil
    }
  }

  private func numberHeld(by symbol: Symbol) -> Double? {
    guard frame != nil else { return state.variables.number(symbol) }
    guard case .number(let number, .f64)? = lookUp(symbol) else { return nil }
    return number
  }
}
