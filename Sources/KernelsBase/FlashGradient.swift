import KernelInterface

/// The gradient of attention in tiles of some queries and keys, from what the forward pass kept of
/// each query: m = shift and ℓ = total, or else the weights themselves.
///
///     P  = 2^(S log₂e/τ − m)/ℓ          [queries, keys], again from Q and K
///     ∂V = Pᵀ G,  ∂P = G Vᵀ
///     ∂S = P ⊙ (∂P − D)/τ               D = Σ G ⊙ O − ∂lse of each query
///     ∂Q = scale · ∂S K,  ∂K = scale · ∂Sᵀ Q
///
/// The five products go through the register tile; what is their second factor is packed, that of
/// the keys once for all queries. A query that sees nothing has ℓ = 0 and the gradient 0.
/// Source: Dao, FlashAttention-2, 2023, algorithm 2.
struct FlashGradient<V: Lanes> {
  typealias T = V.Scalar
  typealias Numbers = UnsafeMutablePointer<T>
  let c: FlashGradientCall<T>
  private var f: FlashCall<T> { c.forward }

  /// From one query of a tile to the next; a line more than the keys, or rows would fall on each
  /// other in the cache.
  private static var rowOfTile: Int { gradientKeys &+ 64 / MemoryLayout<T>.size }

  /// A tile and what its keys need.
  private struct Tile {
    var (key, keys) = (0, 0)
    var (query, queries) = (0, 0)
    /// Keys, transposed; values, transposed; keys.
    let (kT, vT, k): (Numbers, Numbers, Numbers)
    /// Queries; G/ℓ.
    let (q, g): (Numbers, Numbers)
    /// Q times what the forward pass multiplies it by.  [queries, dk]
    let scaledQ: Numbers
    /// S, then P ℓ.  [queries, rowOfTile]
    let weights: Numbers
    /// ∂P, then ∂S·scale.  [queries, rowOfTile]
    let slopes: Numbers
    /// The derivative of the softcap.  [queries, rowOfTile]
    let bends: Numbers
    /// 1/ℓ and D of each query.
    let (inverse, shift): (Numbers, Numbers)

    init(_ f: FlashCall<T>) {
      var place = f.scratch.assumingMemoryBound(to: T.self)
      func take(_ count: Int) -> Numbers {
        defer { place += (count &+ 15) / 16 &* 16 }
        return place
      }
      kT = take(panelElements(V.self, rows: f.dk, columns: gradientKeys))
      vT = take(panelElements(V.self, rows: f.dv, columns: gradientKeys))
      k = take(panelElements(V.self, rows: gradientKeys, columns: f.dk))
      q = take(panelElements(V.self, rows: gradientQueries, columns: f.dk))
      g = take(panelElements(V.self, rows: gradientQueries, columns: f.dv))
      scaledQ = take(gradientQueries &* f.dk)
      weights = take(gradientQueries &* rowOfTile)
      slopes = take(gradientQueries &* rowOfTile)
      bends = take(gradientQueries &* rowOfTile)
      inverse = take(gradientQueries)
      shift = take(gradientQueries)
    }
  }

  func run() {
    var t = Tile(f)
    t.key = c.firstKey
    while t.key < c.endKey {
      t.keys = min(gradientKeys, c.endKey &- t.key)
      let rows = ScoreRows<V>(c: f, firstKey: t.key, keys: t.keys)
      packKeys(t)
      t.query = 0
      while t.query < f.queries {
        if machineIsSet(f.isCancelled) { return }
        t.queries = min(gradientQueries, f.queries &- t.query)
        if rows.isSeen(from: t.query, count: t.queries) { run(t, rows) }
        t.query += t.queries
      }
      t.key += t.keys
    }
  }

  private var needsScores: Bool { c.weights == nil || V.double(f.softcap) != 0 }

  private func packKeys(_ t: Tile) {
    let k = f.k + t.key &* f.dk
    if needsScores { packTransposed(V.self, k, rows: t.keys, columns: f.dk, to: t.kT) }
    packTransposed(V.self, f.v + t.key &* f.dv, rows: t.keys, columns: f.dv, to: t.vT)
    if c.dq != nil {
      pack(V.self, k, rowOfA: f.dk, rows: t.keys, columns: f.dk, to: t.k)
    }
  }

  private func run(_ t: Tile, _ rows: ScoreRows<V>) {
    prepareQueries(t, rows.scale)
    let g = c.g + t.query &* f.dv
    // Whole vectors: what lies behind the last key is not read.
    let columns = (t.keys &+ V.width &- 1) / V.width &* V.width
    multiply(
      V.self, g, rowOfA: f.dv, stepOfA: 1, rows: t.queries, depth: f.dv, panels: t.vT,
      columns: columns, to: t.slopes, rowOfC: Self.rowOfTile, addsTo: false)
    if needsScores {
      multiply(
        V.self, t.scaledQ, rowOfA: f.dk, stepOfA: 1, rows: t.queries, depth: f.dk, panels: t.kT,
        columns: columns, to: t.weights, rowOfC: Self.rowOfTile, addsTo: false)
    }
    for i in 0..<t.queries { row(i, t, rows) }
    addGradients(t)
  }

