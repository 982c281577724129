/// The projections of multi-head attention; biases may be absent.
public struct Projections: Sendable {
  public var wq: Tensor  // [d, h·dk]
  public var wk: Tensor  // [e, g·dk], g key heads
  public var wv: Tensor  // [f, g·dv]
  public var wo: Tensor  // [h·dv, d]
  public var bq: Tensor?
  public var bk: Tensor?
  public var bv: Tensor?
  public var bo: Tensor?

  public init(wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor) {
    (self.wq, self.wk, self.wv, self.wo) = (wq, wk, wv, wo)
  }
}

/// Multi-head attention: each head attends in a subspace of its own.
///
///     headᵢ = attention(q_i, k_i, v_i)   q = Q wq + bq, cut into h runs of columns
///     out   = [head₁ … head_h] wo + bo   [… n d]
///
/// With fewer key heads than query heads, h/g neighbouring query heads share one (grouped-query
/// attention, Ainslie et al. 2023; multi-query for g = 1, Shazeer 2019). Mask and bias broadcast
/// to the weights [… h n m].
/// Source: Vaswani et al., Attention Is All You Need, 2017.
///
/// - Precondition: the shapes agree and g divides h.
public func multiHeadAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ p: Projections, heads: Int, keyHeads: Int,
  _ options: AttentionOptions
) throws -> (out: Tensor, weights: Tensor?) {
  let shared = heads / keyHeads
  let queries = try affine(q, p.wq, p.bq).splitIntoHeads(heads)  // [… h n dk]
  let keys = try affine(k, p.wk, p.bk).splitIntoHeads(keyHeads)  // [… g m dk]
  let values = try affine(v, p.wv, p.bv).splitIntoHeads(keyHeads)  // [… g m dv]
  let (out, weights) = try attention(
    queries, try keys.repeated(shared, axis: keys.rank - 3),
    try values.repeated(shared, axis: values.rank - 3), options)
  return (try affine(try out.mergingHeads(), p.wo, p.bo), weights)
}

/// x W + b: [… n d] → [… n m], b being [m], one number, or none.
public func affine(_ x: Tensor, _ w: Tensor, _ b: Tensor?) throws -> Tensor {
  guard let b else { return try matmul(x, w) }
  // Nobody holds the product: it is where the sum goes.
  return try Tensor.combine(.add, try matmul(x, w), b)
}

extension Tensor {
  /// [… n d] → [… h n d/h]: each head takes a run of neighbouring columns.
  ///
  /// - Precondition: `rank ≥ 2` and `heads` divides the last axis.
  public func splitIntoHeads(_ heads: Int) throws -> Tensor {
    let (leading, n, d) = (Array(shape.dropLast(2)), shape[rank - 2], shape[rank - 1])
    if heads == 1 { return reshaped(leading + [1, n, d]) }
    let columns = reshaped(leading + [n, heads, d / heads])
    return try columns.permuted(swapping: rank - 2)
  }

  /// [… h n dk] → [… n h·dk], the inverse of `splitIntoHeads`.
  ///
  /// - Precondition: `rank ≥ 3`.
  public func mergingHeads() throws -> Tensor {
    let leading = Array(shape.dropLast(3))
    let (h, n, dk) = (shape[rank - 3], shape[rank - 2], shape[rank - 1])
    return try (h == 1 ? self : permuted(swapping: rank - 3)).reshaped(leading + [n, h * dk])
  }

  /// Axes `axis` and `axis + 1` swapped.
  private func permuted(swapping axis: Int) throws -> Tensor {
    var axes = Array(0..<rank)
    axes.swapAt(axis, axis + 1)
    return try permuted(axes)
  }

  /// Each entry along an axis `count` times, one beside the other.
  ///
  /// - Precondition: `count ≥ 0` and the axis exists.
  public func repeated(_ count: Int, axis: Int) throws -> Tensor {
    if count == 1 { return self }
    var (apart, wide, joined) = (shape, shape, shape)
    apart.insert(1, at: axis + 1)
    wide.insert(count, at: axis + 1)
    joined[axis] = try Self.checkedProduct(shape[axis], count)
    _ = try Self.checkedCount(joined, dtype)
    return try reshaped(apart).broadcast(to: wide).reshaped(joined)
  }

  private static func checkedProduct(_ a: Int, _ b: Int) throws(KernelError) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow { throw .memory(needed: Int.max, limit: Memory.limit) }
    return product
  }
}
