import KernelInterface

/// Attention with the queries in the lanes: the scores of a tile are Sᵀ = K Qᵀ [keys, lanes], so
/// maxima and sums over keys are operations of whole vectors, and Oᵀ += Vᵀ Pᵀ reads V as it lies.
///
/// Keys come in blocks, and for each block all groups of queries in turn, so that K and V stay in
/// the cache. What is kept of a query is what `flash` of the module Kernels describes.
struct Flash<V: Lanes> {
  typealias T = V.Scalar
  let c: FlashCall<T>
  /// Queries of one group: two vectors, or one where it holds all; 1 where keys are in the lanes.
  let lanes: Int
  /// Keys of one block.
  let block: Int

  init(c: FlashCall<T>) {
    self.c = c
    let isRow = Self.suitsRows(c)
    lanes = isRow ? 1 : c.queries <= V.width ? V.width : 2 &* V.width
    block = isRow ? Self.keysOfRow : flashKeys
  }

  // Scratch memory; a group has Qᵀ [dk, lanes], Oᵀ [dv, lanes], m and ℓ [lanes].
  var scores: UnsafeMutablePointer<T> { c.scratch.assumingMemoryBound(to: T.self) }
  var addends: UnsafeMutablePointer<T> { scores + block &* lanes }
  private func group(_ number: Int) -> Group {
    let base = addends + block &* lanes + number &* lanes &* (c.dk &+ c.dv &+ 2)
    return Group(
      first: number &* lanes, count: min(lanes, c.queries &- number &* lanes), q: base,
      o: base + lanes &* c.dk, m: base + lanes &* (c.dk &+ c.dv),
      l: base + lanes &* (c.dk &+ c.dv &+ 1))
  }

  struct Group {
    let first: Int
    let count: Int
    let q: UnsafeMutablePointer<T>
    let o: UnsafeMutablePointer<T>
    let m: UnsafeMutablePointer<T>
    let l: UnsafeMutablePointer<T>
  }

  /// Whether scores are nothing but products.
  var isPlain: Bool { V.double(c.softcap) == 0 && c.bias == nil && c.slope == nil }

  /// A factor that turns scores into exponents of 2.
  func inBaseTwo(_ factor: Double) -> V {
    V(repeating: V.scalar(factor * V.double(c.inverseTau) * 1.442_695_040_888_963_4))
  }

  func run() {
    if lanes == 1 { return runRows() }
    let groups = (c.queries &+ lanes &- 1) / lanes
    for g in 0..<groups {
      if machineIsSet(c.isCancelled) { return }
      prepare(group(g))
    }
    var key = 0
    while key < c.keys {
      let block = min(block, c.keys &- key)
      for g in 0..<groups {
        if machineIsSet(c.isCancelled) { return }
        attend(group(g), key, block)
      }
      key += block
    }
    for g in 0..<groups {
      if machineIsSet(c.isCancelled) { return }
      finish(group(g))
    }
  }

  private func prepare(_ g: Group) {
    let q = c.q + g.first &* c.dk
    if g.count < lanes { clear(g.q, lanes &* c.dk) }
    transpose(V.self, q, rowOfA: c.dk, rows: g.count, columns: c.dk, g.q, rowOfB: lanes)
    let scale = isPlain ? inBaseTwo(V.double(c.scale)) : V(repeating: c.scale)
    each(c.dk) { d in (V.load(g.q + d) * scale).store(g.q + d) }
    clear(g.o, lanes &* c.dv)
    each(1) { lane in
      V.minusInfinity.store(g.m + lane)
      V.zero.store(g.l + lane)
    }
  }

  /// Visits the vectors of so many rows of lanes.
  @inline(__always)
  func each(_ rows: Int, _ body: (_ place: Int) -> Void) {
    var place = 0
    while place < rows &* lanes {
      body(place)
      place += V.width
    }
  }

  func clear(_ p: UnsafeMutablePointer<T>, _ count: Int) {
    for i in 0..<count { p[i] = V.scalar(0) }
  }

  // MARK: - A tile

  private func attend(_ g: Group, _ firstKey: Int, _ block: Int) {
    let seen = seenKeys(g, firstKey, block)
    let (key, keys) = (firstKey &+ seen.from, seen.to &- seen.from)
    if keys <= 0 { return }
    products(
      rows: keys,
      TileSource(
        a: c.k + key &* c.dk, rowOfA: c.dk, stepOfA: 1, b: UnsafePointer(g.q), stepOfB: lanes,
        depth: c.dk),
      TileTarget(c: scores, rowOfC: lanes, columns: lanes, addsTo: false))
    adjust(g, key, keys)
    if !seen.isWhole { hide(g, key, keys) }
    if c.visible != nil { hideByMatrix(g, key, keys) }
    exponentials(g, keys)
    products(
      rows: c.dv,
      TileSource(
        a: c.v + key &* c.dv, rowOfA: 1, stepOfA: c.dv, b: UnsafePointer(scores), stepOfB: lanes,
        depth: keys),
      TileTarget(c: g.o, rowOfC: lanes, columns: lanes, addsTo: true))
  }

