import KernelInterface

/// A step of Adam, every operation rounded by itself as in the readable loop.
/// Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.
struct Adam<V: Lanes> {
  typealias T = V.Scalar
  let c: AdamCall<T>

  func run() {
    var i = 0
    while i < c.count {
      step(i, min(V.width, c.count &- i))
      i += V.width
    }
  }

  @inline(__always)
  private func step(_ i: Int, _ lanes: Int) {
    func all(_ number: T) -> V { V(repeating: number) }
    let r = c.rule
    let p = V.load(c.p + i, first: lanes)
    let slope = V.load(c.g + i, first: lanes) + all(r.added) * p
    let oldM = V.load(c.m + i, first: lanes)
    let m = oldM + all(r.fresh1) * (slope - oldM)
    let v = all(r.beta2) * V.load(c.v + i, first: lanes) + all(r.fresh2) * slope * slope
    let root = v.squareRoot() * all(r.inverseRoot) + all(r.eps)
    (all(r.factor) * p - all(r.stride) * m / root).store(c.p + i, first: lanes)
    m.store(c.m + i, first: lanes)
    v.store(c.v + i, first: lanes)
  }
}
