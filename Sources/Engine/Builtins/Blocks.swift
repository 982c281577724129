import Kernels
import Language

private let blockMeanings: Meanings = [
  "heads": "how many heads attend", "kv_heads": "heads of keys and values; fewer are shared",
  "bias": "added to the scores of self-attention: alibi(heads), or a matrix",
  "norm": "post adds, then normalises (Vaswani et al. 2017); pre normalises what goes in",
  "act": "of the feed-forward network: relu, gelu, silu, z -> …", "eps": "ε of the layer norms",
]

private let normNote =
  "pre keeps a straight path from input to output; a stack of pre blocks wants one more norm at its end"

let blockFamily = Family(
  "Blocks",
  [
    Builtin(
      "encoder_block X[…,n,d] p:record mask?:mask=full heads=1:int kv_heads=heads:int bias=0:bias norm:{post,pre} act=relu:function eps=1e-5 -> out[…,n,d] also weights[…,heads,n,n]",
      "a transformer block: self-attention, then a feed-forward network, each with a way around it",
      formula:
        "post: X ← LN₁(X + MHA(X)),  X ← LN₂(X + FFN(X))\npre:  X ← X + MHA(LN₁(X)),  X ← X + FFN(LN₂(X))",
      definition: """
        ln = (x, q) -> layernorm(x, get(q, "gain", 1), get(q, "bias", 0), eps=eps)
        Y = X
        if norm == "pre" { Y = ln(X, p.norm1) }
        out, weights = mha(Y, Y, Y, p.mha, mask, heads=heads, kv_heads=kv_heads, bias=bias)
        X = X + out
        if norm == "pre" { X = X + ffn(ln(X, p.norm2), p.ffn, act=act) } else {
          X = ln(X, p.norm1)
          X = ln(X + ffn(X, p.ffn, act=act), p.norm2)
        }
        (X, weights)
        """,
      parameters: [
        "X": "tokens, one a row", "p": "record(mha, ffn, norm1, norm2), as init_block makes it",
        "mask": "full is BERT's, causal GPT's",
      ] + blockMeanings,
      notes: [
        "`out, A = encoder_block …` gives the weights of each head too", normNote,
        "as torch's TransformerEncoderLayer, norm_first=True for pre; its matrices are the transposes",
        "Vaswani et al. 2017; pre: Xiong et al. 2020",
      ],
      keywords: "transformer layer encoder bert gpt residual pre-norm post-norm 트랜스포머 인코더 블록 잔차",
      examples: """
        > seed 42; X = randn 5 8; p = init_block 8 2;
        > out, A = encoder_block X p heads=2 norm=pre
        out 5×8  mean 0.0055  sd 1.208
        A 2×5×5  mean 0.2  sd 0.1139
        > Y = encoder_block X p causal heads=2 norm=pre act=gelu;
        > Z = encoder_block X[:3] p causal heads=2 norm=pre act=gelu;
        > close Y[:3] Z tol=1e-12
        1
        """,
      samples: [
        "encoder_block (randn 5 8) init_block(8, 2) heads=2",
        "encoder_block (randn 2 4 6) init_block(6, 3) (causal * padding(2, 4)) heads=3 norm=pre",
        "encoder_block (randn 4 8) init_block(8, 4, kv_heads=2, ff=5) heads=4 kv_heads=2 act=gelu",
        "encoder_block (randn 3 4) init_block(4, bias=0) [1 0 0; 0 0 0; 1 1 1] norm=pre eps=0.1",
        "encoder_block (randn 3 4) init_block(4, 2) causal heads=2 bias=alibi(2) act=silu",
        "encoder_block (f32 (randn 3 4)) init_block(4, 2) heads=2",
        "encoder_block (randn 0 4) init_block(4, 2) heads=2",
        "encoder_block (randn 1 2) record(mha=init_mha(2),ffn=record(w1=randn(2,3),w2=randn(3,2)),norm1=record(),norm2=record(gain=2))",
      ],
      resultShapes: { call in
        let (n, heads) = (call.dimensions["n"], try call.integer("heads"))
        return [call.result, call.dimensions.leading + [heads, n, n]]
      }, explain: explainEncoderBlock
    ) { call in
      let block = try Block(call)
      var (x, weights) = try block.attended(block.input, "mha", "norm1", mask: "mask")
      x = try block.transformed(x, "norm2")
      return Results(x, also: weights)
    },

    Builtin(
      "decoder_block X[…,n,d] memory[…,m,e] p:record mask?:mask=causal heads=1:int kv_heads=heads:int memory_mask=full:mask bias=0:bias norm:{post,pre} act=relu:function eps=1e-5 -> out[…,n,d] also weights[…,heads,n,n], cross[…,heads,n,m]",
      "a transformer block that also looks at another sequence: self-attention, cross-attention, feed-forward network",
      formula:
        "post: X ← LN₁(X + MHA(X)), X ← LN₂(X + MHA(X, memory)), X ← LN₃(X + FFN(X))\npre:  X ← X + MHA(LN₁(X)), X ← X + MHA(LN₂(X), memory), X ← X + FFN(LN₃(X))",
      definition: """
        ln = (x, q) -> layernorm(x, get(q, "gain", 1), get(q, "bias", 0), eps=eps)
        Y = X
        if norm == "pre" { Y = ln(X, p.norm1) }
        out, weights = mha(Y, Y, Y, p.self, mask, heads=heads, kv_heads=kv_heads, bias=bias)
        X = X + out
        if norm == "pre" { Y = ln(X, p.norm2) } else { X = ln(X, p.norm1); Y = X }
        out, cross = mha(Y, memory, memory, p.cross, memory_mask, heads=heads, kv_heads=kv_heads)
        X = X + out
        if norm == "pre" { X = X + ffn(ln(X, p.norm3), p.ffn, act=act) } else {
          X = ln(X, p.norm2)
          X = ln(X + ffn(X, p.ffn, act=act), p.norm3)
        }
        (X, weights, cross)
        """,
      parameters: [
        "X": "the decoder's tokens, one a row", "memory": "what the encoder gave",
        "p": "record(self, cross, ffn, norm1, norm2, norm3): init_block d heads cross=1",
        "mask": "of self-attention; causal unless given",
        "memory_mask": "of cross-attention, such as the padding of the encoder's tokens",
      ] + blockMeanings,
      notes: [
        "`out, A, C = decoder_block …` gives the weights of self- and cross-attention too",
        normNote, "as torch's TransformerDecoderLayer with a causal tgt_mask",
        "Vaswani et al. 2017; pre: Xiong et al. 2020",
      ],
      keywords: "transformer layer decoder cross attention seq2seq residual 트랜스포머 디코더 블록",
      examples: """
        > seed 42; X = randn 3 8; memory = randn 5 8; p = init_block 8 2 cross=1;
        > out, A, C = decoder_block X memory p heads=2 norm=pre
        out 3×8  mean -0.1486  sd 1.3109
        A 2×3×3  mean 0.3333  sd 0.3608
        C 2×3×5  mean 0.2  sd 0.1541
        """,
      samples: [
        "decoder_block (randn 3 8) (randn 5 8) init_block(8, 2, cross=1) heads=2",
        "decoder_block (randn 2 3 6) (randn 2 4 6) init_block(6, 3, cross=1) heads=3 norm=pre memory_mask=padding(2,4)",
        "decoder_block (randn 3 4) (randn 2 4) init_block(4, 2, cross=1, kv_heads=1) full heads=2 kv_heads=1 act=gelu",
        "decoder_block (randn 3 4) (randn 0 4) init_block(4, cross=1, bias=0) norm=pre eps=0.1",
        "decoder_block (randn 0 4) (randn 2 4) init_block(4, cross=1)",
        "decoder_block (f32 (randn 3 4)) (f32 (randn 2 4)) init_block(4, 2, cross=1) heads=2 bias=alibi(2)",
      ],
      resultShapes: { call in
        let (n, m, heads) = (
          call.dimensions["n"], call.dimensions["m"], try call.integer("heads")
        )
        let rows = call.dimensions.leading + [heads, n]
        return [call.result, rows + [n], rows + [m]]
      }
    ) { call in
      let block = try Block(call)
      var (x, weights) = try block.attended(block.input, "self", "norm1", mask: "mask")
      let cross: Tensor?
      (x, cross) = try block.attended(
        x, to: ("memory", try call.real("memory")), "cross", "norm2", mask: "memory_mask")
      x = try block.transformed(x, "norm3")
      return Results(Value(x), [weights, cross].compactMap { $0.map { Value($0) } })
    },

    Builtin(
      "init_block d:int heads?:int=1 ff=4*d:int cross=0:flag bias=1:flag kv_heads=heads:int -> :record",
      "random parameters for encoder_block, or with cross=1 for decoder_block",
      formula: "W ~ N(0, 1/rows of W),  b = 0,  γ = 1,  β = 0",
      definition: """
        a = init_mha(d, heads, kv_heads=kv_heads, bias=bias)
        if cross { c = init_mha(d, heads, kv_heads=kv_heads, bias=bias) }
        f = record(w1=randn(d, ff)/√d, w2=randn(ff, d)/√ff)
        if bias { f.b1 = zeros ff; f.b2 = zeros d }
        n = record(gain=ones(d), bias=zeros(d))
        if cross { record(self=a, cross=c, ffn=f, norm1=n, norm2=n, norm3=n) } else {
          record(mha=a, ffn=f, norm1=n, norm2=n)
        }
        """,
      parameters: [
        "d": "the width of the model", "heads": "how many the block will use",
        "ff": "the inner width of the feed-forward network", "cross": "1: for decoder_block",
        "bias": "0: no biases", "kv_heads": "fewer make wk and wv narrower",
      ],
      notes: ["drawn from the session's stream: attention first, as init_mha, then w1 and w2"],
      keywords: "initialise initialize weights parameters random transformer layer 초기화 파라미터 블록",
      examples: """
        > seed 42; p = init_block 8 2;
        > params p
        872
        > shape p.ffn.w1
        8 32
        """,
      samples: [
        "init_block 6", "init_block 6 3 ff=5", "init_block 8 4 kv_heads=2 bias=0",
        "init_block 4 2 cross=1",
      ]
    ) { call in
      let d = try call.integer("d", atLeast: 1)
      let (heads, keyHeads) = try headCounts(call)
      let attends = try call.flag("cross") ? ["self", "cross"] : ["mha"]
      var p = Record()
      for name in attends {
        p[name] = .record(try freshProjections(call, d, heads: heads, keyHeads: keyHeads))
      }
      p["ffn"] = .record(try freshFeedForward(call, d))
      for number in 1...attends.count + 1 { p["norm\(number)"] = .record(try freshNorm(d)) }
      return [.record(p)]
    },
  ])

