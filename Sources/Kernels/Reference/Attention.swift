import KernelInterface

/// softmax((Q Kᵀ · scale + bias)/τ, masked) V, for any leading axes that broadcast.
///
///     scores  = Q Kᵀ · scale                        [… n m]
///     scores  = c · tanh(scores / c)                with a softcap c
///     scores  = scores + bias, −∞ where hidden
///     weights = softmax(scores / τ) of each row     [… n m]
///     out     = weights V                           [… n dv]
///
/// A row without a visible key gives weights and output 0 (as torch's SDPA and ONNX), also m = 0;
/// so does one whose scores are −∞ by the bias.
/// Costs O(n m (dk + dv)). Where the weights are not wanted `flash` does the work and no row of
/// weights is ever whole.
/// Source: Vaswani et al., Attention Is All You Need, 2017.
///
/// - Precondition: the shapes agree, and mask and bias broadcast to the weights.
public func attention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions,
  variant: KernelVariant = .current
) throws -> (out: Tensor, weights: Tensor?) {
  guard haveOneDType(q, k, v) else {
    let (x, y, z) = try inOneDType(q, k, v)
    return try attention(x, y, z, options, variant: variant)
  }
  return try q.dtype == .f32
    ? attention(q, k, v, options, variant, of: Float.self)
    : attention(q, k, v, options, variant, of: Double.self)
}

private func attention<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ variant: KernelVariant,
  of type: T.Type
) throws -> (out: Tensor, weights: Tensor?) {
  switch (options.areOrdinary, options.wantsWeights) {
  case (true, true): try weighedAttention(q, k, v, options, variant, of: T.self)
  case (true, false): (try flashOutput(q, k, v, options, variant, of: T.self), nil)
  case (false, true): try attend(q, k, v, options, of: T.self)
  case (false, false): (try blockedFlash(q, k, v, options, flashKeys, of: T.self).out, nil)
  }
}

/// Whether three tensors are in the dtype of their arithmetic.
func haveOneDType(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Bool {
  q.dtype == k.dtype && k.dtype == v.dtype && q.dtype != .bool
}

/// Three tensors in the dtype of their arithmetic.
func inOneDType(_ q: Tensor, _ k: Tensor, _ v: Tensor) throws -> (Tensor, Tensor, Tensor) {
  if haveOneDType(q, k, v) { return (q, k, v) }
  let both = Tensor.resultDType(q, k)
  let dtype = Tensor.resultDType(both == q.dtype ? q : k, v)
  return (try q.converted(to: dtype), try k.converted(to: dtype), try v.converted(to: dtype))
}

/// The lengths of an attention, and where the leading axes of its operands lie.
struct AttentionShape {
  let leading: [Int]
  let (n, m, dk, dv): (Int, Int, Int, Int)
  /// [… n dv]; of matrices that of the queries where it is the same, which costs no memory.
  let out: [Int]
  /// The leading axes of each operand; empty where no operand has any.
  private let parts: [[Int]]

  init(_ q: borrowing Tensor, _ k: borrowing Tensor, _ v: borrowing Tensor) {
    (n, dk) = (q.shape[q.rank - 2], q.shape[q.rank - 1])
    (m, dv) = (v.shape[v.rank - 2], v.shape[v.rank - 1])
    if q.rank == 2, k.rank == 2, v.rank == 2 {
      (leading, parts) = ([], [])
      out = dv == dk ? q.shape : [n, dv]
    } else {
      parts = [q.shape, k.shape, v.shape].map { Array($0.dropLast(2)) }
      leading = Broadcast.shape(parts) ?? []
      out = leading + [n, dv]
    }
  }

  /// [… n m]
  var weights: [Int] { leading + [n, m] }

  var strides: [[Int]] {
    parts.isEmpty ? [[0], [0], [0]] : parts.map { Broadcast.strides(of: $0, in: leading) + [0] }
  }

  /// Which matrix of each operand a plane takes.
  typealias Plane = (q: Int, k: Int, v: Int)

  /// Where the matrices of each plane stand among those of their operand.
  var planes: AttentionPlanes {
    let isPlain = parts.allSatisfy { $0 == leading }
    if isPlain { return AttentionPlanes(count: leading.reduce(1, *), places: nil) }
    var places: [Plane] = []
    Broadcast.forEachRow(leading + [1], strides) { _, offsets in
      places.append((offsets[0], offsets[1], offsets[2]))
    }
    return AttentionPlanes(count: places.count, places: places)
  }
}

struct AttentionPlanes {
  let count: Int
  /// Nil where nothing is stretched.
  fileprivate let places: [AttentionShape.Plane]?

  subscript(plane: Int) -> AttentionShape.Plane { places?[plane] ?? (plane, plane, plane) }
}

private let rowsAtATime = 64

/// `attention` for any τ, by some rows of the weights at a time: what the kernels of the processor
/// are held to.
func attend<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, of type: T.Type
) throws -> (out: Tensor, weights: Tensor) {
  let shape = AttentionShape(q, k, v)
  let (n, m, dk, dv) = (shape.n, shape.m, shape.dk, shape.dv)
  let adjust = try ScoreAdjustment<T>(options, shape.leading + [n, m], dk: dk)
  let block = min(rowsAtATime, max(n, 1))
  var weights = try Tensor(uninitialized: shape.leading + [n, m], of: T.self)
  let out = try Tensor(shape: shape.leading + [n, dv], of: T.self) { out in
    try weights.withMutableElements(of: T.self) { weights in
      try q.withElements(of: T.self) { q in
        try k.withElements(of: T.self) { k in
          try v.withElements(of: T.self) { v in
            try Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, offsets in
              let k0 = offsets[1] * dk * m
              let v0 = offsets[2] * m * dv
              for first in stride(from: 0, to: n, by: block) {
                let count = min(block, n - first)
                let q0 = (offsets[0] * n + first) * dk
                let place = (plane * n + first) * m
                let scores = UnsafeMutableBufferPointer(
                  rebasing: weights[place..<place + count * m])
                try multiply(
                  UnsafeBufferPointer(rebasing: q[q0..<q0 + count * dk]),
                  UnsafeBufferPointer(rebasing: k[k0..<k0 + dk * m]), scores, rows: count,
                  inner: dk, columns: m, transposing: (false, true))
                for row in 0..<count {
                  let scores = UnsafeMutableBufferPointer(
                    rebasing: scores[row * m..<(row + 1) * m])
                  adjust.adjust(scores, plane: plane, row: first + row)
                  weigh(scores, tau: adjust.tau)
                }
                let o0 = (plane * n + first) * dv
                try multiply(
                  UnsafeBufferPointer(scores),
                  UnsafeBufferPointer(rebasing: v[v0..<v0 + m * dv]),
                  UnsafeMutableBufferPointer(rebasing: out[o0..<o0 + count * dv]), rows: count,
                  inner: m, columns: dv)
              }
            }
          }
        }
      }
    }
  }
  return (out, weights)
}

