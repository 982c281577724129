import KernelInterface

/// softmax(z/τ) along an axis: the maximum is subtracted, then divided by τ, so nothing overflows.
///
/// τ = ∞ is uniform over what is not −∞. A row of −∞ alone gives NaN, +∞ and NaN as IEEE
/// arithmetic does.
public func softmax(_ z: Tensor, axis: Int, tau: Double) throws -> Tensor {
  try z.dtype == .f32
    ? softmax(z, axis, tau, of: Float.self) : softmax(z, axis, tau, of: Double.self)
}

private func softmax<T: Real>(_ z: Tensor, _ axis: Int, _ tau: Double, of type: T.Type) throws
  -> Tensor
{
  try alongRows(z, axis, tau, columns: { $2.softmax($0, tau: $1) }) { (call: RowCall<T>) in
    if call.isLong, isOrdinary(tau) { return try call.softmaxByParts(tau: T(tau), isLog: false) }
    softmaxRows(call, tau: tau, of: T.self)
  }
}

/// The gradient of `softmax` along the last axis: p ⊙ (g − Σ g ⊙ p)/τ.
///
/// - Parameter p: what `softmax` gave, in the shape of `upstream`.
public func softmaxGradient(_ p: Tensor, upstream: Tensor, tau: Double) throws -> Tensor {
  try p.dtype == .f32
    ? softmaxGradient(p, upstream, of: Float.self, Float(1 / tau))
    : softmaxGradient(p, upstream, of: Double.self, 1 / tau)
}

private func softmaxGradient<T: Real>(
  _ p: Tensor, _ upstream: Tensor, of type: T.Type, _ inverseTau: T
) throws -> Tensor {
  let g = try upstream.converted(to: T.dtype)
  return try alongLanes(p, p.rank - 1) { (lane: UnsafeMutableBufferPointer<T>, row) in
    g.withElements(of: T.self) { g in
      let g = UnsafeBufferPointer(rebasing: g[row * lane.count..<(row + 1) * lane.count])
      let sum = dot(UnsafeBufferPointer(lane), g)
      for i in lane.indices { lane[i] *= (g[i] - sum) * inverseTau }
    }
  }
}

/// zᵢ/τ − log Σ exp(zⱼ/τ) along an axis; exact also where the probability is all but 1.
public func logSoftmax(_ z: Tensor, axis: Int, tau: Double) throws -> Tensor {
  try z.dtype == .f32
    ? logSoftmax(z, axis, tau, of: Float.self) : logSoftmax(z, axis, tau, of: Double.self)
}

private func logSoftmax<T: Real>(_ z: Tensor, _ axis: Int, _ tau: Double, of type: T.Type) throws
  -> Tensor
{
  try alongRows(z, axis, tau, columns: { $2.logSoftmax($0, tau: $1) }) { (call: RowCall<T>) in
    if call.isLong, isOrdinary(tau) { return try call.softmaxByParts(tau: T(tau), isLog: true) }
    logSoftmaxRows(call, tau: tau, of: T.self)
  }
}

func softmaxRows<T: Real>(_ call: RowCall<T>, tau: Double, of type: T.Type) {
  if isOrdinary(tau) {
    T.kernels(of: .current).softmax(call, tau: T(tau))
  } else {
    call.eachRow { softmaxLane($0, tau: tau) }
  }
}

private func logSoftmaxRows<T: Real>(_ call: RowCall<T>, tau: Double, of type: T.Type) {
  if isOrdinary(tau) {
    T.kernels(of: .current).logSoftmax(call, tau: T(tau))
  } else {
    call.eachRow { logSoftmaxLane($0, tau: tau) }
  }
}

/// Neither the number nor its inverse overflows anything in single precision, and what a quotient
/// by it makes of two scores further apart than a number can say is 0 or ∞ anyhow.
func isOrdinary(_ tau: Double) -> Bool { tau > 1e-15 && tau < 1e15 }

// MARK: - One lane, for any τ

func softmaxLane<T: Real>(_ z: UnsafeMutableBufferPointer<T>, tau: Double) {
  shift(z, tau: tau)
  for i in z.indices { z[i] = T.exp(z[i]) }
  let total = pairwiseSum(UnsafeBufferPointer(z))
  for i in z.indices { z[i] /= total }
}

private func logSoftmaxLane<T: Real>(_ z: UnsafeMutableBufferPointer<T>, tau: Double) {
  shift(z, tau: tau)
  let logTotal = T.log1p(otherExponentials(UnsafeBufferPointer(z), m: 0))
  for i in z.indices { z[i] -= logTotal }
}

/// m + log Σ exp(x − m); of nothing, and of −∞ alone, −∞.
func logSumExp<T: Real>(_ x: UnsafeBufferPointer<T>) -> T {
  guard !x.isEmpty else { return -.infinity }
  let m = extreme(x) { $0 > $1 }
  guard m.isFinite else { return m }
  return m + T.log1p(otherExponentials(x, m: m))
}

