import KernelInterface

/// cos and sin of position·base^(−2i/d) for each pair of entries: positions [… n] → [… n d/2] each.
///
/// The angles are made and reduced in double precision, whatever the tables are stored in.
/// Source: Su et al., RoFormer, 2021.
///
/// - Precondition: d is even.
public func rotaryTables(
  positions: Tensor, d: Int, base: Double, dtype: DType, variant: KernelVariant = .current
) throws -> (cos: Tensor, sin: Tensor) {
  try dtype == .f32
    ? tables(positions, d, base, variant, of: Float.self)
    : tables(positions, d, base, variant, of: Double.self)
}

private func tables<T: Real>(
  _ positions: Tensor, _ d: Int, _ base: Double, _ variant: KernelVariant, of type: T.Type
) throws -> (cos: Tensor, sin: Tensor) {
  let frequencies = try frequencies(of: d, base: base)
  let (shape, width) = (positions.shape + [frequencies.count], frequencies.count)
  let places = positions.doubles
  var cosines: Tensor?
  let sines = try Tensor(shape: shape, of: T.self) { sines in
    cosines = try Tensor(shape: shape, of: T.self) { cosines in
      try frequencies.withElements(of: Double.self) { frequencies in
        guard let frequencies = frequencies.baseAddress, let sines = sines.baseAddress,
          let cosines = cosines.baseAddress
        else { return }
        try TurnTable(
          places: places, frequencies: frequencies, width: width, sines: sines, cosines: cosines,
          variant: variant
        ).fill()
      }
    }
  }
  // The closure above has run: without it there would have been an error.
  return (try cosines ?? Tensor(shape: [0], of: T.self) { _ in }, sines)
}

/// The sines and cosines of some positions.
private struct TurnTable<T: Real> {
  let places: [Double]
  let frequencies: UnsafePointer<Double>
  let width: Int
  let sines: UnsafeMutablePointer<T>
  let cosines: UnsafeMutablePointer<T>
  let variant: KernelVariant

  /// Rows that are turned on from the first of them.
  private static var block: Int { 32 }

  func fill() throws {
    // Sums of angles lose a few units of the last place of double precision: single has none of them.
    if T.dtype == .f32, places.count > 2 * Self.block, width <= 4096 { return try fillBlocks() }
    try forEachRow(places.count, width: width, fill)
  }

  private func fill(_ row: Int) {
    T.kernels(of: variant).turns(
      TurnCall(
        position: places[row], frequencies: frequencies, count: width,
        sines: sines + row * width, cosines: cosines + row * width))
  }

  /// The steps 0, 1, 2 … once, and of each block of positions that are one apart the first.
  private func fillBlocks() throws {
    let (block, width) = (Self.block, width)
    try withTurns(rows: block) { stepSines, stepCosines in
      for step in 0..<block {
        turn(Double(step), stepSines + step * width, stepCosines + step * width)
      }
      try forEachRow((places.count + block - 1) / block, width: block * width) { number in
        let rows = number * block..<min((number + 1) * block, places.count)
        guard isRising(rows) else { return rows.forEach(fill) }
        withTurns(rows: 1) { first, firstCosines in
          turn(places[rows.lowerBound], first, firstCosines)
          T.kernels(of: variant).turnSums(
            TurnSumCall(
              sines: first, cosines: firstCosines, stepSines: stepSines,
              stepCosines: stepCosines, rows: rows.count, count: width,
              sinesOfSums: sines + rows.lowerBound * width,
              cosinesOfSums: cosines + rows.lowerBound * width))
        }
      }
    }
  }

  private func turn(
    _ place: Double, _ sines: UnsafeMutablePointer<Double>, _ cosines: UnsafeMutablePointer<Double>
  ) {
    Double.kernels(of: variant).turns(
      TurnCall(
        position: place, frequencies: frequencies, count: width, sines: sines, cosines: cosines))
  }

  /// By one each time, and not so far out that this is lost in rounding.
  private func isRising(_ rows: Range<Int>) -> Bool {
    let first = places[rows.lowerBound]
    return abs(first) < 1e6
      && rows.allSatisfy { places[$0] == first + Double($0 - rows.lowerBound) }
  }

  private func withTurns(
    rows: Int, _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) throws -> Void
  ) rethrows {
    let count = rows * width
    try Scratch.with(bytes: 2 * count * MemoryLayout<Double>.size) { scratch in
      let sines = scratch.assumingMemoryBound(to: Double.self)
      try body(sines, sines + count)
    }
  }
}

