/// (x − mean)/√(variance + eps) along an axis, the variance biased: layer norm before its gain.
///
/// Source: Ba, Kiros and Hinton, Layer Normalization, 2016.
public func standardized(_ x: Tensor, axis: Int, eps: Double) throws -> Tensor {
  try x.dtype == .f32
    ? alongLanes(x, axis) { standardize($0, eps: Float(eps)) }
    : alongLanes(x, axis) { standardize($0, eps: eps) }
}

private func standardize<T: Real>(_ x: UnsafeMutableBufferPointer<T>, eps: T) {
  let n = T(x.count)
  let mean = pairwiseSum(UnsafeBufferPointer(x)) / n
  let variance = pairwiseSum(UnsafeBufferPointer(x)) { ($0 - mean) * ($0 - mean) } / n
  let deviation = (variance + eps).squareRoot()
  for i in x.indices { x[i] = (x[i] - mean) / deviation }
}

/// x/√(mean x² + eps) along an axis: RMS norm before its gain.
///
/// Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
public func rootMeanSquareScaled(_ x: Tensor, axis: Int, eps: Double) throws -> Tensor {
  try x.dtype == .f32
    ? alongLanes(x, axis) { scale($0, eps: Float(eps)) }
    : alongLanes(x, axis) { scale($0, eps: eps) }
}

private func scale<T: Real>(_ x: UnsafeMutableBufferPointer<T>, eps: T) {
  let size = (pairwiseSum(UnsafeBufferPointer(x)) { $0 * $0 } / T(x.count) + eps).squareRoot()
  for i in x.indices { x[i] /= size }
}
