/// Elements by their places: what a rearrangement does, and the same backwards.
///
/// A tensor of places says for each element of a result where it came from: `first + 1` is the
/// first element of the operand, other numbers, such as 0, mean that it came from elsewhere.
extension Tensor {
  /// The places of a tensor's own elements: `first + 1`, `first + 2`, …
  public static func places(of shape: [Int], after first: Int) throws -> Tensor {
    try Tensor(shape: shape, of: Double.self) { y in
      for i in y.indices { y[i] = Double(first + i + 1) }
    }
  }

  /// The places in a tensor of this shape that indices along one of its axes mean.
  public static func places(_ indices: Tensor, along axis: Int, of shape: [Int]) throws -> Tensor {
    let length = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    let lane = indices.shape[axis] * inner
    return try Tensor(shape: indices.shape, of: Double.self) { y in
      for i in y.indices {
        y[i] = Double((i / lane * length + Int(indices[flat: i])) * inner + i % inner + 1)
      }
    }
  }

  /// yᵢ = x at place i, 0 where the place is not in x; in the shape of `places`.
  public func gathered(by places: Tensor, after first: Int) throws -> Tensor {
    if dtype == .bool { return try converted(to: .f64).gathered(by: places, after: first) }
    return dtype == .f32
      ? try gathered(places, first, of: Float.self) : try gathered(places, first, of: Double.self)
  }

  /// The adjoint of `gathered`: x at place i grows by yᵢ; in the given shape.
  public func scattered(by places: Tensor, after first: Int, shape: [Int]) throws -> Tensor {
    if dtype == .bool {
      return try converted(to: .f64).scattered(by: places, after: first, shape: shape)
    }
    return dtype == .f32
      ? try scattered(places, first, shape, of: Float.self)
      : try scattered(places, first, shape, of: Double.self)
  }

  private func gathered<T: Real>(_ places: Tensor, _ first: Int, of type: T.Type) throws -> Tensor {
    try Tensor(shape: places.shape, of: T.self) { y in
      try withElements(of: T.self) { x in
        try places.withElements(of: Double.self) { places in
          for i in y.indices {
            if i & 0xFFFF == 0 { try Cancellation.check() }
            let place = Int(places[i]) - first - 1
            y[i] = place >= 0 && place < x.count ? x[place] : 0
          }
        }
      }
    }
  }

  private func scattered<T: Real>(
    _ places: Tensor, _ first: Int, _ shape: [Int], of type: T.Type
  ) throws -> Tensor {
    try Tensor(shape: shape, of: T.self) { x in
      try x.fill(with: 0)
      try withElements(of: T.self) { y in
        try places.withElements(of: Double.self) { places in
          for i in y.indices {
            if i & 0xFFFF == 0 { try Cancellation.check() }
            let place = Int(places[i]) - first - 1
            if place >= 0 && place < x.count { x[place] += y[i] }
          }
        }
      }
    }
  }

  /// The adjoint of taking rows of a matrix: each row of this tensor is added to the row that it
  /// was taken from; [… d] → [rows, d].
  ///
  /// - Precondition: a place for each row, inside the matrix.
  public func addingRows(to places: [Int], of rows: Int) throws -> Tensor {
    if dtype == .bool { return try converted(to: .f64).addingRows(to: places, of: rows) }
    return dtype == .f32
      ? try addingRows(places, rows, of: Float.self) : try addingRows(places, rows, of: Double.self)
  }

  private func addingRows<T: Real>(_ places: [Int], _ rows: Int, of type: T.Type) throws -> Tensor {
    let width = shape.last ?? 1
    return try Tensor(shape: [rows, width], of: T.self) { sums in
      try sums.fill(with: 0)
      try withElements(of: T.self) { x in
        for (row, place) in places.enumerated() {
          if row & 0xFFF == 0 { try Cancellation.check() }
          let (from, to) = (row * width, place * width)
          for i in 0..<width { sums[to + i] += x[from + i] }
        }
      }
    }
  }

  /// Brought to a shape with which it broadcasts: stretched, or summed where it is longer.
  ///
  /// The one is the adjoint of the other.
  ///
  /// - Precondition: one of the two shapes broadcasts to the other.
  public func fitted(to shape: [Int]) throws -> Tensor {
    if self.shape == shape { return self }
    if Broadcast.shape(self.shape, shape) == shape { return try broadcast(to: shape) }
    let extra = max(rank - shape.count, 0)
    let front = self.shape.prefix(extra).reduce(1, *)
    var sum = self
    if extra > 0 {
      sum = try reshaped([front] + self.shape.dropFirst(extra)).reduce(.sum, axis: 0, keep: false)
    }
    for axis in shape.indices where axis < sum.rank && shape[axis] == 1 && sum.shape[axis] != 1 {
      sum = try sum.reduce(.sum, axis: axis, keep: true)
    }
    return try sum.broadcast(to: shape)
  }
}
