import KernelInterface

/// Few queries and many keys, as where one more token is decoded: scores of a query lie side by side,
/// and K and V are read once, as they lie.
extension Flash {
  /// Blocks of keys are long enough for memory to be read ahead.
  static var keysOfRow: Int { 1024 }

  /// Queries that would leave most of the lanes empty.
  static func suitsRows(_ c: FlashCall<T>) -> Bool {
    c.keys >= 64 && (c.queries == 1 || c.queries &* 4 <= V.width)
  }

  func runRows() {
    for i in 0..<c.queries { prepareRow(row(i)) }
    var key = 0
    while key < c.keys {
      for i in 0..<c.queries {
        if machineIsSet(c.isCancelled) { return }
        attendRow(row(i), key, min(block, c.keys &- key))
      }
      key += block
    }
    for i in 0..<c.queries { finishRow(row(i)) }
  }

  /// What is kept of a query lies where the results go.
  private func row(_ i: Int) -> Group {
    Group(
      first: i, count: 1, q: addends + block + i &* c.dk, o: c.out + i &* c.dv, m: c.shift + i,
      l: c.total + i)
  }

  private func prepareRow(_ g: Group) {
    let scale = isPlain ? inBaseTwo(V.double(c.scale)) : V(repeating: c.scale)
    forEachVector(c.dk) { d, count in
      (V.load(c.q + g.first &* c.dk + d, first: count) * scale).store(g.q + d, first: count)
    }
    clear(g.o, c.dv)
    g.m.pointee = V.negativeInfinity
    g.l.pointee = V.scalar(0)
  }

  @inline(__always)
  private func forEachVector(_ length: Int, _ body: (_ place: Int, _ count: Int) -> Void) {
    var place = 0
    while place < length {
      body(place, min(V.width, length &- place))
      place += V.width
    }
  }

  // MARK: - A block of keys

  private func attendRow(_ g: Group, _ firstKey: Int, _ block: Int) {
    let seen = seenKeys(g, firstKey, block)
    let (key, keys) = (firstKey &+ seen.from, seen.to &- seen.from)
    if keys <= 0 { return }
    multiply(
      a: Strided(c.k + key &* c.dk, row: c.dk, column: 1),
      b: Strided(UnsafePointer(g.q), row: 1, column: 1), to: scores, rows: keys, inner: c.dk,
      columns: 1, addsTo: false)
    adjust(g, key, keys)
    if !seen.isWhole { hide(g, key, keys) }
    if c.visible != nil { hideByMatrix(g, key, keys) }
    powers(g, keys)
    multiply(
      a: Strided(UnsafePointer(scores), row: keys, column: 1),
      b: Strided(c.v + key &* c.dv, row: c.dv, column: 1), to: g.o, rows: 1, inner: keys,
      columns: c.dv, addsTo: true)
  }

  private func multiply(
    a: Strided<T>, b: Strided<T>, to product: UnsafeMutablePointer<T>, rows: Int, inner: Int,
    columns: Int, addsTo: Bool
  ) {
    let scratch = UnsafeMutableRawPointer(addends + block + c.queries &* c.dk)
    Multiplication<V>(
      p: Product(
        a: a, b: b, c: product, rowOfC: columns, rows: rows, inner: inner, columns: columns,
        addsTo: addsTo, scratch: scratch, isCancelled: c.isCancelled)
    ).run()
  }

  /// Scores become p = 2^(s − m), and what was kept is rescaled where m has grown.
  private func powers(_ g: Group, _ keys: Int) {
    // Lanes behind the last key are hidden too.
    V.minusInfinity.store(scores + keys)
    var best = V.minusInfinity
    each(keys) { j in best = V.larger(best, V.load(scores + j)) }
    let old = V(repeating: g.m.pointee)
    let m = reference(old, V(repeating: best.largest()))
    // Where nothing is seen yet, nothing is subtracted from −∞.
    let shift = V.select(V.zero, where: m, equals: V.minusInfinity, else: m)
    var sum = V.zero
    each(keys) { j in
      let p = V.exp2(V.load(scores + j) - shift)
      p.store(scores + j)
      sum = sum + p
    }
    let alpha = V.exp2(old - shift)
    g.l.pointee = V.multiplyAdd(V(repeating: g.l.pointee), alpha, V(repeating: sum.sum()))[0]
    g.m.pointee = m[0]
    guard V.anyIsLess(old, m) else { return }
    forEachVector(c.dv) { d, count in
      (V.load(g.o + d, first: count) * alpha).store(g.o + d, first: count)
    }
  }

  private func finishRow(_ g: Group) {
    let total = divisor(V(repeating: g.l.pointee))
    forEachVector(c.dv) { d, count in
      (V.load(g.o + d, first: count) / total).store(g.o + d, first: count)
    }
  }
}
