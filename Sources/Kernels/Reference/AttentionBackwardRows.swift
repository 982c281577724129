private let rowsAtOnce = 64

/// The gradients of the numbers of a call, summed over all rows.
struct ScalarGradients {
  var scale = 0.0
  var tau = 0.0
  var softcap = 0.0
}

/// What the rows of one step need, shared by all planes.
struct AttentionScratch<T: Real> {
  typealias Buffer = UnsafeMutableBufferPointer<T>

  /// One after the other: scores, slopes, raw scores, logits.
  private var memory: Tensor
  private let lengths: [Int]

  struct Parts {
    /// S, then P.  [rows, width]
    let scores: Buffer
    /// ∂P, then ∂S · scale.  [rows, width]
    let slopes: Buffer
    /// Q Kᵀ, where a softcap or the gradient of the scale needs it.  [rows, width]
    let raw: Buffer?
    /// S, where the gradient of τ needs it.  [rows, width]
    let logits: Buffer?
  }

  init(_ shape: AttentionShape, _ wanted: Set<AttentionOperand>, _ hasSoftcap: Bool) throws {
    let block = min(rowsAtOnce, max(shape.n, 1)) * shape.m
    let needsRaw = hasSoftcap || wanted.contains(.scale)
    lengths = [
      block, block, needsRaw ? block : 0, wanted.contains(.tau) ? block : 0,
    ]
    memory = try Tensor(repeating: T(0), shape: [lengths.reduce(0, +)])
  }

  mutating func with(_ body: (Parts) throws -> Void) throws {
    try memory.withMutableElements(of: T.self) { memory in
      var first = 0
      let parts = lengths.map { length in
        defer { first += length }
        return Buffer(rebasing: memory[first..<first + length])
      }
      try body(
        Parts(
          scores: parts[0], slopes: parts[1], raw: parts[2].isEmpty ? nil : parts[2],
          logits: parts[3].isEmpty ? nil : parts[3]))
    }
  }
}

/// One matrix of queries against one of keys.
struct AttentionPlane<T: Real> {
  let backward: AttentionBackward<T>
  let plane: Int
  let scratch: AttentionScratch<T>.Parts
  let (q, k, v, g):
    (
      UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>,
      UnsafeBufferPointer<T>
    )
  let (dWeights, dLse): (Tensor?, Tensor?)
  let (dQ, dK, dV):
    (
      UnsafeMutableBufferPointer<T>, UnsafeMutableBufferPointer<T>, UnsafeMutableBufferPointer<T>
    )
  let dBias: UnsafeMutableBufferPointer<T>
  let placedBias: PlacedRows?

  init(
    backward: AttentionBackward<T>, plane: Int, scratch: AttentionScratch<T>.Parts,
    q: UnsafeBufferPointer<T>, k: UnsafeBufferPointer<T>, v: UnsafeBufferPointer<T>,
    g: UnsafeBufferPointer<T>, dWeights: Tensor?, dLse: Tensor?,
    dQ: UnsafeMutableBufferPointer<T>, dK: UnsafeMutableBufferPointer<T>,
    dV: UnsafeMutableBufferPointer<T>, dBias: UnsafeMutableBufferPointer<T>,
    placedBias: PlacedRows?
  ) {
    (self.backward, self.plane, self.scratch) = (backward, plane, scratch)
    (self.q, self.k, self.v, self.g) = (q, k, v, g)
    (self.dWeights, self.dLse) = (dWeights, dLse)
    (self.dQ, self.dK, self.dV) = (dQ, dK, dV)
    (self.dBias, self.placedBias) = (dBias, placedBias)
  }

  private var shape: AttentionShape { backward.shape }

  func run(_ numbers: inout ScalarGradients) throws {
    for first in stride(from: 0, to: shape.n, by: rowsAtOnce) {
      let rows = first..<min(first + rowsAtOnce, shape.n)
      let seen = rows.map { backward.adjust.keys(seenBy: $0, plane: plane) }
      let keys = keys(seenBySome: seen)
      if keys.isEmpty { continue }
      try step(rows, keys, seen, &numbers)
    }
  }

  /// From the first to the last key that one of the rows sees.
  private func keys(seenBySome seen: [KeyRuns?]) -> Range<Int> {
    var range: Range<Int>?
    for runs in seen {
      guard let runs else { return 0..<shape.m }
      guard let low = runs.runs.first?.lowerBound, let high = runs.runs.last?.upperBound else {
        continue
      }
      range = range.map { min($0.lowerBound, low)..<max($0.upperBound, high) } ?? low..<high
    }
    return range ?? 0..<0
  }

