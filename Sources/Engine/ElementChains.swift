import Kernels
import Language

/// What an entry of the registry does to each element.
public enum ElementwiseFunction: Sendable {
  case ofOne(UnaryFunction)
  case ofTwo(BinaryFunction)
}

// `exp(-x^2/2)` of a large x is computed in one pass: several would wait for memory.
extension Evaluator {
  /// Smaller tensors stay in the cache between two steps.
  private static let fewElements = 1 << 13
  /// Deeper expressions are begun too often in vain.
  private static let mostLevels = 32

  /// Arithmetic of large tensors of one shape and of numbers; nil of anything else, and where
  /// somebody wants to see the values between.
  @inline(__always)
  func chain(_ expr: Expr) throws -> Value? {
    // Without a large tensor anywhere there is none in the expression.
    Memory.inUse < Self.fewElements * MemoryLayout<Float>.size ? nil : try inOnePass(expr)
  }

  private func inOnePass(_ expr: Expr) throws -> Value? {
    guard expr.depth > 2, expr.depth <= Self.mostLevels, !beginsSmall(expr), !isEveryValueWanted
    else { return nil }
    var chain = PendingChain()
    guard case .step? = operand(expr, &chain), let pending = chain.pending, pending.stepCount > 1
    else { return nil }
    do {
      let result = try pending.run()
      // The whole is told by who asked for it.
      for (part, number) in chain.parts.dropLast() {
        if let number {
          observer?.told(part, .number(number))
        } else {
          observer?.toldOfShape?(part, result.shape)
        }
      }
      if chain.multiplies { noteElementwise(result.shape) }
      return .tensor(result)
    } catch let error as KernelError {
      throw diagnose(error, at: expr.span)
    }
  }

  /// Where what stands first is a smaller tensor, nothing else is looked at: most expressions end
  /// here.
  private func beginsSmall(_ expr: Expr) -> Bool {
    guard let name = expr.firstOperand else { return false }
    if frame == nil { return state.variables.elementCount(name).map(isSmall) ?? false }
    guard case .tensor(let tensor)? = lookUp(name) else { return false }
    return isSmall(tensor.count)
  }

  private func isSmall(_ count: Int) -> Bool { count < Self.fewElements }

  private struct PendingChain {
    var pending: ElementChain?
    /// What was computed, in this order, for who looks on; nil stands for a tensor.
    var parts: [(expr: Expr, number: Double?)] = []
    /// Whether it has a product of two tensors.
    var multiplies = false
  }

  private func operand(_ expr: Expr, _ chain: inout PendingChain) -> ElementChain.Operand? {
    switch expr.form {
    case .number(let number): return .number(number)
    case .name: return named(expr, &chain)
    case .unary(let op, let part, _):
      return operand(part, &chain).flatMap { apply(op.function, $0, at: expr, &chain) }
    case .binary(let op, let left, let right, _):
      guard let function = op.elementwise, let l = operand(left, &chain),
        let r = operand(right, &chain)
      else { return nil }
      if op == .dot, !l.isNumber, !r.isNumber { return nil }
      chain.multiplies = chain.multiplies || op == .multiply && !l.isNumber && !r.isNumber
      return apply(function, l, r, at: expr, &chain)
    case .call(let head, let arguments, _):
      guard let symbol = head.symbol, case .function(.builtin(let builtin))? = lookUp(symbol)
      else { return nil }
      switch (builtin.elementwise, arguments.count) {
      case (.ofOne(let function)?, 1):
        guard let x = operand(arguments[0], &chain) else { return nil }
        return apply(function, x, at: expr, &chain)
      case (.ofTwo(let function)?, 2):
        guard let l = operand(arguments[0], &chain), let r = operand(arguments[1], &chain) else {
          return nil
        }
        return apply(function, l, r, at: expr, &chain)
      default: return nil
      }
    default: return nil
    }
  }

  private func operand(
    _ argument: Argument, _ chain: inout PendingChain
  ) -> ElementChain.Operand? {
    if case .positional(let value) = argument { operand(value, &chain) } else { nil }
  }

  private func named(_ expr: Expr, _ chain: inout PendingChain) -> ElementChain.Operand? {
    guard let symbol = expr.symbol, let value = lookUp(symbol) else { return nil }
    if case .number(let number, .f64) = value { return .number(number) }
    guard case .tensor(let tensor) = value, !isSmall(tensor.count),
      tensor.dtype != .bool
    else { return nil }
    let pending =
      chain.pending ?? ElementChain(shape: tensor.shape, dtype: tensor.dtype)
    guard pending.shape == tensor.shape, pending.dtype == tensor.dtype else { return nil }
    chain.pending = pending
    return .tensor(tensor)
  }

  private func apply(
    _ function: UnaryFunction, _ operand: ElementChain.Operand, at expr: Expr,
    _ chain: inout PendingChain
  ) -> ElementChain.Operand? {
    guard case .number(let x) = operand else {
      return noted(chain.pending?.add(function, operand), at: expr, &chain)
    }
    return function.givesBool ? nil : noted(.number(scalar(function, x)), at: expr, &chain)
  }

  private func apply(
    _ function: BinaryFunction, _ l: ElementChain.Operand, _ r: ElementChain.Operand,
    at expr: Expr, _ chain: inout PendingChain
  ) -> ElementChain.Operand? {
    guard case .number(let x) = l, case .number(let y) = r else {
      return noted(chain.pending?.add(function, l, r), at: expr, &chain)
    }
    return function.givesBool ? nil : noted(.number(scalar(function, x, y)), at: expr, &chain)
  }

  private func noted(
    _ result: ElementChain.Operand?, at expr: Expr, _ chain: inout PendingChain
  ) -> ElementChain.Operand? {
    if observer != nil {
      if case .number(let number)? = result {
        chain.parts.append((expr, number))
      } else {
        chain.parts.append((expr, nil))
      }
    }
    return result
  }
}

extension ElementChain.Operand {
  fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
}

extension Expr {
  /// The name that stands first, where operators and calls lead to it.
  fileprivate var firstOperand: Symbol? {
    var first = self
    while true {
      switch first.form {
      case .name: return first.symbol
      case .unary(_, let part, _): first = part
      case .binary(_, let left, let right, _):
        if case .number = left.form { first = right } else { first = left }
      case .call(_, let arguments, _):
        guard let argument = arguments.first else { return nil }
        first = argument.value
      default: return nil
      }
    }
  }
}
