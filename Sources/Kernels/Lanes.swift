/// A tensor seen along one axis: `outer × inner` lanes of `length` elements each.
struct Lanes {
  let outer: Int
  let length: Int
  let inner: Int

  init(_ shape: [Int], axis: Int) {
    outer = shape[..<axis].reduce(1, *)
    length = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }

  /// How many neighbouring lanes are gathered in one pass over memory.
  private var width: Int { min(16, inner) }

  /// Hands out each lane as contiguous memory, with its number; the lane may be written to and,
  /// when `output` is given, is then stored there at the same places. `from` is the first of the
  /// neighbouring lanes that are wanted.
  func forEach<T: Element>(
    _ x: UnsafeBufferPointer<T>, output: UnsafeMutableBufferPointer<T>? = nil, from: Int = 0,
    _ body: (_ lane: UnsafeMutableBufferPointer<T>, _ number: Int) throws -> Void
  ) throws {
    let scratch = UnsafeMutableBufferPointer<T>.allocate(capacity: max(length * width, 1))
    // SAFETY: scratch is written before it is read and freed on every way out.
    defer { scratch.deallocate() }
    var sinceCheck = 0
    for o in 0..<outer {
      var first = from
      while first < inner {
        let count = min(width, inner - first)
        let base = o * length * inner + first
        sinceCheck += length * count
        if sinceCheck > cancellationBlock {
          sinceCheck = 0
          try Cancellation.check()
        }
        try inBlocks(length, times: count) { i in
          for lane in 0..<count { scratch[lane * length + i] = x[base + i * inner + lane] }
        }
        for lane in 0..<count {
          let buffer = UnsafeMutableBufferPointer(
            rebasing: scratch[lane * length..<(lane + 1) * length])
          try body(buffer, o * inner + first + lane)
        }
        if let output {
          try inBlocks(length, times: count) { i in
            for lane in 0..<count { output[base + i * inner + lane] = scratch[lane * length + i] }
          }
        }
        first += count
      }
    }
    // Sums of long lanes may have ended early.
    try Cancellation.check()
  }
}

/// The sum with an error that grows like log n: pairs of halves, short runs by eight accumulators.
@inline(__always)
func pairwiseSum<T: Real>(_ x: UnsafeBufferPointer<T>, _ transform: (T) -> T = { $0 }) -> T {
  func sum(_ from: Int, _ to: Int) -> T {
    let count = to - from
    guard count > longestRun else { return runSum(x, from, to, transform) }
    // Who asked for an end does not see the sum.
    if count > cancellationBlock, Cancellation.isRequested { return 0 }
    let middle = from + count / 16 * 8
    return sum(from, middle) + sum(middle, to)
  }
  // Where nothing is halved the transform is part of the loop, not a call for each element.
  return x.count > longestRun ? sum(0, x.count) : runSum(x, 0, x.count, transform)
}

/// What eight accumulators add up without halving.
private let longestRun = 128

@inline(__always)
private func runSum<T: Real>(
  _ x: UnsafeBufferPointer<T>, _ from: Int, _ to: Int, _ transform: (T) -> T
) -> T {
  var lanes = SIMD8<T>(repeating: 0)
  var index = from
  while index + 8 <= to {
    for lane in 0..<8 { lanes[lane] += transform(x[index + lane]) }
    index += 8
  }
  var total =
    ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
    + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
  while index < to {
    total += transform(x[index])
    index += 1
  }
  return total
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
