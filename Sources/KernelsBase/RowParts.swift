import KernelInterface

/// What softmax needs of a part of a row that is too long for one call.
struct RowPart<V: Lanes> {
  typealias T = V.Scalar
  /// One row; in single precision a lane counts 2²⁴ of them.
  let c: RowCall<T>
  let largest: T
  let tau: T

  /// exp((x − m)/τ), stored where `keeps`; the sum of those of x < m, and how often x is m.
  func exponentials(keeps: Bool) -> (others: Double, ties: Double) {
    let m = V(repeating: largest)
    let one = V(repeating: V.scalar(1))
    var ties = V.zero
    @inline(__always)
    func exponential(_ x: V) -> V {
      ties = ties + V.select(one, where: x, equals: m, else: V.zero)
      return V.exp(V.isOne(tau) ? x - m : (x - m) / V(repeating: tau))
    }
    @inline(__always)
    func other(_ x: V, _ p: V) -> V { V.select(V.zero, where: x, equals: m, else: p) }
    let others = summed(c.length) { i in
      let x = V.load(c.from + i)
      let p = exponential(x)
      if keeps { p.store(c.to + i) }
      return other(x, p)
    } part: { i, count in
      // Lanes that the row does not have are −∞.
      let x = V.select(
        V.load(c.from + i, count: count), where: V.ramp, isLessThan: V(repeating: V.scalar(count)),
        else: V.minusInfinity)
      let p = exponential(x)
      if keeps { p.store(c.to + i, count: count) }
      return other(x, p)
    }
    return (V.double(others), V.double(ties.sum()))
  }
}
