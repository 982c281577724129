/// Calls that `ExplainTests` holds to what every explanation keeps, beside those of attention.
enum ExplainSamples {
  private static let qkv = ExplainTests.qkv

  /// As the chapter draws them in its section 3.1.
  private static let chapterHeads = """
    seed 42; for dk in [8 32 128 512] { _ = randn 1000 dk; _ = randn 1 dk }
    def drawn() { W = zeros 64 0; for i in 0:8 { W = concat W (0.1 * randn(64, 8)) axis=1 }; W }
    X = randn 10 64
    p = record(wq = drawn(), wk = drawn(), wv = drawn(), wo = 0.1 * randn(64, 64))
    """

  private static let cached = qkv + "c = kvcache(K, V); q = randn 4; k = randn 4; v = randn 4;"
  private static let experts = qkv + "gate = randn 4 3; W = randn 3 4 4;"

  /// What stands in files as it is shown.
  static let finished = [
    Explained("mha", chapterHeads, "explain mha X X X p heads=8"),
    Explained("linear_attn", qkv, "explain linear_attn Q K V"),
    Explained("alibi", "", "explain alibi 8"),
    Explained("sinusoidal", "", "explain sinusoidal 10 8"),
    Explained("decode", cached, "explain decode q k v c"),
    Explained("moe", experts, "explain moe Q gate W"),
    Explained("grad", chain, "explain grad (p -> loss(p, X, y)) p"),
    Explained("grad_softmax", "z = [2 1 0];", "explain grad (z -> -log(softmax z)[1]) z"),
  ]

  private static let chain = """
    seed 1; X = randn 3 2; y = [0 1 1]; p = record(w = randn 2 2, b = [0 0], s = 1);
    def loss(p, X, y) { h = X @ p.w + p.b; cross_entropy(tanh(h) * p.s, y) + 0.1 * sum(p.w^2) };
    """

  static let others = [
    Explained(
      "mha, grouped heads", "seed 1; X = randn 3 8; Y = randn 5 8; p = init_mha 8 4 kv_heads=2;",
      "explain mha X Y Y p heads=4 kv_heads=2 causal scale=0.3"),
    Explained(
      "mha, short", "seed 1; X = randn 2 4; p = init_mha 4 2;",
      "explain mha X X X p heads=2 causal"),
    Explained(
      "linear_attn, causal", qkv, "explain linear_attn Q K V causal phi=\"relu+1\" eps=1e-6 row=0"),
    Explained(
      "linear_attn, long", "seed 1; Q = randn 20 9; K = randn 30 9; V = randn 30 11;",
      "explain linear_attn Q K V row=-1 col=3"),
    Explained("linear_attn, a function", qkv, "explain linear_attn Q K V phi=exp"),
    Explained("linear_attn, f32", qkv, "explain linear_attn f32(Q) f32(K) f32(V)"),
    Explained("alibi, slopes", "s = [0.5 0.1];", "explain alibi s row=1"),
    Explained("alibi, many heads", "", "explain alibi 40"),
    Explained("sinusoidal, odd", "", "explain sinusoidal 10 7 row=0"),
    Explained("sinusoidal, wide", "", "explain sinusoidal 100 64 base=100 row=90 col=20"),
    Explained("sinusoidal, positions", "", "explain sinusoidal 2 4 positions=[7 3.5]"),
    Explained(
      "decode, first token", "seed 1; q = randn 3; k = randn 3; v = randn 2;",
      "explain decode q k v kvcache() tau=2"),
    Explained(
      "decode, rows",
      "seed 1; q = randn 1 3; k = randn 1 3; v = randn 1 2; K = randn 40 3; V = randn 40 2;",
      "explain decode q k v kvcache(K,V) scale=2"),
    Explained("moe, capacity", experts, "explain moe Q gate W k=1 capacity=1 row=0"),
    Explained("moe, functions", experts, "explain moe Q gate (relu, x -> x, x -> 2*x) renorm=1"),
    Explained("moe, f32", experts, "explain moe f32(Q) f32(gate) f32(W)"),
    Explained("grad, in brackets", "", "explain (grad (z -> cross_entropy(z, 0)) [2 1 0])"),
    Explained(
      "grad, smoothed", "seed 1; Z = randn 3 4;",
      "explain grad (z -> cross_entropy(z, [0 3 1], smoothing=0.1)) Z"),
    Explained(
      "grad, targets", "y = [0.2 0.8 0];",
      "explain value_grad (z -> -sum(y * log_softmax z)) [2 1 0]"),
    Explained(
      "grad, a loop", "def f(x) { s = 0; for i in 0:3 { s = s + x[i]^2 }; s };",
      "explain grad f [1 2 3]"
    ),
    Explained(
      "grad, entries set",
      "def f(x) { y = zeros 2; y[0] = x^2; a, b = y; a * x + b };", "explain grad f 3"),
    Explained(
      "grad, recursion", "def f(x, n) { if n == 0 { 1 } else { x * f(x, n - 1) } };",
      "explain grad (x -> f(x, 3)) 1.5"),
    Explained("grad, attention", qkv, "explain grad (Q -> sum(attn(Q, K, V, causal)^2)) Q"),
    Explained("grad, along an axis", "", "explain grad (x -> sum(var(x, axis=1))) [1 2; 3 4.5]"),
    Explained("grad, a builtin", "", "explain grad sum [1 2]"),
    Explained("grad, unused", "", "explain grad ((a, b) -> a[0]) [1 2] 3"),
    Explained("grad, at a corner", "", "explain grad abs 0"),
    Explained("grad, long", "seed 1; x = randn 20;", "explain grad (x -> sum (x / mean x)) x"),
    Explained("grad, f32", "", "explain grad (x -> sum(x^2 * 0.5)) (f32 [1 2.5])"),
    Explained(
      "grad, with noise", "seed 1;", "explain grad (x -> sum (x * randn 3)) [1 2 3]"),
    Explained(
      "grad, several results", "seed 1; q = randn 2 4;",
      "explain grad (q -> sum (matmul q q') + sum (first (split q 2))) q"),
  ]
}
