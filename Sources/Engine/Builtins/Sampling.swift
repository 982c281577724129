import Kernels
import Language

let samplingFamily = Family(
  "Sampling",
  [
    Builtin(
      "gumbel dims:any* -> ?",
      "standard Gumbel noise: added to logits, it makes argmax a draw from their softmax",
      formula: "g = −log(−log u),  u uniform in (0, 1)",
      parameters: ["dims": "the lengths of the axes; none gives one number"],
      notes: [
        "u is never 0 or 1: every number is finite; mean 0.5772, variance π²/6",
        "bit for bit np.random.gumbel after the same seed, which takes u = 1 − rand",
        "Gumbel 1935; the Gumbel-max trick: Maddison et al. 2014",
      ],
      keywords: "random noise gumbel-max trick extreme value 굼벨 검벨 잡음 난수",
      examples: """
        > seed 42; gumbel 3
        0.7566 -1.1020 -0.2752
        > argmax (log [0.1 0.2 0.7] + gumbel 3)
        2
        """,
      samples: ["gumbel 2 3", "gumbel 0 2"],
      vjp: .constant
    ) { call -> Tensor in
      try call.evaluator.state.random.gumbel(shape: try call.lengths())
    },

    Builtin(
      "gumbel_softmax z[…,n] tau=1 hard=0:flag noise[…,n]= -> […,n]",
      "a draw from softmax(z) that can be differentiated: almost one-hot for small τ",
      formula: "softmax((z + g)/τ),  g = −log(−log u)",
      definition: """
        if noise == none { g = gumbel(shape z) } else { g = noise }
        soft = softmax(z + g, tau=tau)
        if hard == 1 { straight_through(one_hot(argmax soft, shape(z)[-1]), soft) } else { soft }
        """,
      parameters: [
        "z": "logits", "tau": "temperature τ > 0: towards 0 the draw becomes one-hot",
        "hard": "1: one-hot, the largest entry as 1",
        "noise": "Gumbel noise, instead of drawing it",
      ],
      notes: [
        "hard=1 differentiates as if it were 0: straight-through, see straight_through",
        "Jang et al. 2017, Maddison et al. 2017",
      ],
      keywords: "concrete relaxation discrete categorical sample differentiable 굼벨 검벨 소프트맥스",
      examples: """
        > z = [1 2 3]; g = [0.5 1 -1];
        > gumbel_softmax z noise=g tau=0.5
        0.0420 0.8438 0.1142
        > gumbel_softmax z noise=g tau=0.5 hard=1
        0 1 0
        """,
      samples: [
        "gumbel_softmax (randn 5)", "gumbel_softmax (randn 2 3 4) tau=0.4 hard=1",
        "gumbel_softmax (randn 3 4) noise=randn(3,4) tau=2.5",
        "gumbel_softmax (randn 4) noise=randn(3,4) hard=1",
        "gumbel_softmax (f32 (randn 3 8)) noise=f32(randn(3,8)) hard=1", "gumbel_softmax [-∞ 1]",
      ],
      explain: explainGumbelSoftmax
    ) { call -> Tensor in try gumbelSoftmax(call) },

    Builtin(
      "straight_through hard soft -> ?",
      "the values of a hard choice, with the gradient of a soft one",
      formula: "value: hard;  gradient: ∂soft",
      definition: "hard",
      parameters: [
        "hard": "what is computed with, such as a one-hot choice or a rounded number",
        "soft": "what is differentiated instead, in the same shape",
      ],
      notes: [
        "the gradient goes to soft unchanged and none to hard: wrong, but it points the way where the true gradient is 0 everywhere",
        "PyTorch: soft + (hard - soft).detach()", "Bengio et al. 2013",
      ],
      keywords: "estimator ste discrete gradient detach stop 스트레이트 스루 추정기 이산 선택",
      examples: """
        > p = softmax [1 3 2];
        > straight_through (one_hot (argmax p) 3) p
        0 1 0
        """,
      samples: [
        "straight_through (one_hot 1 3) (softmax (randn 3))", "straight_through 1 0.7",
        "straight_through (f32 (round (randn 2 3))) (f32 (randn 2 3))",
      ],
      resultShapes: { [try $0.shape("hard")] },
      vjp: ["hard": "0", "soft": "g"]
    ) { call -> Tensor in
      let (hard, soft) = (try call.real("hard"), try call.tensor("soft"))
      guard hard.shape == soft.shape else {
        throw Fault("hard and soft differ in shape", .arguments(["hard", "soft"]))
      }
      return hard
    },

    Builtin(
      "sample p[…,n] dims:any* -> ?", "random indices with given probabilities",
      formula: "P(i) = pᵢ: the first i with u < p₀ + … + pᵢ",
      parameters: [
        "p": "probabilities along the last axis, such as softmax(z)",
        "dims": "how many, as lengths of axes; none gives one for each row of p",
      ],
      notes: [
        "bit for bit np.random.choice(n, size, p=p) after the same seed, row by row",
        "top-k sampling: v, i = topk(z, k), then i[sample(softmax v)]",
      ],
      keywords: "random draw choice categorical multinomial token decode 표본 추출 난수",
      examples: """
        > seed 42; sample [0.1 0.2 0.7] 8
        2 2 2 2 1 1 0 2
        > sample [0.1 0.9; 1 0]
        1 0
        """,
      samples: [
        "sample (softmax (randn 5))", "sample (softmax (randn 2 3 4))",
        "sample (softmax (randn 2 4)) 3 2", "sample (f32 (softmax (randn 4))) 0", "sample [1] 3",
      ],
      resultShapes: { [Array(try $0.shape("p").dropLast()) + (try $0.lengths())] },
      vjp: .constant
    ) { call -> Tensor in
      let p = try call.real("p")
      let lengths = try call.lengths()
      try checkProbabilities(p)
      return try call.evaluator.state.random.sample(p, shape: lengths)
    },
  ])

