/// Which entries of a vector rotary embedding turns together.
public enum RopeLayout: String, CaseIterable, Sendable {
  /// (2i, 2i+1), as Su et al. 2021.
  case interleaved
  /// (i, i + d/2), as Llama.
  case half
}

/// Rotary position embedding of `x` [… n d]: pair i of row p turns by position·base^(−2i/d).
///
/// Angles are computed in double precision whatever the dtype. Source: Su et al., RoFormer, 2021.
///
/// - Precondition: d (or `rotaryDim`, the turned part) is even, one position for each row.
public func rope(
  _ x: Tensor, base: Double, positions: [Double], layout: RopeLayout, rotaryDim: Int?
) throws -> Tensor {
  let d = rotaryDim ?? x.shape[x.rank - 1]
  let half = d / 2
  let frequencies = (0..<half).map { Double.pow(base, -2 * Double($0) / Double(d)) }
  let angles = try Tensor(shape: [positions.count, half], of: Double.self) { y in
    for (p, position) in positions.enumerated() {
      for i in 0..<half { y[p * half + i] = position * frequencies[i] }
    }
  }
  return try rope(x, cos: try angles.map(.cos), sin: try angles.map(.sin), layout: layout)
}

/// The same with given tables, `cos` and `sin` [n h]: the first 2h entries of each row turn.
public func rope(_ x: Tensor, cos: Tensor, sin: Tensor, layout: RopeLayout) throws -> Tensor {
  try x.dtype == .f32
    ? turned(x, try cos.converted(to: .f32), try sin.converted(to: .f32), layout, of: Float.self)
    : turned(x, try cos.converted(to: .f64), try sin.converted(to: .f64), layout, of: Double.self)
}

private func turned<T: Real>(
  _ x: Tensor, _ cos: Tensor, _ sin: Tensor, _ layout: RopeLayout, of type: T.Type
) throws -> Tensor {
  let (n, d, half) = (x.shape[x.rank - 2], x.shape[x.rank - 1], cos.shape[1])
  return try Tensor(shape: x.shape, of: T.self) { y in
    try x.withElements(of: T.self) { x in
      _ = y.update(fromContentsOf: x)
      try cos.withElements(of: T.self) { cos in
        try sin.withElements(of: T.self) { sin in
          for row in 0..<(d == 0 ? 0 : x.count / d) {
            if row & 255 == 0 { try Cancellation.check() }
            let (p, start) = (row % n, row * d)
            for i in 0..<half {
              let first = start + (layout == .interleaved ? 2 * i : i)
              let second = layout == .interleaved ? first + 1 : first + half
              let (c, s) = (cos[p * half + i], sin[p * half + i])
              y[first] = x[first] * c - x[second] * s
              y[second] = x[first] * s + x[second] * c
            }
          }
        }
      }
    }
  }
}

/// Sine and cosine position encoding [n d]: sin(p·ωᵢ) and cos(p·ωᵢ) in turn, ωᵢ = base^(−2i/d).
///
/// An odd d cuts the last cosine off. Source: Vaswani et al. 2017, section 3.5.
public func sinusoidal(positions: [Double], d: Int, base: Double) throws -> Tensor {
  let frequencies = (0..<(d + 1) / 2).map { Double.pow(base, -2 * Double($0) / Double(d)) }
  return try Tensor(shape: [positions.count, d], of: Double.self) { y in
    for (p, position) in positions.enumerated() {
      try Cancellation.check()
      for j in 0..<d {
        let angle = position * frequencies[j / 2]
        y[p * d + j] = j % 2 == 0 ? Double.sin(angle) : Double.cos(angle)
      }
    }
  }
}