private func freshFeedForward(_ call: Call, _ d: Int) throws -> Record {
  let ff = try call.integer("ff", atLeast: 1)
  var p = Record([("w1", try call.freshMatrix(d, ff)), ("w2", try call.freshMatrix(ff, d))])
  guard try call.flag("bias") else { return p }
  p["b1"] = .tensor(try Tensor(repeating: 0.0, shape: [ff]))
  p["b2"] = .tensor(try Tensor(repeating: 0.0, shape: [d]))
  return p
}

private func freshNorm(_ d: Int) throws -> Record {
  Record([
    ("gain", .tensor(try Tensor(repeating: 1.0, shape: [d]))),
    ("bias", .tensor(try Tensor(repeating: 0.0, shape: [d]))),
  ])
}

/// The sublayers of one call of a block, each with its norm and the way around it.
private struct Block {
  /// X with the leading axes of the whole call.
  let input: Tensor
  private let call: Call
  private let p: Fields
  private let heads: Int
  private let keyHeads: Int
  private let isPre: Bool

  init(_ call: Call) throws {
    self.call = call
    input = try call.real("X").broadcast(to: call.result)
    p = try Fields(
      call, "p", madeBy: call.has("memory") ? "init_block d heads cross=1" : "init_block")
    (heads, keyHeads) = try headCounts(call)
    isPre = try call.string("norm") == "pre"
  }