/// Scores become weights; where all are −∞ there is nothing to attend to, and the weights are 0.
func weigh<T: Real>(_ scores: UnsafeMutableBufferPointer<T>, tau: Double) {
  guard scores.contains(where: { $0 != -.infinity }) else {
    scores.update(repeating: 0)
    return
  }
  guard let row = scores.baseAddress else { return }
  softmaxRows(
    RowCall(from: row, to: row, rows: 1, length: scores.count), tau: tau, of: T.self)
}

/// The scores that softmax(·/τ) takes, divided by τ: (Q Kᵀ · scale, capped, + bias)/τ, −∞ where
/// hidden; [… n dk], [… m dk] → [… n m].
///
/// - Precondition: the shapes agree, and mask and bias broadcast to the scores.
public func attentionScores(_ q: Tensor, _ k: Tensor, _ options: AttentionOptions) throws -> Tensor
{
  let raw = try matmul(q, k, transposing: (false, true))
  return try raw.dtype == .f32
    ? adjusted(raw, options, dk: q.shape[q.rank - 1], of: Float.self)
    : adjusted(raw, options, dk: q.shape[q.rank - 1], of: Double.self)
}

private func adjusted<T: Real>(
  _ raw: Tensor, _ options: AttentionOptions, dk: Int, of type: T.Type
) throws -> Tensor {
  let (n, m) = (raw.shape[raw.rank - 2], raw.shape[raw.rank - 1])
  let adjust = try ScoreAdjustment<T>(options, raw.shape, dk: dk)
  var result = raw
  try result.withMutableElements(of: T.self) { scores in
    for row in 0..<(m == 0 ? 0 : scores.count / m) {
      try Cancellation.check()
      let scores = UnsafeMutableBufferPointer(rebasing: scores[row * m..<(row + 1) * m])
      adjust.adjust(scores, plane: row / n, row: row % n)
      if adjust.tau != 1 {
        for j in scores.indices where scores[j] != -.infinity {
          scores[j] = T(Double(scores[j]) / adjust.tau)
        }
      }
    }
  }
  return result
}
