import Kernels
import Language

let attentionFamily = Family(
  "Attention",
  [
    Builtin(
      "attn Q[…,n,dk] K[…,m,dk] V[…,m,dv] mask?:mask=full scale=1/√dk bias=0:tensor softcap=∞ -> out[…,n,dv] also weights[…,n,m]",
      "scaled dot-product attention: each query's mean of the values, weighted by softmax of its scores",
      formula: "Attention(Q, K, V) = softmax(Q Kᵀ/√dₖ + M) V",
      definition: """
        S = Q @ K' * scale
        if softcap < ∞ { S = softcap * tanh(S / softcap) }
        visible = where(mask, 0 * S + 1, 0)
        S = where(visible, S + bias, -∞)
        weights = where(sum(visible, axis=-1, keep=1) > 0, softmax S, 0)
        (weights @ V, weights)
        """,
      parameters: [
        "Q": "queries, one a row", "K": "keys", "V": "values, one for each key",
        "mask": "a rule (causal, window 3, …) or a 0/1 matrix, 1 = may attend",
        "scale": "what the scores are multiplied by; 1/√dk unless given",
        "bias": "added to the scaled scores, as alibi does",
        "softcap": "c squeezes the scores to ±c by c·tanh(s/c), before the mask",
      ],
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
      ]
    ) { call in
      var options = AttentionOptions()
      let (q, k, v) = (try call.real("Q"), try call.real("K"), try call.real("V"))
      let weightsShape =
        call.dimensions.leading + [call.dimensions["n"], call.dimensions["m"]]
      switch try call.required("mask") {
      case .mask(let rule):
        try rule.checkSequences(along: call.dimensions.leading, "mask")
        options.mask = .rule(rule)
      default:
        let matrix = try call.tensor("mask")
        try fits(matrix, weightsShape, "mask")
        options.mask = .matrix(matrix)
      }
      let bias = try call.real("bias")
      if case .number(0, _)? = call.value("bias") {
      } else {
        try fits(bias, weightsShape, "bias")
        options.bias = bias
      }
      options.scale = try call.number("scale")
      let softcap = try call.number("softcap")
      guard softcap > 0 else { throw Fault("softcap must be more than 0", .argument("softcap")) }
      options.softcap = softcap == .infinity ? nil : softcap
      options.wantsWeights = call.wantsExtras
      let (out, weights) = try attention(q, k, v, options)
      return [Value(out)] + (weights.map { [Value($0)] } ?? [])
    }
  ])

/// A mask or bias must broadcast to the weights' shape.
private func fits(_ tensor: Tensor, _ weights: [Int], _ name: String) throws {
  guard Broadcast.shape(tensor.shape, weights) == weights else {
    throw Fault(
      "the \(name) does not fit the weights", .argument(name),
      detail: "weights \(weights.timesText)",
      proposals: Broadcast.shape(OperatorShape.transposed(tensor.shape), weights) == weights
        ? [
          .instead(of: .argument(name), OperatorShape.transposed(tensor.shape).timesText) {
            "\($0(name))'"
          }
        ] : [])
  }
}