  /// ∂V += Pᵀ G,  ∂K += ∂Sᵀ Q,  ∂Q += ∂S K
  private func addGradients(_ t: Tile) {
    if let dv = c.dv {
      multiply(
        V.self, t.weights, rowOfA: 1, stepOfA: Self.rowOfTile, rows: t.keys, depth: t.queries,
        panels: t.g, columns: f.dv, to: dv + t.key &* f.dv, rowOfC: f.dv, addsTo: true)
    }
    if let dk = c.dk {
      multiply(
        V.self, t.slopes, rowOfA: 1, stepOfA: Self.rowOfTile, rows: t.keys, depth: t.queries,
        panels: t.q, columns: f.dk, to: dk + t.key &* f.dk, rowOfC: f.dk, addsTo: true)
    }
    if let dq = c.dq {
      multiply(
        V.self, t.slopes, rowOfA: Self.rowOfTile, stepOfA: 1, rows: t.queries, depth: t.keys,
        panels: t.k, columns: f.dk, to: dq + t.query &* f.dk, rowOfC: f.dk, addsTo: true)
    }
  }

  private func prepareQueries(_ t: Tile, _ scale: T) {
    let (q, g) = (f.q + t.query &* f.dk, c.g + t.query &* f.dv)
    for i in 0..<t.queries {
      let query = t.query &+ i
      let total = V(repeating: c.weights == nil ? f.total[query] : V.scalar(1))
      let one = V(repeating: V.scalar(1))
      t.inverse[i] = V.select(V.zero, where: total, equals: V.zero, else: one / total)[0]
      var shift = inner(g + i &* f.dv, UnsafePointer(f.out) + query &* f.dv, f.dv)
      if let gLogSum = c.gLogSum {
        shift = (V(repeating: shift) - V(repeating: gLogSum[query]))[0]
      }
      t.shift[i] = shift
    }
    if c.dv != nil {
      pack(
        V.self, g, rowOfA: f.dv, rows: t.queries, columns: f.dv,
        times: c.weights == nil ? UnsafePointer(t.inverse) : nil, to: t.g)
    }
    if c.dk != nil { pack(V.self, q, rowOfA: f.dk, rows: t.queries, columns: f.dk, to: t.q) }
    if needsScores { scaled(q, t.queries &* f.dk, by: scale, V.self, to: t.scaledQ) }
  }

  private func inner(_ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ count: Int) -> T {
    var sum = V.zero
    var i = 0
    while i < count {
      let part = min(V.width, count &- i)
      sum = V.multiplyAdd(V.load(a + i, first: part), V.load(b + i, first: part), sum)
      i += part
    }
    return sum.sum()
  }

  /// S becomes P ℓ, ∂P becomes ∂S·scale.
  @inline(__always)
  private func row(_ i: Int, _ t: Tile, _ rows: ScoreRows<V>) {
    let place = i &* Self.rowOfTile
    let (p, slopes, bends) = (t.weights + place, t.slopes + place, t.bends + place)
    let shift = V(repeating: t.shift[i])
    let factor =
      V(repeating: t.inverse[i]) * V(repeating: f.scale) * V(repeating: f.inverseTau)
    if let weights = c.weights {
      if needsScores { rows.cap(p, bends) }
      let kept = weights + (t.query &+ i) &* f.keys + t.key
      var j = 0
      while j < t.keys {
        // Rows lie far from each other.
        prefetch(kept + j, ahead: 4 &* f.keys)
        let weight = V.load(kept + j, first: min(V.width, t.keys &- j))
        weight.store(p + j)
        slope(weight, V.load(slopes + j) - shift, factor).store(slopes + j)
        j += V.width
      }
    } else {
      rows.adjust(p, query: t.query &+ i, bends: bends)
      let first = V(repeating: f.shift[t.query &+ i])
      // Where nothing is seen, nothing is subtracted from −∞.
      let m = V.select(V.zero, where: first, equals: V.minusInfinity, else: first)
      // Rounding may lift huge scores above the largest one.
      let highest = V(repeating: V.scalar(64))
      var j = 0
      while j < t.keys {
        let power = V.load(p + j) - m
        let weight = V.exp2(V.select(highest, where: highest, isLessThan: power, else: power))
        weight.store(p + j)
        slope(weight, V.load(slopes + j) - shift, factor).store(slopes + j)
        j += V.width
      }
    }
    if V.double(f.softcap) != 0 { bend(slopes, bends, t.keys) }
  }

  /// What has no weight has no gradient.
  @inline(__always)
  private func slope(_ weight: V, _ difference: V, _ factor: V) -> V {
    V.select(V.zero, where: weight, equals: V.zero, else: weight * difference * factor)
  }

  private func bend(_ slopes: Numbers, _ bends: Numbers, _ keys: Int) {
    var j = 0
    while j < keys {
      (V.load(slopes + j) * V.load(bends + j)).store(slopes + j)
      j += V.width
    }
  }
}
