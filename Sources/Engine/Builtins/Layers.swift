import Kernels
import Language

let layerFamily = Family(
  "Parts of a transformer",
  [
    Builtin(
      "layernorm x gain?=1:tensor bias?=0:tensor eps=1e-5 axis=-1:int -> ?",
      "each vector brought to mean 0 and variance 1, then scaled and moved",
      formula: "LN(x) = γ ⊙ (x − mean x)/√(var x + ε) + β",
      definition: """
        m = mean(x, axis=axis, keep=1)
        v = var(x, axis=axis, keep=1)
        gain * ((x - m) / sqrt(v + eps)) + bias
        """,
      parameters: [
        "x": "vectors along the last axis", "gain": "γ, one for each entry of a vector",
        "bias": "β, likewise", "eps": "ε keeps constant vectors finite",
        "axis": "the axis along which the vectors lie",
      ],
      notes: [
        "the variance is biased and ε stands inside the root, as in torch",
        "Ba, Kiros and Hinton 2016",
      ],
      keywords: "normalize normalise normalization standardize transformer 층 정규화 레이어 정규화 노름",
      examples: """
        > layernorm [1 2 3 4]
        -1.3416 -0.4472 0.4472 1.3416
        > layernorm [1 2 3 4] 2 1 eps=0
        -1.6833 0.1056 1.8944 3.6833
        """,
      samples: [
        "layernorm (randn 3 4)", "layernorm (randn 2 3 5) (randn 5) (randn 5)",
        "layernorm (randn 3 4) 2 eps=0.1", "layernorm (randn 3 4) axis=0",
        "layernorm (f32 (randn 3 8)) (f32 (randn 8))", "layernorm (randn 1 1)",
        "layernorm (ones 2 3)", "layernorm (zeros 0 3)", "layernorm (zeros 3 0)",
      ],
      resultShapes: { [try $0.shape("x")] }, explain: explainLayerNorm,
      vjp: .kernel(
        of: ["x", "gain", "bias"],
        rules: [
          GradientRule(
            "x",
            """
            r = 1 / sqrt(var(x, axis=axis, keep=1) + eps)
            y = (x - mean(x, axis=axis, keep=1)) * r
            h = g * gain
            r * (h - mean(h, axis=axis, keep=1) - y * mean(h * y, axis=axis, keep=1))
            """),
          GradientRule("gain", "g * layernorm(x, eps=eps, axis=axis)"),
          GradientRule("bias", "g"),
        ]
      ) { step in
        let (x, gain) = (try step.call.real("x"), try step.call.real("gain"))
        let bias = try step.call.tensor("bias")
        guard try step.call.axis(of: x.rank) == x.rank - 1, gain.rank <= 1, bias.rank <= 1 else {
          return nil
        }
        let found = try layerNormGradients(
          x, gain: gain, eps: try step.call.number("eps"), upstream: try step.g())
        return ["x": found.x, "gain": found.gain, "bias": found.bias]
      }
    ) { call -> Tensor in
      try normalized(call) {
        try standardized($0, axis: $1, eps: $2, gain: $3, bias: $4)
      }
    },

    Builtin(
      "rmsnorm x gain?=1:tensor eps=1e-6 axis=-1:int -> ?",
      "each vector divided by the root mean square of its entries, then scaled",
      formula: "RMSNorm(x) = γ ⊙ x/√(mean x² + ε)",
      definition: "gain * (x / sqrt(mean(x^2, axis=axis, keep=1) + eps))",
      parameters: [
        "x": "vectors along the last axis", "gain": "γ, one for each entry of a vector",
        "eps": "ε keeps zero vectors finite", "axis": "the axis along which the vectors lie",
      ],
      notes: ["Zhang and Sennrich 2019; ε as in Llama (Touvron et al. 2023)"],
      keywords: "normalize normalise normalization llama root mean square 정규화 제곱평균제곱근",
      examples: """
        > rmsnorm [3 4]
        0.8485 1.1314
        > mean (rmsnorm([3 4], eps=0)^2)
        1
        """,
      samples: [
        "rmsnorm (randn 3 4)", "rmsnorm (randn 2 3 5) (randn 5)", "rmsnorm (randn 3 4) eps=0.1",
        "rmsnorm (randn 3 4) axis=-2", "rmsnorm (f32 (randn 3 8)) (f32 (randn 8))",
        "rmsnorm (zeros 2 3)", "rmsnorm (zeros 0 3)",
      ],
      resultShapes: { [try $0.shape("x")] }
    ) { call -> Tensor in
      try normalized(call) {
        try rootMeanSquareScaled($0, axis: $1, eps: $2, gain: $3, bias: $4)
      }
    },

    Builtin(
      "ffn x[…,d] p:record act=relu:function -> ?",
      "the feed-forward network of a block: two linear maps with a bend between them",
      formula: "FFN(x) = act(x W₁ + b₁) W₂ + b₂",
      definition: """
        h = act(x @ p.w1 + get(p, "b1", 0))
        if kind(get(p, "w3", 0)) == "tensor" { h = h * (x @ p.w3 + get(p, "b3", 0)) }
        h @ p.w2 + get(p, "b2", 0)
        """,
      parameters: [
        "x": "vectors, one a row", "p": "record(w1, w2) with b1 and b2, if there are any",
        "act": "any function element by element: relu, gelu, gelu_tanh, silu, tanh, z -> …",
      ],
      notes: [
        "with w3 in the record a gated unit, act(x W₁) ⊙ (x W₃), then W₂: with act=silu SwiGLU (Shazeer 2020)",
        "Vaswani et al. 2017, section 3.3",
      ],
      keywords: "feed forward mlp linear perceptron swiglu gated 피드포워드 순방향 네트워크",
      examples: """
        > p = record(w1 = row [1 -1], w2 = [1; 1]);
        > ffn [-3; 0; 2] p
        3×1
          3
          0
          2
        """,
      samples: [
        "ffn (randn 3 4) record(w1=randn(4,8),w2=randn(8,4))",
        "ffn (randn 2 3 4) record(w1=randn(4,5),b1=randn(5),w2=randn(5,2),b2=randn(2)) act=gelu",
        "ffn (randn 4) record(w1=randn(4,3),w2=randn(3,4),w3=randn(4,3)) act=silu",
        "ffn (randn 2 4) record(w1=randn(4,3),w2=randn(3,4),w3=randn(4,3),b3=randn(3))",
        "ffn (randn 2 3) record(w1=randn(3,3),w2=randn(3,3)) act=(z->z^2)",
        "ffn (randn 2 3) record(w1=randn(3,3),w2=randn(3,3)) act=gelu_tanh",
        "ffn f32(randn(2,3)) record(w1=f32(randn(3,4)),w2=f32(randn(4,3)))",
        "ffn (randn 0 3) record(w1=randn(3,4),w2=randn(4,3))",
      ],
      resultShapes: { call in
        let p = try Fields(call, "p", madeBy: "init_block")
        let width = try foreseen(p.shape("w2")?.last)
        return [try call.shape("x").dropLast() + [width]]
      }
    ) { call -> Tensor in
      let p = try Fields(call, "p", madeBy: "record(w1=…, b1=…, w2=…, b2=…)")
      return try feedForward(try call.real("x"), p, call, of: "x")
    },

    Builtin(
      "embed W[v,d] ids -> ?", "the vectors of tokens: the rows of W that their numbers name",
      formula: "embed(W, t) = W[t] = one_hot(t) W",
      definition: "one_hot(ids, shape(W)[0]) @ W",
      parameters: [
        "W": "one row for each word of the vocabulary",
        "ids": "whole numbers from 0 to v − 1, of any shape",
      ],
      keywords: "embedding lookup vocabulary token gather 임베딩 어휘 토큰",
      examples: """
        > W = [0 0; 1 10; 2 20];
        > embed W [2 0 2]
        3×2
           2  20
           0   0
           2  20
        > embed W 3
        error: there is no token 3
        1 │ embed W 3
          │         ^    W has rows 0 to 2
        """,
      samples: [
        "embed (randn 5 3) [0 4 4]", "embed (randn 5 3) 2", "embed (randn 2 3) [0 1; 1 0]",
        "embed (f32 (randn 5 3)) [1 2]", "embed (randn 5 3) zeros(0)",
      ],
      resultShapes: { [try $0.shape("ids") + [try $0.shape("W")[1]]] },
      vjp: .kernel(of: ["W"]) { step in
        let rows = try step.call.tensor("ids").doubles.map { Int($0) }
        return ["W": try step.g().addingRows(to: rows, of: step.call.dimensions["v"])]
      }
    ) { call -> Tensor in
      let (table, ids) = (try call.real("W"), try call.tensor("ids"))
      let (v, d) = (call.dimensions["v"], call.dimensions["d"])
      let rows = try ids.doubles.map { id in
        guard let row = Int(exactly: id), (0..<v).contains(row) else {
          throw Fault(
            "there is no token \(id.plain)", .argument("ids"),
            detail: v == 0 ? "W has no rows" : "W has rows 0 to \(v - 1)")
        }
        return row
      }
      return try table.selecting([.gather(rows), .slice(start: 0, step: 1, count: d)])
        .reshaped(ids.shape + [d])
    },
  ])

