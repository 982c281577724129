import Kernels
import Language

let softmaxFamily = Family(
  "Softmax",
  [
    Builtin(
      "softmax z[…,n] tau=1 axis=-1:int -> […,n]",
      "turns scores into probabilities: positive, in the order of the scores, with sum 1",
      formula: "softmax(z)ᵢ = exp(zᵢ/τ) / Σⱼ exp(zⱼ/τ)",
      definition: """
        m = max(z, axis=axis, keep=1)
        e = exp((z - m) / tau)
        e / sum(e, axis=axis, keep=1)
        """,
      parameters: [
        "z": "scores (logits)", "tau": "temperature τ > 0: small sharpens, ∞ is uniform",
        "axis": "the axis whose sums become 1",
      ],
      notes: [
        "the maximum is subtracted first, then divided by τ: nothing overflows",
        "adding a number to every score changes nothing, and a larger score never gets less",
        "a row of -∞ alone gives NaN; attention gives 0 for a row without a visible key",
        "a row with ∞ or NaN gives NaN, as NumPy and PyTorch do",
      ],
      keywords:
        "probability normalise normalize exponential temperature logits shift invariance 소프트맥스 확률 분포 온도 평행 이동 불변성 순서 보존",
      examples: """
        > z = [1 2 3 4 1]; softmax z
        0.0311 0.0844 0.2295 0.6239 0.0311
        > close (softmax (z + 1000)) (softmax z)
        1
        > close (sort (softmax z)) (softmax (sort z))
        1
        > softmax z tau=0.1
        <1e-4 <1e-4 <1e-4 1.0000 <1e-4
        > softmax z tau=∞
        0.2000 0.2000 0.2000 0.2000 0.2000
        """,
      explain: explainSoftmax,
      vjp: .kernel(
        of: ["z", "tau"],
        rules: [
          GradientRule("z", "out * (g - sum(g * out, axis=axis, keep=1)) / tau"),
          GradientRule(
            "tau",
            """
            d = out * (g - sum(g * out, axis=axis, keep=1))
            -sum(d * where(out == 0, 0, z)) / tau^2
            """),
        ]
      ) { step in
        guard step.wanted == ["z"], let p = try step.results[0].asTensor(),
          try step.call.axis(of: p.rank) == p.rank - 1
        else { return nil }
        return [
          "z": try softmaxGradient(p, upstream: try step.g(), tau: try step.call.number("tau"))
        ]
      }
    ) { call -> Tensor in
      let z = try call.real("z")
      return try softmax(z, axis: try call.axis(of: z.rank), tau: try call.temperature(of: "z"))
    },

    Builtin(
      "log_softmax z[…,n] tau=1 axis=-1:int -> […,n]",
      "the logarithm of softmax, exact where softmax itself would be 0",
      formula: "log softmax(z)ᵢ = zᵢ/τ − log Σⱼ exp(zⱼ/τ)",
      definition: """
        s = (z - max(z, axis=axis, keep=1)) / tau
        s - log(sum(exp(s), axis=axis, keep=1))
        """,
      parameters: [
        "z": "scores (logits)", "tau": "temperature τ > 0", "axis": "the axis of softmax",
      ],
      notes: ["a row with ∞ or NaN gives NaN"],
      keywords: "probability likelihood cross entropy 로그 소프트맥스",
      examples: """
        > log_softmax [1000 0]
        0 -1000
        > log (softmax [1000 0])
        0 -∞
        """,
      vjp: [
        "z": "(g - exp(out) * sum(g, axis=axis, keep=1)) / tau",
        "tau": """
        p = exp out
        mean = sum(p * where(p == 0, 0, z), axis=axis, keep=1)
        -sum(g * (where(g == 0, mean, z) - mean)) / tau^2
        """,
      ]
    ) { call -> Tensor in
      let z = try call.real("z")
      return try logSoftmax(z, axis: try call.axis(of: z.rank), tau: try call.temperature(of: "z"))
    },

    Builtin(
      "logsumexp z axis=-1:int keep=0:flag -> ?",
      "a smooth maximum: the logarithm of the sum of exponentials",
      formula: "log Σⱼ exp(zⱼ) = m + log Σⱼ exp(zⱼ − m),  m = max z",
      definition: """
        m = max(z, axis=axis, keep=1)
        m = where(isfinite m, m, 0)
        s = log(sum(exp(z - m), axis=axis, keep=1)) + m
        if keep == 1 { s } else { sum(s, axis=axis) }
        """,
      parameters: ["axis": "the axis that is summed", "keep": "1: the axis stays, with length 1"],
      notes: ["of nothing, or of -∞ alone, -∞"],
      keywords: "lse partition smooth maximum 로그 합",
      examples: """
        > logsumexp [1000 1000]
        1000.69
        """,
      samples: [
        "logsumexp (randn 3 4)", "logsumexp (randn 3 4) axis=0 keep=1", "logsumexp [-∞ -∞]",
      ],
      vjp: [
        "z": """
        \(keptAxis)
        where(out == -∞, 0, g * exp(z - where(out == -∞, 0, out)))
        """
      ]
    ) { call -> Tensor in
      let z = try call.real("z")
      guard z.rank > 0 else { return z }
      return try z.reduce(
        .logsumexp, axis: try call.axis(of: z.rank), keep: try call.flag("keep"))
    },

    Builtin(
      "softargmax z[…,n] tau=1 -> […]", "the expected index under softmax: a differentiable argmax",
      formula: "Σᵢ i · softmax(z)ᵢ", definition: "softmax(z, tau=tau) @ range(shape(z)[-1])",
      parameters: ["z": "scores", "tau": "temperature τ > 0; towards 0 the result is argmax"],
      notes: ["positions are counted from 0; of nothing 0, the empty sum"],
      keywords: "expected position soft argmax differentiable 매끄러운 소프트 기댓값 미분 가능",
      examples: """
        > softargmax [1 2 3 4 1]
        2.53948
        > softargmax [1 2 3 4 1] tau=0.1
        2.99995
        """
    ) { call -> Tensor in
      let z = try call.real("z")
      let p = try softmax(
        z, axis: z.rank - 1, tau: try call.temperature(of: "z", limit: firstLargest))
      let n = p.shape[p.rank - 1]
      let positions = try Tensor((0..<n).map(Double.init)).converted(to: p.dtype)
      return try matmul(p, positions)
    },

    Builtin(
      "softmax_jacobian z[…,n] tau=1 -> […,n,n]", "how each probability answers to each score",
      formula: "J = (diag(p) − p pᵀ)/τ,  p = softmax(z/τ)",
      definition: """
        p = softmax(z, tau=tau)
        n = shape(z)[-1]
        (einsum("...i,ij->...ij", p, eye n) - einsum("...i,...j->...ij", p, p)) / tau
        """,
      parameters: ["z": "scores", "tau": "temperature τ > 0"],
      notes: [
        "rows and columns sum to 0: probabilities can only be moved, never made",
        "symmetric; both limits τ → ∞ and, without ties, τ → 0 are 0",
      ],
      keywords: "derivative gradient jacobian 야코비안 미분 기울기",
      examples: """
        > J = softmax_jacobian [1 2 3]; J
        J 3×3
           0.0819  -0.0220  -0.0599
          -0.0220   0.1848  -0.1628
          -0.0599  -0.1628   0.2227
        > close (sum J axis=1) [0 0 0] tol=1e-15
        1
        > softmax_jacobian [1 2 3] tau=0.5
        3×3
           0.0312  -0.0037  -0.0275
          -0.0037   0.2071  -0.2034
          -0.0275  -0.2034   0.2309
        """
    ) { call -> Tensor in
      try softmaxJacobian(
        try call.real("z"), tau: try call.temperature(of: "z", limit: nil))
    },

    Builtin(
      "entropy p axis=-1:int -> ?", "how undecided probabilities are, in nats",
      formula: "H(p) = −Σᵢ pᵢ log pᵢ",
      definition: "-sum(where(p == 0, 0, p * log p), axis=axis)",
      parameters: ["p": "probabilities", "axis": "the axis that sums to 1"],
      notes: ["0 log 0 is 0; exp(H) is the number of equally likely choices it amounts to"],
      keywords: "information uncertainty nats perplexity 엔트로피 불확실성",
      examples: """
        > entropy [0.5 0.5]
        0.693147
        """,
      samples: ["entropy (softmax (randn 3 4))", "entropy (softmax (randn 3 4) axis=0) axis=0"],
      resultShapes: { call in
        var shape = try call.shape("p")
        shape.remove(at: try call.axis(of: shape.count))
        return [shape]
      },
      vjp: ["p": "-stack(g, axis=axis) * where(p == 0, 0, log(where(p == 0, 1, p)) + 1)"]
    ) { call -> Tensor in
      let p = try call.real("p")
      guard p.rank > 0 else { throw Fault("entropy needs at least a vector", .argument("p")) }
      return try entropy(p, axis: try call.axis(of: p.rank))
    },
  ])

private let firstLargest = Call.ColdLimit(name: "the place of the largest entry") { logits, _ in
  "argmax \(logits)"
}
