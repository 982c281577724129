/// The matrix product as NumPy's `@`: a vector loses its axis, leading axes broadcast.
///
/// - Precondition: the inner lengths agree and the leading axes broadcast.
public func matmul(_ a: Tensor, _ b: Tensor) throws -> Tensor {
  let dtype = Tensor.resultDType(a, b)
  let (x, y) = (try a.converted(to: dtype), try b.converted(to: dtype))
  return try dtype == .f32
    ? product(x, y, of: Float.self) : product(x, y, of: Double.self)
}

private func product<T: Real>(_ a: Tensor, _ b: Tensor, of type: T.Type) throws -> Tensor {
  let (n, k) = (a.rank == 1 ? 1 : a.shape[a.rank - 2], a.shape[a.rank - 1])
  let m = b.rank == 1 ? 1 : b.shape[b.rank - 1]
  let (leadingA, leadingB) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  let leading = Broadcast.shape(leadingA, leadingB) ?? []
  let shape = leading + (a.rank == 1 ? [] : [n]) + (b.rank == 1 ? [] : [m])
  // Without stretching, all leading axes of `a` are just more rows.
  let isOnePlane = leadingB.allSatisfy { $0 == 1 }
  let batch = isOnePlane ? [] : leading
  let rows = isOnePlane ? leading.reduce(n, *) : n
  let steps = [
    isOnePlane ? [] : Broadcast.strides(of: leadingA, in: leading),
    isOnePlane ? [] : Broadcast.strides(of: leadingB, in: leading),
  ]
  return try Tensor(shape: shape, of: T.self) { c in
    try a.withElements(of: T.self) { x in
      try b.withElements(of: T.self) { y in
        try Broadcast.forEachRow(batch + [1], steps.map { $0 + [0] }) { plane, offsets in
          let (p, q) = (offsets[0] * n * k, offsets[1] * k * m)
          try multiply(
            UnsafeBufferPointer(rebasing: x[p..<p + rows * k]),
            UnsafeBufferPointer(rebasing: y[q..<q + k * m]),
            UnsafeMutableBufferPointer(rebasing: c[plane * rows * m..<(plane + 1) * rows * m]),
            rows: rows, inner: k, columns: m)
        }
      }
    }
  }
}

/// C = A B for row-major A [rows, inner] and B [inner, columns].
func multiply<T: Real>(
  _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, _ c: UnsafeMutableBufferPointer<T>,
  rows: Int, inner: Int, columns: Int
) throws {
  if columns == 1 {
    for i in 0..<rows {
      if i & 63 == 0 { try Cancellation.check() }
      c[i] = dot(UnsafeBufferPointer(rebasing: a[i * inner..<(i + 1) * inner]), b)
    }
    return
  }
  try Gemm<T>.multiply(a, b, c, rows: rows, inner: inner, columns: columns)
}

/// Σ aᵢ bᵢ in eight running sums.
func dot<T: Real>(_ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>) -> T {
  var (first, second) = (SIMD4<T>(repeating: 0), SIMD4<T>(repeating: 0))
  var i = 0
  while i + 8 <= a.count {
    for lane in 0..<4 {
      first[lane] += a[i + lane] * b[i + lane]
      second[lane] += a[i + 4 + lane] * b[i + 4 + lane]
    }
    i += 8
  }
  var sum = (first + second).sum()
  while i < a.count {
    sum += a[i] * b[i]
    i += 1
  }
  return sum
}
