import Kernels
import Language

let multiHeadFamily = Family(
  "Multi-head attention",
  [
    Builtin(
      "split_heads X[…,n,d] heads:int -> […,heads,n,d/heads]",
      "the columns cut into heads: each takes a run of neighbouring ones",
      formula: "headᵢ = X[:, i·d/h : (i+1)·d/h]",
      definition: """
        d = shape(X)[-1]
        Y = reshape(X, [shape(X)[:-1] heads (d / heads)])
        einsum("...nhk->...hnk", Y)
        """,
      parameters: ["X": "tokens, one a row", "heads": "how many, a divisor of d"],
      notes: ["as torch's x.view(n, h, d/h).transpose(0, 1); merge_heads joins them again"],
      keywords: "multihead multi head subspace reshape view",
      examples: """
        > split_heads [1 2 3 4; 5 6 7 8] 2
        2×2×2
        [0]
          1  2
          5  6
        [1]
          3  4
          7  8
        """,
      samples: [
        "split_heads (randn 5 6) 3", "split_heads (randn 2 3 8) 8", "split_heads (randn 0 4) 2",
        "split_heads (f32 (randn 3 4)) 1", "split_heads (randn 2 0) 3",
      ],
      resultShapes: { call in
        let (x, heads) = (try call.shape("X"), try call.integer("heads", atLeast: 1))
        return [x.dropLast(2) + [heads, x[x.count - 2], x[x.count - 1] / heads]]
      },
      vjp: ["X": "merge_heads g"]
    ) { call -> Tensor in
      let heads = try call.integer("heads", atLeast: 1)
      try checkSplit(call.dimensions["d"], "columns", into: heads, "heads", by: "heads")
      return try call.tensor("X").splitIntoHeads(heads)
    },

    Builtin(
      "merge_heads X[…,h,n,k] -> […,n,h*k]", "the heads side by side again, as columns",
      formula: "Concat(head₁, …, head_h)",
      definition: """
        Y = einsum("...hnk->...nhk", X)
        s = shape(Y)
        reshape(Y, [s[:-2] s[-2] * s[-1]])
        """,
      parameters: ["X": "one matrix for each head"],
      notes: ["the inverse of split_heads"], keywords: "multihead multi head concat join",
      examples: """
        > X = [1 2 3 4; 5 6 7 8]; all (merge_heads (split_heads X 2) == X)
        1
        """,
      vjp: ["X": "split_heads(g, shape(X)[-3])"]
    ) { call -> Tensor in try call.tensor("X").mergingHeads() },

    Builtin(
      "mha Q[…,n,d] K[…,m,e] V[…,m,f] p:record heads=1:int kv_heads=heads:int \(AttentionCall.parametersWithoutWidth) -> out[…,n,d] also weights[…,heads,n,m]",
      "multi-head attention: every head attends in a subspace of its own",
      formula:
        "MultiHead(Q, K, V) = Concat(head₁, …, head_h) W_O\nheadᵢ = Attention(Q W_Qᵢ, K W_Kᵢ, V W_Vᵢ)",
      definition: """
        q = split_heads (Q @ p.wq + get(p, "bq", 0)) heads
        k = split_heads (K @ p.wk + get(p, "bk", 0)) kv_heads
        v = split_heads (V @ p.wv + get(p, "bv", 0)) kv_heads
        k = repeat k (heads / kv_heads) axis=-3
        v = repeat v (heads / kv_heads) axis=-3
        out, weights = attn q k v mask scale=scale bias=bias tau=tau softcap=softcap
        (merge_heads(out) @ p.wo + get(p, "bo", 0), weights)
        """,
      parameters: [
        "Q": "what asks, one a row; mha X X X p is self-attention",
        "K": "what is asked: of another length m, and width, for cross-attention",
        "V": "what is answered, one for each key",
        "p": "wq d×(h·dk), wk e×(g·dk), wv f×(g·dv), wo (h·dv)×d; if wanted bq bk bv bo: init_mha",
        "heads": "h, how many; each takes a run of neighbouring columns, as in torch",
        "kv_heads":
          "g, heads of keys and values: fewer are shared (grouped-query), 1 is multi-query",
      ] + AttentionCall.meanings,
      notes: [
        "`out, A = mha X X X p heads=8` gives the weights of each head too",
        "a list of one W_Qᵢ a head becomes wq by `concat … axis=1`; torch keeps the transposes of these matrices",
        "Vaswani et al. 2017; Shazeer 2019 (multi-query); Ainslie et al. 2023 (grouped-query)",
      ],
      keywords: "multihead multi head self cross attention grouped query gqa mqa transformer",
      examples: """
        > seed 42; X = randn 5 8; p = init_mha 8 2;
        > out, A = mha X X X p heads=2 causal
        out 5×8  mean 0.1223  sd 0.4762
        A 2×5×5  mean 0.2  sd 0.2596
        """,
      samples: multiHeadSamples,
      resultShapes: { call in
        let shape = [try call.integer("heads")] + call.weightsShape.suffix(2)
        return [call.result, call.dimensions.leading + shape]
      },
      cost: Cost(
        "n d", options: ["heads": 1], label: "multi-head", extent: "one sequence",
        traffic: "4*n*d + 4*d^2",
        operations: [
          ("Q, K, V projections", "6*n*d^2"), ("Q Kᵀ", "2*n^2*d"), ("scale", "heads*n^2"),
          ("softmax", "5*heads*n^2"), ("A V", "2*n^2*d"), ("output projection", "2*n*d^2"),
        ],
        memory: [
          ("W_Q, W_K, W_V, W_O", "4*d^2"), ("Q, K, V, O", "4*n*d"), ("weights A", "heads*n^2"),
        ],
        call:
          "mha(randn(n, d), randn(n, d), randn(n, d), init_mha(d, heads), heads=heads)",
        notes: ["the heads share d, so only the softmax grows with their number"]),
      explain: explainMultiHead
    ) { call in
      let (heads, keyHeads) = try headCounts(call)
      let (d, e, f) = (call.dimensions["d"], call.dimensions["e"], call.dimensions["f"])
      let p = try ProjectionRecord(
        fields: try Fields(call, "p", madeBy: "init_mha"), heads: heads, keyHeads: keyHeads,
        inputs: (("Q", d), ("K", e), ("V", f))
      ).projections()
      let weights = call.dimensions.leading + [heads] + call.weightsShape.suffix(2)
      let (out, kept) = try multiHeadAttention(
        try call.real("Q"), try call.real("K"), try call.real("V"), p, heads: heads,
        keyHeads: keyHeads, try call.attentionOptions(weights: weights))
      return Results(out, also: kept)
    },

    Builtin(
      "init_mha d:int heads?:int=1 kv_heads=heads:int bias=0:flag -> :record",
      "random projections for mha: a record with wq, wk, wv, wo",
      formula: "W ~ N(0, 1/d)",
      definition: """
        g = d / heads * kv_heads
        p = record(wq=randn(d, d)/√d, wk=randn(d, g)/√d, wv=randn(d, g)/√d, wo=randn(d, d)/√d)
        if bias { p.bq = zeros d; p.bk = zeros g; p.bv = zeros g; p.bo = zeros d }
        p
        """,
      parameters: [
        "d": "the width of the model", "heads": "how many mha will use",
        "kv_heads": "fewer make wk and wv narrower", "bias": "1: also bq, bk, bv, bo, all zero",
      ],
      notes: [
        "drawn from the session's stream in the order wq, wk, wv, wo: after `seed s` always the same"
      ],
      keywords: "initialise initialize weights parameters projection random multihead",
      examples: """
        > p = init_mha 64 8
        p = record  wq 64×64  wk 64×64  wv 64×64  wo 64×64
        > params p
        16384
        """,
      samples: [
        "init_mha 6", "init_mha 6 3", "init_mha 8 4 kv_heads=2 bias=1", "init_mha 4 4 kv_heads=1",
      ]
    ) { call in
      let d = try call.integer("d", atLeast: 1)
      let (heads, keyHeads) = try headCounts(call)
      return [.record(try freshProjections(call, d, heads: heads, keyHeads: keyHeads))]
    },

    Builtin(
      "params x:any -> :number", "how many numbers a record, tuple or tensor holds",
      formula: "multi-head attention has 4d²: three d×d for its heads, d×d for its output",
      parameters: ["x": "a tensor, or what is built of them"],
      notes: ["strings, functions and none count nothing"],
      keywords: "parameters count size numel weights",
      examples: """
        > params (init_mha 64 8)
        16384
        > t = (randn 2 3, 4); params t
        7
        """,
      samples: ["params (randn 2 3)", "params 3"],
      vjp: .constant
    ) { call in [.number(Double(parameterCount(try call.required("x"))))] },
  ])

