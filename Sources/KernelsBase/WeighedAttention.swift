import KernelInterface

/// Attention that gives its weights too, some rows of queries after the other: their scores by all
/// keys stay in the cache until they are weights and have weighed the values.
struct WeighedAttention<V: Lanes> {
  typealias T = V.Scalar
  typealias Numbers = UnsafeMutablePointer<T>
  let c: FlashCall<T>
  /// [queries, keys]
  let weights: Numbers

  // Scratch memory: keys, transposed, and values in panels; scale·Q; scores.
  private var kT: Numbers { c.scratch.assumingMemoryBound(to: T.self) }
  private var v: Numbers { kT + panelElements(V.self, rows: c.dk, columns: c.keys) }
  private var q: Numbers { v + panelElements(V.self, rows: c.keys, columns: c.dv) }
  private var scores: Numbers { q + (weighedQueries &* c.dk &+ 15) / 16 &* 16 }
  /// A line of the cache more than whole vectors, or rows would fall on each other.
  private var rowOfScores: Int { (c.keys &+ 15) / 16 &* 16 &+ 64 / MemoryLayout<T>.size }

  func run() {
    packTransposed(V.self, c.k, rows: c.keys, columns: c.dk, to: kT)
    pack(V.self, c.v, rowOfA: c.dv, rows: c.keys, columns: c.dv, to: v)
    let rows = ScoreRows<V>(c: c, firstKey: 0, keys: c.keys)
    var query = 0
    while query < c.queries {
      if machineIsSet(c.isCancelled) { return }
      let queries = min(weighedQueries, c.queries &- query)
      attend(query, queries, rows)
      query += queries
    }
  }

  private func attend(_ query: Int, _ queries: Int, _ rows: ScoreRows<V>) {
    scaled(c.q + query &* c.dk, queries &* c.dk, by: rows.scale, V.self, to: q)
    multiply(
      V.self, q, rowOfA: c.dk, stepOfA: 1, rows: queries, depth: c.dk, panels: kT,
      columns: (c.keys &+ V.width &- 1) / V.width &* V.width, to: scores, rowOfC: rowOfScores,
      addsTo: false)
    for i in 0..<queries {
      let s = scores + i &* rowOfScores
      rows.adjust(s, query: query &+ i, bends: nil)
      weigh(s, to: weights + (query &+ i) &* c.keys)
    }
    multiply(
      V.self, scores, rowOfA: rowOfScores, stepOfA: 1, rows: queries, depth: c.keys, panels: v,
      columns: c.dv, to: c.out + query &* c.dv, rowOfC: c.dv, addsTo: false)
  }

  /// Scores become weights, here and there.
  private func weigh(_ s: Numbers, to weights: Numbers) {
    let largest = V(repeating: largest(s))
    // Where nothing is seen, nothing is subtracted from −∞.
    let m = V.select(V.zero, where: largest, equals: V.minusInfinity, else: largest)
    var sum = V.zero
    var j = 0
    while j &+ V.width <= c.keys {
      let p = V.exp2(V.load(s + j) - m)
      p.store(s + j)
      sum = sum + p
      j += V.width
    }
    if j < c.keys {
      let p = V.exp2(V.load(s + j) - m)
      p.store(s + j, count: c.keys &- j)
      sum = sum + V.load(s + j, count: c.keys &- j)
    }
    let total = V(repeating: sum.sum())
    let one = V(repeating: V.scalar(1))
    let inverse = V.select(V.zero, where: total, equals: V.zero, else: one / total)
    j = 0
    while j < c.keys {
      let p = V.load(s + j) * inverse
      p.store(s + j)
      p.store(weights + j, first: min(V.width, c.keys &- j))
      j += V.width
    }
  }

  private func largest(_ s: Numbers) -> T {
    var (first, second) = (V.minusInfinity, V.minusInfinity)
    var j = 0
    while j &+ 2 &* V.width <= c.keys {
      first = V.larger(first, V.load(s + j))
      second = V.larger(second, V.load(s + j + V.width))
      j += 2 &* V.width
    }
    if j &+ V.width <= c.keys {
      first = V.larger(first, V.load(s + j))
      j += V.width
    }
    var m = V.larger(first, second)
    while j < c.keys {
      m = V.larger(m, V(repeating: s[j]))
      j += 1
    }
    return m.largest()
  }
}

/// A vector times a number.
@inline(__always)
func scaled<V: Lanes>(
  _ x: UnsafePointer<V.Scalar>, _ count: Int, by factor: V.Scalar, _ type: V.Type,
  to y: UnsafeMutablePointer<V.Scalar>
) {
  let factor = V(repeating: factor)
  var i = 0
  while i < count {
    let part = min(V.width, count &- i)
    (V.load(x + i, first: part) * factor).store(y + i, first: part)
    i += part
  }
}
