/// What a gradient of attention can be taken by.
public enum AttentionOperand: String, Hashable, Sendable {
  case q = "Q"
  case k = "K"
  case v = "V"
  case scale, bias, tau, softcap
}

/// The gradients of what `attention` and `flash` give; nil where nothing depends on it.
public struct AttentionUpstream: Sendable {
  public var out: Tensor?  // [… n dv]
  public var weights: Tensor?  // [… n m]
  public var logSumExp: Tensor?  // [… n]

  public init(out: Tensor? = nil, weights: Tensor? = nil, logSumExp: Tensor? = nil) {
    (self.out, self.weights, self.logSumExp) = (out, weights, logSumExp)
  }
}

/// What a forward pass has found that its gradient would else have to find again.
public struct AttentionRecord: Sendable {
  enum Weights: Sendable {
    case whole(Tensor)
    case sums(shift: Tensor, total: Tensor)
  }
  let out: Tensor  // [… n dv]
  let weights: Weights

  /// - Parameter weights: [… n m]
  public init(out: Tensor, weights: Tensor) { (self.out, self.weights) = (out, .whole(weights)) }

  init(_ sums: FlashSums) {
    out = sums.out
    weights = .sums(shift: sums.shift, total: sums.total)
  }
}

/// `attention`, and what its gradient will ask for; nil where only the reference differentiates.
public func recordedAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions
) throws -> (out: Tensor, weights: Tensor?, record: AttentionRecord?) {
  guard options.areOrdinary else {
    let (out, weights) = try attention(q, k, v, options)
    return (out, weights, nil)
  }
  guard options.wantsWeights || keepsWeights(AttentionShape(q, k, v), options) else {
    let record = AttentionRecord(try flashSums(q, k, v, options))
    return (record.out, nil, record)
  }
  var all = options
  all.wantsWeights = true
  let (out, weights) = try attention(q, k, v, all)
  return (
    out, options.wantsWeights ? weights : nil,
    weights.map { AttentionRecord(out: out, weights: $0) }
  )
}

/// Weights are kept for the gradient, and not computed again, where they take no more memory than
/// a few times the operands.
private func keepsWeights(_ shape: AttentionShape, _ options: AttentionOptions) -> Bool {
  let (n, m) = (shape.n, shape.m)
  // A softcap needs the scores again anyway.
  return options.softcap == nil && n * m <= 4 * (n + m) * (shape.dk + shape.dv)
}

/// The gradients of `attention` and `flash` by what is wanted of their operands.
///
/// Those by Q, K and V alone are taken in tiles by the kernels of the processor, others by the
/// reference. Neither holds more than O(n·d + rows·m) numbers beside its operands. A row without a
/// visible key has the gradient 0.
/// Costs about two and a half times as much as the forward pass.
///
/// - Parameter record: of the forward pass with the same operands and options.
/// - Precondition: as `attention`; a bias of which the gradient is wanted is a tensor.
public func attentionGradients(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ upstream: AttentionUpstream,
  of wanted: Set<AttentionOperand>, record: AttentionRecord? = nil,
  variant: KernelVariant = .current
) throws -> [AttentionOperand: Tensor] {
  let (x, y, z) = try inOneDType(q, k, v)
  func run<T: Real>(_ type: T.Type) throws -> [AttentionOperand: Tensor] {
    guard options.areOrdinary, wanted.isSubset(of: [.q, .k, .v]), upstream.weights == nil else {
      return try AttentionBackward<T>(x, y, z, options, wanted).run(upstream)
    }
    let record =
      try record ?? AttentionRecord(FlashSums(x, y, z, options, variant, of: T.self))
    return try FlashGradients<T>(x, y, z, options, wanted, variant).run(upstream, record)
  }
  return try x.dtype == .f32 ? run(Float.self) : run(Double.self)
}
