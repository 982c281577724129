import KernelInterface

/// The gradient of layer norm, a row at a time:
///
///     y  = (x − mean)/σ,  h = g ⊙ γ
///     ∂x = (h − mean h − y · mean(h ⊙ y))/σ,  ∂γ = Σ g ⊙ y,  ∂β = Σ g    over all rows
struct NormGradient<V: Lanes> {
  typealias T = V.Scalar
  let c: NormGradientCall<T>
  private var length: Int { c.norm.rows.length }

  func run() {
    let all = RowReduction<V>(c: c.norm.rows)
    all.forEachGroup { group, row, rows in
      let place = row &* length
      let (x, g, dx) = (c.norm.rows.from + place, c.g + place, c.norm.rows.to + place)
      all.variances(group, rows, x)
      for i in 0..<rows {
        let inverse = V.scalar(1 / (V.double(group.others[i]) + c.norm.eps).squareRoot())
        (group.first[i], group.second[i]) = normalise(
          x + i &* length, g + i &* length, dx + i &* length, V(repeating: group.numbers[i]),
          V(repeating: inverse))
        group.others[i] = inverse
      }
      finishRows(group, rows, g, dx)
    }
  }

  /// From the sums of each row and its 1/σ among the other numbers.
  @inline(__always)
  private func finishRows(
    _ group: RowGroup<V>, _ rows: Int, _ g: UnsafePointer<T>, _ dx: UnsafeMutablePointer<T>
  ) {
    let n = V(repeating: V.scalar(length))
    group.first.remains(to: group.numbers) { $0 + $1 }
    let means = V.load(group.numbers) / n
    group.second.remains(to: group.numbers) { $0 + $1 }
    let slopes = V.load(group.numbers) / n
    for i in 0..<rows {
      finish(
        dx + i &* length, g + i &* length, V(repeating: means[i]), V(repeating: slopes[i]),
        V(repeating: group.others[i]))
    }
  }

  /// y where ∂x will be, and the sums of h and h ⊙ y.
  @inline(__always)
  private func normalise(
    _ x: UnsafePointer<T>, _ g: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ mean: V,
    _ inverse: V
  ) -> (sum: V, along: V) {
    var (sum, along) = (V.zero, V.zero)
    var i = 0
    while i < length {
      let part = min(V.width, length &- i)
      let slope = V.load(g + i, first: part)
      let z = (V.load(x + i, first: part) - mean) * inverse
      let h = slope * gain(i, part)
      sum = sum + h
      along = V.multiplyAdd(h, z, along)
      V.multiplyAdd(slope, z, V.load(c.dGain + i, first: part)).store(c.dGain + i, first: part)
      (V.load(c.dBias + i, first: part) + slope).store(c.dBias + i, first: part)
      z.store(y + i, first: part)
      i += part
    }
    return (sum, along)
  }

  /// y becomes ∂x.
  @inline(__always)
  private func finish(
    _ y: UnsafeMutablePointer<T>, _ g: UnsafePointer<T>, _ mean: V, _ slope: V, _ inverse: V
  ) {
    var i = 0
    while i < length {
      let part = min(V.width, length &- i)
      let h = V.load(g + i, first: part) * gain(i, part)
      let centered = h - mean - V.load(y + i, first: part) * slope
      (centered * inverse).store(y + i, first: part)
      i += part
    }
  }

  @inline(__always)
  private func gain(_ i: Int, _ part: Int) -> V {
    guard let gain = c.norm.gain else { return V(repeating: V.scalar(1)) }
    return V.load(gain + i, first: part)
  }
}
