import Testing

@testable import Kernels

/// The blocked kernel against the formula row by row, about the edges of its blocks of 64 rows.
@Suite struct AttentionTests {
  struct Size: CustomTestStringConvertible {
    let (n, m): (Int, Int)
    let dtype: DType
    var testDescription: String { "\(n) queries, \(m) keys, \(dtype.name)" }
  }

  static let sizes: [Size] = [
    (0, 3), (1, 0), (1, 1), (5, 1), (63, 5), (64, 5), (65, 5), (65, 0), (129, 9),
    (3, 130),
  ].flatMap { (n, m) in [DType.f64, .f32].map { Size(n: n, m: m, dtype: $0) } }

  static let rules: [MaskRule] = [
    .full, .causal, .causalRight, .window(3), .prefix(2), .padding([2]),
    .both(.causalRight, .window(70)), .either(.padding([1]), .causalRight), .not(.causal),
    .not(.both(.not(.window(2)), .either(.prefix(4), .not(.causalRight)))),
  ]

  @Test(arguments: sizes, rules)
  func agreesWithTheFormula(_ size: Size, rule: MaskRule) throws {
    var samples = Samples(seed: 9)
    let q = try samples.normal([size.n, 3], size.dtype)
    let k = try samples.normal([size.m, 3], size.dtype)
    let v = try samples.normal([size.m, 2], size.dtype)
    var options = AttentionOptions()
    options.mask = .rule(rule)
    let (out, weights) = try attention(q, k, v, options)
    let plain = plainWeights(q, k, rule)
    #expect(out.shape == [size.n, 2] && out.dtype == size.dtype)
    #expect(weights?.shape == [size.n, size.m])
    #expect(difference(weights?.doubles ?? [], plain.flatMap { $0 }) < size.dtype.precision)
    #expect(difference(out.doubles, product(plain, v)) < size.dtype.precision)
    // Weights that are not kept may be computed in another way; so may those of a matrix.
    options.wantsWeights = false
    for mask in [.rule(rule), AttentionMask.matrix(try rule.matrix(n: size.n, m: size.m))] {
      options.mask = mask
      let (again, none) = try attention(q, k, v, options)
      #expect(none == nil)
      #expect(difference(again.doubles, product(plain, v)) < size.dtype.precision)
    }
  }

  /// A mask rule as design and papers say it, one pair at a time.
  private func sees(_ rule: MaskRule, _ i: Int, _ j: Int, _ n: Int, _ m: Int) -> Bool {
    switch rule {
    case .full: true
    case .causal: j <= i
    case .causalRight: j <= i + m - n
    case .window(let w): j <= i && i - j < w
    case .padding(let lengths): j < lengths[0]
    case .prefix(let k): j < k || j <= i
    case .both(let a, let b): sees(a, i, j, n, m) && sees(b, i, j, n, m)
    case .either(let a, let b): sees(a, i, j, n, m) || sees(b, i, j, n, m)
    case .not(let a): !sees(a, i, j, n, m)
    }
  }

  private func plainWeights(_ q: Tensor, _ k: Tensor, _ rule: MaskRule) -> [[Double]] {
    let (n, m, d) = (q.shape[0], k.shape[0], q.shape[1])
    let (x, y) = (q.doubles, k.doubles)
    return (0..<n).map { i in
      let e = (0..<m).map { j -> Double in
        guard sees(rule, i, j, n, m) else { return 0 }
        let score = (0..<d).reduce(0) { $0 + x[i * d + $1] * y[j * d + $1] }
        return Double.exp(score / Double(d).squareRoot())
      }
      let total = e.reduce(0, +)
      return e.map { total == 0 ? 0 : $0 / total }
    }
  }

  private func product(_ weights: [[Double]], _ v: Tensor) -> [Double] {
    let (dv, y) = (v.shape[1], v.doubles)
    return weights.flatMap { row in
      (0..<dv).map { c in row.indices.reduce(0) { $0 + row[$1] * y[$1 * dv + c] } }
    }
  }
}
