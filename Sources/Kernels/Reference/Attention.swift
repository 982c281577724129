/// How the scores of attention become weights.
public struct AttentionOptions: Sendable {
  public var mask: AttentionMask?
  /// Added to the scaled scores; broadcasts to the weights.
  public var bias: Tensor?
  /// 1/√dₖ unless given.
  public var scale: Double?
  /// c·tanh(s/c), applied before the mask.
  public var softcap: Double?
  /// Whether the weights are wanted as a result.
  public var wantsWeights = true

  public init() {}
}

public enum AttentionMask: Sendable {
  case rule(MaskRule)
  /// Bool, broadcasts to the weights; 1 = may attend.
  case matrix(Tensor)
}

/// softmax(Q Kᵀ · scale + bias, masked) V, for any leading axes that broadcast.
///
///     scores  = Q Kᵀ · scale                        [… n m]
///     scores  = c · tanh(scores / c)                with a softcap c
///     weights = softmax(scores + bias) over the visible keys of each row
///     out     = weights V                           [… n dv]
///
/// A row without a visible key gives weights and output 0 (as torch's SDPA and ONNX), also m = 0.
/// Costs O(n m (dk + dv)); holds 64 rows of weights at a time unless they are wanted.
/// Source: Vaswani et al., Attention Is All You Need, 2017.
///
/// - Precondition: the shapes agree, and mask and bias broadcast to the weights.
public func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions) throws
  -> (out: Tensor, weights: Tensor?)
{
  let dtype = Tensor.resultDType(try widened(q, k), v)
  let (x, y, z) = (
    try q.converted(to: dtype), try k.converted(to: dtype), try v.converted(to: dtype)
  )
  return try dtype == .f32
    ? attend(x, y, z, options, of: Float.self) : attend(x, y, z, options, of: Double.self)
}

/// Whichever of two tensors has the dtype of their arithmetic.
private func widened(_ a: Tensor, _ b: Tensor) throws -> Tensor {
  Tensor.resultDType(a, b) == a.dtype ? a : b
}

private struct AttentionShape {
  let leading: [Int]
  let (n, m, dk, dv): (Int, Int, Int, Int)
  let strides: [[Int]]

  init(_ q: Tensor, _ k: Tensor, _ v: Tensor) {
    (n, dk) = (q.shape[q.rank - 2], q.shape[q.rank - 1])
    (m, dv) = (v.shape[v.rank - 2], v.shape[v.rank - 1])
    let parts = [q, k, v].map { Array($0.shape.dropLast(2)) }
    let joined = Broadcast.shape(parts) ?? []
    leading = joined
    strides = parts.map { Broadcast.strides(of: $0, in: joined) + [0] }
  }
}

private let rowsAtATime = 64