/// Σ exp(xⱼ − m) without the largest term, which is 1: what log1p wants, so that a sum just above
/// 1 keeps its digits. NaN where no element equals the maximum m, as in a row with NaN.
private func otherExponentials<T: Real>(_ x: UnsafeBufferPointer<T>, m: T) -> T {
  guard let place = x.firstIndex(of: m) else { return .nan }
  let sides = [x[..<place], x[(place + 1)...]].map {
    pairwiseSum(UnsafeBufferPointer(rebasing: $0)) { T.exp($0 - m) }
  }
  return sides[0] + sides[1]
}

/// z becomes (z − max z)/τ; −∞ stays −∞ whatever τ.
@inline(__always)
private func shift<T: Real>(_ z: UnsafeMutableBufferPointer<T>, tau: Double) {
  let m = extreme(UnsafeBufferPointer(z)) { $0 > $1 }
  if tau == 1 {
    for i in z.indices { z[i] -= m }
  } else {
    // In double precision: a τ that single precision rounds to 0 still counts.
    for i in z.indices { z[i] = T(quotient(Double(z[i]), Double(m), tau)) }
  }
}

/// (z − m)/τ for z ≤ m.
@inline(__always)
func quotient(_ z: Double, _ m: Double, _ tau: Double) -> Double {
  let difference = z - m
  guard difference == -.infinity else { return difference / tau }
  // Two finite scores further apart than a double can say; halves are not.
  return z == -.infinity ? z : (z / 2 - m / 2) / (tau / 2)
}

/// (diag(p) − p pᵀ)/τ for each row, [… n] → [… n n].
///
/// The diagonal pᵢ(1 − pᵢ) keeps its digits where pᵢ is all but 1: 1 − pᵢ is then the sum of the
/// others.
public func softmaxJacobian(_ z: Tensor, tau: Double) throws -> Tensor {
  let p = try softmax(z, axis: z.rank - 1, tau: tau)
  return try p.dtype == .f32
    ? jacobian(p, tau, of: Float.self) : jacobian(p, tau, of: Double.self)
}

private func jacobian<T: Real>(_ p: Tensor, _ tau: Double, of type: T.Type) throws -> Tensor {
  let n = p.shape[p.rank - 1]
  return try Tensor(shape: p.shape + [n], of: T.self) { y in
    try p.withElements(of: T.self) { p in
      for row in 0..<(n == 0 ? 0 : p.count / n) {
        let p = UnsafeBufferPointer(rebasing: p[row * n..<(row + 1) * n])
        for i in 0..<n {
          if i & 63 == 0 { try Cancellation.check() }
          let (pi, start) = (Double(p[i]), (row * n + i) * n)
          for j in 0..<n { y[start + j] = T(-pi * Double(p[j]) / tau) }
          y[start + i] = T(pi * complement(p, i) / tau)
        }
      }
    }
  }
}

/// 1 − pᵢ; at most one place of a row needs the longer way.
@inline(__always)
private func complement<T: Real>(_ p: UnsafeBufferPointer<T>, _ i: Int) -> Double {
  guard p[i] > 0.5 else { return Double(1 - p[i]) }
  var total = 0.0
  for j in p.indices where j != i { total += Double(p[j]) }
  return total
}

/// −Σ p log p in nats along an axis; 0 log 0 is 0.
public func entropy(_ p: Tensor, axis: Int) throws -> Tensor {
  let terms =
    try p.dtype == .f32
    ? p.each { (x: Float) in x == 0 ? Float(0) : -x * Float.log(x) }
    : p.each { (x: Double) in x == 0 ? 0.0 : -x * Double.log(x) }
  return try terms.reduce(.sum, axis: axis, keep: false)
}

/// Changes each lane of a copy along an axis.
func alongLanes<T: Real>(
  _ z: Tensor, _ axis: Int, _ body: (UnsafeMutableBufferPointer<T>) -> Void
) throws -> Tensor {
  try alongLanes(z, axis) { lane, _ in body(lane) }
}

/// The same with the number of the lane.
func alongLanes<T: Real>(
  _ z: Tensor, _ axis: Int, _ body: (UnsafeMutableBufferPointer<T>, Int) -> Void
) throws -> Tensor {
  let lanes = Lanes(z.shape, axis: axis)
  return try Tensor(shape: z.shape, of: T.self) { y in
    try z.withElements(of: T.self) { x in
      if x.isEmpty { return }
      guard lanes.inner == 1 else {
        try lanes.forEach(x, output: y) { lane, number in body(lane, number) }
        return
      }
      for row in 0..<lanes.outer {
        if row & 63 == 0 { try Cancellation.check() }
        let range = row * lanes.length..<(row + 1) * lanes.length
        let lane = UnsafeMutableBufferPointer(rebasing: y[range])
        _ = lane.update(fromContentsOf: x[range])
        body(lane, row)
      }
    }
  }
}

