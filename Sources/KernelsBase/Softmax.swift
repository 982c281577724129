import CMachine
import KernelInterface

/// softmax and log softmax of rows, three times over each: the maximum, the exponentials and their
/// sum, the quotients.
struct Softmax<V: Lanes> {
  typealias T = V.Scalar
  let c: RowCall<T>
  /// Above 0, and neither it nor its inverse overflows.
  let tau: T

  func run() {
    for row in 0..<c.rows {
      let place = row &* c.length
      let (x, y) = (c.from + place, c.to + place)
      let m = V(repeating: largest(x))
      let total = V(repeating: exponentials(x, y, m))
      divide(y, by: total)
    }
  }

  func runLog() {
    for row in 0..<c.rows {
      let place = row &* c.length
      let (x, y) = (c.from + place, c.to + place)
      let m = largest(x)
      let logTotal = V(repeating: self.logTotal(x, m))
      subtract(V(repeating: m), logTotal, from: x, y)
    }
  }

  @inline(__always)
  private func quotient(_ x: V) -> V { V.isOne(tau) ? x : x / V(repeating: tau) }

  @inline(__always)
  private func divide(_ y: UnsafeMutablePointer<T>, by total: V) {
    var i = 0
    while i &+ V.width <= c.length {
      (V.load(y + i) / total).store(y + i)
      i += V.width
    }
    guard i < c.length else { return }
    let count = c.length &- i
    (V.load(y + i, count: count) / total).store(y + i, count: count)
  }

  /// y = (x − m)/τ − log Σ
  @inline(__always)
  private func subtract(
    _ m: V, _ logTotal: V, from x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>
  ) {
    var i = 0
    while i &+ V.width <= c.length {
      (quotient(V.load(x + i) - m) - logTotal).store(y + i)
      i += V.width
    }
    guard i < c.length else { return }
    let count = c.length &- i
    (quotient(V.load(x + i, count: count) - m) - logTotal).store(y + i, count: count)
  }

  private func largest(_ x: UnsafePointer<T>) -> T {
    var (a, b) = (V.minusInfinity, V.minusInfinity)
    var i = 0
    while i &+ 2 &* V.width <= c.length {
      a = V.larger(a, V.load(x + i))
      b = V.larger(b, V.load(x + i + V.width))
      i += 2 &* V.width
    }
    if i &+ V.width <= c.length {
      a = V.larger(a, V.load(x + i))
      i += V.width
    }
    if i < c.length { b = V.larger(b, part(x + i, c.length &- i)) }
    return V.larger(a, b).largest()
  }

  /// Lanes that the row does not have are −∞.
  @inline(__always)
  private func part(_ x: UnsafePointer<T>, _ count: Int) -> V {
    V.select(
      V.load(x, count: count), where: V.ramp, isLessThan: V(repeating: V.scalar(count)),
      else: V.minusInfinity)
  }

  /// y = exp((x − m)/τ) and its sum.
  private func exponentials(_ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ m: V) -> T {
    var total = Total<V>()
    var i = 0
    while i &+ 2 &* V.width <= c.length {
      let p = V.exp(quotient(V.load(x + i) - m))
      let next = V.exp(quotient(V.load(x + i + V.width) - m))
      p.store(y + i)
      next.store(y + i + V.width)
      total.add(p, next)
      i += 2 &* V.width
    }
    if i &+ V.width <= c.length {
      let p = V.exp(quotient(V.load(x + i) - m))
      p.store(y + i)
      total.add(p, V.zero)
      i += V.width
    }
    if i < c.length {
      let count = c.length &- i
      let p = V.exp(quotient(part(x + i, count) - m))
      p.store(y + i, count: count)
      total.add(p, V.zero)
    }
    return total.sum()
  }

  /// log Σ exp((x − m)/τ): the largest term, which is 1, is kept out of the sum, so that one just
  /// above 1 keeps its digits.
  private func logTotal(_ x: UnsafePointer<T>, _ m: T) -> T {
    let shift = V(repeating: m)
    // The sum of the others, and how often there is the largest.
    var (total, ties) = (Total<V>(), V.zero)
    var i = 0
    while i < c.length {
      let count = min(V.width, c.length &- i)
      let lanes = count == V.width ? V.load(x + i) : part(x + i, count)
      let p = V.exp(quotient(lanes - shift))
      total.add(V.select(V.zero, where: lanes, equals: shift, else: p), V.zero)
      ties = ties + V.select(V(repeating: V.scalar(1)), where: lanes, equals: shift, else: V.zero)
      i += count
    }
    let isFinite = V.double(m) - V.double(m) == 0
    let others = isFinite ? V.double(total.sum()) + (V.double(ties.sum()) - 1) : .nan
    return V.scalar(machine_log1p(others))
  }
}

/// A sum that loses little: short runs in the lanes, their sums with what is lost of them
/// (Neumaier 1974).
struct Total<V: Lanes> {
  private var (even, odd) = (V.zero, V.zero)
  private var count = 0
  private var (whole, lost) = (0.0, 0.0)

  @inline(__always)
  mutating func add(_ x: V, _ y: V) {
    even = even + x
    odd = odd + y
    count &+= 1
    if count & 31 == 0 { flush() }
  }

  private mutating func flush() {
    let x = V.double((even + odd).sum())
    let next = whole + x
    lost += (whole < x ? (x - next) + whole : (whole - next) + x)
    whole = next
    (even, odd) = (V.zero, V.zero)
  }

  @inline(__always)
  mutating func sum() -> V.Scalar {
    flush()
    return V.scalar(lost - lost == 0 ? whole + lost : whole)
  }
}