private func attend<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, of type: T.Type
) throws -> (out: Tensor, weights: Tensor?) {
  let shape = AttentionShape(q, k, v)
  let (n, m, dk, dv) = (shape.n, shape.m, shape.dk, shape.dv)
  let keys = try k.transposed()  // [… dk m]
  let adjust = try ScoreAdjustment<T>(options, shape.leading + [n, m], dk: dk)
  let block = min(rowsAtATime, max(n, 1))
  var weights: Tensor?
  let scratch = try Tensor(shape: [block, m], of: T.self) { $0.initialize(repeating: 0) }
  let out = try Tensor(shape: shape.leading + [n, dv], of: T.self) { out in
    func run(_ kept: UnsafeMutableBufferPointer<T>?) throws {
      var rows = scratch
      try rows.withMutableElements(of: T.self) { rows in
        try q.withElements(of: T.self) { q in
          try keys.withElements(of: T.self) { keys in
            try v.withElements(of: T.self) { v in
              try Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, offsets in
                let k0 = offsets[1] * dk * m
                let v0 = offsets[2] * m * dv
                for first in stride(from: 0, to: n, by: block) {
                  let count = min(block, n - first)
                  let q0 = (offsets[0] * n + first) * dk
                  let place = (plane * n + first) * m
                  let scores = UnsafeMutableBufferPointer(
                    rebasing: kept.map { $0[place..<place + count * m] } ?? rows[0..<count * m])
                  try multiply(
                    UnsafeBufferPointer(rebasing: q[q0..<q0 + count * dk]),
                    UnsafeBufferPointer(rebasing: keys[k0..<k0 + dk * m]), scores, rows: count,
                    inner: dk, columns: m)
                  for row in 0..<count {
                    adjust.makeWeights(
                      of: UnsafeMutableBufferPointer(rebasing: scores[row * m..<(row + 1) * m]),
                      plane: plane, row: first + row, n: n)
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
    guard options.wantsWeights else { return try run(nil) }
    weights = try Tensor(shape: shape.leading + [n, m], of: T.self) { try run($0) }
  }
  return (out, weights)
}

/// Scale, softcap, bias, mask and softmax of one row of scores.
private struct ScoreAdjustment<T: Real> {
  private let scale: T
  private let softcap: T?
  private let rule: MaskRule?
  private let visible: Tensor?
  private let bias: Tensor?
  private let planesOfSequence: Int
  private let visibleRows: RowPlaces
  private let biasRows: RowPlaces

  init(_ options: AttentionOptions, _ shape: [Int], dk: Int) throws {
    scale = T(options.scale ?? 1 / Double(dk).squareRoot())
    softcap = options.softcap.map { T($0) }
    switch options.mask {
    case .rule(.full), nil: (rule, visible) = (nil, nil)
    case .rule(let rule): (self.rule, visible) = (rule, nil)
    case .matrix(let matrix): (rule, visible) = (nil, try matrix.converted(to: .bool))
    }
    bias = try options.bias?.converted(to: T.dtype)
    planesOfSequence = max(shape.dropFirst().dropLast(2).reduce(1, *), 1)
    visibleRows = RowPlaces(visible?.shape ?? [], in: shape)
    biasRows = RowPlaces(bias?.shape ?? [], in: shape)
  }

  func makeWeights(of scores: UnsafeMutableBufferPointer<T>, plane: Int, row: Int, n: Int) {
    for j in scores.indices { scores[j] *= scale }
    if let softcap { for j in scores.indices { scores[j] = softcap * T.tanh(scores[j] / softcap) } }
    if let bias {
      let place = biasRows.start(plane: plane, row: row)
      bias.withElements(of: T.self) { bias in
        for j in scores.indices { scores[j] += bias[place + j * biasRows.step] }
      }
    }
    let seen = hide(scores, plane: plane, row: row, n: n)
    guard seen > 0 else {
      scores.update(repeating: 0)
      return
    }
    softmaxLane(scores, tau: 1)
  }

  /// Hidden scores become −∞; gives how many keys are visible.
  private func hide(_ scores: UnsafeMutableBufferPointer<T>, plane: Int, row: Int, n: Int) -> Int {
    var seen = scores.count
    if let rule {
      let batch = plane / planesOfSequence
      for j in scores.indices where !rule.allows(row, j, n: n, m: scores.count, batch: batch) {
        scores[j] = -.infinity
        seen -= 1
      }
    } else if let visible {
      let place = visibleRows.start(plane: plane, row: row)
      visible.withElements(of: Bool.self) { visible in
        for j in scores.indices where !visible[place + j * visibleRows.step] {
          scores[j] = -.infinity
          seen -= 1
        }
      }
    }
    // A bias of −∞ hides a key as a mask does.
    return bias == nil ? seen : min(seen, scores.count { $0 != -.infinity })
  }
}

/// Where a row of the weights lies in a tensor that broadcasts to them.
private struct RowPlaces {
  private let shape: [Int]
  private let strides: [Int]
  let step: Int

  init(_ shape: [Int], in weights: [Int]) {
    self.shape = weights
    strides = Broadcast.strides(of: shape, in: weights)
    step = strides.last ?? 0
  }

  func start(plane: Int, row: Int) -> Int {
    var place = row * strides[shape.count - 2]
    var rest = plane
    for axis in stride(from: shape.count - 3, through: 0, by: -1) {
      place += rest % shape[axis] * strides[axis]
      rest /= shape[axis]
    }
    return place
  }
}
