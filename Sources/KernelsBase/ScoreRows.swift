import KernelInterface

/// Softcap, bias and mask of scores of neighbouring keys, a query in each row; what comes out are
/// exponents of 2, as in `Flash`.
struct ScoreRows<V: Lanes> {
  typealias T = V.Scalar
  let c: FlashCall<T>
  let firstKey: Int
  let keys: Int

  /// Whether scores are nothing but products.
  private var isPlain: Bool { V.double(c.softcap) == 0 && c.bias == nil && c.slope == nil }

  private func inBaseTwo(_ factor: Double) -> T {
    V.scalar(factor * V.double(c.inverseTau) * 1.442_695_040_888_963_4)
  }

  /// What queries are multiplied by.
  var scale: T { isPlain ? inBaseTwo(V.double(c.scale)) : c.scale }

  /// Raw scores of a query become those that the softmax takes; hidden ones become −∞.
  ///
  /// - Parameter bends: where the derivative of the softcap goes, for these and some scores
  ///   behind them.
  @inline(__always)
  func adjust(_ s: UnsafeMutablePointer<T>, query: Int, bends: UnsafeMutablePointer<T>?) {
    if !isPlain {
      if V.double(c.softcap) != 0 { cap(s, bends) }
      addBias(to: s, query)
      addSlope(to: s, query)
      multiply(s, by: V(repeating: inBaseTwo(1)))
    }
    hide(s, query)
  }

  private func multiply(_ s: UnsafeMutablePointer<T>, by factor: V) {
    var j = 0
    while j < keys {
      (V.load(s + j) * factor).store(s + j)
      j += V.width
    }
  }

  /// s = c·tanh(s/c), of which the derivative is 1 − tanh².
  func cap(_ s: UnsafeMutablePointer<T>, _ bends: UnsafeMutablePointer<T>?) {
    let (softcap, one) = (V(repeating: c.softcap), V(repeating: V.scalar(1)))
    var j = 0
    while j < keys {
      let bent = V.tanh(V.load(s + j) / softcap)
      (softcap * bent).store(s + j)
      if let bends { (one - bent * bent).store(bends + j) }
      j += V.width
    }
  }

  @inline(__always)
  private func addBias(to s: UnsafeMutablePointer<T>, _ query: Int) {
    guard let all = c.bias else { return }
    let bias = all + query &* c.biasRow + firstKey &* c.biasStep
    if c.biasStep == 1 {
      var j = 0
      while j < keys {
        (V.load(s + j) + V.load(bias + j, first: min(V.width, keys &- j))).store(s + j)
        j += V.width
      }
    } else {
      for j in 0..<keys { s[j] = V.sum(s[j], bias[j &* c.biasStep]) }
    }
  }

  /// s = s − slope·|i − j|
  @inline(__always)
  private func addSlope(to s: UnsafeMutablePointer<T>, _ query: Int) {
    guard let slope = c.slope else { return }
    let factor = V(repeating: slope)
    let distance = V(repeating: V.scalar(firstKey &- c.position &- query)) + V.ramp
    var j = 0
    while j < keys {
      let size = (distance + V(repeating: V.scalar(j))).magnitude
      (V.load(s + j) - factor * size).store(s + j)
      j += V.width
    }
  }

  @inline(__always)
  private func hide(_ s: UnsafeMutablePointer<T>, _ query: Int) {
    if let all = c.visible {
      let visible = all + query &* c.visibleRow + firstKey &* c.visibleStep
      for j in 0..<keys where !visible[j &* c.visibleStep] { s[j] = V.negativeInfinity }
    }
    guard let all = c.runs else { return }
    let runs = all + query &* c.runCount &* 2
    var open = 0
    for r in 0..<c.runCount {
      hide(open, min(runs[2 &* r] &- firstKey, keys), of: s)
      open = max(open, runs[2 &* r &+ 1] &- firstKey)
    }
    hide(open, keys, of: s)
  }

  @inline(__always)
  private func hide(_ from: Int, _ to: Int, of s: UnsafeMutablePointer<T>) {
    var j = from
    while j < to {
      s[j] = V.negativeInfinity
      j += 1
    }
  }

  /// Whether any of some neighbouring queries sees one of the keys.
  func isSeen(from query: Int, count: Int) -> Bool {
    guard let all = c.runs else { return true }
    let runs = all + query &* c.runCount &* 2
    for r in 0..<count &* c.runCount {
      let (from, to) = (max(runs[2 &* r], firstKey), min(runs[2 &* r &+ 1], firstKey &+ keys))
      if from < to { return true }
    }
    return false
  }
}
