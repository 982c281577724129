import KernelInterface

/// The product of a vector and a matrix whose rows lie without gaps: rows of the matrix stream by,
/// one after the other, as memory is read ahead best, and a run of sums stays in registers or in the
/// first-level cache.
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
    let rows = Rows(
      a: p.a.base + k &* p.a.column, step: p.a.column, b: p.b.base + k &* p.b.row + j,
      row: p.b.row, depth: depth)
    switch count {
    case 8 &* V.width: add(rows, to: sums, InlineArray<8, V>(repeating: V.zero))
    case 4 &* V.width: add(rows, to: sums, InlineArray<4, V>(repeating: V.zero))
    default: add(rows, to: sums, count)
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

  private struct Rows {
    let a: UnsafePointer<T>
    let step: Int
    let b: UnsafePointer<T>
    let row: Int
    let depth: Int
  }

  /// sums = Σ a b, all of them in registers.
  @inline(__always)
  private func add<let vectors: Int>(
    _ r: Rows, to sums: UnsafeMutablePointer<T>, _ zero: InlineArray<vectors, V>
  ) {
    var s = zero
    for k in 0..<r.depth {
      let (factor, b) = (V(repeating: r.a[k &* r.step]), r.b + k &* r.row)
      for i in 0..<vectors {
        s[unchecked: i] = V.multiplyAdd(factor, V.load(b + i &* V.width), s[unchecked: i])
      }
    }
    for i in 0..<vectors { s[unchecked: i].store(sums + i &* V.width) }
  }

  private func add(_ r: Rows, to sums: UnsafeMutablePointer<T>, _ count: Int) {
    for k in 0..<r.depth {
      let (factor, b) = (V(repeating: r.a[k &* r.step]), r.b + k &* r.row)
      var place = 0
      while place < count {
        let part = min(V.width, count &- place)
        let old = k == 0 ? V.zero : V.load(sums + place, first: part)
        V.multiplyAdd(factor, V.load(b + place, first: part), old).store(sums + place, first: part)
        place += V.width
      }
    }
  }
}
