import KernelInterface

/// The product of a matrix, whose rows lie without gaps, and a vector: an inner product for each
/// row, four rows at a time.
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
      var i = 0
      while i < rows {
        if i & 255 == 0, machineIsSet(p.isCancelled) { return }
        let isWhole = rows &- i >= 4
        let a = matrix + i &* row + k
        if isWhole { dots(a, x, depth, i, k) } else { dot(a, x, depth, i, k) }
        i += isWhole ? 4 : 1
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
  private func dots(
    _ a: UnsafePointer<T>, _ x: UnsafePointer<T>, _ depth: Int, _ i: Int, _ k: Int
  ) {
    var s = InlineArray<4, Two<V>>(repeating: Two(l: V.zero, h: V.zero))
    var j = 0
    while j &+ 2 &* V.width <= depth {
      let (low, high) = (V.load(x + j), V.load(x + j + V.width))
      for r in 0..<4 {
        let a = a + r &* row + j
        s[unchecked: r].l = V.multiplyAdd(V.load(a), low, s[unchecked: r].l)
        s[unchecked: r].h = V.multiplyAdd(V.load(a + V.width), high, s[unchecked: r].h)
      }
      j += 2 &* V.width
    }
    for r in 0..<4 { finish(s[unchecked: r], a + r &* row, x, j, depth, i &+ r, k) }
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