/// Sine and cosine position encoding [n d]: sin(p·ωᵢ) and cos(p·ωᵢ) in turn, ωᵢ = base^(−2i/d).
///
/// An odd d cuts the last cosine off. Source: Vaswani et al. 2017, section 3.5.
public func sinusoidal(
  positions: [Double], d: Int, base: Double, variant: KernelVariant = .current
) throws -> Tensor {
  let frequencies = try frequencies(of: d, base: base)
  let kernels = Double.kernels(of: variant)
  return try Tensor(shape: [positions.count, d], of: Double.self) { y in
    try frequencies.withElements(of: Double.self) { frequencies in
      guard let frequencies = frequencies.baseAddress, let y = y.baseAddress else { return }
      try forEachRow(positions.count, width: d) { row in
        kernels.turns(
          TurnCall(
            position: positions[row], frequencies: frequencies, inTurn: y + row * d, length: d))
      }
    }
  }
}

/// Numbers that are worth waking a thread.
private let smallestShare = 1 << 13

/// By as many threads as the work is worth.
private func forEachRow(_ rows: Int, width: Int, _ body: (Int) -> Void) throws {
  guard rows > 0 else { return }
  let share = min(rows, smallestShare / max(width, 1) + 1)
  Workers.run((rows + share - 1) / share) { part in
    if Cancellation.isRequested { return }
    for row in part * share..<min((part + 1) * share, rows) { body(row) }
  }
  try Cancellation.check()
}

/// `x` [… n d] with the pairs among the first 2h entries of each row turned, the others kept.
///
///     (x, y) ↦ (x c − y s, x s + y c)
///
/// `cos` and `sin` [… n h] are c and s for each row and pair; they broadcast to the rows. The
/// result has the dtype of `x`. Costs O(n d).
///
/// - Precondition: 2h ≤ d; `cos` and `sin` have one shape.
public func rope(
  _ x: Tensor, cos: Tensor, sin: Tensor, layout: RopeLayout, variant: KernelVariant = .current
) throws -> Tensor {
  let (c, s) = (try cos.converted(to: x.dtype), try sin.converted(to: x.dtype))
  return try x.dtype == .f32
    ? turned(x, c, s, layout, variant, of: Float.self)
    : turned(x, c, s, layout, variant, of: Double.self)
}

private func turned<T: Real>(
  _ x: Tensor, _ cos: Tensor, _ sin: Tensor, _ layout: RopeLayout, _ variant: KernelVariant,
  of type: T.Type
) throws -> Tensor {
  let (d, half) = (x.shape[x.rank - 1], cos.shape[cos.rank - 1])
  // Runs of rows n whose tables lie side by side, or are one and the same.
  let n = x.rank > 1 ? x.shape[x.rank - 2] : 1
  let runs = Array(x.shape.dropLast(2)) + [1]
  let steps = Broadcast.strides(of: cos.shape.dropLast(), in: Array(x.shape.dropLast()))
  let rowStep = steps.last ?? 0
  return try Tensor(shape: x.shape, of: T.self) { y in
    try x.withElements(of: T.self) { x in
      if half == 0 { return _ = y.update(fromContentsOf: x) }
      try cos.withElements(of: T.self) { cos in
        try sin.withElements(of: T.self) { sin in
          guard let x = x.baseAddress, let y = y.baseAddress, let cos = cos.baseAddress,
            let sin = sin.baseAddress, n > 0
          else { return }
          try Broadcast.forEachRow(runs, [Array(steps.dropLast()) + [0]]) { run, offsets in
            let share = min(n, 8 * smallestShare / max(d, 1) + 1)
            Workers.run((n + share - 1) / share) { part in
              if Cancellation.isRequested { return }
              let first = part * share
              let (place, table) = ((run * n + first) * d, (offsets[0] + first * rowStep) * half)
              T.kernels(of: variant).rotate(
                RotateCall(
                  rows: RowCall(
                    from: x + place, to: y + place, rows: min(share, n - first), length: d),
                  cosines: cos + table, sines: sin + table, pairs: half,
                  rowOfTables: rowStep * half, isInterleaved: layout == .interleaved))
            }
            try Cancellation.check()
          }
        }
      }
    }
  }
}
