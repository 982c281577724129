import KernelInterface

/// Functions of each element. What they keep at the edges (digits far to the left, ±∞, NaN) is what
/// the scalar functions of the module Kernels keep.
struct Elementwise<V: Lanes> {
  typealias T = V.Scalar
  let from: UnsafePointer<T>
  let to: UnsafeMutablePointer<T>
  let count: Int

  func run(_ function: VectorFunction) {
    switch function {
    case .exp: each { V.exp($0) }
    case .tanh: each { V.tanh($0) }
    case .sigmoid: each(sigmoid)
    case .silu: each { gated($0, by: $0) }
    case .geluTanh: each(geluTanh)
    case .elu: each(elu)
    case .log: each(log)
    case .sin: each { V.sine($0) }
    case .cos: each { V.cosine($0) }
    case .erf: each(erf)
    case .gelu: each(gelu)
    case .floor: each { $0.floor() }
    case .ceil: each { $0.ceil() }
    case .round: each { $0.round() }
    case .expm1: each(expm1)
    case .log1p: each(log1p)
    case .log2: each(log2)
    case .softplus: each(softplus)
    case .sqrt: each { $0.squareRoot() }
    case .cube: each(cube)
    case .root:
      let infinity = V.zero - V.minusInfinity
      each { V.select(infinity, where: $0, equals: V.minusInfinity, else: $0.squareRoot()) }
    }
  }

  func run(_ map: FeatureMap) {
    switch map {
    case .identity: each { $0 }
    case .eluPlusOne: each { elu($0) + one }
    case .reluPlusOne: each { V.select(V.zero, where: $0, isLessThan: V.zero, else: $0) + one }
    }
  }

  @inline(__always)
  private func each(_ function: (V) -> V) {
    var padded = V.zero
    withUnsafeMutablePointer(to: &padded) { padded in
      let padded = UnsafeMutableRawPointer(padded).assumingMemoryBound(to: T.self)
      var i = 0
      while i < count {
        // One place for the function, so that it stands in the loop once, and only whole vectors:
        // where some lanes are stored apart, all that they come from is computed apart.
        let rest = count &- i
        if rest < V.width { padded.update(from: from + i, count: rest) }
        let x = rest < V.width ? UnsafePointer(padded) : from + i
        function(V.load(x)).store(rest < V.width ? padded : to + i)
        if rest < V.width { (to + i).update(from: padded, count: rest) }
        i += V.width
      }
    }
  }

  @inline(__always)
  func constant(_ x: Double) -> V { V(repeating: V.scalar(x)) }

  @inline(__always)
  var one: V { constant(1) }

  /// 1/(1 + e^−x); by e^−|x| alone, so that nothing overflows.
  @inline(__always)
  private func sigmoid(_ x: V) -> V {
    let e = V.exp(V.zero - x.magnitude)
    return V.select(e, where: x, isLessThan: V.zero, else: one) / (one + e)
  }

  /// x·σ(y) for x and y of one sign: e^y in two factors, which keeps digits where it is subnormal.
  @inline(__always)
  private func gated(_ x: V, by y: V) -> V {
    let root = V.exp(y.magnitude * V(repeating: V.scalar(-0.5)))
    let left = x * root * root
    let value = V.select(left, where: y, isLessThan: V.zero, else: x) / (one + root * root)
    return V.select(V.zero, where: y, equals: V.minusInfinity, else: value)
  }

  /// (1 + tanh z)/2 = σ(2z)
  @inline(__always)
  private func geluTanh(_ x: V) -> V {
    let cubic = V(repeating: V.scalar(0.044715)) * x * x * x
    return gated(x, by: V(repeating: V.scalar(1.595_769_121_605_730_7)) * (x + cubic))
  }

  /// x³ with what its two products lost.
  @inline(__always)
  private func cube(_ x: V) -> V {
    let square = x * x
    let rough = square * x
    let lost = V.multiplyAdd(square, x, V.zero - rough) + V.lost(square, of: x) * x
    return V.select(rough + lost, where: lost - lost, equals: V.zero, else: rough)
  }

  /// e^x − 1: far to the right e^x alone, and far to the left −1.
  @inline(__always)
  private func expm1(_ x: V) -> V {
    let (lowest, highest) = (constant(-80), constant(80))
    let raised = V.select(lowest, where: x, isLessThan: lowest, else: x)
    let near = V.expm1(V.select(highest, where: highest, isLessThan: raised, else: raised))
    let value = V.select(V.exp(x), where: highest, isLessThan: x, else: near)
    // With its sign.
    return V.select(x, where: x, equals: V.zero, else: value)
  }

  /// log(1 + e^x) = max(x, 0) + log(1 + e^−|x|)
  @inline(__always)
  private func softplus(_ x: V) -> V {
    let positive = V.select(x, where: V.zero, isLessThan: x, else: V.zero)
    return positive + log1p(V.exp(V.zero - x.magnitude))
  }

  @inline(__always)
  private func elu(_ x: V) -> V {
    // Below this e^x − 1 is −1.
    let lowest = V(repeating: V.scalar(-80))
    let y = V.expm1(V.select(lowest, where: x, isLessThan: lowest, else: x))
    return V.select(x, where: V.zero, isLessThan: x, else: y)
  }
}
