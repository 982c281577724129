import KernelInterface

extension Reduction {
  /// Reduces the columns of matrices [length, inner] that lie one after the other, by as many
  /// threads as the work is worth; false where there is no kernel for it.
  ///
  /// Rows are added up in blocks, and what remains of these again: a result does not depend on the
  /// number of threads, and errors of sums grow like log n.
  func reduceColumns<T: Real>(
    _ x: UnsafeBufferPointer<T>, _ lanes: Lanes, into y: UnsafeMutableBufferPointer<T>,
    variant: KernelVariant = .current
  ) throws -> Bool {
    guard let remains, lanes.length > 0 else { return false }
    guard !y.isEmpty, let x = x.baseAddress, let to = y.baseAddress else { return true }
    for slice in 0..<lanes.outer {
      let columns = ColumnSlice(
        x: x + slice * lanes.length * lanes.inner, rows: lanes.length, columns: lanes.inner,
        kernels: T.kernels(of: variant))
      let y = to + slice * lanes.inner
      if remains == .variance {
        try columns.fold(to: .sum, into: y)
        for column in 0..<lanes.inner { y[column] /= T(lanes.length) }
        try columns.squares(ofDeviationsFrom: y, into: y)
        for column in 0..<lanes.inner { y[column] /= T(lanes.length) }
      } else {
        try columns.fold(to: remains, into: y)
      }
    }
    finish(y, of: lanes.length)
    return true
  }
}

/// A matrix [rows, columns].
private struct ColumnSlice<T: Real> {
  let x: UnsafePointer<T>
  let rows: Int
  let columns: Int
  let kernels: any KernelTable<T>.Type

  func fold(to remains: Remains, into y: UnsafeMutablePointer<T>) throws {
    try fold(to: remains, then: remains, means: nil, into: y)
  }

  /// Where the means lie may be where the sums go.
  func squares(
    ofDeviationsFrom means: UnsafePointer<T>, into y: UnsafeMutablePointer<T>
  ) throws {
    try fold(to: .variance, then: .sum, means: means, into: y)
  }

  private func fold(
    to remains: Remains, then next: Remains, means: UnsafePointer<T>?,
    into y: UnsafeMutablePointer<T>
  ) throws {
    guard rows > rowsOfFold else { return try foldBlocks(to: remains, means, into: y) }
    let blocks = (rows + rowsOfFold - 1) / rowsOfFold
    let sums = UnsafeMutablePointer<T>.allocate(capacity: blocks * columns)
    // SAFETY: every number is written, or an error is thrown before any is read.
    defer { sums.deallocate() }
    try foldBlocks(to: remains, means, into: sums)
    try ColumnSlice(x: sums, rows: blocks, columns: columns, kernels: kernels)
      .fold(to: next, into: y)
  }

  /// Neighbouring blocks of rows together, or where there are few of them neighbouring columns.
  private func foldBlocks(
    to remains: Remains, _ means: UnsafePointer<T>?, into y: UnsafeMutablePointer<T>
  ) throws {
    let blocks = (rows + rowsOfFold - 1) / rowsOfFold
    let elements = rows * columns
    let shares = elements / smallestShare + 1
    let height = (blocks + shares - 1) / shares
    let across = (shares + blocks - 1) / blocks
    let width = ((columns + across - 1) / across + 63) & ~63
    let (down, right) = ((blocks + height - 1) / height, (columns + width - 1) / width)
    Workers.run(down * right) { number in
      if Cancellation.isRequested { return }
      let (block, column) = (number / right * height, number % right * width)
      let row = block * rowsOfFold
      kernels.fold(
        FoldCall(
          from: x + row * columns + column, to: y + block * columns + column,
          rows: min(height * rowsOfFold, rows - row), columns: min(width, columns - column),
          row: columns, means: means.map { $0 + column }, isCancelled: Cancellation.flag.place),
        to: remains)
    }
    try Cancellation.check()
  }
}

/// Elements that are worth waking a thread.
private let smallestShare = 1 << 17
