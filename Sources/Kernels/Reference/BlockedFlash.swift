/// `flash` for any τ, in blocks of so many queries and keys: what the kernels of the processor are
/// held to.
func blockedFlash<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ block: Int,
  of type: T.Type
) throws -> (out: Tensor, logSumExp: Tensor) {
  let shape = AttentionShape(q, k, v)
  let (n, m) = (shape.n, shape.m)
  let walk = FlashWalk<T>(
    shape: shape, block: max(1, min(block, max(n, m))),
    adjust: try ScoreAdjustment<T>(options, shape.leading + [n, m], dk: shape.dk))
  var out: Tensor?
  let logSumExp = try Tensor(shape: shape.leading + [n], of: T.self) { lse in
    out = try Tensor(shape: shape.leading + [n, shape.dv], of: T.self) { out in
      try q.withElements(of: T.self) { q in
        try k.withElements(of: T.self) { k in
          try v.withElements(of: T.self) { v in try walk.run(q, k, v, out, lse) }
        }
      }
    }
  }
  // The closure above has run: without it there would have been an error.
  return (try out ?? Tensor(shape: [0], of: T.self) { _ in }, logSumExp)
}

/// The order of the blocks, and the scratch memory that all of them share.
private struct FlashWalk<T: Real> {
  let shape: AttentionShape
  let block: Int
  let adjust: ScoreAdjustment<T>

  func run(
    _ q: UnsafeBufferPointer<T>, _ k: UnsafeBufferPointer<T>, _ v: UnsafeBufferPointer<T>,
    _ out: UnsafeMutableBufferPointer<T>, _ lse: UnsafeMutableBufferPointer<T>
  ) throws {
    let (n, m, dk, dv) = (shape.n, shape.m, shape.dk, shape.dv)
    var packed = try Tensor(repeating: T(0), shape: [m * dk])
    var scores = try Tensor(repeating: T(0), shape: [block * block])
    try packed.withMutableElements(of: T.self) { packed in
      try scores.withMutableElements(of: T.self) { scores in
        var packedFrom = -1
        try Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, offsets in
          let keys = offsets[1] * m * dk
          if packedFrom != keys {
            pack(UnsafeBufferPointer(rebasing: k[keys..<keys + m * dk]), into: packed)
            packedFrom = keys
          }
          let values = UnsafeBufferPointer(
            rebasing: v[offsets[2] * m * dv..<(offsets[2] + 1) * m * dv])
          for first in stride(from: 0, to: n, by: block) {
            let count = min(block, n - first)
            let (q0, row) = ((offsets[0] * n + first) * dk, plane * n + first)
            try Rows(
              walk: self, plane: plane, first: first, count: count,
              out: UnsafeMutableBufferPointer(rebasing: out[row * dv..<(row + count) * dv]),
              lse: UnsafeMutableBufferPointer(rebasing: lse[row..<row + count])
            ).attend(
              UnsafeBufferPointer(rebasing: q[q0..<q0 + count * dk]), UnsafeBufferPointer(packed),
              values, scores)
          }
        }
      }
    }
  }

  /// Each block of keys transposed, one after the other: [dk, width] for `width` keys.
  private func pack(_ k: UnsafeBufferPointer<T>, into packed: UnsafeMutableBufferPointer<T>) {
    let (m, dk) = (shape.m, shape.dk)
    for first in stride(from: 0, to: m, by: block) {
      let width = min(block, m - first)
      for j in 0..<width {
        for c in 0..<dk { packed[first * dk + c * width + j] = k[(first + j) * dk + c] }
      }
    }
  }

  /// A block of queries on its way through the blocks of keys.
  struct Rows {
    let walk: FlashWalk<T>
    let plane: Int
    let first: Int
    let count: Int
    /// o, divided by ℓ at the end.  [count, dv]
    let out: UnsafeMutableBufferPointer<T>
    let lse: UnsafeMutableBufferPointer<T>

    func attend(
      _ q: UnsafeBufferPointer<T>, _ packed: UnsafeBufferPointer<T>, _ v: UnsafeBufferPointer<T>,
      _ scores: UnsafeMutableBufferPointer<T>
    ) throws {
      let (m, dk, dv) = (walk.shape.m, walk.shape.dk, walk.shape.dv)
      let seen = (0..<count).map { walk.adjust.keys(seenBy: first + $0, plane: plane) }
      var largest = [T](repeating: -.infinity, count: count)  // m
      var total = [T](repeating: 0, count: count)  // ℓ
      out.initialize(repeating: 0)
      for key in stride(from: 0, to: m, by: walk.block) {
        let width = min(walk.block, m - key)
        let isSeen = seen.contains { $0?.overlaps(key..<key + width) ?? true }
        guard isSeen else { continue }
        let tile = UnsafeMutableBufferPointer(rebasing: scores[0..<count * width])
        try multiply(
          q, UnsafeBufferPointer(rebasing: packed[key * dk..<(key + width) * dk]), tile,
          rows: count, inner: dk, columns: width)
        for row in 0..<count {
          let scores = UnsafeMutableBufferPointer(rebasing: tile[row * width..<(row + 1) * width])
          walk.adjust.adjust(
            scores, plane: plane, row: first + row, firstKey: key, seen: seen[row])
          take(scores, row, &largest[row], &total[row])
        }
        try multiply(
          UnsafeBufferPointer(tile),
          UnsafeBufferPointer(rebasing: v[key * dv..<(key + width) * dv]), out, rows: count,
          inner: width, columns: dv, addsTo: true)
      }
      finish(largest, total)
    }

    /// Scores become p, and what was kept is rescaled where they hold a new maximum.
    private func take(
      _ scores: UnsafeMutableBufferPointer<T>, _ row: Int, _ largest: inout T, _ total: inout T
    ) {
      let (tau, dv) = (walk.adjust.tau, walk.shape.dv)
      let highest = extreme(UnsafeBufferPointer(scores)) { $0 > $1 }
      if highest == -.infinity, !total.isNaN {
        scores.update(repeating: 0)
        return
      }
      if highest > largest || highest.isNaN {
        if total != 0 {
          let alpha = T.exp(shifted(largest, by: highest))
          total *= alpha
          for c in row * dv..<(row + 1) * dv { out[c] *= alpha }
        }
        largest = highest
      }
      if tau == 1 {
        for j in scores.indices { scores[j] = T.exp(scores[j] - largest) }
      } else {
        for j in scores.indices { scores[j] = T.exp(shifted(scores[j], by: largest)) }
      }
      total += pairwiseSum(UnsafeBufferPointer(scores))
    }

    /// (x − m)/τ in double precision, as softmax has it.
    private func shifted(_ x: T, by m: T) -> T {
      T(quotient(Double(x), Double(m), walk.adjust.tau))
    }

    private func finish(_ largest: [T], _ total: [T]) {
      let dv = walk.shape.dv
      for row in 0..<count {
        guard total[row] != 0 else {
          lse[row] = -.infinity
          continue
        }
        for c in row * dv..<(row + 1) * dv { out[c] /= total[row] }
        lse[row] = T(Double(largest[row]) / walk.adjust.tau) + T.log(total[row])
      }
    }
  }
}
