import KernelInterface

/// One step of an optimiser for one tensor of parameters.
///
/// All give new tensors in the dtype of the parameters; the gradient is converted to it.
public enum Optimiser: Sendable {
  /// v ← μ v + g,  p ← p − η v; the first v is g (PyTorch's SGD).
  case sgd(momentum: Double)
  /// m ← m + (1−β₁)(g − m),  v ← β₂ v + (1−β₂) g²,
  /// p ← p − η m/(1−β₁ᵗ) / (√v/√(1−β₂ᵗ) + ε). Kingma and Ba 2015; ε as in PyTorch.
  case adam(beta1: Double, beta2: Double, eps: Double)

  /// What an optimiser remembers of earlier steps.
  public struct Memory: Sendable {
    var first: Tensor?
    var second: Tensor?

    public init() {}
  }

  /// - Precondition: p, g and what is remembered are of one shape.
  /// - Parameters:
  ///   - rate: η of this step.
  ///   - count: which step it is, from 1.
  ///   - decay: what p is multiplied by first is 1 − η·decay (AdamW), or, where it is not
  ///     `isDecoupled`, decay·p is added to g.
  public func step(
    _ p: Tensor, _ g: Tensor, _ memory: inout Memory, rate: Double, count: Int, decay: Double,
    isDecoupled: Bool
  ) throws -> Tensor {
    let g = try g.converted(to: p.dtype)
    let weights = Decay(rate: rate, decay: decay, isDecoupled: isDecoupled)
    return p.dtype == .f32
      ? try step(p, g, &memory, rate, count, weights, of: Float.self)
      : try step(p, g, &memory, rate, count, weights, of: Double.self)
  }

  private struct Decay {
    var factor = 1.0
    var added = 0.0
    init(rate: Double, decay: Double, isDecoupled: Bool) {
      if isDecoupled { factor = 1 - rate * decay } else { added = decay }
    }
  }

  private func step<T: Real>(
    _ p: Tensor, _ g: Tensor, _ memory: inout Memory, _ rate: Double, _ count: Int,
    _ decay: Decay, of type: T.Type
  ) throws -> Tensor {
    var next = p
    var first = try memory.first ?? Tensor(repeating: T(0), shape: p.shape)
    let (factor, added) = (T(decay.factor), T(decay.added))
    // Released, so that they are changed in place.
    memory.first = nil
    switch self {
    case .sgd(let momentum):
      let momentum = T(momentum)
      let rate = T(rate)
      try next.withMutableElements(of: T.self) { p in
        try first.withMutableElements(of: T.self) { v in
          g.withElements(of: T.self) { g in
            for i in p.indices {
              v[i] = momentum * v[i] + (g[i] + added * p[i])
              p[i] = factor * p[i] - rate * v[i]
            }
          }
        }
      }
    case .adam(let beta1, let beta2, let eps):
      var second = try memory.second ?? Tensor(repeating: T(0), shape: p.shape)
      memory.second = nil
      let (b1, b2) = (T(beta1), T(beta2))
      let rule = AdamRule(
        fresh1: 1 - b1, beta2: b2, fresh2: 1 - b2, eps: T(eps),
        stride: T(rate / (1 - power(beta1, count))),
        inverseRoot: T(1 / (1 - power(beta2, count)).squareRoot()), factor: factor, added: added)
      precondition(g.count == p.count && first.count == p.count && second.count == p.count)
      try next.withMutableElements(of: T.self) { p in
        try first.withMutableElements(of: T.self) { m in
          try second.withMutableElements(of: T.self) { v in
            g.withElements(of: T.self) { g in
              guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
                let start = g.baseAddress
              else { return }
              T.kernels(of: .current).adam(
                AdamCall(p: p, m: m, v: v, g: start, count: g.count, rule: rule))
            }
          }
        }
      }
      memory.second = second
    }
    memory.first = first
    return next
  }

  private func power(_ x: Double, _ n: Int) -> Double { Double.pow(x, Double(n)) }
}
