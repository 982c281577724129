import Kernels
import Language

let cacheFamily = Family(
  "Generating token by token",
  [
    Builtin(
      "kvcache() k?[…,t,dk] v?[…,t,dv] -> :cache",
      "the keys and values of the tokens so far; empty unless they are given",
      formula: "K = [k₀; k₁; …],  V = [v₀; v₁; …]",
      parameters: ["k": "keys of tokens that are known already", "v": "their values"],
      notes: [
        "`c.k`, `c.v` and `c.length` are its parts; older versions of a cache stay as they are",
        "versions share one buffer: appending a token costs O(d), however long the cache",
      ],
      keywords: "kv cache autoregressive decoding generation",
      examples: """
        > c = kvcache(); c
        empty cache
        > c = kvcache [1 2; 3 4] [5; 6]
        c = cache of 2 tokens (k 2×2, v 2×1)
        > c.k[-1]
        3 4
        """,
      samples: ["kvcache (randn 3 2) (randn 3 4)", "kvcache (randn 2 3 2) (randn 2 3 1)"],
      vjp: .refused(
        "the cache it gives keeps plain numbers, so later steps would lose the gradient; attn Q K V causal gives the rows of all steps and has one"
      )
    ) { call in
      guard call.has("k") || call.has("v") else { return [.cache(KVCache())] }
      guard call.has("k"), call.has("v") else {
        throw Fault("a cache needs keys and values", .argument(call.has("k") ? "k" : "v"))
      }
      let (k, v) = (try call.real("k"), try call.real("v"))
      guard k.shape.dropLast(2) == v.shape.dropLast(2) else {
        throw Fault("k and v differ in their leading axes", .arguments(["k", "v"]))
      }
      let dtype = Tensor.resultDType(k, v)
      return [
        .cache(try KVCache().appending(try k.converted(to: dtype), try v.converted(to: dtype)))
      ]
    },

    Builtin(
      "decode q k v c:cache \(AttentionCall.parameters(mask: "causal", scale: ":number")) -> out, cache:cache",
      "one step of generation: the new token joins the cache and attends to all in it",
      formula: "K ← [K; k],  V ← [V; v],  out = Attention(q, K, V)",
      definition: """
        vector = shape(shape(q))[0] == 1
        if vector { q = row q; k = row k; v = row v }
        K = k
        V = v
        if c.length > 0 { K = concat(c.k, k, axis=-2); V = concat(c.v, v, axis=-2) }
        t = shape(K)[-2]
        n = shape(q)[-2]
        past = zeros([shape(q)[:-2] (t - n) shape(q)[-1]])
        out = attn(concat(past, q, axis=-2), K, V, mask, scale=scale, bias=bias, tau=tau, softcap=softcap)
        if vector { out = out[-1] } else { out = split(out, [(t - n)], axis=-2)[1] }
        (out, kvcache(K, V))
        """,
      parameters: [
        "q": "the query of the new token, a vector; or queries of n new tokens, […,n,dk]",
        "k": "its key", "v": "its value", "c": "the cache so far; kvcache() to begin",
      ] + AttentionCall.meanings + [
        "mask": "a rule as for the whole sequence, causal unless given; or a row of 0 and 1"
      ],
      notes: [
        "`out, c = decode q k v c`; masks and biases mean what they mean for all tokens at once, so 50 steps give the rows of attn Q K V causal",
        "a step costs O(t·d) for t tokens in the cache, appending O(d)", "Shazeer 2019",
      ],
      keywords: "kv cache autoregressive generation incremental step",
      examples: """
        > seed 42; Q = randn 3 4; K = randn 3 4; V = randn 3 2; c = kvcache();
        > for t in 0:3 { out, c = decode Q[t] K[t] V[t] c }
        out 2  mean -0.2167  sd 0.3277
        c = cache of 1 token (k 1×4, v 1×2)
        out 2  mean -0.3109  sd 0.5677
        c = cache of 2 tokens (k 2×4, v 2×2)
        out 2  mean -0.3617  sd 0.5337
        c = cache of 3 tokens (k 3×4, v 3×2)
        > close out (attn Q K V causal)[-1]
        1
        """,
      samples: [
        "decode (randn 4) (randn 4) (randn 2) kvcache()",
        "decode (randn 1 4) (randn 1 4) (randn 1 2) kvcache(randn(5,4),randn(5,2))",
        "decode (randn 2 3 4) (randn 2 3 4) (randn 2 3 2) kvcache(randn(2,5,4),randn(2,5,2)) bias=alibi(2)",
        "decode (randn 4) (randn 4) (randn 2) kvcache(randn(6,4),randn(6,2)) (window 3) scale=0.2 tau=2 softcap=1",
        "decode (f32 (randn 1 4)) (f32 (randn 1 4)) (f32 (randn 1 2)) kvcache(f32(randn(3,4)),f32(randn(3,2)))",
      ],
      cost: Cost(
        "t d", options: ["layers": 1, "heads": 1], label: "cached",
        extent: "one new token after t others", traffic: "2*t*d",
        operations: [
          ("q Kᵀ", "2*t*d*layers"), ("softmax", "6*t*heads*layers"), ("a V", "2*t*d*layers"),
        ],
        memory: [("KV-cache", "2*t*d*layers"), ("weights", "t*heads")],
        call: "decode(randn(1, d), randn(1, d), randn(1, d), kvcache(randn(t, d), randn(t, d)))",
        notes: ["d is the width of all heads together"]),
      explain: explainDecode,
      vjp: .refused(
        "the cache it gives keeps plain numbers, so later steps would lose the gradient; attn Q K V causal gives the rows of all steps and has one"
      )
    ) { call in
      let step = try DecodeStep(call)
      return [Value(try step.out()), .cache(step.cache)]
    },
  ])

