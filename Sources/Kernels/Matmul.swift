import KernelInterface

/// The matrix product as NumPy's `@`: a vector loses its axis, leading axes broadcast.
///
/// A factor can be taken with its last two axes swapped, where it lies: `transposing`.
///
/// - Precondition: the inner lengths agree and the leading axes broadcast; what is transposed has
///   rank 2 or more.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposing: (first: Bool, second: Bool) = (false, false)
) throws -> Tensor {
  let dtype = Tensor.resultDType(a, b)
  let (x, y) = (try a.converted(to: dtype), try b.converted(to: dtype))
  return try dtype == .f32
    ? product(x, y, transposing, of: Float.self) : product(x, y, transposing, of: Double.self)
}

private func product<T: Real>(
  _ a: Tensor, _ b: Tensor, _ transposing: (first: Bool, second: Bool), of type: T.Type
) throws -> Tensor {
  let (x, y) = (Planes(left: a, transposing.first), Planes(right: b, transposing.second))
  if a.rank <= 2, b.rank <= 2 {
    return try fill(own(a, b, x.rows, y.columns), a, b) { (p: UnsafePointer<T>, q, c) in
      try multiply(x.matrix(p), y.matrix(q), c, rows: x.rows, inner: x.columns, columns: y.columns)
    }
  }
  let leading = Broadcast.shape(x.leading, y.leading) ?? []
  let own = own(a, b, x.rows, y.columns)
  if y.leading.allSatisfy({ $0 == 1 }), !transposing.first {
    // Without stretching, all leading axes of `a` are just more rows.
    let rows = leading.reduce(x.rows, *)
    return try fill(leading + own, a, b) { (p: UnsafePointer<T>, q, c) in
      try multiply(x.matrix(p), y.matrix(q), c, rows: rows, inner: x.columns, columns: y.columns)
    }
  }
  let steps = [x.leading, y.leading].map { Broadcast.strides(of: $0, in: leading) + [0] }
  return try fill(leading + own, a, b) { (p: UnsafePointer<T>, q, c) in
    var planes: [PlaneProduct<T>] = []
    Broadcast.forEachRow(leading + [1], steps) { plane, offsets in
      planes.append(
        PlaneProduct(
          a: x.matrix(p + offsets[0] * x.rows * x.columns),
          b: y.matrix(q + offsets[1] * y.rows * y.columns), c: c + plane * x.rows * y.columns))
    }
    try multiply(planes, rows: x.rows, inner: x.columns, columns: y.columns)
  }
}

/// The axes of a product that are no leading ones.
private func own(_ a: Tensor, _ b: Tensor, _ rows: Int, _ columns: Int) -> [Int] {
  if a.rank > 1, b.rank > 1 { return [rows, columns] }
  return a.rank > 1 ? [rows] : b.rank > 1 ? [columns] : []
}

/// A tensor made from the elements of two others.
private func fill<T: Real>(
  _ shape: [Int], _ a: Tensor, _ b: Tensor,
  _ body: (UnsafePointer<T>, UnsafePointer<T>, UnsafeMutablePointer<T>) throws -> Void
) throws -> Tensor {
  try Tensor(shape: shape, of: T.self) { c in
    try a.withElements(of: T.self) { x in
      try b.withElements(of: T.self) { y in
        if let x = x.baseAddress, let y = y.baseAddress, let c = c.baseAddress { try body(x, y, c) }
      }
    }
  }
}

/// The matrices along the leading axes of a factor, as it is or transposed.
private struct Planes {
  let leading: [Int]
  let (rows, columns): (Int, Int)
  private let isTransposed: Bool

  init(left a: Tensor, _ isTransposed: Bool) {
    self.init(a.rank == 1 ? [1, a.count] : a.shape, isTransposed)
  }

  init(right b: Tensor, _ isTransposed: Bool) {
    self.init(b.rank == 1 ? [b.count, 1] : b.shape, isTransposed)
  }

  private init(_ shape: [Int], _ isTransposed: Bool) {
    let (n, m) = (shape[shape.count - 2], shape[shape.count - 1])
    (rows, columns) = isTransposed ? (m, n) : (n, m)
    leading = shape.count == 2 ? [] : Array(shape.dropLast(2))
    self.isTransposed = isTransposed
  }

  func matrix<T>(_ base: UnsafePointer<T>) -> Strided<T> {
    isTransposed
      ? Strided(base, row: 1, column: rows) : Strided(base, row: columns, column: 1)
  }
}
