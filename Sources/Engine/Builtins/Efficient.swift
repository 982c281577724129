import Kernels
import Language

let efficientFamily = Family(
  "Attention for long sequences",
  [
    Builtin(
      "flash Q[…,n,dk] K[…,m,dk] V[…,m,dv] \(AttentionCall.parameters) block=64:int -> out[…,n,dv] also lse[…,n]",
      "attention tile by tile: never an n×m matrix, the same result",
      formula: """
        m′ = max(m, max s)   α = exp(m − m′)
        ℓ′ = α ℓ + Σ exp(s − m′)   o′ = α o + Σ exp(s − m′) v   out = o/ℓ
        """,
      definition: """
        S = scores Q K mask scale=scale bias=bias tau=tau softcap=softcap
        lse = logsumexp S
        shift = where(lse == -∞, 0, lse)
        A = exp(S - reshape(shift, [shape(shift) 1]))
        (A @ V, lse)
        """,
      parameters: [
        "Q": "queries, one a row", "K": "keys", "V": "values, one for each key",
      ] + AttentionCall.meanings + [
        "block": "rows and columns of a tile; the result does not depend on it"
      ],
      notes: [
        "the largest score m, the sum ℓ and the output o of each query are rescaled by α when a tile brings a larger score; at the end out = o/ℓ",
        "the second result is the log-sum-exp of each row of scores, m + log ℓ; -∞ where no key is visible",
        "tiles that a mask rule hides are skipped; attn does the same when its weights are not asked for",
        "Dao et al. 2022; online softmax: Milakov and Gimelshein 2018",
      ],
      keywords: "flashattention tiling online softmax memory io long sequence logsumexp 플래시",
      examples: """
        > seed 42; Q = randn 6 4; K = randn 6 4; V = randn 6 2;
        > out, lse = flash Q K V causal block=2
        out 6×2  mean -0.1227  sd 0.6796
        lse 6  mean 1.3962  sd 1.0812
        > close out (attn Q K V causal)
        1
        """,
      samples: flashSamples,
      cost: Cost(
        "n d", options: ["block": 64], label: "tiled",
        extent: "one head, one sequence", lengths: ["n": ["n", "m"], "d": ["dk", "dv"]],
        traffic: "4*n*d",
        operations: [
          ("Q Kᵀ", "2*n^2*d"), ("scale", "n^2"), ("softmax", "5*n^2"),
          ("rescaling", "n*d*n/block"), ("P V", "2*n^2*d"),
        ],
        memory: [
          ("Q, K, V, O", "4*n*d"), ("tile of scores", "block^2"), ("m, ℓ", "2*n"),
          ("naive weights", "n^2"),
        ],
        leading: "4*n^2*d", skips: ("causal", "(n/block - 1)/(2*n/block)"), rival: "linear_attn",
        call: "flash(randn(n, d), randn(n, d), randn(n, d), block=block)"),
      explain: explainFlash,
      vjp: .kernel(of: AttentionCall.operands) { step in
        try AttentionCall.gradients(
          step, AttentionUpstream(out: step.upstream[0], logSumExp: step.upstream[1]))
      }
    ) { call in
      let (out, logSumExp) = try flash(
        try call.real("Q"), try call.real("K"), try call.real("V"),
        try call.attentionOptions(weights: call.weightsShape),
        block: try call.integer("block", atLeast: 1))
      return [Value(out), Value(logSumExp)]
    },

    Builtin(
      "linear_attn Q[…,n,d] K[…,m,d] V[…,m,dv] mask?:mask=full phi=\"elu+1\":any eps=0 -> out[…,n,dv]",
      "attention with features instead of a softmax: its cost grows with n, not n²",
      formula: "out = φ(Q) (φ(K)ᵀ V) / (φ(Q) φ(K)ᵀ 1 + ε)",
      definition: """
        f = phi
        if phi == "elu+1" { f = x -> elu(x) + 1 }
        if phi == "relu+1" { f = x -> relu(x) + 1 }
        W = f(Q) @ f(K)'
        if mask == causal { W = tril W }
        z = sum(W, axis=-1, keep=1)
        where(z == 0, 0, W @ V / where(z == 0, 1, z + eps))
        """,
      parameters: [
        "Q": "queries, one a row", "K": "keys", "V": "values, one for each key",
        "mask": "full or causal: other masks have no running sum",
        "phi": "\"elu+1\", \"relu+1\", or a function such as x -> exp(x)",
        "eps": "ε added to the sum of a row's weights",
      ],
      notes: [
        "φ(K)ᵀV is summed once, so the cost is O(n·d·dv); the definition shows the same with its n×m weights",
        "a replacement for softmax attention, no approximation of it: random rows differ by about 80 %",
        "phi=\"relu+1\" eps=1e-6 is the chapter's code; the chapter names elu+1 after Performer, whose map is another one: performer",
        "Katharopoulos et al. 2020",
      ],
      keywords: "linear kernel feature map transformers are rnns efficient 선형",
      examples: """
        > seed 42; Q = randn 4 3; K = randn 4 3; V = randn 4 2;
        > linear_attn Q K V causal
        4×2
          -0.5444   0.1109
          -0.8168   0.2298
          -0.7491   0.0651
          -0.7129   0.4849
        """,
      samples: [
        "linear_attn (randn 5 3) (randn 4 3) (randn 4 2)",
        "linear_attn (randn 5 3) (randn 5 3) (randn 5 2) causal",
        "linear_attn (randn 2 3 4) (randn 2 3 4) (randn 2 3 1) causal phi=\"relu+1\" eps=1e-6",
        "linear_attn (randn 2 3 4) (randn 5 4) (randn 5 2) phi=\"relu+1\" eps=0.5",
        "linear_attn (randn 3 2) (randn 3 2) (randn 3 2) phi=exp",
        "linear_attn (randn 3 2) (randn 3 2) (randn 3 2) causal phi=relu",
        "linear_attn (f32 (randn 9 5)) (f32 (randn 9 5)) (f32 (randn 9 3)) causal",
        "linear_attn (randn 2 3) (randn 0 3) (randn 0 2)",
        "linear_attn (randn 4 3) (randn 2 3) (randn 2 2) causal",
      ],
      cost: Cost(
        "n d", label: "linear", extent: "one head, one sequence, dv = d",
        lengths: ["n": ["n", "m"], "d": ["d", "dv"]], traffic: "4*n*d",
        operations: [
          ("φ(Q), φ(K)", "4*n*d"), ("φ(K)ᵀ V", "2*n*d^2"), ("φ(Q) S", "2*n*d^2"),
          ("normaliser", "4*n*d"),
        ],
        memory: [("Q, K, V, O", "4*n*d"), ("S = φ(K)ᵀ V, s", "d^2 + d")],
        leading: "4*n*d^2", rival: "attn",
        call: "linear_attn(randn(n, d), randn(n, d), randn(n, d))"),
      explain: explainLinearAttention,
      vjp: .steps { call in
        try call.evaluator.traced(
          try withFeatures(call), ["Q", "K", "V", "eps"], by: linearAttentionGradients)
      }
    ) { call -> Tensor in
      let isCausal = try runsForward(call)
      let (map, given) = try featureMap(call)
      return try linearAttention(
        try given("Q"), try given("K"), try call.real("V"), map: map, isCausal: isCausal,
        eps: try call.number("eps"))
    },

    Builtin(
      "orthogonal_directions count:int d:int -> [count,d]",
      "random directions for performer: normal one by one, orthogonal in blocks of d",
      formula: "ω ~ N(0, I),  ωᵢ·ωⱼ = 0 within a block",
      parameters: ["count": "how many", "d": "their length"],
      notes: [
        "drawn from the stream of seed; each block is made orthogonal, then stretched to lengths of normal vectors",
        "Yu et al. 2016, Orthogonal Random Features",
      ],
      keywords: "random features projection orthogonal favor performer",
      examples: """
        > seed 42; W = orthogonal_directions 3 3;
        > close (W @ W') (diag (sum(W^2, axis=1)))
        1
        """,
      samples: ["orthogonal_directions 5 3", "orthogonal_directions 0 2"],
      resultShapes: { [[try $0.integer("count"), try $0.integer("d")]] }
    ) { call -> Tensor in
      let (count, d) = (try call.integer("count", atLeast: 0), try call.integer("d", atLeast: 0))
      return try call.evaluator.state.random.orthogonalDirections(count, d)
    },

    Builtin(
      "performer Q[…,n,d] K[…,m,d] V[…,m,dv] mask?:mask=full features=256:int projection=orthogonal_directions(features,d):tensor -> out[…,n,dv]",
      "softmax attention approximated by positive random features",
      formula: "φ(x) = exp(Ω x − |x|²/2)/√r,  x = q/d^¼,  E[φ(q)·φ(k)] = exp(q·k/√d)",
      definition: """
        d = shape(Q)[-1]
        q = Q / d^0.25 @ projection' - sum(Q^2, axis=-1, keep=1) / (2 * √d)
        k = K / d^0.25 @ projection' - sum(K^2, axis=-1, keep=1) / (2 * √d)
        if shape(K)[-2] > 0 { k = k - max(max(k, axis=-1, keep=1), axis=-2, keep=1) }
        linear_attn exp(q - max(q, axis=-1, keep=1)) (exp k) V mask phi=(x -> x)
        """,
      parameters: [
        "Q": "queries, one a row", "K": "keys", "V": "values, one for each key",
        "mask": "full or causal",
        "features": "r, how many random features; the error falls as 1/√r",
        "projection": "Ω, r×d; drawn by orthogonal_directions unless given",
      ],
      notes: [
        "FAVOR+: the features are positive, so no weight is negative; exponents are shifted, which the normalisation undoes",
        "Choromanski et al. 2021",
      ],
      keywords: "favor random features kernel approximation linear",
      examples: """
        > seed 42; Q = randn 6 4 / 2; K = randn 6 4 / 2; V = randn 6 2;
        > O = attn Q K V;
        > for r in [9 99 999] { print r (norm (performer(Q,K,V, features=r) - O)) }
        9 0.347329
        99 0.0800157
        999 0.0261974
        """,
      samples: [
        "performer (randn 5 3) (randn 4 3) (randn 4 2) features=7 projection=randn(7,3)",
        "performer (randn 2 5 3) (randn 2 5 3) (randn 5 2) causal features=4 projection=randn(4,3)",
        "performer (randn 5 3) (randn 4 3) (randn 4 2) features=8",
        "performer (f32 (randn 5 4)) (f32 (randn 5 4)) (f32 (randn 5 2)) projection=randn(9,4)",
        "performer (randn 2 3) (randn 0 3) (randn 0 2) features=3",
      ],
      cost: Cost(
        "n d", options: ["features": 256], label: "random-feature",
        extent: "one head, one sequence, dv = d",
        lengths: ["n": ["n", "m"], "d": ["d", "dv"]], traffic: "4*n*d",
        operations: [
          ("Q Ωᵀ, K Ωᵀ", "4*n*d*features"), ("|x|², exp", "4*n*d + 4*n*features"),
          ("φ(K)ᵀ V", "2*n*d*features"), ("φ(Q) S", "2*n*d*features"),
          ("normaliser", "4*n*features"),
        ],
        memory: [
          ("Q, K, V, O", "4*n*d"), ("φ(Q), φ(K)", "2*n*features"), ("Ω", "features*d"),
          ("S = φ(K)ᵀ V, s", "features*d + features"),
        ],
        leading: "8*n*d*features", rival: "attn",
        call:
          "performer(randn(n, d), randn(n, d), randn(n, d), projection=randn(features, d))",
        notes: ["without drawing Ω"])
    ) { call -> Tensor in
      let isCausal = try runsForward(call)
      let projection = try call.real("projection")
      guard projection.rank == 2, projection.shape[1] == call.dimensions["d"] else {
        throw Fault(
          "the projection does not fit the queries", .argument("projection"),
          detail: "\(projection.shape.timesText)   wanted r×\(call.dimensions["d"])")
      }
      return try linearAttention(
        try performerFeatures(try call.real("Q"), projection: projection, isKey: false),
        try performerFeatures(try call.real("K"), projection: projection, isKey: true),
        try call.real("V"), isCausal: isCausal, eps: 0)
    },
  ])

