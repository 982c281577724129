import KernelInterface

/// The gradients of layer norm along the last axis, gain and bias included.
///
/// - Precondition: `gain` is a number, or as long as the last axis of `x`.
public func layerNormGradients(
  _ x: Tensor, gain: Tensor, eps: Double, upstream: Tensor, variant: KernelVariant = .current
) throws -> (x: Tensor, gain: Tensor, bias: Tensor) {
  try x.dtype == .f32
    ? gradients(x, gain, eps, upstream, variant, of: Float.self)
    : gradients(x, gain, eps, upstream, variant, of: Double.self)
}

/// Rows between which Ctrl-C is looked for.
private let rowsAtOnce = 64

private func gradients<T: Real>(
  _ x: Tensor, _ gain: Tensor, _ eps: Double, _ upstream: Tensor, _ variant: KernelVariant,
  of type: T.Type
) throws -> (x: Tensor, gain: Tensor, bias: Tensor) {
  let width = x.shape[x.rank - 1]
  guard gain.shape == [width], width > 0 else {
    return try normGradients(x, gain, T(eps), upstream)
  }
  let (g, gain) = (try upstream.converted(to: T.dtype), try gain.converted(to: T.dtype))
  let dGain = try Tensor(repeating: T(0), shape: [width])
  let dBias = try Tensor(repeating: T(0), shape: [width])
  let dx = try Tensor(uninitialized: x.shape, of: T.self)
  let (x, to, rows) = (x.start(of: T.self), dx.start(of: T.self), x.count / width)
  try withExtendedLifetime((g, gain)) {
    for first in stride(from: 0, to: rows, by: rowsAtOnce) {
      try Cancellation.check()
      let place = first * width
      let norm = NormCall(
        rows: RowCall(
          from: x + place, to: to + place, rows: min(rowsAtOnce, rows - first), length: width),
        eps: eps, isCentered: true, gain: gain.start(of: T.self), bias: nil)
      // SAFETY: the tensors outlive the call, and nobody else has the new ones.
      T.kernels(of: variant).normGradient(
        NormGradientCall(
          norm: norm, g: g.start(of: T.self) + place, dGain: dGain.start(of: T.self),
          dBias: dBias.start(of: T.self)))
    }
  }
  return (dx, dGain, dBias)
}
