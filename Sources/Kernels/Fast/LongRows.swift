import KernelInterface

/// Rows that are too long for one task: parts of them, always the same ones, and what is known of
/// all of them between one pass and the next. Ctrl-C is looked for at each part.
enum LongRows {
  /// Elements of a part.
  static let part = 1 << 16
  /// Elements from which a row is handled by parts.
  static let shortest = 2 * part

  /// Calls `body` for the parts of `count` elements, by as many threads as there are.
  static func eachPart(_ count: Int, _ body: (_ number: Int, Range<Int>) -> Void) throws {
    Workers.run((count + part - 1) / part) { number in
      if Cancellation.isRequested { return }
      let first = number * part
      body(number, first..<min(first + part, count))
    }
    try Cancellation.check()
  }

  /// A number for each part, in their order.
  static func numbers<R>(_ count: Int, of body: (Range<Int>) -> R) throws -> [R] {
    var results = Array<R?>(repeating: nil, count: (count + part - 1) / part)
    try results.withUnsafeMutableBufferPointer { results in
      // SAFETY: each task writes its own place.
      nonisolated(unsafe) let results = results
      try eachPart(count) { number, range in results[number] = body(range) }
    }
    return results.compactMap(\.self)
  }
}

extension RowCall where T: Real {
  /// softmax of one row, or its logarithm.
  func softmaxByParts(
    tau: T, isLog: Bool, with kernels: any KernelTable<T>.Type = T.kernels(of: .current)
  ) throws {
    let (m, others, ties) = try exponentialsByParts(tau: tau, keeps: !isLog, with: kernels)
    let isFinite = m.isFinite
    if isLog {
      let logTotal = isFinite ? T(Double.log1p(others + (ties - 1))) : .nan
      try LongRows.eachPart(length) { _, range in
        for i in range { to[i] = (tau == 1 ? from[i] - m : (from[i] - m) / tau) - logTotal }
      }
    } else {
      let total = isFinite ? T(others + ties) : .nan
      try LongRows.eachPart(length) { _, range in for i in range { to[i] /= total } }
    }
  }

  /// log Σ e^x of one row.
  func logSumExpByParts(with kernels: any KernelTable<T>.Type) throws -> T {
    let (m, others, ties) = try exponentialsByParts(tau: 1, keeps: false, with: kernels)
    return logSum(largest: m, others: others, ties: ties)
  }

  /// The largest number, Σ exp((x − m)/τ) of all others, and how often the largest is there.
  private func exponentialsByParts(
    tau: T, keeps: Bool, with kernels: any KernelTable<T>.Type
  ) throws -> (largest: T, others: Double, ties: Double) {
    let m = try largestByParts(with: kernels)
    let terms = try LongRows.numbers(length) { range in
      kernels.exponentials(part(range), largest: m, tau: tau, keeps: keeps)
    }
    return (m, compensatedSum(terms.map(\.others)), terms.reduce(0) { $0 + $1.ties })
  }

  private func part(_ range: Range<Int>) -> RowCall {
    RowCall(
      from: from + range.lowerBound, to: to + range.lowerBound, rows: 1, length: range.count)
  }

  /// NaN where there is one.
  private func largestByParts(with kernels: any KernelTable<T>.Type) throws -> T {
    let parts = try LongRows.numbers(length) { range in reduced(range, .largest, kernels) }
    return parts.reduce(-.infinity) { $0.isNaN || $1 <= $0 ? $0 : $1 }
  }

  private func reduced(
    _ range: Range<Int>, _ remains: Remains, _ kernels: any KernelTable<T>.Type
  ) -> T {
    var result = T(0)
    withUnsafeMutablePointer(to: &result) {
      kernels.reduce(
        RowCall(from: from + range.lowerBound, to: $0, rows: 1, length: range.count),
        to: remains)
    }
    return result
  }

  /// The mean and the biased variance of one row: those of the parts and how far their means lie
  /// from the whole one's.
  func momentsByParts(with kernels: any KernelTable<T>.Type) throws -> (
    mean: Double, variance: Double
  ) {
    let parts = try LongRows.numbers(length) { range in
      let count = Double(range.count)
      return (
        count: count, mean: Double(reduced(range, .sum, kernels)) / count,
        variance: Double(reduced(range, .variance, kernels))
      )
    }
    let n = Double(length)
    let mean = compensatedSum(parts.map { $0.count * $0.mean }) / n
    let squares = parts.map { part in
      part.count * (part.variance + (part.mean - mean) * (part.mean - mean))
    }
    return (mean, compensatedSum(squares) / n)
  }
}

extension NormCall where T: Real {
  /// The norm of one row.
  func runByParts(with kernels: any KernelTable<T>.Type) throws {
    let (mean, variance) = try rows.momentsByParts(with: kernels)
    // mean x² = variance + mean²
    let square = isCentered ? variance : variance + mean * mean
    let (center, deviation) = (T(isCentered ? mean : 0), T((square + eps).squareRoot()))
    try LongRows.eachPart(rows.length) { _, range in
      for i in range { rows.to[i] = (rows.from[i] - center) / deviation }
      if let gain { for i in range { rows.to[i] *= gain[i] } }
      if let bias { for i in range { rows.to[i] += bias[i] } }
    }
  }
}

/// A sum that loses little (Neumaier 1974).
private func compensatedSum(_ terms: [Double]) -> Double {
  var (sum, lost) = (0.0, 0.0)
  for x in terms {
    let next = sum + x
    lost += abs(sum) >= abs(x) ? (sum - next) + x : (x - next) + sum
    sum = next
  }
  return lost.isFinite ? sum + lost : sum
}
