import KernelInterface

/// The product of a matrix, whose rows lie without gaps, and a vector: an inner product for each
/// row, one after the other, as memory is read ahead best. A vector of two or four registers stays
/// there; with longer ones large matrices took longer than without.
struct MatrixVector<V: Lanes> {
  typealias T = V.Scalar
  let p: Product<T>
  let vector: UnsafePointer<T>
  let step: Int
  let c: UnsafeMutablePointer<T>
  let stepOfC: Int
  let matrix: UnsafePointer<T>
  let row: Int
  let rows: Int

  func run() {
    var k = 0
    while k < p.inner {
      let depth = min(Self.depthOfRun, p.inner &- k)
      let x = contiguous(k, depth)
      switch depth {
      case 2 &* V.width: run(k, InlineArray<2, V>(repeating: V.zero), x)
      case 4 &* V.width: run(k, InlineArray<4, V>(repeating: V.zero), x)
      default: forEachRow(k) { products($0, x, depth) }
      }
      k += depth
    }
  }

  /// Sums of this many products are rounded by themselves.
  private static var depthOfRun: Int { 2048 }

  private func contiguous(_ k: Int, _ depth: Int) -> UnsafePointer<T> {
    if step == 1 { return vector + k }
    let copy = p.scratch.assumingMemoryBound(to: T.self)
    for i in 0..<depth { copy[i] = vector[(k &+ i) &* step] }
    return UnsafePointer(copy)
  }

  @inline(__always)
  private func forEachRow(_ k: Int, _ products: (UnsafePointer<T>) -> Two<V>) {
    let addsTo = p.addsTo || k > 0
    for i in 0..<rows {
      if i & 255 == 0, machineIsSet(p.isCancelled) { return }
      let lanes = products(matrix + i &* row + k)
      let sum = (lanes.l + lanes.h).sum()
      let target = c + i &* stepOfC
      target.pointee = addsTo ? V.sum(target.pointee, sum) : sum
    }
  }

  @inline(__always)
  private func run<let vectors: Int>(
    _ k: Int, _ zero: InlineArray<vectors, V>, _ x: UnsafePointer<T>
  ) {
    var factors = zero
    for j in 0..<vectors { factors[unchecked: j] = V.load(x + j &* V.width) }
    forEachRow(k) { a in
      var s = Two(l: V.zero, h: V.zero)
      for j in 0..<vectors / 2 {
        let a = a + 2 &* j &* V.width
        s.l = V.multiplyAdd(V.load(a), factors[unchecked: 2 &* j], s.l)
        s.h = V.multiplyAdd(V.load(a + V.width), factors[unchecked: 2 &* j &+ 1], s.h)
      }
      return s
    }
  }

  @inline(__always)
  private func products(_ a: UnsafePointer<T>, _ x: UnsafePointer<T>, _ depth: Int) -> Two<V> {
    var s = Two(l: V.zero, h: V.zero)
    var j = 0
    while j &+ 2 &* V.width <= depth {
      s.l = V.multiplyAdd(V.load(a + j), V.load(x + j), s.l)
      s.h = V.multiplyAdd(V.load(a + j + V.width), V.load(x + j + V.width), s.h)
      j += 2 &* V.width
    }
    if j &+ V.width <= depth {
      s.l = V.multiplyAdd(V.load(a + j), V.load(x + j), s.l)
      j += V.width
    }
    if j < depth {
      let count = depth &- j
      s.h = V.multiplyAdd(V.load(a + j, count: count), V.load(x + j, count: count), s.h)
    }
    return s
  }
}
