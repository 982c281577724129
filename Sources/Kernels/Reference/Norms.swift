/// (x − mean)/√(variance + eps), the variance biased; gives √(variance + eps).
@discardableResult
func standardize<T: Real>(_ x: UnsafeMutableBufferPointer<T>, eps: T) -> T {
  let n = T(x.count)
  let mean = pairwiseSum(UnsafeBufferPointer(x)) / n
  let variance = pairwiseSum(UnsafeBufferPointer(x)) { ($0 - mean) * ($0 - mean) } / n
  let deviation = (variance + eps).squareRoot()
  for i in x.indices { x[i] = (x[i] - mean) / deviation }
  return deviation
}

/// The gradients of layer norm along the last axis, gain and bias included, for any gain: what the
/// kernels of the processor are held to.
///
///     y  = (x − mean)/σ,  h = g ⊙ γ
///     ∂x = (h − mean h − y · mean(h ⊙ y))/σ,  ∂γ = Σ g ⊙ y,  ∂β = Σ g    over all rows
///
/// - Precondition: `gain` is a number, or as long as the last axis of `x`.
func normGradients<T: Real>(_ x: Tensor, _ gain: Tensor, _ eps: T, _ upstream: Tensor)
  throws -> (x: Tensor, gain: Tensor, bias: Tensor)
{
  let width = x.shape[x.rank - 1]
  let (g, gain) = (try upstream.converted(to: T.dtype), try gain.converted(to: T.dtype))
  var dGain = try Tensor(repeating: T(0), shape: [width])
  var dBias = try Tensor(repeating: T(0), shape: [width])
  let dX = try dGain.withMutableElements(of: T.self) { dGain in
    try dBias.withMutableElements(of: T.self) { dBias in
      try alongLanes(x, x.rank - 1) { (y: UnsafeMutableBufferPointer<T>, row) in
        let n = T(width)
        let deviation = standardize(y, eps: eps)
        g.withElements(of: T.self) { g in
          gain.withElements(of: T.self) { gain in
            let g = UnsafeBufferPointer(rebasing: g[row * width..<(row + 1) * width])
            let step = gain.count == 1 ? 0 : 1
            var (sum, along): (T, T) = (0, 0)
            for i in y.indices {
              let h = g[i] * gain[i * step]
              sum += h
              along += h * y[i]
              dGain[i] += g[i] * y[i]
              dBias[i] += g[i]
            }
            let (mean, slope) = (sum / n, along / n)
            for i in y.indices {
              y[i] = (g[i] * gain[i * step] - mean - y[i] * slope) / deviation
            }
          }
        }
      }
    }
  }
  return (dX, dGain, dBias)
}

/// x/√(mean x² + eps)
func rootMeanSquareScale<T: Real>(_ x: UnsafeMutableBufferPointer<T>, eps: T) {
  let size = (pairwiseSum(UnsafeBufferPointer(x)) { $0 * $0 } / T(x.count) + eps).squareRoot()
  for i in x.indices { x[i] /= size }
}
