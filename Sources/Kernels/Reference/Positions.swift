/// Which entries of a vector rotary embedding turns together.
public enum RopeLayout: String, CaseIterable, Sendable {
  /// (2i, 2i+1), as Su et al. 2021.
  case interleaved
  /// (i, i + d/2), as Llama.
  case half
}

/// ωᵢ = base^(−2i/d) for the d/2 pairs of entries, a last single one included.
func frequencies(of d: Int, base: Double) throws -> Tensor {
  try Tensor(shape: [(d + 1) / 2], of: Double.self) { y in
    for i in y.indices {
      if i & 4095 == 0 { try Cancellation.check() }
      y[i] = Double.pow(base, -2 * Double(i) / Double(d))
    }
  }
}

/// The angles of rotary embedding, position·base^(−2i/d): positions [… n] → [… n d/2].
///
/// In double precision. Source: Su et al., RoFormer, 2021.
///
/// - Precondition: d is even.
func rotaryAngles(positions: Tensor, d: Int, base: Double) throws -> Tensor {
  let frequencies = try frequencies(of: d, base: base)
  return try Tensor.combine(
    .multiply, try positions.converted(to: .f64).reshaped(positions.shape + [1]), frequencies)
}

/// `rope` for readers and tests: row after row, pair after pair.
func plainRope(_ x: Tensor, cos: Tensor, sin: Tensor, layout: RopeLayout) throws -> Tensor {
  try x.dtype == .f32
    ? turned(x, try cos.converted(to: .f32), try sin.converted(to: .f32), layout, of: Float.self)
    : turned(x, try cos.converted(to: .f64), try sin.converted(to: .f64), layout, of: Double.self)
}

private func turned<T: Real>(
  _ x: Tensor, _ cos: Tensor, _ sin: Tensor, _ layout: RopeLayout, of type: T.Type
) throws -> Tensor {
  let (shape, half) = (x.shape, cos.shape[cos.rank - 1])
  let strides = Broadcast.strides(of: cos.shape.dropLast() + [1], in: x.shape)
  let (step, secondPlace) = layout == .interleaved ? (2, 1) : (1, half)
  return try Tensor(shape: x.shape, of: T.self) { y in
    try x.withElements(of: T.self) { x in
      _ = y.update(fromContentsOf: x)
      try cos.withElements(of: T.self) { cos in
        try sin.withElements(of: T.self) { sin in
          var sinceCheck = 0
          try Broadcast.forEachRow(shape, [strides]) { start, offsets in
            sinceCheck += half
            if sinceCheck > cancellationBlock {
              sinceCheck = 0
              try Cancellation.check()
            }
            let table = offsets[0] * half
            for i in 0..<half {
              let (first, second) = (start + i * step, start + i * step + secondPlace)
              let (c, s) = (cos[table + i], sin[table + i])
              y[first] = x[first] * c - x[second] * s
              y[second] = x[first] * s + x[second] * c
            }
          }
        }
      }
    }
  }
}

/// `sinusoidal` for readers and tests.
func plainSinusoidal(positions: [Double], d: Int, base: Double) throws -> Tensor {
  try Tensor(shape: [positions.count, d], of: Double.self) { y in
    let frequencies = try frequencies(of: d, base: base)
    try frequencies.withElements(of: Double.self) { frequencies in
      for (p, position) in positions.enumerated() {
        try Cancellation.check()
        for i in frequencies.indices {
          let (angle, place) = (position * frequencies[i], p * d + 2 * i)
          y[place] = Double.sin(angle)
          if 2 * i + 1 < d { y[place + 1] = Double.cos(angle) }
        }
      }
    }
  }
}

/// T_k [d d] with PE[p + k] = T_k PE[p]: each pair (sin, cos) turned by k·ωᵢ.
///
///     ⎛ cos kωᵢ  sin kωᵢ⎞ ⎛sin pωᵢ⎞   ⎛sin (p+k)ωᵢ⎞
///     ⎝−sin kωᵢ  cos kωᵢ⎠ ⎝cos pωᵢ⎠ = ⎝cos (p+k)ωᵢ⎠
///
/// Source: Vaswani et al. 2017, section 3.5.
///
/// - Precondition: d is even.
public func shiftMatrix(by k: Double, d: Int, base: Double) throws -> Tensor {
  try Tensor(shape: [d, d], of: Double.self) { y in
    y.initialize(repeating: 0)
    for (i, frequency) in try frequencies(of: d, base: base).doubles.enumerated() {
      let (c, s) = (Double.cos(k * frequency), Double.sin(k * frequency))
      let row = 2 * i * d + 2 * i
      (y[row], y[row + 1], y[row + d], y[row + d + 1]) = (c, s, -s, c)
    }
  }
}

/// The slope of each head's linear bias: 2^(−8i/h) for i = 1 … h where h is a power of two.
///
/// For other h the slopes of the next lower power of two p, then every other one of the slopes of
/// 2p: 2^(−4·1/p), 2^(−4·3/p), … Source: Press, Smith and Lewis, ALiBi, 2022 (their published code).
///
/// - Precondition: h ≥ 1.
public func alibiSlopes(_ h: Int) throws -> Tensor {
  let p = 1 << (Int.bitWidth - 1 - h.leadingZeroBitCount)
  return try Tensor(shape: [h], of: Double.self) { y in
    for i in 0..<h {
      let steps = i < p ? 8 * Double(i + 1) : 4 * Double(2 * (i - p) + 1)
      y[i] = Double.pow(2, -steps / Double(p))
    }
  }
}