private let flashSamples = [
  "flash (randn 4 8) (randn 5 8) (randn 5 3)",
  "flash (randn 9 4) (randn 9 4) (randn 9 4) causal block=2",
  "flash (randn 5 2) (randn 3 2) (randn 3 4) causal_right block=1",
  "flash (randn 2 7 3) (randn 2 7 3) (randn 2 7 3) (causal * window 2) softcap=2 block=3",
  "flash (randn 2 3) (randn 4 3) (randn 4 3) scale=0.3 bias=randn(2,4) block=2",
  "flash (randn 2 3) (randn 2 3) (randn 2 3) [1 0; 0 0]",
  "flash (randn 1 3) (randn 0 3) (randn 0 2)",
  "flash (randn 0 3) (randn 2 3) (randn 2 2)",
  "flash (randn 2 3 5 2) (randn 2 1 5 2) (randn 2 3 5 2) (padding 2 4) block=2",
  "flash (f32 (randn 9 5)) (f32 (randn 70 5)) (f32 (randn 70 3)) tau=0.4 softcap=3 block=32",
  "flash (randn 3 4) (randn 3 4) (randn 3 4) causal bias=[0 0 -∞; 0 0 0; 0 0 0] tau=∞ block=2",
  "flash (randn 3 5 2) (randn 3 5 2) (randn 3 5 2) causal bias=alibi(3) block=2",
  "flash (randn 65 3) (randn 130 3) (randn 130 2) (not causal)",
]

