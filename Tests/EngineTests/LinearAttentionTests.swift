import Testing

@testable import Engine

/// What running sums and random features must keep besides agreeing with their definitions.
@Suite struct LinearAttentionTests {
  @Test func moreRandomFeaturesComeCloserToTheSoftmax() {
    let shown = Bench().run(
      """
      seed 7
      Q = 0.5 * randn(40, 8); K = 0.5 * randn(40, 8); V = randn 40 8;
      exact = attn Q K V; full = attn Q K V causal;
      def miss r mask exact = norm(performer(Q, K, V, mask, features=r) - exact) / norm(exact)
      print (miss 4096 none exact < miss(16, none, exact) / 4) (miss 8192 none exact < 0.05)
      print (miss 8192 causal full < 0.1)
      """)
    #expect(shown.suffix(2) == ["1 1", "1"])
  }

  @Test func causalLinearAttentionSeesNoFuture() {
    let shown = Bench().run(
      """
      seed 8
      Q = randn 2 70 4; K = randn 2 70 4; V = randn 2 70 3;
      a = linear_attn Q K V causal;
      print (close a[:, :9] (linear_attn Q[:, :9] K[:, :9] V[:, :9] causal) tol=1e-12)
      print (close a[:, 69] (linear_attn Q K V)[:, 69] tol=1e-12)
      """)
    #expect(shown.suffix(2) == ["1", "1"])
  }

  @Test func linearAttentionSaysWhyItTakesNoOtherMask() {
    let shown = Bench().run("X = randn 4 2; linear_attn X X X (window 2)")
    #expect(shown.first == "error: linear_attn knows only the masks full and causal")
  }
}
