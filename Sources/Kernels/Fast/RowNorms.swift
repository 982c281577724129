import KernelInterface

/// (x − mean)/√(variance + eps) along an axis, the variance biased, then γ ⊙ y + β: layer norm.
///
/// Source: Ba, Kiros and Hinton, Layer Normalization, 2016.
///
/// - Precondition: gain and bias broadcast to the shape of `x`.
public func standardized(
  _ x: Tensor, axis: Int, eps: Double, gain: Tensor? = nil, bias: Tensor? = nil,
  variant: KernelVariant = .current
) throws -> Tensor {
  try x.dtype == .f32
    ? normalized(x, axis, eps, true, gain, bias, variant, of: Float.self)
    : normalized(x, axis, eps, true, gain, bias, variant, of: Double.self)
}

/// x/√(mean x² + eps) along an axis, then γ ⊙ y + β: RMS norm.
///
/// Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
///
/// - Precondition: as `standardized`.
public func rootMeanSquareScaled(
  _ x: Tensor, axis: Int, eps: Double, gain: Tensor? = nil, bias: Tensor? = nil,
  variant: KernelVariant = .current
) throws -> Tensor {
  try x.dtype == .f32
    ? normalized(x, axis, eps, false, gain, bias, variant, of: Float.self)
    : normalized(x, axis, eps, false, gain, bias, variant, of: Double.self)
}

/// γ ⊙ x + β where there are any.
public func scaled(_ x: Tensor, gain: Tensor?, bias: Tensor?) throws -> Tensor {
  let y = try gain.map { try Tensor.combine(.multiply, $0, x) } ?? x
  return try bias.map { try Tensor.combine(.add, y, $0) } ?? y
}

private func normalized<T: Real>(
  _ x: Tensor, _ axis: Int, _ eps: Double, _ isCentered: Bool, _ gain: Tensor?, _ bias: Tensor?,
  _ variant: KernelVariant, of type: T.Type
) throws -> Tensor {
  func rows(_ gain: UnsafePointer<T>?, _ bias: UnsafePointer<T>?) throws -> Tensor {
    try alongRows(x, axis) {
      let call = NormCall(rows: $0, eps: eps, isCentered: isCentered, gain: gain, bias: bias)
      if $0.isLong { return try call.runByParts(with: T.kernels(of: variant)) }
      T.kernels(of: variant).norm(call)
    }
  }
  // Along the last axis a gain and a bias for each entry cost no pass over memory of their own.
  let isLast = axis == x.rank - 1
  let (gain, bias) = (
    gain.flatMap { $0.isNumber(1) ? nil : $0 }, bias.flatMap { $0.isNumber(0) ? nil : $0 }
  )
  let fits = [gain, bias].allSatisfy {
    $0.map { isLast && $0.dtype == T.dtype && $0.shape == [x.shape[axis]] } ?? true
  }
  guard fits else { return try scaled(try rows(nil, nil), gain: gain, bias: bias) }
  return try withElements(gain) { gain in try withElements(bias) { bias in try rows(gain, bias) } }
}

private func withElements<T: Real>(
  _ tensor: Tensor?, _ body: (UnsafePointer<T>?) throws -> Tensor
) throws -> Tensor {
  guard let tensor else { return try body(nil) }
  return try tensor.withElements(of: T.self) { try body($0.baseAddress) }
}

extension Tensor {
  fileprivate func isNumber(_ x: Double) -> Bool { rank == 0 && doubles == [x] }
}