/// Whether the mask is `causal`; others can not be had by running sums.
private func runsForward(_ call: Call) throws -> Bool {
  switch try call.required("mask") {
  case .mask(.full): return false
  case .mask(.causal): return true
  default:
    throw Fault(
      "\(call.builtin.name) knows only the masks full and causal", .argument("mask"),
      detail: "its sums run over all keys, or over all up to the present one",
      proposals: [
        .instead(of: .call, "softmax attention takes any mask") {
          "attn \($0("Q")) \($0("K")) \($0("V")) \($0("mask"))"
        }
      ])
  }
}

/// φ as far as the kernel knows it, and what it makes features of, by the parameter's name.
private func featureMap(_ call: Call) throws -> (FeatureMap, (String) throws -> Tensor) {
  let phi = try call.required("phi")
  switch phi {
  case .string("elu+1"): return (.eluPlusOne, { try call.real($0) })
  case .string("relu+1"): return (.reluPlusOne, { try call.real($0) })
  case .function:
    let features = { (name: String) throws -> Tensor in
      let x = try call.real(name)
      guard let y = try call.apply(phi, [Value(x)]).asTensor(), y.rank >= 2,
        y.shape.dropLast() == x.shape.dropLast()
      else { throw Fault("phi must give features for each row of \(name)", .argument("phi")) }
      return y
    }
    return (.identity, features)
  default:
    throw Fault(
      "phi has no choice of that name", .argument("phi"),
      detail: "\"elu+1\", \"relu+1\", or a function",
      proposals: [
        .write("phi=\"elu+1\"", insteadOf: "phi"), .write("phi=\"relu+1\"", insteadOf: "phi"),
      ])
  }
}