/// The new tokens of a call as matrices, and the cache with them behind the others.
private struct DecodeStep {
  private let call: Call
  private let q: Tensor
  private let isVector: Bool
  let cache: KVCache

  /// How the new tokens must fit each other.
  private static let tokens = try? Signature("decode q[…,n,dk] k[…,n,dk] v[…,n,dv]")

  init(_ call: Call) throws {
    self.call = call
    let names = ["q", "k", "v"]
    let given = try names.map(call.real)
    isVector = given.allSatisfy { $0.rank == 1 }
    let rows = isVector ? given.map { $0.reshaped([1, $0.count]) } : given
    do {
      let parameters = Self.tokens?.parameters ?? []
      _ = try Self.tokens?.unify(zip(parameters, rows.map(\.shape)).map { ($0, $1) })
    } catch { throw Faults.shapes(error, of: call.builtin) }
    guard case .cache(let old) = try call.required("c") else { throw Fault("c is not a cache") }
    let dtype = try Self.dtype(rows, old)
    q = try rows[0].converted(to: dtype)
    let (k, v) = (try rows[1].converted(to: dtype), try rows[2].converted(to: dtype))
    try Self.check(k, old.shapes?.keys, "k")
    try Self.check(v, old.shapes?.values, "v")
    guard k.shape.dropLast(2) == v.shape.dropLast(2) else {
      throw Fault("k and v differ in their leading axes", .arguments(["k", "v"]))
    }
    cache = try old.appending(k, v)
  }

  private static func dtype(_ rows: [Tensor], _ cache: KVCache) throws -> DType {
    if let dtype = cache.dtype { return dtype }
    return rows.contains { $0.dtype == .f64 } ? .f64 : .f32
  }

  private static func check(_ rows: Tensor, _ held: [Int]?, _ name: String) throws {
    guard let held else { return }
    let (new, old) = (rows.shape.dropLast(2) + [rows.shape[rows.rank - 1]], held.dropLast(2))
    guard Array(new) == Array(old) + [held[held.count - 1]] else {
      throw Fault(
        "\(name) does not fit the cache", .arguments([name, "c"]),
        detail: "\(name) \(rows.shape.timesText) behind \(held.timesText)")
    }
  }

  func out() throws -> Tensor {
    let keys = cache.shapes?.keys ?? []
    let leading = Broadcast.shape(Array(q.shape.dropLast(2)), Array(keys.dropLast(2))) ?? []
    let options = try call.attentionOptions(weights: leading + [cache.length, cache.length])
    let out = try decodeAttention(q, cache, options)
    return isVector ? out.reshaped([out.count]) : out
  }
}