  private func step(
    _ rows: Range<Int>, _ keys: Range<Int>, _ seen: [KeyRuns?],
    _ numbers: inout ScalarGradients
  ) throws {
    let (dk, dv, width) = (shape.dk, shape.dv, keys.count)
    let block = rows.count * width
    let scores = UnsafeMutableBufferPointer(rebasing: scratch.scores[0..<block])
    let slopes = UnsafeMutableBufferPointer(rebasing: scratch.slopes[0..<block])
    let (queries, g) = (slice(q, rows, dk), slice(self.g, rows, dv))
    let (k, v) = (slice(self.k, keys, dk), slice(self.v, keys, dv))
    // S = Q Kᵀ, ∂P = G Vᵀ
    try multiply(
      queries, k, scores, rows: rows.count, inner: dk, columns: width, transposing: (false, true))
    try multiply(
      g, v, slopes, rows: rows.count, inner: dv, columns: width, transposing: (false, true))
    if let raw = scratch.raw { _ = raw.update(fromContentsOf: scores) }
    for (index, row) in rows.enumerated() {
      let place = index * width..<(index + 1) * width
      let line = AttentionLine(
        weights: UnsafeMutableBufferPointer(rebasing: scores[place]),
        slopes: UnsafeMutableBufferPointer(rebasing: slopes[place]),
        raw: scratch.raw.map { UnsafeMutableBufferPointer(rebasing: $0[place]) },
        logits: scratch.logits.map { UnsafeMutableBufferPointer(rebasing: $0[place]) })
      backward.adjust.adjust(
        line.weights, plane: plane, row: row, firstKey: keys.lowerBound, seen: seen[index])
      if let logits = line.logits { _ = logits.update(fromContentsOf: line.weights) }
      weigh(line.weights, tau: backward.adjust.tau)
      addSlopesOfWeights(to: line.slopes, row, keys)
      line.slopesOfScores(shift: slopeOfLse(row), backward.factors.inverseTau)
      line.add(to: &numbers, backward.wanted, backward.factors)
      addToBias(line.slopes, row, keys)
      line.throughCapAndScale(backward.factors, &numbers)
    }
    // ∂Q = ∂S K,  ∂K = ∂Sᵀ Q,  ∂V = Pᵀ G
    if !dQ.isEmpty {
      try multiply(
        UnsafeBufferPointer(slopes), k, slice(dQ, rows, dk), rows: rows.count, inner: width,
        columns: dk, addsTo: true)
    }
    if !dK.isEmpty {
      try multiply(
        UnsafeBufferPointer(slopes), queries, slice(dK, keys, dk), rows: width,
        inner: rows.count, columns: dk, transposing: (true, false), addsTo: true)
    }
    if !dV.isEmpty {
      try multiply(
        UnsafeBufferPointer(scores), g, slice(dV, keys, dv), rows: width, inner: rows.count,
        columns: dv, transposing: (true, false), addsTo: true)
    }
  }

  private func slice(_ x: UnsafeBufferPointer<T>, _ rows: Range<Int>, _ width: Int)
    -> UnsafeBufferPointer<T>
  {
    UnsafeBufferPointer(rebasing: x[rows.lowerBound * width..<rows.upperBound * width])
  }

  private func slice(_ x: UnsafeMutableBufferPointer<T>, _ rows: Range<Int>, _ width: Int)
    -> UnsafeMutableBufferPointer<T>
  {
    UnsafeMutableBufferPointer(rebasing: x[rows.lowerBound * width..<rows.upperBound * width])
  }

  private func addSlopesOfWeights(
    to slopes: UnsafeMutableBufferPointer<T>, _ row: Int, _ keys: Range<Int>
  ) {
    guard let dWeights else { return }
    let first = (plane * shape.n + row) * shape.m + keys.lowerBound
    dWeights.withElements(of: T.self) { for j in slopes.indices { slopes[j] += $0[first + j] } }
  }

  private func slopeOfLse(_ row: Int) -> T {
    dLse?.withElements(of: T.self) { $0[plane * shape.n + row] } ?? 0
  }

  private func addToBias(
    _ slopes: UnsafeMutableBufferPointer<T>, _ row: Int, _ keys: Range<Int>
  ) {
    guard let placedBias else { return }
    let step = placedBias.step
    let place = placedBias.start(plane: plane, row: row) + keys.lowerBound * step
    for j in slopes.indices { dBias[place + j * step] += slopes[j] }
  }
}

/// One query against the keys.
private struct AttentionLine<T: Real> {
  let weights: UnsafeMutableBufferPointer<T>
  let slopes: UnsafeMutableBufferPointer<T>
  let raw: UnsafeMutableBufferPointer<T>?
  let logits: UnsafeMutableBufferPointer<T>?

  /// ∂P becomes ∂S = P ⊙ (∂P − Σ P ⊙ ∂P + ∂lse)/τ; what has no weight has no gradient.
  func slopesOfScores(shift: T, _ inverseTau: T) {
    var sum: T = 0
    for j in weights.indices where weights[j] != 0 { sum += weights[j] * slopes[j] }
    for j in weights.indices {
      slopes[j] = weights[j] == 0 ? 0 : weights[j] * (slopes[j] - sum + shift) * inverseTau
    }
  }

  /// ∂τ = −Σ ∂S ⊙ S/τ.
  func add(
    to numbers: inout ScalarGradients, _ wanted: Set<AttentionOperand>,
    _ factors: AttentionBackward<T>.Factors
  ) {
    guard let logits, wanted.contains(.tau) else { return }
    for j in slopes.indices where slopes[j] != 0 {
      numbers.tau -= Double(slopes[j] * logits[j] * factors.inverseTau)
    }
  }

  /// ∂S becomes the gradient of Q Kᵀ: through c · tanh(s/c) and s = scale · Q Kᵀ.
  func throughCapAndScale(
    _ factors: AttentionBackward<T>.Factors, _ numbers: inout ScalarGradients
  ) {
    if let raw {
      for j in slopes.indices {
        if let softcap = factors.softcap {
          let u = raw[j] * factors.scale / softcap
          let bent = T.tanh(u)
          let slope = 1 - bent * bent
          numbers.softcap += Double(slopes[j] * (bent - u * slope))
          slopes[j] *= slope
        }
        numbers.scale += Double(slopes[j] * raw[j])
      }
    }
    for j in slopes.indices { slopes[j] *= factors.scale }
  }
}