  /// pre: x + f(norm x); post: norm(x + f(x)).
  private func around(_ x: Tensor, _ norm: String, _ f: (Tensor) throws -> Tensor) throws
    -> Tensor
  {
    let y = try Tensor.combine(.add, x, try f(isPre ? try normalized(x, norm) : x))
    return isPre ? y : try normalized(y, norm)
  }

  private func normalized(_ x: Tensor, _ norm: String) throws -> Tensor {
    let (fields, d) = (try p.fields(norm), call.dimensions["d"])
    let y = try standardized(x, axis: x.rank - 1, eps: try call.number("eps"))
    return try scaled(
      y, gain: try fields.vector("gain", d), bias: try fields.vector("bias", d))
  }

  /// Multi-head attention of x to itself or to a memory.
  func attended(
    _ x: Tensor, to memory: (name: String, rows: Tensor)? = nil, _ part: String, _ norm: String,
    mask: String
  ) throws -> (Tensor, weights: Tensor?) {
    let d = call.dimensions["d"]
    let source = (name: memory?.name ?? "X", width: memory?.rows.shape.last ?? d)
    let projections = try ProjectionRecord(
      fields: try p.fields(part), heads: heads, keyHeads: keyHeads,
      inputs: (("X", d), source, source)
    ).projections()
    let m = memory.map { $0.rows.shape[$0.rows.rank - 2] } ?? call.dimensions["n"]
    let options = try options(
      [heads, call.dimensions["n"], m], mask: mask, isSelf: memory == nil)
    var weights: Tensor?
    let y = try around(x, norm) { x in
      let keys = memory?.rows ?? x
      let attention = try multiHeadAttention(
        x, keys, keys, projections, heads: heads, keyHeads: keyHeads, options)
      weights = attention.weights
      return attention.out
    }
    return (y, weights)
  }

  private func options(_ plane: [Int], mask: String, isSelf: Bool) throws -> AttentionOptions {
    let weights = call.dimensions.leading + plane
    var options = AttentionOptions()
    options.mask = try call.attentionMask(weights, mask)
    options.bias = isSelf ? try call.attentionBias(weights) : nil
    options.wantsWeights = call.wantsExtras
    return options
  }

  /// The feed-forward network.
  func transformed(_ x: Tensor, _ norm: String) throws -> Tensor {
    let fields = try p.fields("ffn")
    return try around(x, norm) { x in
      let y = try feedForward(x, fields, call, of: "X")
      guard y.shape == x.shape else {
        throw p.fault(
          "\(fields.path).w2 does not lead back to X", "X",
          detail: "\(y.shape.last ?? 0) ≠ \(x.shape.last ?? 0)")
      }
      return y
    }
  }
}
