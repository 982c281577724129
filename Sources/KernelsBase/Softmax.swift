import CMachine
import KernelInterface

private let rowsAtOnce = 8

/// softmax and log softmax of rows, three times over each: the maximum, the exponentials and their
/// sum, the quotients.
struct Softmax<V: Lanes> {
  typealias T = V.Scalar
  let c: RowCall<T>
  /// Above 0, and neither it nor its inverse overflows.
  let tau: T

  func run() {
    if V.isOne(tau) { return softmax { $0 } }
    let (tau, inverse) = divisor
    softmax { V.quotient($0, by: tau, inverse: inverse) }
  }

  func runLog() {
    if V.isOne(tau) { return logSoftmax { $0 } }
    let (tau, inverse) = divisor
    logSoftmax { V.quotient($0, by: tau, inverse: inverse) }
  }

  private var divisor: (tau: V, inverse: V) {
    (V(repeating: tau), V(repeating: V.scalar(1)) / V(repeating: tau))
  }

  // MARK: - Rows

  /// Short rows some at a time, each step of all of them before the next: of one row each step
  /// waits for the last.
  @inline(__always)
  private func softmax(_ quotient: (V) -> V) {
    let most = max(1, min(rowsAtOnce, 2048 / max(1, c.length)))
    var row = 0
    while row < c.rows {
      let rows = min(most, c.rows &- row)
      softmax(rows, c.from + row &* c.length, c.to + row &* c.length, quotient)
      row += rows
    }
  }

  @inline(__always)
  private func softmax(
    _ rows: Int, _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ quotient: (V) -> V
  ) {
    var kept = InlineArray<8, T>(repeating: V.scalar(0))
    for i in 0..<rows { kept[unchecked: i] = largest(x + i &* c.length) }
    for i in 0..<rows {
      let (place, m) = (i &* c.length, V(repeating: kept[unchecked: i]))
      kept[unchecked: i] = exponentials(x + place, y + place, m, quotient)
    }
    for i in 0..<rows { divide(y + i &* c.length, by: V(repeating: kept[unchecked: i])) }
  }

  @inline(__always)
  private func logSoftmax(_ quotient: (V) -> V) {
    for row in 0..<c.rows {
      let place = row &* c.length
      let (x, y) = (c.from + place, c.to + place)
      let m = largest(x)
      let logTotal = V(repeating: self.logTotal(x, m, quotient))
      subtract(V(repeating: m), logTotal, from: x, y, quotient)
    }
  }

  @inline(__always)
  private func divide(_ y: UnsafeMutablePointer<T>, by total: V) {
    let inverse = V(repeating: V.scalar(1)) / total
    var i = 0
    while i &+ V.width <= c.length {
      V.quotient(V.load(y + i), by: total, inverse: inverse).store(y + i)
      i += V.width
    }
    guard i < c.length else { return }
    let count = c.length &- i
    V.quotient(V.load(y + i, count: count), by: total, inverse: inverse)
      .store(y + i, count: count)
  }

  /// y = (x − m)/τ − log Σ
  @inline(__always)
  private func subtract(
    _ m: V, _ logTotal: V, from x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>,
    _ quotient: (V) -> V
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

  @inline(__always)
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

  /// y = exp((x − m)/τ) and its sum, both scaled.
  @inline(__always)
  private func exponentials(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ m: V, _ quotient: (V) -> V
  ) -> T {
    summed(c.length) { i in
      let p = V.scaledExp(quotient(V.load(x + i) - m))
      p.store(y + i)
      return p
    } part: { i, count in
      let p = V.scaledExp(quotient(part(x + i, count) - m))
      p.store(y + i, count: count)
      return p
    }
  }

  /// log Σ exp((x − m)/τ): the largest term, which is 1, is kept out of the sum, so that one just
  /// above 1 keeps its digits.
  @inline(__always)
  private func logTotal(_ x: UnsafePointer<T>, _ m: T, _ quotient: (V) -> V) -> T {
    let shift = V(repeating: m)
    // How often there is the largest.
    var ties = V.zero
    @inline(__always)
    func other(_ lanes: V) -> V {
      ties = ties + V.select(V(repeating: V.scalar(1)), where: lanes, equals: shift, else: V.zero)
      return V.select(
        V.zero, where: lanes, equals: shift, else: V.scaledExp(quotient(lanes - shift)))
    }
    let sum = summed(c.length) {
      other(V.load(x + $0))
    } part: {
      other(part(x + $0, $1))
    }
    let isFinite = V.double(m) - V.double(m) == 0
    let others = isFinite ? V.double(sum) / V.expScale + (V.double(ties.sum()) - 1) : .nan
    return V.scalar(machine_log1p(others))
  }
}

/// Σ over a row of `count` numbers of what `whole` gives for the vectors at each place and `part` for
/// the rest, 0 in the lanes behind it. It loses little: short runs in registers, their sums with
/// what is lost of them.
@inline(__always)
func summed<V: Lanes>(
  _ count: Int, whole: (_ place: Int) -> V, part: (_ place: Int, _ lanes: Int) -> V
) -> V.Scalar {
  let pair = 2 &* V.width
  var total = Total<V>()
  var (even, odd) = (V.zero, V.zero)
  var i = 0
  while true {
    let end = min(count &- pair, i &+ 31 &* pair)
    while i <= end {
      even = even + whole(i)
      odd = odd + whole(i &+ V.width)
      i += pair
    }
    if i &+ pair > count { break }
    total.add(even + odd)
    (even, odd) = (V.zero, V.zero)
  }
  if i &+ V.width <= count {
    even = even + whole(i)
    i += V.width
  }
  if i < count { odd = odd + part(i, count &- i) }
  if count < 32 &* pair { return (even + odd).sum() }
  total.add(even + odd)
  return total.sum()
}

/// A sum and what rounding took from it. Source: Neumaier, Rundungsfehleranalyse einiger Verfahren
/// zur Summation endlicher Summen, 1974.
private struct Total<V: Lanes> {
  private var (whole, lost) = (0.0, 0.0)

  @inline(never)
  mutating func add(_ lanes: V) {
    let x = V.double(lanes.sum())
    let next = whole + x
    lost += whole.magnitude < x.magnitude ? (x - next) + whole : (whole - next) + x
    whole = next
  }

  @inline(__always)
  func sum() -> V.Scalar { V.scalar(lost - lost == 0 ? whole + lost : whole) }
}
