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
        weights = where(all(S == -∞, axis=-1, keep=1), 0, softmax(S, tau=tau))
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
        "attn (randn 2 2 3) (randn 2 4 3) (randn 2 4 3) (padding 3 2 * not causal) scale=1",
      ]
    ) { call in
      let options = try call.attentionOptions(weights: call.weightsShape)
      let (out, weights) = try attention(
        try call.real("Q"), try call.real("K"), try call.real("V"), options)
      return [Value(out)] + (weights.map { [Value($0)] } ?? [])
    }
  ])