private let multiHeadSamples = [
  "mha (randn 5 8) (randn 5 8) (randn 5 8) init_mha(8, 2) heads=2 tau=0.7",
  "mha (randn 2 3 6) (randn 2 4 6) (randn 2 4 6) init_mha(6, 3, bias=1) (prefix 1) heads=3",
  "mha (randn 3 8) (randn 2 3 8) (randn 3 8) init_mha(8, 4, kv_heads=2) causal heads=4 kv_heads=2",
  "mha (randn 4 8) (randn 4 8) (randn 4 8) init_mha(8, 4, kv_heads=1) heads=4 kv_heads=1 scale=0.3",
  "mha (randn 2 3 4) (randn 2 5 4) (randn 2 5 4) init_mha(4, 2) (padding 2 5) heads=2 softcap=1",
  "mha (randn 3 4) (randn 3 4) (randn 3 4) init_mha(4, 2) heads=2 bias=randn(2,3,3)",
  "mha (randn 3 4) (randn 3 4) (randn 3 4) init_mha(4) [1 0 0; 0 0 0; 1 1 1]",
  "mha (randn 3 4) (randn 0 4) (randn 0 4) init_mha(4, 4) heads=4",
  "mha (randn 0 4) (randn 2 4) (randn 2 4) init_mha(4, 2) heads=2",
  "mha (f32 (randn 3 4)) (f32 (randn 3 4)) (f32 (randn 3 4)) init_mha(4, 2) heads=2",
  "mha (randn 3 4) (randn 2 5) (randn 2 6) record(wq=randn(4,6),wk=randn(5,6),wv=randn(6,4),wo=randn(4,4),bv=randn(4)) heads=2",
]