extension RowCall {
  /// Copies each row to where it goes and changes it there.
  func eachRow(_ body: (UnsafeMutableBufferPointer<T>) -> Void) {
    for row in 0..<rows {
      let lane = UnsafeMutableBufferPointer(start: to + row * length, count: length)
      if UnsafePointer(to) != from {
        (to + row * length).update(from: from + row * length, count: length)
      }
      body(lane)
    }
  }
}

/// Elements whose rows are worth waking a thread.
private let smallestShare = 1 << 15

extension RowCall {
  /// One row that is handled by parts, for the sake of threads and Ctrl-C.
  var isLong: Bool { rows == 1 && length >= LongRows.shortest }
}

/// A function of each row of a copy along an axis, by as many threads as the work is worth.
///
/// - Parameter body: gets long rows one by one, and not from several threads.
func alongRows<T: Real>(
  _ z: Tensor, _ axis: Int, _ body: (RowCall<T>) throws -> Void
) throws -> Tensor {
  let lanes = Lanes(z.shape, axis: axis)
  return try Tensor(shape: z.shape, of: T.self) { y in
    try z.withElements(of: T.self) { x in
      guard lanes.inner == 1 else { return try lanes.alongLanes(x, y, body) }
      try alongRows(x, y, lanes, body)
    }
  }
}

/// The same with kernels for neighbouring columns, where τ is ordinary.
private func alongRows<T: Real>(
  _ z: Tensor, _ axis: Int, _ tau: Double,
  columns: (ColumnCall<T>, T, any KernelTable<T>.Type) -> Void, _ body: (RowCall<T>) throws -> Void
) throws -> Tensor {
  let lanes = Lanes(z.shape, axis: axis)
  guard lanes.inner > 1, isOrdinary(tau) else { return try alongRows(z, axis, body) }
  let kernels = T.kernels(of: .current)
  return try Tensor(shape: z.shape, of: T.self) { y in
    try z.withElements(of: T.self) { x in
      let whole = try lanes.alongColumns(x, y, of: kernels.lanes) {
        columns($0, T(tau), kernels)
      }
      try lanes.alongLanes(x, y, from: whole, body)
    }
  }
}

private func alongRows<T: Real>(
  _ x: UnsafeBufferPointer<T>, _ y: UnsafeMutableBufferPointer<T>, _ lanes: Lanes,
  _ body: (RowCall<T>) throws -> Void
) throws {
  guard let x = x.baseAddress, let y = y.baseAddress, lanes.length > 0 else { return }
  func call(_ first: Int, _ rows: Int) -> RowCall<T> {
    RowCall(
      from: x + first * lanes.length, to: y + first * lanes.length, rows: rows,
      length: lanes.length)
  }
  if lanes.length >= LongRows.shortest {
    for row in 0..<lanes.outer { try body(call(row, 1)) }
    return
  }
  // Small enough that Ctrl-C is seen at once, also where one thread does all.
  let share = min(lanes.outer, (smallestShare + lanes.length - 1) / lanes.length)
  guard share > 0 else { return }
  Workers.run((lanes.outer + share - 1) / share) { number in
    if Cancellation.isRequested { return }
    let first = number * share
    // Only long rows can be cancelled on the way.
    try? body(call(first, min(share, lanes.outer - first)))
  }
  try Cancellation.check()
}

extension Lanes {
  /// A function of each lane of a copy.
  fileprivate func alongLanes<T: Real>(
    _ x: UnsafeBufferPointer<T>, _ y: UnsafeMutableBufferPointer<T>, from first: Int = 0,
    _ body: (RowCall<T>) throws -> Void
  ) throws {
    if x.isEmpty { return }
    try forEach(x, output: y, from: first) { lane, _ in
      guard let row = lane.baseAddress else { return }
      try body(RowCall(from: row, to: row, rows: 1, length: lane.count))
    }
  }

  /// Calls `body` for the neighbouring lanes that fill whole vectors, and gives their number.
  fileprivate func alongColumns<T: Real>(
    _ x: UnsafeBufferPointer<T>, _ y: UnsafeMutableBufferPointer<T>, of width: Int,
    _ body: (ColumnCall<T>) -> Void
  ) throws -> Int {
    let whole = inner / width * width
    guard whole > 0, let x = x.baseAddress, let y = y.baseAddress, length > 0 else { return whole }
    let share = columnVectors * width
    let shares = (whole + share - 1) / share
    Workers.run(outer * shares) { number in
      if Cancellation.isRequested { return }
      let first = number % shares * share
      let start = number / shares * length * inner + first
      body(
        ColumnCall(
          from: x + start, to: y + start, length: length, columns: min(share, whole - first),
          row: inner, isCancelled: Cancellation.flag.place))
    }
    try Cancellation.check()
    return whole
  }
}
