import KernelInterface

/// What remains of each row.
struct RowReduction<V: Lanes> {
  typealias T = V.Scalar
  let c: RowCall<T>

  func run(_ remains: Remains) {
    forEachGroup { group, row, rows in
      let x = c.from + row &* c.length
      switch remains {
      case .sum: sums(group, rows, x, to: group.numbers) { _, x in x }
      case .variance: variances(group, rows, x)
      case .largest: extremes(group, rows, x, sign: 1)
      case .smallest: extremes(group, rows, x, sign: -1)
      }
      let numbers = remains == .variance ? group.others : group.numbers
      for i in 0..<rows { c.to[row &+ i] = numbers[i] }
    }
  }

  @inline(__always)
  func forEachGroup(_ body: (_ group: RowGroup<V>, _ row: Int, _ rows: Int) -> Void) {
    RowGroup<V>.with { group in
      let most = RowGroup<V>.suits(length: c.length) ? V.width : 1
      var row = 0
      while row < c.rows {
        body(group, row, min(most, c.rows &- row))
        row += most
      }
    }
  }

  /// The mean as the first number of each row, Σ (x − mean)²/n as the second.
  @inline(__always)
  func variances(_ group: RowGroup<V>, _ rows: Int, _ x: UnsafePointer<T>) {
    means(group, rows, x, to: group.numbers) { _, x in x }
    means(group, rows, x, to: group.others) { row, x in
      let deviation = x - V(repeating: group.numbers[row])
      return deviation * deviation
    }
  }

  /// The mean of a function of the elements.
  @inline(__always)
  func means(
    _ group: RowGroup<V>, _ rows: Int, _ x: UnsafePointer<T>, to numbers: UnsafeMutablePointer<T>,
    _ function: (_ row: Int, _ lanes: V) -> V
  ) {
    sums(group, rows, x, to: numbers, function)
    if RowGroup<V>.suits(length: c.length) {
      (V.load(numbers) / V(repeating: V.scalar(c.length))).store(numbers)
    } else {
      // There may be more elements than single precision can say.
      numbers[0] = V.scalar(V.double(numbers[0]) / Double(c.length))
    }
  }

  /// The sum of a function of the elements.
  @inline(__always)
  private func sums(
    _ group: RowGroup<V>, _ rows: Int, _ x: UnsafePointer<T>, to numbers: UnsafeMutablePointer<T>,
    _ function: (_ row: Int, _ lanes: V) -> V
  ) {
    /// Behind the last element the function is of 0 and left out.
    @inline(__always)
    func part(_ row: Int, _ x: UnsafePointer<T>, _ lanes: Int) -> V {
      V.select(
        function(row, V.load(x, count: lanes)), where: V.ramp,
        isLessThan: V(repeating: V.scalar(lanes)), else: V.zero)
    }
    guard RowGroup<V>.suits(length: c.length) else {
      numbers[0] = summed(c.length) {
        function(0, V.load(x + $0))
      } part: {
        part(0, x + $0, $1)
      }
      return
    }
    for row in 0..<rows {
      let x = x + row &* c.length
      group.first[row] = lanesOfSum(c.length) {
        function(row, V.load(x + $0))
      } part: {
        part(row, x + $0, $1)
      }
    }
    group.first.remains(to: numbers) { $0 + $1 }
  }

  /// The largest of sign·x, times the sign; NaN where there is one.
  @inline(__always)
  private func extremes(
    _ group: RowGroup<V>, _ rows: Int, _ x: UnsafePointer<T>, sign: Int
  ) {
    let sign = V(repeating: V.scalar(sign))
    for row in 0..<rows { group.first[row] = largestLanes(x + row &* c.length, sign) }
    group.first.remains(to: group.numbers) { V.largerOrNaN($0, $1) }
    (V.load(group.numbers) * sign).store(group.numbers)
  }

  private func largestLanes(_ x: UnsafePointer<T>, _ sign: V) -> V {
    var (a, b) = (V.minusInfinity, V.minusInfinity)
    var i = 0
    while i &+ 2 &* V.width <= c.length {
      a = V.largerOrNaN(a, V.load(x + i) * sign)
      b = V.largerOrNaN(b, V.load(x + i + V.width) * sign)
      i += 2 &* V.width
    }
    while i < c.length {
      let part = min(V.width, c.length &- i)
      let end = V(repeating: V.scalar(part))
      let lanes = V.load(x + i, first: part) * sign
      a = V.largerOrNaN(a, V.select(lanes, where: V.ramp, isLessThan: end, else: V.minusInfinity))
      i += part
    }
    return V.largerOrNaN(a, b)
  }
}

/// (x − mean)/√(variance + ε) of each row, or x/√(mean x² + ε), and then γ ⊙ y + β.
struct Norm<V: Lanes> {
  typealias T = V.Scalar
  let n: NormCall<T>

  func run() {
    let all = RowReduction<V>(c: n.rows)
    let length = n.rows.length
    all.forEachGroup { group, row, rows in
      let (x, y) = (n.rows.from + row &* length, n.rows.to + row &* length)
      if n.isCentered {
        all.variances(group, rows, x)
      } else {
        all.means(group, rows, x, to: group.others) { _, x in x * x }
      }
      for i in 0..<rows {
        let mean = n.isCentered ? group.numbers[i] : V.scalar(0)
        let scale = V.scalar(1 / (V.double(group.others[i]) + n.eps).squareRoot())
        self.scale(
          x + i &* length, y + i &* length, V(repeating: mean), by: V(repeating: scale))
      }
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
