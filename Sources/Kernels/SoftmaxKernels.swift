/// softmax(z/τ) along an axis: the maximum is subtracted, then divided by τ, so nothing overflows.
///
/// τ = ∞ is uniform over what is not −∞. A row of −∞ alone gives NaN, +∞ and NaN as IEEE
/// arithmetic does.
public func softmax(_ z: Tensor, axis: Int, tau: Double) throws -> Tensor {
  try z.dtype == .f32
    ? alongLanes(z, axis) { softmaxLane($0, tau: Float(tau)) }
    : alongLanes(z, axis) { softmaxLane($0, tau: tau) }
}

/// zᵢ/τ − log Σ exp(zⱼ/τ) along an axis.
public func logSoftmax(_ z: Tensor, axis: Int, tau: Double) throws -> Tensor {
  try z.dtype == .f32
    ? alongLanes(z, axis) { logSoftmaxLane($0, tau: Float(tau)) }
    : alongLanes(z, axis) { logSoftmaxLane($0, tau: tau) }
}

func softmaxLane<T: Real>(_ z: UnsafeMutableBufferPointer<T>, tau: T) {
  shift(z, tau: tau)
  for i in z.indices { z[i] = T.exp(z[i]) }
  let total = pairwiseSum(UnsafeBufferPointer(z))
  for i in z.indices { z[i] /= total }
}

private func logSoftmaxLane<T: Real>(_ z: UnsafeMutableBufferPointer<T>, tau: T) {
  shift(z, tau: tau)
  let logTotal = T.log(pairwiseSum(UnsafeBufferPointer(z)) { T.exp($0) })
  for i in z.indices { z[i] -= logTotal }
}

/// (x − m)/τ; −∞ stays −∞ whatever τ.
@inline(__always)
func shifted<T: Real>(_ x: T, by m: T, tau: T) -> T {
  let difference = x - m
  if difference == -.infinity {
    // Hidden, or so far apart that the difference overflows where its quotient may not.
    return x == -.infinity ? x : x / tau - m / tau
  }
  // A τ below the range of T is 0 there, and 0/0 is no number.
  return difference == 0 ? 0 : difference / tau
}

/// z becomes (z − max z)/τ; −∞ stays −∞ whatever τ.
@inline(__always)
private func shift<T: Real>(_ z: UnsafeMutableBufferPointer<T>, tau: T) {
  let m = extreme(UnsafeBufferPointer(z)) { $0 > $1 }
  if tau == 1 {
    for i in z.indices { z[i] -= m }
  } else {
    for i in z.indices { z[i] = shifted(z[i], by: m, tau: tau) }
  }
}

/// (diag(p) − p pᵀ)/τ for each row, [… n] → [… n n].
public func softmaxJacobian(_ z: Tensor, tau: Double) throws -> Tensor {
  let p = try softmax(z, axis: z.rank - 1, tau: tau)
  return try p.dtype == .f32
    ? jacobian(p, Float(tau)) : jacobian(p, tau)
}

private func jacobian<T: Real>(_ p: Tensor, _ tau: T) throws -> Tensor {
  let n = p.shape[p.rank - 1]
  return try Tensor(shape: p.shape + [n], of: T.self) { y in
    try p.withElements(of: T.self) { p in
      for row in 0..<(n == 0 ? 0 : p.count / n) {
        try Cancellation.check()
        for i in 0..<n {
          let pi = p[row * n + i]
          for j in 0..<n {
            let pj = p[row * n + j]
            y[(row * n + i) * n + j] = (i == j ? pi * (1 - pi) : -pi * pj) / tau
          }
        }
      }
    }
  }
}

/// −Σ p log p in nats along an axis; 0 log 0 is 0.
public func entropy(_ p: Tensor, axis: Int) throws -> Tensor {
  let terms =
    try p.dtype == .f32
    ? p.each { (x: Float) in x == 0 ? Float(0) : -x * Float.log(x) }
    : p.each { (x: Double) in x == 0 ? 0.0 : -x * Double.log(x) }
  return try terms.reduce(.sum, axis: axis, keep: false)
}

/// Changes each lane of a copy along an axis.
func alongLanes<T: Real>(
  _ z: Tensor, _ axis: Int, _ body: (UnsafeMutableBufferPointer<T>) -> Void
) throws -> Tensor {
  let lanes = Lanes(z.shape, axis: axis)
  return try Tensor(shape: z.shape, of: T.self) { y in
    try z.withElements(of: T.self) { x in
      guard lanes.inner == 1 else {
        try lanes.forEach(x, output: y) { lane, _ in body(lane) }
        return
      }
      for row in 0..<lanes.outer {
        if row & 63 == 0 { try Cancellation.check() }
        let range = row * lanes.length..<(row + 1) * lanes.length
        let lane = UnsafeMutableBufferPointer(rebasing: y[range])
        _ = lane.update(fromContentsOf: x[range])
        body(lane)
      }
    }
  }
}
