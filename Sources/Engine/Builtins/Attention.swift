import Kernels
import Language

let attentionFamily = Family(
  "Attention",
  [
    Builtin(
      "attn Q[…,n,dk] K[…,m,dk] V[…,m,dv] \(AttentionCall.parameters) -> out[…,n,dv] also weights[…,n,m]",
      "scaled dot-product attention: each query's mean of the values, weighted by softmax of its scores",
      formula: "Attention(Q, K, V) = softmax(Q Kᵀ/√dₖ + M) V",
      definition: """
        S = Q @ K' * scale
        if softcap < ∞ { S = softcap * tanh(S / softcap) }
        S = where(mask, S + bias, -∞)
        blind = all(S == -∞, axis=-1, keep=1)
        weights = where(blind, 0, softmax(where(blind, 0, S), tau=tau))
        (weights @ V, weights)
        """,
      parameters: [
        "Q": "queries, one a row", "K": "keys", "V": "values, one for each key",
      ] + AttentionCall.meanings,
      notes: [
        "`out, A = attn Q K V` gives the weights too",
        "a query that sees no key gets 0, as torch's scaled_dot_product_attention; the −10⁹ trick would give it the mean of all values",
        "in a matrix mask 1 = may attend; torch's nn.MultiheadAttention means the opposite",
        "Vaswani et al. 2017; softcap as in Gemma 2 (2024)",
      ],
      keywords: "scaled dot product sdpa transformer query key value weights",
      examples: """
        > seed 42; Q = randn 4 8; K = randn 5 8; V = randn 5 8;
        > out, A = attn Q K V
        out 4×8  mean -0.1371  sd 0.5982
        A 4×5  mean 0.2  sd 0.1523
        """,
      samples: [
        "attn (randn 4 8) (randn 5 8) (randn 5 3)",
        "attn (randn 4 8) (randn 4 8) (randn 4 8) causal",
        "attn (randn 5 2) (randn 3 2) (randn 3 4) causal_right",
        "attn (randn 2 4 3) (randn 2 4 3) (randn 2 4 3) (causal * window 2) softcap=2",
        "attn (randn 2 3) (randn 4 3) (randn 4 3) scale=0.3 bias=randn(2,4)",
        "attn (randn 2 3) (randn 2 3) (randn 2 3) [1 0; 0 0]",
        "attn (randn 3 2 4) (randn 6 4) (randn 6 2) (prefix 2)",
        "attn (randn 1 3) (randn 0 3) (randn 0 2)",
        "attn (randn 2 3 4 2) (randn 2 3 4 2) (randn 2 3 4 2) (padding 2 4)",
        "attn (randn 2 2 3 2) (randn 3 2) (randn 3 1) (causal * padding([1 3]))",
        "attn (randn 0 3) (randn 2 3) (randn 2 2)",
        "attn (f32 (randn 9 5)) (f32 (randn 7 5)) (f32 (randn 7 3)) tau=0.4 softcap=3",
        "attn (randn 3 4) (randn 3 4) (randn 3 4) causal bias=[0 0 -∞; 0 0 0; 0 0 0] tau=∞",
        "attn (randn 2 3 4 5) (randn 2 1 4 5) (randn 2 1 4 5) (padding 3 0) tau=2",
        "attn (randn 3 4 2) (randn 3 4 2) (randn 3 4 2) causal bias=alibi(3)",
        "attn (randn 2 2 3) (randn 2 5 3) (randn 5 1) causal_right bias=alibi([0.5],right=1)",
        "attn (randn 2 2 3) (randn 2 4 3) (randn 2 4 3) (padding 3 2 * not causal) scale=1",
      ],
      cost: Cost(
        "n d", label: "standard", extent: "one head, one sequence",
        lengths: ["n": ["n", "m"], "d": ["dk", "dv"]], traffic: "4*n*d",
        operations: [
          ("Q Kᵀ", "2*n^2*d"), ("scale", "n^2"), ("softmax", "5*n^2"), ("A V", "2*n^2*d"),
        ],
        memory: [
          ("Q, K, V, O", "4*n*d"), ("scores A", "n^2"), ("flash extra", "64*64 + 2*n"),
          ("linear extra", "d^2 + d"), ("KV-cache", "2*n*d"),
        ],
        leading: "4*n^2*d", skips: ("causal", "(n - 1)/(2*n)"), rival: "linear_attn",
        call: "attn(randn(n, d), randn(n, d), randn(n, d))"),
      explain: explainAttention,
      vjp: .kernel(
        of: AttentionCall.operands,
        rules: [
          GradientRule(
            "Q K V bias",
            """
            A = \(AttentionCall.weights)
            D = g @ V'
            D = A * (D - sum(D * A, axis=-1, keep=1)) / tau
            E = D * scale
            if softcap < ∞ { E = E * (1 - tanh(Q @ K' * scale / softcap)^2) }
            (E @ K, E' @ Q, A' @ g, D)
            """)
        ],
        recording: { call in
          let (out, weights, record) = try recordedAttention(
            try call.real("Q"), try call.real("K"), try call.real("V"),
            try call.attentionOptions(weights: call.weightsShape))
          return (Results(out, also: weights).all, record)
        }
      ) { step in
        try AttentionCall.gradients(
          step,
          AttentionUpstream(
            out: step.upstream[0], weights: step.upstream.count > 1 ? step.upstream[1] : nil))
      }
    ) { call in
      let options = try call.attentionOptions(weights: call.weightsShape)
      let (out, weights) = try attention(
        try call.real("Q"), try call.real("K"), try call.real("V"), options)
      return Results(out, also: weights)
    },

    Builtin(
      "scores Q[…,n,dk] K[…,m,dk] \(AttentionCall.parameters) -> S[…,n,m]",
      "how well each query matches each key: what the softmax of attn takes",
      formula: "S = Q Kᵀ/√dₖ",
      definition: """
        S = Q @ K' * scale
        if softcap < ∞ { S = softcap * tanh(S / softcap) }
        S = where(mask, S + bias, -∞)
        hidden = S == -∞
        where(hidden, -∞, where(hidden, 0, S) / tau)
        """,
      parameters: ["Q": "queries, one a row", "K": "keys"] + AttentionCall.meanings,
      notes: [
        "scaled as attn scales; `scores Q K scale=1` is the raw Q Kᵀ",
        "softmax (scores Q K …) is the weights of attn Q K V …, hidden keys being -∞; only a row of -∞ alone differs, NaN instead of 0",
      ],
      keywords: "similarity logits dot product qk",
      examples: """
        > scores [1 0; 0 2] [3 0; 4 1] scale=1
        2×2
          3  4
          0  2
        > scores [1 0; 0 2] [3 0; 4 1] causal
        2×2
          2.1213      -∞
          0       1.4142
        """,
      samples: [
        "scores (randn 4 8) (randn 5 8)", "scores (randn 2 3 4) (randn 3 4) causal tau=0.3",
        "scores (randn 2 3) (randn 4 3) scale=0.3 bias=randn(2,4) softcap=2",
        "scores (randn 2 2 3) (randn 2 4 3) (padding 1 3) tau=∞",
        "scores (f32 (randn 3 5)) (f32 (randn 4 5)) [1 0 1 0]", "scores (randn 0 2) (randn 3 2)",
        "scores (randn 2 2) (randn 0 2)",
      ]
    ) { call -> Tensor in
      try attentionScores(
        try call.real("Q"), try call.real("K"),
        try call.attentionOptions(weights: call.weightsShape))
    },

    Builtin(
      "self_attn X[…,n,d] wq[…,d,dk] wk[…,d,dk] wv[…,d,dv] \(AttentionCall.parameters) -> out[…,n,dv] also weights[…,n,n]",
      "attention in which queries, keys and values all come from the same tokens",
      formula: "Q = X W_Q,  K = X W_K,  V = X W_V,  Attention(Q, K, V)",
      definition: """
        attn (X @ wq) (X @ wk) (X @ wv) mask scale=scale bias=bias tau=tau softcap=softcap
        """,
      parameters: [
        "X": "tokens, one a row", "wq": "the projection to queries", "wk": "to keys",
        "wv": "to values",
      ] + AttentionCall.meanings,
      notes: [
        "without mask and positions it does not see the order: permuted tokens give the permuted output",
        "one head; several with an output projection are mha; wq of shape h×d×dk is h heads apart",
        "Vaswani et al. 2017",
      ],
      keywords: "self attention intra token transformer",
      examples: """
        > seed 42; X = randn 4 6;
        > out, A = self_attn X (randn 6 3) (randn 6 3) (randn 6 2) causal
        out 4×2  mean 0.2117  sd 1.412
        A 4×4  mean 0.25  sd 0.4091
        """,
      samples: [
        "self_attn (randn 4 6) (randn 6 3) (randn 6 3) (randn 6 2)",
        "self_attn (randn 2 4 6) (randn 6 3) (randn 6 3) (randn 6 2) causal tau=2 softcap=1",
        "self_attn (randn 4 6) (randn 3 6 2) (randn 3 6 2) (randn 3 6 2) (window 2) scale=1",
        "self_attn (f32 (randn 3 2)) (f32 (randn 2 2)) (f32 (randn 2 2)) (f32 (randn 2 1)) [1 1 0]",
        "self_attn (randn 0 2) (randn 2 2) (randn 2 2) (randn 2 1)",
        "self_attn (randn 3 2) (randn 2 2) (randn 2 2) (randn 2 0) bias=randn(3,3)",
      ], explain: explainSelfAttention
    ) { call in
      let x = try call.real("X")
      let n = call.dimensions["n"]
      let (out, weights) = try attention(
        try matmul(x, try call.real("wq")), try matmul(x, try call.real("wk")),
        try matmul(x, try call.real("wv")),
        try call.attentionOptions(weights: call.dimensions.leading + [n, n]))
      return Results(out, also: weights)
    },
  ])
