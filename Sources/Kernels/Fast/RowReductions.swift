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

  /// Reduces rows of `length` elements that lie one after the other, by as many threads as the work
  /// is worth; false where there is no kernel for it.
  func reduceRows<T: Real>(
    _ x: UnsafeBufferPointer<T>, length: Int, into y: UnsafeMutableBufferPointer<T>,
    variant: KernelVariant = .current
  ) throws -> Bool {
    guard let kernelOperation, length > 0 else { return false }
    guard !y.isEmpty, let x = x.baseAddress, let to = y.baseAddress else { return true }
    let rows = RowCall(from: x, to: to, rows: y.count, length: length)
    try rows.reduce(to: kernelOperation, with: T.kernels(of: variant))
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
    let share = min(rows, (smallestShare + length - 1) / length)
    Workers.run((rows + share - 1) / share) { number in
      if Cancellation.isRequested { return }
      let first = number * share
      kernels.reduce(
        RowCall(
          from: from + first * length, to: to + first, rows: min(share, rows - first),
          length: length), to: remains)
    }
    try Cancellation.check()
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
