import KernelInterface

extension Reduction {
  /// What the processor's kernels compute.
  var kernelOperation: Remains? {
    switch self {
    case .sum, .mean: .sum
    case .variance, .std: .variance
    case .max: .largest
    case .min: .smallest
    default: nil
    }
  }

  private var hasRowKernel: Bool {
    switch self {
    case .logsumexp, .argmax, .argmin: true
    default: kernelOperation != nil
    }
  }

  /// Reduces rows of `length` elements that lie one after the other, by as many threads as the work
  /// is worth; false where there is no kernel for it.
  func reduceRows<T: Real>(
    _ x: UnsafeBufferPointer<T>, length: Int, into y: UnsafeMutableBufferPointer<T>,
    variant: KernelVariant = .current
  ) throws -> Bool {
    guard hasRowKernel, length > 0 else { return false }
    guard !y.isEmpty, let x = x.baseAddress, let to = y.baseAddress else { return true }
    let rows = RowCall(from: x, to: to, rows: y.count, length: length)
    let kernels = T.kernels(of: variant)
    switch self {
    case .logsumexp: try rows.logSumExp(with: kernels)
    case .argmax: try rows.places(of: .largest, with: kernels)
    case .argmin: try rows.places(of: .smallest, with: kernels)
    default: if let kernelOperation { try rows.reduce(to: kernelOperation, with: kernels) }
    }
    try finish(y, of: length)
    return true
  }

  /// From what the kernels gave of so many elements each.
  func finish<T: Real>(_ y: UnsafeMutableBufferPointer<T>, of length: Int) throws {
    switch self {
    case .mean:
      try LongRows.eachPart(y.count) { _, part in for i in part { y[i] /= T(length) } }
    case .std:
      try LongRows.eachPart(y.count) { _, part in for i in part { y[i] = y[i].squareRoot() } }
    default: break
    }
  }
}

/// Elements that are worth waking a thread.
private let smallestShare = 1 << 18

extension RowCall where T: Real {
  fileprivate func reduce(to remains: Remains, with kernels: any KernelTable<T>.Type) throws {
    if length > 2 * smallestShare {
      guard remains == .variance else { return try reduceParts(to: remains, with: kernels) }
      for row in 0..<rows {
        let one = RowCall(from: from + row * length, to: to + row, rows: 1, length: length)
        to[row] = T(try one.momentsByParts(with: kernels).variance)
      }
      return
    }
    try share { kernels.reduce($0, to: remains) }
  }

  /// Some rows for each task.
  private func share(_ body: (RowCall) -> Void) throws {
    let share = min(rows, (smallestShare + length - 1) / length)
    Workers.run((rows + share - 1) / share) { number in
      if Cancellation.isRequested { return }
      let first = number * share
      body(
        RowCall(
          from: from + first * length, to: to + first, rows: min(share, rows - first),
          length: length))
    }
    try Cancellation.check()
  }

  /// Where the first of the largest or smallest numbers of each row stands, or the first NaN.
  fileprivate func places(of extreme: Remains, with kernels: any KernelTable<T>.Type) throws {
    try reduce(to: extreme, with: kernels)
    for row in 0..<rows {
      let (x, best) = (from + row * length, to[row])
      var (first, place) = (0, length)
      while place == length, first < length {
        if row & 255 == 0 || first > 0 { try Cancellation.check() }
        let end = min(first + cancellationBlock, length)
        if best.isNaN {
          place = (first..<end).first { x[$0].isNaN } ?? length
        } else {
          place = (first..<end).first { x[$0] == best } ?? length
        }
        first = end
      }
      to[row] = T(place)
    }
  }

  /// log Σ e^x of each row.
  fileprivate func logSumExp(with kernels: any KernelTable<T>.Type) throws {
    func one(_ row: Int, of some: RowCall) -> RowCall {
      RowCall(from: some.from + row * length, to: some.to + row, rows: 1, length: length)
    }
    if length >= LongRows.shortest {
      for row in 0..<rows { to[row] = try one(row, of: self).logSumExpByParts(with: kernels) }
      return
    }
    try share { some in
      kernels.reduce(some, to: .largest)
      for row in 0..<some.rows {
        let m = some.to[row]
        let (others, ties) = kernels.exponentials(
          one(row, of: some), largest: m, tau: 1, keeps: false)
        some.to[row] = logSum(largest: m, others: others, ties: ties)
      }
    }
  }

  /// Long rows: parts of them first, always the same ones, then what remains of the parts.
  private func reduceParts(to remains: Remains, with kernels: any KernelTable<T>.Type) throws {
    let parts = (length + smallestShare - 1) / smallestShare
    let buffer = UnsafeMutablePointer<T>.allocate(capacity: rows * parts)
    // SAFETY: each task writes one place; without an error all are written before they are read.
    defer { buffer.deallocate() }
    Workers.run(rows * parts) { number in
      if Cancellation.isRequested { return }
      let (row, first) = (number / parts, number % parts * smallestShare)
      kernels.reduce(
        RowCall(
          from: from + row * length + first, to: buffer + number, rows: 1,
          length: min(smallestShare, length - first)), to: remains)
    }
    try Cancellation.check()
    kernels.reduce(RowCall(from: buffer, to: to, rows: rows, length: parts), to: remains)
  }
}

/// m + log(Σ exp(x − m)), from the sum over the others than the largest and the number of these.
func logSum<T: Real>(largest m: T, others: Double, ties: Double) -> T {
  m.isFinite ? T(Double(m) + Double.log1p(others + (ties - 1))) : m
}
