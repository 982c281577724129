import KernelInterface

/// Linear attention in products of matrices. Features are made where they are needed next, while
/// they are in the cache.
struct Linear<V: Lanes> {
  typealias T = V.Scalar
  let c: LinearCall<T>

  private var keySums: UnsafeMutablePointer<T> { c.state + c.d &* c.dv }
  /// [`linearChunk`, `linearChunk`]
  private var weights: UnsafeMutablePointer<T> { c.room }
  /// [at most `linearChunk`, d]
  private var queryFeatures: UnsafeMutablePointer<T> { c.room + linearChunk &* linearChunk }

  /// φ of so many rows.
  private func features(
    _ x: UnsafePointer<T>, _ map: FeatureMap, rows: Int, to y: UnsafeMutablePointer<T>
  ) -> UnsafePointer<T> {
    if map == .identity { return x }
    Elementwise<V>(from: x, to: y, count: rows &* c.d).run(map)
    return UnsafePointer(y)
  }

  // MARK: - The state of keys

  /// The state becomes that of the keys.
  func sumKeys() {
    var first = 0
    repeat {
      if machineIsSet(c.isCancelled) { return }
      let count = min(linearBlock, c.keys &- first)
      let k = features(c.k + first &* c.d, c.keyMap, rows: count, to: c.keyFeatures)
      Multiplication<V>(
        p: Product(
          a: Strided(k, row: 1, column: c.d),
          b: Strided(c.v + first &* c.dv, row: c.dv, column: 1), c: c.state, rowOfC: c.dv,
          rows: c.d, inner: count, columns: c.dv, addsTo: first > 0, scratch: c.scratch,
          isCancelled: c.isCancelled)
      ).run()
      sumFeatures(k, count, isFirst: first == 0)
      first += count
    } while first < c.keys
  }

  private func sumFeatures(_ k: UnsafePointer<T>, _ count: Int, isFirst: Bool) {
    var j = 0
    while j < c.d {
      let width = min(V.width, c.d &- j)
      var sums = InlineArray<4, V>(repeating: V.zero)
      var row = k + j
      for i in 0..<count {
        sums[unchecked: i & 3] = sums[unchecked: i & 3] + V.load(row, first: width)
        row += c.d
      }
      let sum =
        (sums[unchecked: 0] + sums[unchecked: 1]) + (sums[unchecked: 2] + sums[unchecked: 3])
      (isFirst ? sum : V.load(keySums + j, first: width) + sum).store(keySums + j, first: width)
      j += width
    }
  }

  // MARK: - Queries

  /// out = φ(q) S / (φ(q)·s + ε)
  func attend() {
    // Whole tiles, and in the first-level cache beside the state.
    let rows = 48
    var first = 0
    while first < c.queries {
      if machineIsSet(c.isCancelled) { return }
      let count = min(rows, c.queries &- first)
      let q = features(c.q + first &* c.d, c.queryMap, rows: count, to: queryFeatures)
      let out = c.out + first &* c.dv
      read(q, count, to: out, addsTo: false)
      for i in 0..<count { divide(out + i &* c.dv, by: alongState(q + i &* c.d)) }
      first += count
    }
  }

  /// The state is that of the keys before; those of the call are seen by queries that do not come
  /// before them.
  func attendCausally() {
    let q = features(c.q, c.queryMap, rows: c.queries, to: queryFeatures)
    let k = features(c.k, c.keyMap, rows: c.keys, to: c.keyFeatures)
    weigh(q, k)
    if finish(q, stripRows: tileRows) { return }
    // A product of a hidden weight, which is 0, with ∞ or NaN is NaN: each row sees its own keys.
    _ = finish(q, stripRows: 1)
  }

  /// The weights of visible keys; those of the others are 0.
  private func weigh(_ q: UnsafePointer<T>, _ k: UnsafePointer<T>) {
    var j = 0
    while j < min(c.keys, c.queries) {
      // Queries before the first key of a panel see nothing of it.
      let count = min(2 &* V.width, c.keys &- j)
      Multiplication<V>(
        p: Product(
          a: Strided(q + j &* c.d, row: c.d, column: 1),
          b: Strided(k + j &* c.d, row: 1, column: c.d),
          c: weights + j &* linearChunk + j, rowOfC: linearChunk, rows: c.queries &- j,
          inner: c.d, columns: count, addsTo: false, scratch: c.scratch,
          isCancelled: c.isCancelled)
      ).run()
      j += count
    }
    for i in 0..<c.queries {
      let row = weights + i &* linearChunk
      for j in min(i &+ 1, c.keys)..<linearChunk { row[j] = V.scalar(0) }
    }
  }

  /// Whether all results are finite.
  private func finish(_ q: UnsafePointer<T>, stripRows: Int) -> Bool {
    var i = 0
    while i < c.queries {
      let rows = min(stripRows, c.queries &- i)
      Multiplication<V>(
        p: Product(
          a: Strided(weights + i &* linearChunk, row: linearChunk, column: 1),
          b: Strided(c.v, row: c.dv, column: 1), c: c.out + i &* c.dv, rowOfC: c.dv, rows: rows,
          inner: min(i &+ rows, c.keys), columns: c.dv, addsTo: false, scratch: c.scratch,
          isCancelled: c.isCancelled)
      ).run()
      i += rows
    }
    read(q, c.queries, to: c.out, addsTo: true)
    var isFinite = true
    for i in 0..<c.queries {
      let within = sum(of: weights + i &* linearChunk, linearChunk)
      let total = V.sum(within, alongState(q + i &* c.d))
      isFinite = divide(c.out + i &* c.dv, by: total) && isFinite
    }
    return isFinite
  }

  /// out = φ(q) S, or that added.
  private func read(
    _ q: UnsafePointer<T>, _ rows: Int, to out: UnsafeMutablePointer<T>, addsTo: Bool
  ) {
    Multiplication<V>(
      p: Product(
        a: Strided(q, row: c.d, column: 1),
        b: Strided(UnsafePointer(c.state), row: c.dv, column: 1), c: out, rowOfC: c.dv,
        rows: rows, inner: c.d, columns: c.dv, addsTo: addsTo, scratch: c.scratch,
        isCancelled: c.isCancelled)
    ).run()
  }

  @inline(__always)
  private func sum(of x: UnsafeMutablePointer<T>, _ count: Int) -> T {
    var total = V.zero
    var j = 0
    while j < count {
      total = total + V.load(x + j)
      j += V.width
    }
    return total.sum()
  }

  /// φ(q)·s
  @inline(__always)
  private func alongState(_ q: UnsafePointer<T>) -> T {
    var total = V.zero
    var j = 0
    while j &+ V.width <= c.d {
      total = V.multiplyAdd(V.load(q + j), V.load(keySums + j), total)
      j += V.width
    }
    if j < c.d {
      let count = c.d &- j
      total = V.multiplyAdd(V.load(q + j, count: count), V.load(keySums + j, count: count), total)
    }
    return total.sum()
  }

  /// A row without weight gives 0. Whether all results are finite.
  @inline(__always) @discardableResult
  private func divide(_ out: UnsafeMutablePointer<T>, by total: T) -> Bool {
    let isEmpty = V.double(total) == 0
    let divisor = V(repeating: isEmpty ? V.scalar(1) : V.sum(total, c.eps))
    var check = V.zero
    var j = 0
    while j < c.dv {
      let count = min(V.width, c.dv &- j)
      let y = isEmpty ? V.zero : V.load(out + j, first: count) / divisor
      check = check + (y - y)
      y.store(out + j, first: count)
      j += count
    }
    return V.double(check.sum()) == 0
  }
}
