// Changes of shape and order: every element is only moved.
extension Tensor {
  /// The last two axes swapped.
  public func transposed() throws -> Tensor {
    var axes = Array(0..<rank)
    axes.swapAt(rank - 1, rank - 2)
    return try permuted(axes)
  }

  /// Axis i of the result is axis `axes[i]` of this.
  public func permuted(_ axes: [Int]) throws -> Tensor {
    switch dtype {
    case .f64: return try permuted(axes, of: Double.self)
    case .f32: return try permuted(axes, of: Float.self)
    case .bool: return try permuted(axes, of: Bool.self)
    }
  }

  private func permuted<E: Element>(_ axes: [Int], of type: E.Type) throws -> Tensor {
    let own = Broadcast.strides(of: shape, in: shape)
    let newShape = axes.map { shape[$0] }
    let strides = axes.map { own[$0] }
    let (width, step) = (newShape.last ?? 1, strides.last ?? 0)
    return try Tensor(shape: newShape, of: E.self) { y in
      try withElements(of: E.self) { x in
        if x.isEmpty { return }
        if let swap = NeighbourSwap(axes, shape) { return try swap.run(x, y) }
        try Broadcast.forEachRow(newShape, [strides]) { row, offsets in
          try inBlocks(width) { y[row + $0] = x[offsets[0] + $0 * step] }
        }
      }
    }
  }

  // MARK: - Joining

  /// - Precondition: equal ranks, and equal lengths on every other axis.
  public static func concat(_ parts: [Tensor], axis: Int) throws -> Tensor {
    let dtype = joined(parts)
    let tensors = try parts.map { try $0.converted(to: dtype) }
    switch dtype {
    case .f64: return try concat(tensors, axis, of: Double.self)
    case .f32: return try concat(tensors, axis, of: Float.self)
    case .bool: return try concat(tensors, axis, of: Bool.self)
    }
  }

  /// - Precondition: equal shapes.
  public static func stack(_ parts: [Tensor], axis: Int) throws -> Tensor {
    try concat(
      parts.map { part in
        var shape = part.shape
        shape.insert(1, at: axis)
        return part.reshaped(shape)
      }, axis: axis)
  }

  private static func joined(_ parts: [Tensor]) -> DType {
    if parts.allSatisfy({ $0.dtype == .bool }) { return .bool }
    return parts.allSatisfy { $0.dtype != .f64 } && parts.contains { $0.dtype == .f32 }
      ? .f32 : .f64
  }

  private static func concat<E: Element>(_ parts: [Tensor], _ axis: Int, of type: E.Type) throws
    -> Tensor
  {
    var shape = parts[0].shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let stride = shape[axis] * inner
    return try Tensor(shape: shape, of: E.self) { y in
      var offset = 0
      for part in parts {
        let run = part.shape[axis] * inner
        try part.withElements(of: E.self) { x in
          for o in 0..<outer {
            for first in Swift.stride(from: 0, to: run, by: 1 << 20) {
              try Cancellation.check()
              let (to, from) = (o * stride + offset, o * run)
              for i in first..<min(first + (1 << 20), run) { y[to + i] = x[from + i] }
            }
          }
        }
        offset += run
      }
    }
  }

  // MARK: - Triangles, diagonals, ranges

  public func lowerTriangle(_ k: Int) throws -> Tensor { try kept { j, i in j - i <= k } }
  public func upperTriangle(_ k: Int) throws -> Tensor { try kept { j, i in j - i >= k } }

  private func kept(_ isKept: (_ column: Int, _ row: Int) -> Bool) throws -> Tensor {
    let (n, m) = (shape[rank - 2], shape[rank - 1])
    let pattern = try Tensor(shape: [n, m], of: Bool.self) { y in
      for i in 0..<n {
        try Cancellation.check()
        for j in 0..<m { y[i * m + j] = isKept(j, i) }
      }
    }
    return try Tensor.select(pattern, self, Tensor(scalar: 0, dtype: dtype))
  }

  /// Diagonal `k` of a matrix.
  public func diagonal(_ k: Int) throws -> Tensor {
    let (n, m) = (shape[0], shape[1])
    let rows = (0..<n).filter { (0..<m).contains($0 &+ k) }
    return try reshaped([count]).selecting([.gather(rows.map { $0 * m + $0 + k })])
  }

