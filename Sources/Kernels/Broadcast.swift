/// NumPy's rule: lengths are compared from the last axis; an axis of length 1 stretches.
public enum Broadcast {
  public static func shape(_ a: [Int], _ b: [Int]) -> [Int]? {
    if a == b { return a }
    let rank = max(a.count, b.count)
    var result: [Int] = []
    for axis in 0..<rank {
      let x = axis + a.count - rank < 0 ? 1 : a[axis + a.count - rank]
      let y = axis + b.count - rank < 0 ? 1 : b[axis + b.count - rank]
      guard x == y || x == 1 || y == 1 else { return nil }
      result.append(x == 1 ? y : x)
    }
    return result
  }

  public static func shape(_ shapes: [[Int]]) -> [Int]? {
    var result: [Int] = []
    for other in shapes {
      guard let joined = shape(result, other) else { return nil }
      result = joined
    }
    return result
  }

  /// How far one step along each axis of `result` goes in a tensor of shape `shape`: 0 where it
  /// stretches.
  static func strides(of shape: [Int], in result: [Int]) -> [Int] {
    var strides = Array(repeating: 0, count: result.count)
    var step = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) {
      if shape[axis] != 1 { strides[axis + result.count - shape.count] = step }
      step *= shape[axis]
    }
    return strides
  }

  /// Visits the rows (last axis) of a result of shape `shape`: for each its first place and where
  /// each operand begins.
  static func forEachRow(
    _ shape: [Int], _ strides: [[Int]], _ body: (_ row: Int, _ offsets: [Int]) throws -> Void
  ) rethrows {
    let outer = shape.dropLast()
    let width = shape.last ?? 1
    let rows = outer.reduce(1, *)
    guard rows > 0, width > 0 else { return }
    var index = Array(repeating: 0, count: outer.count)
    var offsets = Array(repeating: 0, count: strides.count)
    for row in 0..<rows {
      try body(row * width, offsets)
      var axis = outer.count - 1
      while axis >= 0 {
        index[axis] += 1
        for operand in strides.indices { offsets[operand] += strides[operand][axis] }
        if index[axis] < outer[axis] { break }
        for operand in strides.indices {
          offsets[operand] -= strides[operand][axis] * outer[axis]
        }
        index[axis] = 0
        axis -= 1
      }
    }
  }
}

extension Tensor {
  /// The tensor stretched to a shape that it broadcasts to.
  public func broadcast(to shape: [Int]) throws -> Tensor {
    if shape == self.shape { return self }
    switch dtype {
    case .f64: return try stretched(to: shape, of: Double.self)
    case .f32: return try stretched(to: shape, of: Float.self)
    case .bool: return try stretched(to: shape, of: Bool.self)
    }
  }

  private func stretched<E: Element>(to shape: [Int], of type: E.Type) throws -> Tensor {
    let strides = Broadcast.strides(of: self.shape, in: shape)
    let (width, step) = (shape.last ?? 1, strides.last ?? 0)
    return try Tensor(shape: shape, of: E.self) { y in
      try withElements(of: E.self) { x in
        try Broadcast.forEachRow(shape, [strides]) { row, offsets in
          try Cancellation.check()
          for column in 0..<width { y[row + column] = x[offsets[0] + column * step] }
        }
      }
    }
  }
}