/// What both norms share: axis, ε, gain and bias.
private func normalized(
  _ call: Call,
  _ norm: (
    _ x: Tensor, _ axis: Int, _ eps: Double, _ gain: Tensor?, _ bias: Tensor?
  ) throws -> Tensor
) throws -> Tensor {
  let x = try call.real("x")
  guard x.rank > 0 else {
    throw Fault("\(call.builtin.name) needs at least a vector", .argument("x"))
  }
  return try norm(
    x, try call.axis(of: x.rank), try call.number("eps"), try call.affine("gain", x, neutral: 1),
    try call.affine("bias", x, neutral: 0))
}

extension Call {
  /// A gain or bias that fits x; nil for a norm without one, and for one that changes nothing.
  fileprivate func affine(_ name: String, _ x: Tensor, neutral: Double) throws -> Tensor? {
    guard let value = value(name) else { return nil }
    if case .number(neutral, _) = value { return nil }
    let tensor = try real(name)
    guard Broadcast.shape(tensor.shape, x.shape) == x.shape else {
      throw Fault(
        "the \(name) does not fit x", .arguments(["x", name]),
        detail: "\(tensor.shape.timesText) for vectors of \(x.shape.last ?? 0)")
    }
    return tensor
  }
}

/// act(x W₁ + b₁) W₂ + b₂; with w3 the inner part is multiplied by x W₃ + b₃.
func feedForward(_ x: Tensor, _ p: Fields, _ call: Call, of input: String) throws -> Tensor {
  var inner = try call.elementwise("act", try p.linear(x, "w1", "b1", of: input))
  if p.has("w3") {
    let width = inner.shape.last ?? 1
    let w3 = try p.tensor("w3", [x.shape.last ?? 1, width], "as w1")
    inner = try Tensor.combine(.multiply, inner, affine(x, w3, try p.vector("b3", width)))
  }
  return try p.linear(inner, "w2", "b2", of: nil)
}

extension Call {
  /// A function given as an argument, applied to a tensor whose shape it must keep.
  func elementwise(_ name: String, _ x: Tensor) throws -> Tensor {
    guard let y = try apply(try required(name), [Value(x)]).asTensor(), y.shape == x.shape else {
      throw Fault("\(name) must give a tensor of the shape it gets", .argument(name))
    }
    return y
  }
}
