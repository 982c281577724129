import Kernels
import Language

let maskFamily = Family(
  "Masks: who may attend to whom",
  [
    Builtin(
      "full -> :mask", "mask: every position sees every other", formula: "Mᵢⱼ = 1",
      notes: ["BERT's mask (Devlin et al. 2019)"], keywords: "bidirectional none 양방향 마스크",
      examples: """
        > mask full 2 3
        2×3 bool
          1  1  1
          1  1  1
        """
    ) { _ in [.mask(.full)] },

    Builtin(
      "causal -> :mask", "mask: position i sees j ≤ i", formula: "Mᵢⱼ = 1 if j ≤ i else 0",
      notes: [
        "aligned at the top left when n ≠ m; causal_right aligns at the bottom right, as a KV cache needs"
      ],
      keywords: "autoregressive gpt lower triangle future 인과적 마스크 자기회귀",
      examples: """
        > mask causal 3
        3×3 bool
          1  0  0
          1  1  0
          1  1  1
        """
    ) { _ in [.mask(.causal)] },

    Builtin(
      "causal_right -> :mask", "mask: the last query sees all keys, earlier ones one less each",
      formula: "Mᵢⱼ = 1 if j ≤ i + m − n else 0",
      notes: ["the same as causal when n = m"], keywords: "autoregressive cache bottom 인과적 마스크 캐시",
      examples: """
        > mask causal_right 2 4
        2×4 bool
          1  1  1  0
          1  1  1  1
        """
    ) { _ in [.mask(.causalRight)] },

    Builtin(
      "window w:int -> :mask", "mask: position i sees the last w keys, itself included",
      formula: "Mᵢⱼ = 1 if i − w < j ≤ i else 0",
      parameters: ["w": "how many keys, the present one counted"],
      notes: ["ONNX's left_window_size is w − 1"], keywords: "sliding local mistral 윈도우 창 마스크",
      examples: """
        > mask (window 2) 4
        4×4 bool
          1  0  0  0
          1  1  0  0
          0  1  1  0
          0  0  1  1
        """
    ) { call in [.mask(.window(try call.integer("w", atLeast: 1)))] },

    Builtin(
      "prefix k:int -> :mask", "mask: causal, but everybody sees the first k keys",
      formula: "Mᵢⱼ = 1 if j < k or j ≤ i else 0",
      parameters: ["k": "how many keys are open to all"],
      notes: ["the prefix LM of Raffel et al. 2020"],
      keywords: "prefix lm t5 접두 프리픽스 마스크",
      examples: """
        > mask (prefix 2) 3
        3×3 bool
          1  1  0
          1  1  0
          1  1  1
        """
    ) { call in [.mask(.prefix(try call.integer("k", atLeast: 0)))] },

    Builtin(
      "padding lens:any* -> :mask", "mask: only the first lens keys of a sequence hold tokens",
      formula: "Mᵢⱼ = 1 if j < len_b else 0",
      parameters: [
        "lens": "one length for all, or one for each sequence b of a batch, also as a vector"
      ],
      notes: [
        "the batch is the first leading axis: scores b×h×n×m have the same padding in every head",
        "what a token that is padding itself gets means nothing; `causal * padding(lens)` for a decoder",
      ],
      keywords: "pad batch lengths variable 패딩 마스크 길이 배치",
      examples: """
        > mask (padding 2) 2 3
        2×3 bool
          1  1  0
          1  1  0
        > shape (mask (padding 2 4) 4)
        2 4 4
        > Q = ones 2 8 4 3; shape (attn Q Q Q (padding 2 4))
        2 8 4 3
        """
    ) { call in
      let lengths = try call.lengths()
      guard !lengths.isEmpty else { throw Fault("padding needs at least one length") }
      return [.mask(.padding(lengths))]
    },

    Builtin(
      "mask rule:mask n:int m?:int=n -> ?",
      "the 0/1 matrix that a mask rule means for n queries and m keys",
      parameters: ["n": "queries", "m": "keys, as many unless given"], keywords: "matrix rule",
      examples: """
        > mask (causal * window 2) 3
        3×3 bool
          1  0  0
          1  1  0
          0  1  1
        """,
      samples: ["mask causal 4", "mask (not causal) 3 5"],
      resultShapes: { call in
        guard case .mask(let rule) = try call.required("rule"), rule.batchCount == 1 else {
          throw NotForeseen()
        }
        return [[try call.integer("n"), try call.integer("m")]]
      }
    ) { call -> Tensor in
      let (n, m) = (try call.integer("n", atLeast: 0), try call.integer("m", atLeast: 0))
      guard case .mask(let rule) = try call.required("rule") else {
        return try matrix(call, "rule", try call.tensor("rule"), n, m)
      }
      return try rule.matrix(n: n, m: m)
    },

    Builtin(
      "bias rule:bias n:int m?:int=n -> ?",
      "the matrix that a bias rule adds to the scores of n queries and m keys",
      parameters: ["n": "queries", "m": "keys, as many unless given"],
      notes: ["a rule for several heads gives one matrix for each"], keywords: "matrix rule alibi",
      examples: """
        > bias (alibi [1]) 3 4
        3×4
           0  -1  -2  -3
          -1   0  -1  -2
          -2  -1   0  -1
        """,
      samples: ["bias (randn 3 3) 3", "bias (alibi 1) 3", "bias (alibi 3) 2 4"]
    ) { call -> Tensor in
      let (n, m) = (try call.integer("n", atLeast: 0), try call.integer("m", atLeast: 0))
      guard case .bias(let rule) = try call.required("rule") else {
        return try matrix(call, "rule", try call.real("rule"), n, m)
      }
      return try rule.matrix(n: n, m: m)
    },
  ])

/// What is a matrix already: it must be one for n queries and m keys.
private func matrix(_ call: Call, _ name: String, _ given: Tensor, _ n: Int, _ m: Int) throws
  -> Tensor
{
  let shape = given.shape.dropLast(2) + [n, m]
  guard Broadcast.shape(given.shape, Array(shape)) == Array(shape) else {
    throw Fault(
      "this matrix is not for so many queries and keys", .argument(name),
      detail: "wanted \([n, m].timesText)")
  }
  return try given.broadcast(to: Array(shape))
}

extension MaskRule {
  /// Paddings of several sequences need scores that hold as many along their first leading axis.
  func checkSequences(along leading: [Int], _ parameter: String) throws {
    guard !fits(leading: leading) else { return }
    throw Fault(
      "the mask has lengths for \(Faults.counted(batchCount, "sequence")), the scores have not",
      .argument(parameter),
      detail: leading.isEmpty
        ? "no leading axis" : "leading axes \(leading.timesText): the first is the batch")
  }
}
