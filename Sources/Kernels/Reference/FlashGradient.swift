/// The gradients of `flash` for its queries, keys and values, by rows of queries at a time.
///
///     P  = exp(S/τ − lse)                              [rows m], again from Q and K
///     ∂V = Pᵀ G,  ∂P = G Vᵀ
///     ∂S = P ⊙ (∂P − Σ G ⊙ O + ∂lse)/τ, times 1 − tanh² with a softcap
///     ∂Q = scale · ∂S K,  ∂K = scale · ∂Sᵀ Q
///
/// Never holds more than `rowsAtOnce`×m numbers beside the operands; costs about two and a half
/// times as much as the forward pass. A row without a visible key has the gradient 0.
/// Source: Dao et al., FlashAttention, 2022, appendix B.
///
/// - Parameters:
///   - out: what `flash` gave, [… n dv], and its log-sum-exp, [… n].
///   - upstream: the gradients of both; nil where nothing depends on one.
public func flashGradients(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, out: (values: Tensor, logSumExp: Tensor),
  upstream: (values: Tensor?, logSumExp: Tensor?), _ options: AttentionOptions
) throws -> (q: Tensor, k: Tensor, v: Tensor) {
  let dtype = out.values.dtype
  let operands = try [q, k, v].map { try $0.converted(to: dtype) }
  return dtype == .f32
    ? try gradients(operands, out, upstream, options, of: Float.self)
    : try gradients(operands, out, upstream, options, of: Double.self)
}

private let rowsAtOnce = 64

private func gradients<T: Real>(
  _ operands: [Tensor], _ out: (values: Tensor, logSumExp: Tensor),
  _ upstream: (values: Tensor?, logSumExp: Tensor?), _ options: AttentionOptions,
  of type: T.Type
) throws -> (q: Tensor, k: Tensor, v: Tensor) {
  let shape = AttentionShape(operands[0], operands[1], operands[2])
  let (n, m, dk) = (shape.n, shape.m, shape.dk)
  let planes = shape.leading.reduce(1, *)
  func matrices(_ x: Tensor) throws -> Tensor {
    let own = Array(x.shape.suffix(2))
    return try x.broadcast(to: shape.leading + own).reshaped([planes] + own)
  }
  let (q, k, v) = (try matrices(operands[0]), try matrices(operands[1]), try matrices(operands[2]))
  let o = out.values.reshaped([planes, n, shape.dv])
  let lse = out.logSumExp.reshaped([planes, n])
  let g = try upstream.values?.reshaped(o.shape) ?? Tensor(repeating: T(0), shape: o.shape)
  let gLse =
    try upstream.logSumExp?.reshaped(lse.shape) ?? Tensor(repeating: T(0), shape: lse.shape)
  let adjust = try ScoreAdjustment<T>(options, shape.leading + [n, m], dk: dk)
  let factor = try Tensor(
    scalar: options.scale ?? 1 / Double(dk).squareRoot(), dtype: T.dtype)
  var parts: (q: [Tensor], k: [Tensor], v: [Tensor]) = ([], [], [])
  for plane in 0..<planes {
    let (K, V) = (k.subtensor(plane), v.subtensor(plane))
    let (Kt, Vt) = (try K.transposed(), try V.transposed())
    var (dK, dV) = (
      try Tensor(repeating: T(0), shape: K.shape), try Tensor(repeating: T(0), shape: V.shape)
    )
    for first in stride(from: 0, to: n, by: rowsAtOnce) {
      try Cancellation.check()
      let range = first..<min(first + rowsAtOnce, n)
      let (Q, G) = (q.subtensor(plane).rows(range), g.subtensor(plane).rows(range))
      let O = o.subtensor(plane).rows(range)
      var D = try Tensor.combine(.multiply, G, O).reduce(.sum, axis: 1, keep: false)
      D = try Tensor.combine(.subtract, D, gLse.subtensor(plane).rows(range))
      let rows = Rows(
        scores: try matmul(Q, Kt), slopes: try matmul(G, Vt),
        logSumExp: lse.subtensor(plane).rows(range),
        shift: D, plane: plane, first: first)
      let (P, dS) = try rows.weights(adjust, options, scale: factor[flat: 0], of: T.self)
      parts.q.append(try Tensor.combine(.multiply, factor, try matmul(dS, K)))
      dK = try Tensor.combine(.add, dK, try matmul(try dS.transposed(), Q))
      dV = try Tensor.combine(.add, dV, try matmul(try P.transposed(), G))
    }
    parts.k.append(try Tensor.combine(.multiply, factor, dK))
    parts.v.append(dV)
  }
  func joined(_ parts: [Tensor], like x: Tensor) throws -> Tensor {
    let own = Array(x.shape.suffix(2))
    guard !parts.isEmpty else { return try Tensor(repeating: T(0), shape: x.shape) }
    return try Tensor.concat(parts, axis: 0).reshaped(shape.leading + own).fitted(to: x.shape)
  }
  return (
    try joined(parts.q, like: operands[0]), try joined(parts.k, like: operands[1]),
    try joined(parts.v, like: operands[2])
  )
}

/// Some rows of queries against all keys.
private struct Rows {
  /// Raw, Q Kᵀ.
  let scores: Tensor
  /// ∂P = G Vᵀ.
  let slopes: Tensor
  let logSumExp: Tensor
  /// What is subtracted from each row of ∂P.
  let shift: Tensor
  let plane: Int
  let first: Int

  /// P and ∂S.
  func weights<T: Real>(
    _ adjust: ScoreAdjustment<T>, _ options: AttentionOptions, scale: Double, of type: T.Type
  ) throws -> (Tensor, Tensor) {
    let m = scores.shape[1]
    let (inverse, scale) = (T(1 / options.tau), T(scale))
    var (P, dS) = (scores, slopes)
    try P.withMutableElements(of: T.self) { p in
      try dS.withMutableElements(of: T.self) { ds in
        scores.withElements(of: T.self) { raw in
          for i in 0..<scores.shape[0] {
            let row = i * m..<(i + 1) * m
            let s = UnsafeMutableBufferPointer(rebasing: p[row])
            adjust.adjust(s, plane: plane, row: first + i)
            let lse = T(logSumExp[flat: i])
            let shift = T(shift[flat: i])
            for j in 0..<m {
              let weight: T = s[j] == -.infinity ? 0 : T.exp(s[j] * inverse - lse)
              var slope: T = weight == 0 ? 0 : weight * (ds[i * m + j] - shift) * inverse
              if let cap = options.softcap {
                let bend = T.tanh(raw[i * m + j] * scale / T(cap))
                slope *= 1 - bend * bend
              }
              s[j] = weight
              ds[i * m + j] = slope
            }
          }
        }
      }
    }
    return (P, dS)
  }
}
