import KernelInterface

/// Products below this size are not worth waking a thread.
private let smallestShare = 1 << 20
/// What C is cut into is whole tiles of every variant's kernels.
private let (rowsOfCut, columnsOfCut) = (12, 32)

/// C = A B, or C + A B where `addsTo`, by as many threads as the work is worth.
///
/// - Parameter c: [rows, columns], row-major without gaps.
func multiply<T: Real>(
  _ a: Strided<T>, _ b: Strided<T>, _ c: UnsafeMutablePointer<T>, rows: Int, inner: Int,
  columns: Int, addsTo: Bool = false
) throws {
  let whole = PlaneProduct(a: a, b: b, c: c)
  let size = rows * inner * columns
  let parts = min(Workers.count, size / smallestShare, max(rows, columns))
  if parts < 2 {
    whole.run(rows: 0..<rows, inner: inner, columns: 0..<columns, of: columns, addsTo: addsTo)
  } else {
    // The longer side is cut.
    let isTall = rows >= columns
    let (length, unit) = isTall ? (rows, rowsOfCut) : (columns, columnsOfCut)
    let share = ((length + unit - 1) / unit + parts - 1) / parts * unit
    // A last row or column alone would be summed in another order.
    let tasks = length % share == 1 ? length / share : (length + share - 1) / share
    Workers.run(tasks) { part in
      let range = part * share..<(part == tasks - 1 ? length : (part + 1) * share)
      whole.run(
        rows: isTall ? range : 0..<rows, inner: inner, columns: isTall ? 0..<columns : range,
        of: columns, addsTo: addsTo)
    }
  }
  try Cancellation.check()
}

/// Many products of one shape.
func multiply<T: Real>(
  _ planes: [PlaneProduct<T>], rows: Int, inner: Int, columns: Int
) throws {
  let size = rows * inner * columns
  if size / smallestShare >= 2 || planes.count * size / smallestShare < 2 {
    for plane in planes {
      try multiply(plane.a, plane.b, plane.c, rows: rows, inner: inner, columns: columns)
    }
  } else {
    let share = max(1, (planes.count + 4 * Workers.count - 1) / (4 * Workers.count))
    Workers.run((planes.count + share - 1) / share) { part in
      for plane in planes[part * share..<min((part + 1) * share, planes.count)] {
        if Cancellation.isRequested { return }
        plane.run(rows: 0..<rows, inner: inner, columns: 0..<columns, of: columns, addsTo: false)
      }
    }
    try Cancellation.check()
  }
}

/// C = A B for row-major A [rows, inner] and B [inner, columns]; what is transposed lies as its
/// transpose.
func multiply<T: Real>(
  _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, _ c: UnsafeMutableBufferPointer<T>,
  rows: Int, inner: Int, columns: Int,
  transposing: (first: Bool, second: Bool) = (false, false), addsTo: Bool = false
) throws {
  guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
  try multiply(
    transposing.first ? Strided(a, row: 1, column: rows) : Strided(a, row: inner, column: 1),
    transposing.second ? Strided(b, row: 1, column: inner) : Strided(b, row: columns, column: 1),
    c, rows: rows, inner: inner, columns: columns, addsTo: addsTo)
}

/// One product among several.
struct PlaneProduct<T: Real> {
  let a: Strided<T>
  let b: Strided<T>
  let c: UnsafeMutablePointer<T>

  /// The part of C that these rows and columns make.
  func run(
    rows: Range<Int>, inner: Int, columns: Range<Int>, of rowOfC: Int, addsTo: Bool
  ) {
    Scratch.with { scratch in
      // SAFETY: both ranges lie inside C, whose shape the operands share.
      T.kernels(of: .current).multiply(
        Product(
          a: Strided(a.base + rows.lowerBound * a.row, row: a.row, column: a.column),
          b: Strided(b.base + columns.lowerBound * b.column, row: b.row, column: b.column),
          c: c + rows.lowerBound * rowOfC + columns.lowerBound, rowOfC: rowOfC, rows: rows.count,
          inner: inner, columns: columns.count, addsTo: addsTo, scratch: scratch,
          isCancelled: Cancellation.flag.place))
    }
  }
}
