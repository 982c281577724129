import KernelInterface

/// The product of a matrix, whose rows lie without gaps, and a vector: an inner product for each
/// row, one after the other, as memory is read ahead best.
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
      for i in 0..<rows {
        if i & 255 == 0, machineIsSet(p.isCancelled) { return }
        dot(matrix + i &* row + k, x, depth, i, k)
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
  private func dot(
    _ a: UnsafePointer<T>, _ x: UnsafePointer<T>, _ depth: Int, _ i: Int, _ k: Int
  ) {
    var s = Two(l: V.zero, h: V.zero)
    var j = 0
    while j &+ 2 &* V.width <= depth {
      s.l = V.multiplyAdd(V.load(a + j), V.load(x + j), s.l)
      s.h = V.multiplyAdd(V.load(a + j + V.width), V.load(x + j + V.width), s.h)
      j += 2 &* V.width
    }
    finish(s, a, x, j, depth, i, k)
  }

  /// The products that fill no two vectors, and the sum of all.
  @inline(__always)
  private func finish(
    _ partial: Two<V>, _ a: UnsafePointer<T>, _ x: UnsafePointer<T>, _ from: Int, _ depth: Int,
    _ i: Int, _ k: Int
  ) {
    var (s, j) = (partial, from)
    if j &+ V.width <= depth {
      s.l = V.multiplyAdd(V.load(a + j), V.load(x + j), s.l)
      j += V.width
    }
    if j < depth {
      let count = depth &- j
      s.h = V.multiplyAdd(V.load(a + j, count: count), V.load(x + j, count: count), s.h)
    }
    let sum = (s.l + s.h).sum()
    let target = c + i &* stepOfC
    target.pointee = p.addsTo || k > 0 ? V.sum(target.pointee, sum) : sum
  }
}
