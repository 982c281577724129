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
    let rows = RowReduction<V>(c: c.norm.rows)
    for row in 0..<c.norm.rows.rows {
      let place = row &* length
      let x = c.norm.rows.from + place
      let (mean, square) = rows.variance(x, length)
      let inverse = V.scalar(1 / (V.double(square) + c.norm.eps).squareRoot())
      run(x, c.g + place, c.norm.rows.to + place, V(repeating: mean), V(repeating: inverse))
    }
  }

  @inline(__always)
  private func run(
    _ x: UnsafePointer<T>, _ g: UnsafePointer<T>, _ dx: UnsafeMutablePointer<T>, _ mean: V,
    _ inverse: V
  ) {
    // Of h and of h ⊙ y.
    var (sum, along) = (V.zero, V.zero)
    var i = 0
    while i < length {
      let part = min(V.width, length &- i)
      let slope = V.load(g + i, first: part)
      let y = (V.load(x + i, first: part) - mean) * inverse
      let h = slope * gain(i, part)
      sum = sum + h
      along = V.multiplyAdd(h, y, along)
      V.multiplyAdd(slope, y, V.load(c.dGain + i, first: part)).store(c.dGain + i, first: part)
      (V.load(c.dBias + i, first: part) + slope).store(c.dBias + i, first: part)
      y.store(dx + i, first: part)
      i += part
    }
    let n = V(repeating: V.scalar(length))
    finish(dx, g, V(repeating: sum.sum()) / n, V(repeating: along.sum()) / n, inverse)
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
