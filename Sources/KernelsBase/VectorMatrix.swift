import KernelInterface

/// The product of a vector and a matrix whose rows lie without gaps: rows of the matrix stream by,
/// eight at a time, and a run of sums stays in the first-level cache.
///
/// Sums come in the order of `Multiplication`.
struct VectorMatrix<V: Lanes> {
  typealias T = V.Scalar
  let p: Product<T>
  let depthOfBlock: Int

  private static var columnsOfRun: Int { 16384 / MemoryLayout<T>.size }

  func run() {
    var j = 0
    while j < p.columns {
      let count = min(Self.columnsOfRun, p.columns &- j)
      var k = 0
      while k < p.inner {
        if machineIsSet(p.isCancelled) { return }
        let depth = min(depthOfBlock, p.inner &- k)
        block(j, count, k, depth, addsTo: p.addsTo || k > 0)
        k += depth
      }
      j += count
    }
  }

  private func block(_ j: Int, _ count: Int, _ k: Int, _ depth: Int, addsTo: Bool) {
    let c = p.c + j
    let sums = addsTo ? p.scratch.assumingMemoryBound(to: T.self) : c
    var step = 0
    while step < depth {
      let a = p.a.base + (k &+ step) &* p.a.column
      let b = p.b.base + (k &+ step) &* p.b.row + j
      if depth &- step >= 8 {
        add(InlineArray<8, V>(repeating: V.zero), a, b, to: sums, count, isFirst: step == 0)
        step += 8
      } else {
        add(InlineArray<1, V>(repeating: V.zero), a, b, to: sums, count, isFirst: step == 0)
        step += 1
      }
    }
    if !addsTo { return }
    var place = 0
    while place < count {
      let part = count &- place
      if part >= V.width {
        (V.load(c + place) + V.load(sums + place)).store(c + place)
      } else {
        (V.load(c + place, count: part) + V.load(sums + place, count: part))
          .store(c + place, count: part)
      }
      place += V.width
    }
  }

  /// sums += Σ a b over so many rows.
  @inline(__always)
  private func add<let rows: Int>(
    _ factors: InlineArray<rows, V>, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>,
    to sums: UnsafeMutablePointer<T>, _ count: Int, isFirst: Bool
  ) {
    var factors = factors
    for r in 0..<rows { factors[unchecked: r] = V(repeating: a[r &* p.a.column]) }
    let row = p.b.row
    var place = 0
    while place &+ V.width <= count {
      var sum = isFirst ? V.zero : V.load(sums + place)
      for r in 0..<rows {
        sum = V.multiplyAdd(factors[unchecked: r], V.load(b + r &* row + place), sum)
      }
      sum.store(sums + place)
      place += V.width
    }
    guard place < count else { return }
    let part = count &- place
    var sum = isFirst ? V.zero : V.load(sums + place, count: part)
    for r in 0..<rows {
      let lanes = V.load(b + r &* row + place, count: part)
      sum = V.multiplyAdd(factors[unchecked: r], lanes, sum)
    }
    sum.store(sums + place, count: part)
  }
}
