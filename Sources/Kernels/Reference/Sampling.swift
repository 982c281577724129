extension RandomState {
  /// Standard Gumbel noise −log(−log u), bit for bit that of `np.random.gumbel`.
  ///
  /// u is in (0, 1): the uniform number 0, whose noise would be ∞, is drawn again. Its mean is
  /// Euler's 0.5772, its variance π²/6 (Gumbel 1935).
  public mutating func gumbel() -> Double {
    while true {
      let u = 1 - uniform()
      if u < 1 { return -Double.log(-Double.log(u)) }
    }
  }

  /// Indices with the probabilities of the last axis: of [… n] a tensor […, shape].
  ///
  /// As `np.random.choice(n, shape, p=p)` for each row: a uniform number is looked up in the
  /// running sum of p, which is divided by its last entry.
  ///
  /// - Precondition: no probability is negative or NaN; each row has a positive sum.
  public mutating func sample(_ p: Tensor, shape: [Int]) throws -> Tensor {
    let n = p.shape[p.rank - 1]
    let draws = try Tensor.checkedCount(shape, .f64)
    var state = self
    let tensor = try Tensor(shape: p.shape.dropLast() + shape, of: Double.self) { indices in
      guard !indices.isEmpty else { return }
      for (row, start) in stride(from: 0, to: indices.count, by: draws).enumerated() {
        let cdf = try distribution(p, row * n..<(row + 1) * n)
        for draw in 0..<draws {
          if draw & 0xFFFF == 0 { try Cancellation.check() }
          indices[start + draw] = Double(place(of: state.uniform(), in: cdf))
        }
      }
    }
    self = state
    return tensor
  }
}

/// The running sum in order, not compensated: NumPy's, to the last bit.
private func distribution(_ p: Tensor, _ range: Range<Int>) throws -> [Double] {
  var cdf: [Double] = []
  cdf.reserveCapacity(range.count)
  var total = 0.0
  for index in range {
    total += p[flat: index]
    cdf.append(total)
  }
  return cdf.map { $0 / total }
}

/// How many entries are at most `u`.
private func place(of u: Double, in cdf: [Double]) -> Int {
  var (low, high) = (0, cdf.count)
  while low < high {
    let middle = (low + high) / 2
    if cdf[middle] <= u { low = middle + 1 } else { high = middle }
  }
  return low
}