private func gumbelSoftmax(_ call: Call) throws -> Tensor {
  let z = try call.real("z")
  let tau = try call.temperature(of: "z")
  let noise =
    try call.optionalTensor("noise")
    ?? call.evaluator.state.random.gumbel(shape: z.shape)
    .converted(to: z.dtype)
  let noisy = try Tensor.combine(.add, z, noise)
  let soft = try softmax(noisy, axis: noisy.rank - 1, tau: tau)
  guard try call.flag("hard"), soft.count > 0 else { return soft }
  return try soft.reduce(.argmax, axis: soft.rank - 1, keep: false)
    .oneHot(soft.shape[soft.rank - 1]).converted(to: soft.dtype)
}

/// Each row sums to 1 as closely as NumPy's choice demands: within √ε of its dtype.
private func checkProbabilities(_ p: Tensor) throws {
  guard p.shape[p.rank - 1] > 0 || p.shape.dropLast().contains(0) else {
    throw Fault("sample needs at least one probability", .argument("p"))
  }
  let tolerance = p.dtype == .f32 ? 3.5e-4 : 1.5e-8
  let least = try p.reduce(.min, axis: nil, keep: false)[flat: 0]
  let sums = try p.converted(to: .f64).reduce(.sum, axis: p.rank - 1, keep: false).doubles
  let sum = sums.first { !(abs($0 - 1) <= tolerance) }
  guard least < 0 || sum != nil else { return }
  throw Fault(
    "probabilities are not negative and sum to 1", .argument("p"),
    detail: least < 0 ? "the least is \(least.plain)" : "the sum is \((sum ?? 1).plain)",
    proposals: probabilities(from: least, sum ?? 1))
}

/// How to make probabilities of what was given instead.
private func probabilities(from least: Double, _ sum: Double) -> [Fault.Proposal] {
  guard sum.isFinite else { return [] }
  let logits = Fault.Proposal.instead(of: .argument("p"), "if they are logits") {
    "softmax(\($0("p")))"
  }
  let weights = Fault.Proposal.instead(of: .argument("p"), "if they are weights") { text in
    "(\(text("p")) / sum(\(text("p")), axis=-1, keep=1))"
  }
  return least >= 0 && sum > 0 ? [weights, logits] : [logits]
}