  /// The square matrix with a vector as diagonal `k`.
  public static func diagonalMatrix(_ v: Tensor, _ k: Int) throws -> Tensor {
    let (size, overflow) = v.count.addingReportingOverflow(abs(max(k, -Int.max)))
    if overflow { throw KernelError.memory(needed: .max, limit: Memory.limit) }
    let zeros = try Tensor(scalar: 0, dtype: v.dtype).broadcast(to: [size, size])
    let places = (0..<v.count).map { ($0 + max(-k, 0)) * size + $0 + max(k, 0) }
    return try zeros.reshaped([size * size]).assigning(v, to: [.gather(places)])
      .reshaped([size, size])
  }

  public static func eye(_ n: Int, _ m: Int) throws -> Tensor {
    try Tensor(shape: [n, m], of: Double.self) { y in
      try y.fill(with: 0)
      for i in 0..<min(n, m) { y[i * m + i] = 1 }
    }
  }

  /// `n` numbers evenly from a to b, both included; each computed on its own.
  public static func linspace(_ a: Double, _ b: Double, _ n: Int) throws -> Tensor {
    try Tensor(shape: [n], of: Double.self) { y in
      let step = n > 1 ? (b - a) / Double(n - 1) : 0
      for i in 0..<n {
        if i & 0xFFFF == 0 { try Cancellation.check() }
        y[i] = i == n - 1 && n > 1 ? b : a + Double(i) * step
      }
    }
  }

  /// A new last axis of length `n` with a 1 at each label.
  ///
  /// - Precondition: the elements are whole numbers in 0..<n.
  public func oneHot(_ n: Int) throws -> Tensor {
    let labels = doubles
    return try Tensor(shape: shape + [n], of: Double.self) { y in
      try y.fill(with: 0)
      for (row, label) in labels.enumerated() { y[row * n + Int(label)] = 1 }
    }
  }
}

/// The common case of a permutation, two neighbouring axes swapped: a transpose, or heads and tokens.
private struct NeighbourSwap {
  /// planes × rows × columns runs of elements that stay together.
  private let (planes, rows, columns, length): (Int, Int, Int, Int)

  init?(_ axes: [Int], _ shape: [Int]) {
    guard let first = axes.indices.first(where: { axes[$0] != $0 }), first + 1 < axes.count,
      axes[first] == first + 1, axes[first + 1] == first,
      axes.indices.dropFirst(first + 2).allSatisfy({ axes[$0] == $0 })
    else { return nil }
    (rows, columns) = (shape[first], shape[first + 1])
    planes = shape.prefix(first).reduce(1, *)
    length = shape.dropFirst(first + 2).reduce(1, *)
  }

  func run<E>(_ x: UnsafeBufferPointer<E>, _ y: UnsafeMutableBufferPointer<E>) throws {
    let count = rows * columns * length
    for plane in 0..<planes {
      let range = plane * count..<(plane + 1) * count
      let from = UnsafeBufferPointer(rebasing: x[range])
      let to = UnsafeMutableBufferPointer(rebasing: y[range])
      if length == 1 {
        try transpose(from, into: to, rows: rows, columns: columns)
      } else {
        try moveRuns(from, to)
      }
    }
  }

  private func moveRuns<E>(_ x: UnsafeBufferPointer<E>, _ y: UnsafeMutableBufferPointer<E>) throws {
    let (runs, share) = (rows * columns, Self.smallestShare / length + 1)
    Workers.run((runs + share - 1) / share) { number in
      if Cancellation.isRequested { return }
      var (row, column) = (number * share / columns, number * share % columns)
      for run in number * share..<min((number + 1) * share, runs) {
        let (from, to) = (run * length, (column * rows + row) * length)
        for i in 0..<length { y[to + i] = x[from + i] }
        column += 1
        if column == columns { (row, column) = (row + 1, 0) }
      }
    }
    try Cancellation.check()
  }

  /// Elements whose copying takes about as long as waking a thread.
  private static var smallestShare: Int { 1 << 16 }
}

/// Aᵀ of a row-major A [rows, columns].
///
/// Eight rows at a time are read side by side, and eight neighbours written together: a cache line
/// is then written once, also where the lines of a column of the result fall on each other.
func transpose<E>(
  _ x: UnsafeBufferPointer<E>, into y: UnsafeMutableBufferPointer<E>, rows: Int, columns: Int
) throws {
  let whole = rows / 8 * 8
  for i in stride(from: 0, to: whole, by: 8) {
    // The first eight rows write to every page of the result, and fresh pages take long.
    try inBlocks(columns, times: 512) { j in
      let to = j * rows + i
      for row in 0..<8 { y[to + row] = x[(i + row) * columns + j] }
    }
  }
  for i in whole..<rows {
    for j in 0..<columns { y[j * rows + i] = x[i * columns + j] }
  }
}
