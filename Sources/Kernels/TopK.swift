extension Tensor {
  /// The `k` largest along an axis and their places; of equal ones the lower index first, NaN last.
  ///
  /// One pass for small `k`, a sort of each lane for large: O(n) and O(n log n) for a lane of n.
  ///
  /// - Precondition: 0 ≤ k ≤ the length of the axis.
  public func topk(_ k: Int, axis: Int) throws -> (values: Tensor, indices: Tensor) {
    switch dtype {
    case .bool: try converted(to: .f64).topk(k, axis: axis)
    case .f32: try topk(k, axis, of: Float.self)
    case .f64: try topk(k, axis, of: Double.self)
    }
  }

  private func topk<T: Real>(_ k: Int, _ axis: Int, of type: T.Type) throws
    -> (values: Tensor, indices: Tensor)
  {
    var shape = shape
    shape[axis] = k
    guard !shape.contains(0) else {
      return (try Tensor([T](), shape: shape), try Tensor([Double](), shape: shape))
    }
    let lanes = Lanes(self.shape, axis: axis)
    var places = try Tensor(repeating: 0.0, shape: shape)
    let values = try Tensor(shape: shape, of: T.self) { values in
      try places.withMutableElements(of: Double.self) { places in
        try withElements(of: T.self) { x in
          try lanes.forEach(x) { lane, number in
            let (outer, inner) = number.quotientAndRemainder(dividingBy: lanes.inner)
            for (rank, place) in try largest(k, of: UnsafeBufferPointer(lane)).enumerated() {
              let target = (outer * k + rank) * lanes.inner + inner
              places[target] = Double(place)
              values[target] = lane[place]
            }
          }
        }
      }
    }
    return (values, places)
  }
}

/// Up to here a list kept in order beats sorting the lane.
private let shortList = 64

private func largest<T: Real>(_ k: Int, of x: UnsafeBufferPointer<T>) throws -> [Int] {
  var comparisons = 0
  func comesFirst(_ a: Int, _ b: Int) throws -> Bool {
    comparisons += 1
    if comparisons & 0xFFFF == 0 { try Cancellation.check() }
    return precedes(x[a], x[b], true) || (!precedes(x[b], x[a], true) && a < b)
  }
  guard k <= shortList else { return Array(try x.indices.sorted(by: comesFirst).prefix(k)) }
  var best: [Int] = []
  for place in x.indices {
    if best.count == k {
      guard try comesFirst(place, best[k - 1]) else { continue }
      best.removeLast()
    }
    var rank = best.count
    while try rank > 0 && comesFirst(place, best[rank - 1]) { rank -= 1 }
    best.insert(place, at: rank)
  }
  return best
}
