/// The gradients of `attention` and `flash`, by rows of queries at a time: what the kernels of the
/// processor are held to.
///
///     P  = softmax(S/τ)                                 [rows m], again from Q and K
///     ∂V = Pᵀ G,  ∂P = G Vᵀ + ∂weights
///     ∂X = P ⊙ (∂P − Σ P ⊙ ∂P + ∂lse),  X = S/τ
///     ∂S = ∂X/τ = ∂bias, times 1 − tanh² with a softcap
///     ∂Q = scale · ∂S K,  ∂K = scale · ∂Sᵀ Q
///
/// Never holds more than 64×m numbers beside operands and results; keys that a mask rule hides
/// from all these rows are skipped. A row without a visible key has the gradient 0.
/// Source: Dao et al., FlashAttention, 2022, appendix B.
struct AttentionBackward<T: Real> {
  let (q, k, v): (Tensor, Tensor, Tensor)
  let shape: AttentionShape
  let adjust: ScoreAdjustment<T>
  let factors: Factors
  let wanted: Set<AttentionOperand>
  let bias: Tensor?

  /// The numbers of a call.
  struct Factors {
    let scale: T
    let inverseTau: T
    let softcap: T?
  }

  init(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions,
    _ wanted: Set<AttentionOperand>
  ) throws {
    (self.q, self.k, self.v, self.wanted) = (q, k, v, wanted)
    shape = AttentionShape(q, k, v)
    adjust = try ScoreAdjustment<T>(
      options, shape.leading + [shape.n, shape.m], dk: shape.dk)
    factors = Factors(
      scale: T(options.scale ?? 1 / Double(shape.dk).squareRoot()),
      inverseTau: T(1 / options.tau), softcap: options.softcap.map { T($0) })
    if case .tensor(let tensor)? = options.bias { bias = tensor } else { bias = nil }
  }

  func run(_ upstream: AttentionUpstream) throws -> [AttentionOperand: Tensor] {
    let all = shape.leading + [shape.n, shape.m]
    var dQ = try zeros(q.shape, .q)
    var dK = try zeros(k.shape, .k)
    var dV = try zeros(v.shape, .v)
    var dBias = try zeros(bias?.shape ?? [], .bias)
    let placedBias = wanted.contains(.bias) ? bias.map { PlacedRows($0, in: all) } : nil
    // A gradient that nothing depends on is 0 everywhere; only that of the output is always read.
    let g =
      try upstream.out?.converted(to: T.dtype)
      ?? Tensor(repeating: T(0), shape: shape.leading + [shape.n, shape.dv])
    let dWeights = try upstream.weights?.converted(to: T.dtype)
    let dLse = try upstream.logSumExp?.converted(to: T.dtype)
    var scratch = try AttentionScratch<T>(shape, wanted, factors.softcap != nil)
    var numbers = ScalarGradients()
    try dQ.withMutableElements(of: T.self) { dQ in
      try dK.withMutableElements(of: T.self) { dK in
        try dV.withMutableElements(of: T.self) { dV in
          try dBias.withMutableElements(of: T.self) { dBias in
            try withOperands(g) { q, k, v, g in
              try Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, offsets in
                try scratch.with { scratch in
                  try AttentionPlane(
                    backward: self, plane: plane, scratch: scratch,
                    q: part(q, offsets[0], shape.n * shape.dk),
                    k: part(k, offsets[1], shape.m * shape.dk),
                    v: part(v, offsets[2], shape.m * shape.dv),
                    g: part(g, plane, shape.n * shape.dv), dWeights: dWeights, dLse: dLse,
                    dQ: part(dQ, offsets[0], shape.n * shape.dk),
                    dK: part(dK, offsets[1], shape.m * shape.dk),
                    dV: part(dV, offsets[2], shape.m * shape.dv),
                    dBias: dBias, placedBias: placedBias
                  ).run(&numbers)
                }
              }
            }
          }
        }
      }
    }
    var found: [AttentionOperand: Tensor] = [.q: dQ, .k: dK, .v: dV, .bias: dBias]
    for (operand, sum) in [
      (.scale, numbers.scale), (.tau, numbers.tau), (.softcap, numbers.softcap),
    ]
      as [(AttentionOperand, Double)]
    {
      found[operand] = try Tensor(scalar: sum)
    }
    return found.filter { wanted.contains($0.key) }
  }

  private func zeros(_ shape: [Int], _ operand: AttentionOperand) throws -> Tensor {
    try Tensor(repeating: T(0), shape: wanted.contains(operand) ? shape : [0])
  }

  private func withOperands(
    _ g: Tensor,
    _ body: (
      UnsafeBufferPointer<T>, UnsafeBufferPointer<T>, UnsafeBufferPointer<T>,
      UnsafeBufferPointer<T>
    ) throws -> Void
  ) throws {
    try q.withElements(of: T.self) { q in
      try k.withElements(of: T.self) { k in
        try v.withElements(of: T.self) { v in
          try g.withElements(of: T.self) { g in try body(q, k, v, g) }
        }
      }
    }
  }

  private func part(_ x: UnsafeBufferPointer<T>, _ number: Int, _ count: Int)
    -> UnsafeBufferPointer<T>
  {
    UnsafeBufferPointer(rebasing: x[number * count..<(number + 1) * count])
  }

  /// Nothing of a gradient that is not wanted.
  private func part(_ x: UnsafeMutableBufferPointer<T>, _ number: Int, _ count: Int)
    -> UnsafeMutableBufferPointer<T>
  {
    x.isEmpty
      ? x : UnsafeMutableBufferPointer(rebasing: x[number * count..<(number + 1) * count])
  }
}
