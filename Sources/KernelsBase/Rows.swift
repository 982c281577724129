import KernelInterface

/// What remains of each row.
struct RowReduction<V: Lanes> {
  typealias T = V.Scalar
  let c: RowCall<T>

  func run(_ remains: RowRemains) {
    for row in 0..<c.rows {
      let x = c.from + row &* c.length
      switch remains {
      case .sum: c.to[row] = total(x, c.length)
      case .variance: c.to[row] = variance(x, c.length).variance
      case .largest: c.to[row] = extreme(x, sign: 1)
      case .smallest: c.to[row] = extreme(x, sign: -1)
      }
    }
  }

  @inline(__always)
  func total(_ x: UnsafePointer<T>, _ count: Int) -> T {
    sum(x, count) { $0 }
  }

  /// Σ (x − mean)²/n
  @inline(__always)
  func variance(_ x: UnsafePointer<T>, _ count: Int) -> (mean: T, variance: T) {
    let mean = V.scalar(V.double(total(x, count)) / Double(count))
    return (mean, meanSquare(x, count, from: mean))
  }

  @inline(__always)
  func meanSquare(_ x: UnsafePointer<T>, _ count: Int, from mean: T) -> T {
    let center = V(repeating: mean)
    let squares = sum(x, count) { ($0 - center) * ($0 - center) }
    return V.scalar(V.double(squares) / Double(count))
  }

  /// The sum of a function of the elements; behind the last one it is of 0 and left out.
  @inline(__always)
  private func sum(_ x: UnsafePointer<T>, _ count: Int, _ function: (V) -> V) -> T {
    summed(count) {
      function(V.load(x + $0))
    } part: { i, lanes in
      V.select(
        function(V.load(x + i, count: lanes)), where: V.ramp,
        isLessThan: V(repeating: V.scalar(lanes)), else: V.zero)
    }
  }

  /// The largest of sign·x, times the sign; NaN where there is one.
  private func extreme(_ x: UnsafePointer<T>, sign: Int) -> T {
    let sign = V(repeating: V.scalar(sign))
    var (a, b) = (V.minusInfinity, V.minusInfinity)
    var i = 0
    while i &+ 2 &* V.width <= c.length {
      a = larger(a, V.load(x + i) * sign)
      b = larger(b, V.load(x + i + V.width) * sign)
      i += 2 &* V.width
    }
    while i < c.length {
      let part = min(V.width, c.length &- i)
      let end = V(repeating: V.scalar(part))
      let lanes = V.load(x + i, first: part) * sign
      a = larger(a, V.select(lanes, where: V.ramp, isLessThan: end, else: V.minusInfinity))
      i += part
    }
    let best = larger(a, b)
    let one = V(repeating: V.scalar(1))
    let numbers = V.select(V.zero, where: best, equals: best, else: one)
    if V.double(numbers.sum()) != 0 { return V.scalar(Double.nan) }
    return (V(repeating: best.largest()) * sign).first
  }

  /// A NaN stays once it is there: no comparison with it is true.
  @inline(__always)
  private func larger(_ a: V, _ b: V) -> V {
    V.select(V.larger(a, b), where: b, equals: b, else: b)
  }
}

/// (x − mean)/√(variance + ε) of each row, or x/√(mean x² + ε), and then γ ⊙ y + β.
struct Norm<V: Lanes> {
  typealias T = V.Scalar
  let n: NormCall<T>

  func run() {
    let rows = RowReduction<V>(c: n.rows)
    let length = n.rows.length
    for row in 0..<n.rows.rows {
      let (x, y) = (n.rows.from + row &* length, n.rows.to + row &* length)
      let (mean, square) =
        n.isCentered
        ? rows.variance(x, length)
        : (V.scalar(0), rows.meanSquare(x, length, from: V.scalar(0)))
      let scale = V.scalar(1 / (V.double(square) + n.eps).squareRoot())
      self.scale(x, y, V(repeating: mean), by: V(repeating: scale))
    }
  }

  /// Quotients would take longer than all the rest.
  private func scale(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ mean: V, by scale: V
  ) {
    guard let gain = n.gain, let bias = n.bias else {
      return forEachVector { i, part in
        var z = (V.load(x + i, first: part) - mean) * scale
        if let gain = n.gain { z = V.load(gain + i, first: part) * z }
        if let bias = n.bias { z = z + V.load(bias + i, first: part) }
        z.store(y + i, first: part)
      }
    }
    forEachVector { i, part in
      let z = (V.load(x + i, first: part) - mean) * scale
      (V.load(gain + i, first: part) * z + V.load(bias + i, first: part))
        .store(y + i, first: part)
    }
  }

  @inline(__always)
  private func forEachVector(_ body: (_ place: Int, _ count: Int) -> Void) {
    var i = 0
    while i < n.rows.length {
      body(i, min(V.width, n.rows.length &- i))
      i += V.width
    }
  }
}