  /// Tiles of about equal height.
  private func products(rows: Int, _ source: TileSource<T>, _ target: TileTarget<T>) {
    let tiles = (rows &+ tileRows &- 1) / tileRows
    var (s, t, left) = (source, target, rows)
    for tileNumber in 0..<tiles {
      let height = left / (tiles &- tileNumber)
      tile(V.self, rows: height, s, t)
      s.a += height &* s.rowOfA
      t.c += height &* t.rowOfC
      left -= height
    }
  }

  /// Scores become p = 2^(s − m), and what was kept is rescaled where m has grown.
  private func exponentials(_ g: Group, _ keys: Int) {
    var lane = 0
    var hasGrown = false
    while lane < lanes {
      let s = scores + lane
      let old = V.load(g.m + lane)
      let m = reference(old, largest(s, keys))
      // Where nothing is seen yet, nothing is subtracted from −∞.
      let shift = V.select(V.zero, where: m, equals: V.minusInfinity, else: m)
      let sum = powers(s, keys, shift)
      let alpha = V.exp2(old - shift)
      V.multiplyAdd(V.load(g.l + lane), alpha, sum).store(g.l + lane)
      hasGrown = hasGrown || V.anyIsLess(old, m)
      m.store(g.m + lane)
      alpha.store(addends + lane)
      lane += V.width
    }
    if hasGrown { rescale(g) }
  }

  private func largest(_ s: UnsafeMutablePointer<T>, _ keys: Int) -> V {
    var (even, odd) = (V.minusInfinity, V.minusInfinity)
    var j = 0
    while j &+ 2 <= keys {
      even = V.larger(even, V.load(s + j &* lanes))
      odd = V.larger(odd, V.load(s + (j &+ 1) &* lanes))
      j += 2
    }
    if j < keys { even = V.larger(even, V.load(s + j &* lanes)) }
    return V.larger(even, odd)
  }

  /// What scores are compared with: the largest of a block where it is much more than what came
  /// before. Powers of a little more than 0 overflow nothing and spare the rescaling.
  @inline(__always)
  func reference(_ old: V, _ largest: V) -> V {
    V.select(largest, where: old + V(repeating: V.scalar(8)), isLessThan: largest, else: old)
  }

  /// 2^(s − shift) in the place of s, and their sum.
  @inline(__always)
  private func powers(_ s: UnsafeMutablePointer<T>, _ keys: Int, _ shift: V) -> V {
    var (even, odd) = (V.zero, V.zero)
    var j = 0
    while j &+ 2 <= keys {
      let p = V.exp2(V.load(s + j &* lanes) - shift)
      let next = V.exp2(V.load(s + (j &+ 1) &* lanes) - shift)
      p.store(s + j &* lanes)
      next.store(s + (j &+ 1) &* lanes)
      even = even + p
      odd = odd + next
      j += 2
    }
    if j < keys {
      let p = V.exp2(V.load(s + j &* lanes) - shift)
      p.store(s + j &* lanes)
      even = even + p
    }
    return even + odd
  }

  /// o = α o
  private func rescale(_ g: Group) {
    var lane = 0
    while lane < lanes {
      let alpha = V.load(addends + lane)
      for row in 0..<c.dv {
        let o = g.o + row &* lanes + lane
        (V.load(o) * alpha).store(o)
      }
      lane += V.width
    }
  }

  /// What o is divided by: 0/1 where nothing was seen.
  @inline(__always)
  func divisor(_ total: V) -> V {
    V.select(V(repeating: V.scalar(1)), where: total, equals: V.zero, else: total)
  }

  private func finish(_ g: Group) {
    var lane = 0
    while lane < lanes {
      let total = divisor(V.load(g.l + lane))
      let inverse = V(repeating: V.scalar(1)) / total
      for row in 0..<c.dv {
        let o = g.o + row &* lanes + lane
        V.quotient(V.load(o), by: total, inverse: inverse).store(o)
      }
      lane += V.width
    }
    transpose(
      V.self, UnsafePointer(g.o), rowOfA: lanes, rows: c.dv, columns: g.count,
      c.out + g.first &* c.dv, rowOfB: c.dv)
    for i in 0..<g.count {
      c.shift[g.first &+ i] = g.m[i]
      c.total[g.first &+ i] = g.l[i]
    }
  }
}
