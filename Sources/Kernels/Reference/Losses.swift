/// The mean of −Σ t log softmax(z) over the rows that have a label; NaN where none has.
///
/// t is 1 at the label, smoothed towards uniform: (1 − ε)·one-hot + ε/c (Szegedy et al. 2016). A
/// class that weighs nothing adds nothing, even where its probability is 0.
///
/// - Parameters:
///   - z: logits, classes along `axis`.
///   - labels: one for each lane of `z`, 0 ≤ label < c; nil is a row that does not count.
///   - smoothing: ε from 0 to 1.
public func crossEntropy(_ z: Tensor, labels: [Int?], axis: Int, smoothing: Double) throws -> Tensor
{
  let logP = try logSoftmax(z, axis: axis, tau: 1)
  let lanes = Lanes(z.shape, axis: axis)
  let rows = labels.indices.filter { labels[$0] != nil }
  let places = rows.map { row in
    let (outer, inner) = row.quotientAndRemainder(dividingBy: lanes.inner)
    return (outer * lanes.length + (labels[row] ?? 0)) * lanes.inner + inner
  }
  let named = try logP.reshaped([logP.count]).selecting([.gather(places)])
  // Σ log p / c for each row that counts.
  let spread =
    try smoothing == 0
    ? named
    : logP.reduce(.mean, axis: axis, keep: false).reshaped([labels.count])
      .selecting([.gather(rows)])
  return try smoothed(named, spread, smoothing).reduce(.mean, axis: nil, keep: false)
}

/// The gradient of `crossEntropy` by the logits, for classes along the last axis: (softmax(z) − t)/rows
/// in the rows that count, 0 in the others.
public func crossEntropyGradient(
  _ z: Tensor, labels: [Int?], smoothing: Double, upstream: Double
) throws -> Tensor {
  try z.dtype == .f32
    ? crossEntropyGradient(z, labels, Float(smoothing), Float(upstream))
    : crossEntropyGradient(z, labels, smoothing, upstream)
}

private func crossEntropyGradient<T: Real>(
  _ z: Tensor, _ labels: [Int?], _ smoothing: T, _ upstream: T
) throws -> Tensor {
  let share = upstream / T(labels.count { $0 != nil })
  return try alongLanes(z, z.rank - 1) { (lane: UnsafeMutableBufferPointer<T>, row) in
    guard let label = labels[row] else { return lane.update(repeating: 0) }
    softmaxLane(lane, tau: 1)
    let spread = smoothing / T(lane.count)
    for i in lane.indices { lane[i] = (lane[i] - spread) * share }
    lane[label] -= (1 - smoothing) * share
  }
}

/// The mean of −Σ t log softmax(z) for targets t of the shape of `z`, smoothed likewise.
public func crossEntropy(_ z: Tensor, targets: Tensor, axis: Int, smoothing: Double) throws
  -> Tensor
{
  let logP = try logSoftmax(z, axis: axis, tau: 1)
  let named = try Tensor.combine(.weighted, targets, logP).reduce(.sum, axis: axis, keep: false)
  let spread =
    try smoothing == 0 ? named : logP.reduce(.mean, axis: axis, keep: false)
  return try smoothed(named, spread, smoothing).reduce(.mean, axis: nil, keep: false)
}

/// −(1 − ε)·named − ε·spread; what has no weight is not looked at.
private func smoothed(_ named: Tensor, _ spread: Tensor, _ smoothing: Double) throws -> Tensor {
  let parts = [(1 - smoothing, named), (smoothing, spread)]
  let losses = try parts.map { weight, part in
    try Tensor.combine(.weighted, Tensor(scalar: -weight, dtype: part.dtype), part)
  }
  return try Tensor.combine(.add, losses[0], losses[1])
}

/// KL(p‖q) = Σᵢ pᵢ log(pᵢ/qᵢ) along the last axis; leading axes broadcast.
///
/// 0 log 0 is 0, ∞ where q is 0 and p is not, NaN for what is negative.
public func relativeEntropy(_ p: Tensor, _ q: Tensor) throws -> Tensor {
  let terms = try Tensor.combine(.relativeEntropy, p, q)
  return try terms.reduce(.sum, axis: terms.rank - 1, keep: false)
}

/// τ²·KL(softmax(teacher/τ) ‖ softmax(student/τ)), the mean over rows (Hinton et al. 2015).
///
/// Of logarithms, so that a student whose probability rounds to 0 has a finite loss.
public func distillation(student: Tensor, teacher: Tensor, tau: Double) throws -> Tensor {
  // p, logP, logQ: [… n]
  let p = try softmax(teacher, axis: teacher.rank - 1, tau: tau)
  let logP = try logSoftmax(teacher, axis: teacher.rank - 1, tau: tau)
  let logQ = try logSoftmax(student, axis: student.rank - 1, tau: tau)
  let terms = try Tensor.combine(.weighted, p, Tensor.combine(.subtract, logP, logQ))
  let divergence = try terms.reduce(.sum, axis: terms.rank - 1, keep: false)
    .reduce(.mean, axis: nil, keep: false)
  return try Tensor.combine(
    .multiply, Tensor(scalar: tau * tau, dtype: divergence.dtype), divergence)
}
