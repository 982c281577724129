/// What remains of the elements along an axis.
public enum Reduction: String, CaseIterable, Sendable {
  case sum, mean
  /// Biased: the sum of squares is divided by n.
  case variance, std
  /// NaN if any element is; of nothing, NaN.
  case min, max
  case prod
  /// Euclidean, scaled so that squares neither overflow nor vanish.
  case norm
  /// These give bool.
  case any, all
  /// Of equal ones the lower index; the first NaN wins, as in NumPy.
  case argmax, argmin
  case logsumexp

  var givesBool: Bool { self == .any || self == .all }
}

extension Tensor {
  /// Reduces along `axis`, or everything where it is nil; `keep` keeps reduced axes with length 1.
  public func reduce(_ reduction: Reduction, axis: Int?, keep: Bool) throws -> Tensor {
    if dtype == .bool { return try converted(to: .f64).reduce(reduction, axis: axis, keep: keep) }
    guard let axis else {
      let all = try reshaped([count]).reduce(reduction, axis: 0, keep: false)
      return keep ? all.reshaped(shape.map { _ in 1 }) : all
    }
    var reduced = shape
    if keep { reduced[axis] = 1 } else { reduced.remove(at: axis) }
    let result =
      try dtype == .f32
      ? self.reduced(by: reduction, axis, of: Float.self)
      : self.reduced(by: reduction, axis, of: Double.self)
    return result.reshaped(reduced)
  }

  private func reduced<T: Real>(by reduction: Reduction, _ axis: Int, of type: T.Type) throws
    -> Tensor
  {
    let lanes = Lanes(shape, axis: axis)
    let total = lanes.outer * lanes.inner
    let result = try Tensor(shape: [total], of: T.self) { y in
      try withElements(of: T.self) { x in
        let isDone =
          try lanes.inner == 1
          ? reduction.reduceRows(x, length: lanes.length, into: y)
          : reduction.reduceColumns(x, lanes, into: y)
        if isDone { return }
        if lanes.inner == 1 {
          for row in 0..<lanes.outer {
            if row & 255 == 0 { try Cancellation.check() }
            let first = row * lanes.length
            y[row] = remains(
              reduction, UnsafeBufferPointer(rebasing: x[first..<first + lanes.length]))
          }
          try Cancellation.check()
        } else {
          try lanes.forEach(x) { lane, number in
            y[number] = remains(reduction, UnsafeBufferPointer(lane))
          }
        }
      }
    }
    return reduction.givesBool ? try result.converted(to: .bool) : result
  }

  /// The running sum along an axis.
  public func cumulativeSum(axis: Int) throws -> Tensor {
    try mappingLanes(axis) { lane in
      // Compensated, so that long sums stay as good as those of `sum` (Neumaier 1974).
      var (sum, lost) = (0.0, 0.0)
      try inBlocks(lane.count) { index in
        let x = lane.double(at: index)
        let next = sum + x
        lost += abs(sum) >= abs(x) ? (sum - next) + x : (x - next) + sum
        sum = next
        lane.set(index, lost.isFinite ? sum + lost : sum)
      }
    }
  }

  /// The elements in order along an axis, NaN last.
  public func sorted(axis: Int, descending: Bool) throws -> Tensor {
    try mappingLanes(axis) { lane in
      var comparisons = 0
      var ordered: [Double] = []
      ordered.reserveCapacity(lane.count)
      try inBlocks(lane.count) { ordered.append(lane.double(at: $0)) }
      try ordered.sort {
        comparisons += 1
        if comparisons & 0xFFFF == 0 { try Cancellation.check() }
        return precedes($0, $1, descending)
      }
      try inBlocks(lane.count) { lane.set($0, ordered[$0]) }
    }
  }

  /// A lane of either dtype; values are exchanged as doubles.
  struct Lane {
    let count: Int
    let double: (Int) -> Double
    let set: (Int, Double) -> Void
    var indices: Range<Int> { 0..<count }
    func double(at index: Int) -> Double { double(index) }
  }

  private func mappingLanes(_ axis: Int, _ body: (Lane) throws -> Void) throws -> Tensor {
    switch dtype {
    case .bool: return try converted(to: .f64).mappingLanes(axis, body)
    case .f64: return try mapping(axis, of: Double.self, body)
    case .f32: return try mapping(axis, of: Float.self, body)
    }
  }

  private func mapping<T: Real>(_ axis: Int, of type: T.Type, _ body: (Lane) throws -> Void) throws
    -> Tensor
  {
    let lanes = Lanes(shape, axis: axis)
    return try Tensor(shape: shape, of: T.self) { y in
      try withElements(of: T.self) { x in
        if x.isEmpty { return }
        try lanes.forEach(x, output: y) { lane, _ in
          try body(
            Lane(count: lane.count, double: { Double(lane[$0]) }, set: { lane[$0] = T($1) }))
        }
      }
    }
  }
}

func precedes<T: Real>(_ a: T, _ b: T, _ descending: Bool) -> Bool {
  if a.isNaN || b.isNaN { return !a.isNaN && b.isNaN }
  return descending ? a > b : a < b
}

func remains<T: Real>(_ reduction: Reduction, _ x: UnsafeBufferPointer<T>) -> T {
  let n = T(x.count)
  switch reduction {
  case .sum: return pairwiseSum(x)
  case .mean: return pairwiseSum(x) / n
  case .variance: return variance(x)
  case .std: return variance(x).squareRoot()
  case .min: return extreme(x) { $0 < $1 }
  case .max: return extreme(x) { $0 > $1 }
  case .prod: return x.reduce(1, *)
  case .norm: return norm(x)
  case .any: return x.contains { $0 != 0 } ? 1 : 0
  case .all: return x.allSatisfy { $0 != 0 } ? 1 : 0
  case .argmax: return T(place(x) { $0 > $1 })
  case .argmin: return T(place(x) { $0 < $1 })
  case .logsumexp: return logSumExp(x)
  }
}

private func variance<T: Real>(_ x: UnsafeBufferPointer<T>) -> T {
  let mean = pairwiseSum(x) / T(x.count)
  return pairwiseSum(x) { ($0 - mean) * ($0 - mean) } / T(x.count)
}

@inline(__always)
func extreme<T: Real>(_ x: UnsafeBufferPointer<T>, _ isBetter: (T, T) -> Bool) -> T {
  guard var best = x.first else { return .nan }
  for value in x {
    if value.isNaN { return value }
    if isBetter(value, best) { best = value }
  }
  return best
}

private func place<T: Real>(_ x: UnsafeBufferPointer<T>, _ isBetter: (T, T) -> Bool) -> Int {
  var best = 0
  for index in x.indices {
    if x[index].isNaN { return index }
    if isBetter(x[index], x[best]) { best = index }
  }
  return best
}

private func norm<T: Real>(_ x: UnsafeBufferPointer<T>) -> T {
  let plain = pairwiseSum(x) { $0 * $0 }
  if plain.isFinite && plain > T.leastNormalMagnitude { return plain.squareRoot() }
  let largest = extreme(x) { abs($0) > abs($1) }
  guard largest.isFinite, largest != 0 else { return x.isEmpty ? 0 : abs(largest) }
  let scale = abs(largest)
  return scale * pairwiseSum(x) { ($0 / scale) * ($0 / scale) }.squareRoot()
}