/// The same call of features: φ is applied step by step, as tapes can follow it.
private func withFeatures(_ call: Call) throws -> Call {
  let evaluator = call.evaluator
  func features(_ name: String) throws -> Value {
    let x = try call.required(name)
    switch try call.required("phi") {
    case .string(let word):
      guard let bend = Registry[String(word.prefix { $0 != "+" })] else { return x }
      let bent = try evaluator.apply(.function(.builtin(bend)), Arguments([x]))
      return try evaluator.combine(.add, bent, .number(1))
    case let phi: return try call.apply(phi, [x])
    }
  }
  // Says what is wrong with the call, as the forward does.
  _ = (try runsForward(call), try featureMap(call))
  return call.replacing(
    ["Q", "K", "phi"],
    by: [
      try features("Q"), try features("K"),
      try evaluator.evaluate(try Parser.expression("x -> x"), with: [:]),
    ])
}

private func linearAttentionGradients(_ step: KernelStep) throws -> [String: Tensor] {
  let call = step.call
  let (q, k, v, eps) = try Kernels.linearAttentionGradients(
    try call.real("Q"), try call.real("K"), try call.real("V"), isCausal: try runsForward(call),
    eps: try call.number("eps"), upstream: try step.g())
  return ["Q": q, "K": k, "V": v, "eps": try Tensor(scalar: eps)]
}
