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
    guard let kernelOperation, lanes.length > 0 else { return false }
    guard !y.isEmpty, let from = x.baseAddress, let to = y.baseAddress else { return true }
    let planes = ColumnPlanes(
      x: from, planes: lanes.outer, rows: lanes.length, columns: lanes.inner,
      kernels: T.kernels(of: variant))
    switch kernelOperation {
    case .sum: try planes.fold(to: .sum, then: .sum, into: to)
    case .largest: try planes.fold(to: .largest, then: .largest, into: to)
    case .smallest: try planes.fold(to: .smallest, then: .smallest, into: to)
    case .variance:
      let means = try Tensor(uninitialized: [y.count], of: T.self)
      let start = means.start(of: T.self)
      try planes.fold(to: .sum, then: .sum, into: start)
      try LongRows.eachPart(y.count) { _, part in for i in part { start[i] /= T(lanes.length) } }
      try planes.fold(to: .squares(from: UnsafePointer(start)), then: .sum, into: to)
      try LongRows.eachPart(y.count) { _, part in for i in part { to[i] /= T(lanes.length) } }
      // SAFETY: what the folds point to lives until they are done.
      withExtendedLifetime(means) {}
    }
    try finish(y, of: lanes.length)
    return true
  }
}

/// Matrices [planes, rows, columns].
private struct ColumnPlanes<T: Real> {
  let x: UnsafePointer<T>
  let planes: Int
  let rows: Int
  let columns: Int
  let kernels: any KernelTable<T>.Type

  private var blocks: Int { (rows + rowsOfFold - 1) / rowsOfFold }

  /// Each column of each plane, and `next` what remains of its blocks.
  func fold(
    to fold: ColumnFold<T>, then next: ColumnFold<T>, into y: UnsafeMutablePointer<T>
  ) throws {
    guard blocks > 1 else { return try foldBlocks(to: fold, into: y) }
    let parts = try Tensor(uninitialized: [planes, blocks, columns], of: T.self)
    let start = parts.start(of: T.self)
    try foldBlocks(to: fold, into: start)
    try ColumnPlanes(
      x: UnsafePointer(start), planes: planes, rows: blocks, columns: columns, kernels: kernels
    ).fold(to: next, then: next, into: y)
    // SAFETY: what the folds point to lives until they are done.
    withExtendedLifetime(parts) {}
  }

  /// Some planes together, or parts of one: neighbouring blocks of rows, and where these are few,
  /// neighbouring columns.
  private func foldBlocks(to fold: ColumnFold<T>, into y: UnsafeMutablePointer<T>) throws {
    let shares = max(1, rows * columns / smallestShare)
    let height = (blocks + shares - 1) / shares
    let across = (shares + blocks - 1) / blocks
    // Whole lines of the cache, so that no two threads write to one.
    let width = ((columns + across - 1) / across + 63) & ~63
    let (down, right) = ((blocks + height - 1) / height, (columns + width - 1) / width)
    let tasks = planes * down * right
    let together = max(1, smallestShare / max(rows * columns, 1))
    Workers.run((tasks + together - 1) / together) { number in
      for task in number * together..<min((number + 1) * together, tasks) {
        if Cancellation.isRequested { return }
        let (plane, place) = (task / (down * right), task % (down * right))
        let (block, column) = (place / right * height, place % right * width)
        let row = block * rowsOfFold
        kernels.fold(
          ColumnFoldCall(
            from: x + (plane * rows + row) * columns + column,
            to: y + (plane * blocks + block) * columns + column,
            rows: min(height * rowsOfFold, rows - row), columns: min(width, columns - column),
            row: columns, isCancelled: Cancellation.flag.place),
          to: fold.from(column: plane * columns + column))
      }
    }
    try Cancellation.check()
  }
}

/// Elements whose sums take about as long as waking a thread.
private let smallestShare = 1 << 17
