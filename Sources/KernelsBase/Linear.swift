import KernelInterface

/// Linear attention in products of matrices.
struct Linear<V: Lanes> {
  typealias T = V.Scalar
  let c: LinearCall<T>

  private var keySums: UnsafeMutablePointer<T> { c.state + c.d &* c.dv }

  // MARK: - The state of keys

  /// Keys whose features and values stay in the cache.
  private static var block: Int { 256 }

  /// The state becomes that of the keys.
  func sumKeys() {
    var first = 0
    repeat {
      if machineIsSet(c.isCancelled) { return }
      let count = min(Self.block, c.keys &- first)
      let k = c.k + first &* c.d
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
      var (even, odd) = (V.zero, V.zero)
      var row = k + j
      for i in 0..<count {
        let x = V.load(row, first: width)
        if i & 1 == 0 { even = even + x } else { odd = odd + x }
        row += c.d
      }
      let old = isFirst ? V.zero : V.load(keySums + j, first: width)
      (old + (even + odd)).store(keySums + j, first: width)
      j += width
    }
  }

  // MARK: - Queries

  /// out = φ(q) S / (φ(q)·s + ε)
  func attend() {
    read(addsTo: false)
    for i in 0..<c.queries { divide(i, by: alongState(i)) }
  }

  /// The state is that of the keys before; those of the call are seen by queries that do not come
  /// before them.
  func attendCausally() {
    if c.keys > 0 {
      Multiplication<V>(
        p: Product(
          a: Strided(c.q, row: c.d, column: 1), b: Strided(c.k, row: 1, column: c.d),
          c: c.weights, rowOfC: linearChunk, rows: c.queries, inner: c.d, columns: c.keys,
          addsTo: false, scratch: c.scratch, isCancelled: c.isCancelled)
      ).run()
    }
    for i in 0..<c.queries {
      for j in min(i &+ 1, c.keys)..<linearChunk {
        c.weights[i &* linearChunk &+ j] = V.scalar(0)
      }
    }
    if finish(stripRows: tileRows) { return }
    // A product of a hidden weight, which is 0, with ∞ or NaN is NaN: each row sees its own keys.
    _ = finish(stripRows: 1)
  }

  /// Whether all results are finite.
  private func finish(stripRows: Int) -> Bool {
    var i = 0
    while i < c.queries {
      let rows = min(stripRows, c.queries &- i)
      Multiplication<V>(
        p: Product(
          a: Strided(c.weights + i &* linearChunk, row: linearChunk, column: 1),
          b: Strided(c.v, row: c.dv, column: 1), c: c.out + i &* c.dv, rowOfC: c.dv, rows: rows,
          inner: min(i &+ rows, c.keys), columns: c.dv, addsTo: false, scratch: c.scratch,
          isCancelled: c.isCancelled)
      ).run()
      i += rows
    }
    read(addsTo: true)
    var isFinite = true
    for i in 0..<c.queries {
      let within = sum(of: c.weights + i &* linearChunk, linearChunk)
      let total = V.sum(within, alongState(i))
      isFinite = divide(i, by: total) && isFinite
    }
    return isFinite
  }

  private func read(addsTo: Bool) {
    Multiplication<V>(
      p: Product(
        a: Strided(c.q, row: c.d, column: 1),
        b: Strided(UnsafePointer(c.state), row: c.dv, column: 1), c: c.out, rowOfC: c.dv,
        rows: c.queries, inner: c.d, columns: c.dv, addsTo: addsTo, scratch: c.scratch,
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
  private func alongState(_ i: Int) -> T {
    let q = c.q + i &* c.d
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
  private func divide(_ i: Int, by total: T) -> Bool {
    let out = c.out + i &* c.dv
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