/// `heads=` and `kv_heads=`, the second a divisor of the first.
func headCounts(_ call: Call) throws -> (heads: Int, keyHeads: Int) {
  let heads = try call.integer("heads", atLeast: 1)
  let keyHeads = try call.integer("kv_heads", atLeast: 1)
  try checkSplit(heads, "query heads", into: keyHeads, "key heads", by: "kv_heads")
  return (heads, keyHeads)
}

/// What `init_mha` gives.
func freshProjections(_ call: Call, _ d: Int, heads: Int, keyHeads: Int) throws -> Record {
  try checkSplit(d, "columns", into: heads, "heads", by: "heads")
  let g = d / heads * keyHeads
  var p = Record([
    ("wq", try call.freshMatrix(d, d)), ("wk", try call.freshMatrix(d, g)),
    ("wv", try call.freshMatrix(d, g)), ("wo", try call.freshMatrix(d, d)),
  ])
  guard try call.flag("bias") else { return p }
  for (name, length) in [("bq", d), ("bk", g), ("bv", g), ("bo", d)] {
    p[name] = .tensor(try Tensor(repeating: 0.0, shape: [length]))
  }
  return p
}

extension Call {
  /// Random weights from the session's stream whose products with unit vectors have variance 1:
  /// N(0, 1/rows).
  func freshMatrix(_ rows: Int, _ columns: Int) throws -> Value {
    let numbers = try evaluator.state.random.randn(shape: [rows, columns])
    let deviation = try Tensor(scalar: Double(rows).squareRoot())
    return .tensor(try Tensor.combine(.divide, numbers, deviation))
  }
}

private func parameterCount(_ value: Value) -> Int {
  switch value {
  case .number: 1
  case .tensor(let tensor): tensor.count
  case .tuple(let tuple): tuple.items.reduce(0) { $0 + parameterCount($1) }
  case .record(let record): record.fields.reduce(0) { $0 + parameterCount($1.value) }
  case .cache(let cache):
    cache.shapes.map { $0.keys.reduce(1, *) + $0.values.reduce(1, *) } ?? 0
  default: 0
  }
}
