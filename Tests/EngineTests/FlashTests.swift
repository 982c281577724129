import Testing

@testable import Engine

/// Flash attention against attention with its weights, wherever tiles may end.
@Suite struct FlashTests {
  @Test(arguments: [0, 1, 2, 31, 32, 33, 300])
  func equalsAttention(_ n: Int) throws {
    for m in [0, 1, 2, 31, 32, 33, 300] {
      let lines = Bench().run(
        """
        seed \(n + 1000 * m); Q = randn \(n) 4; K = randn \(m) 4; V = randn \(m) 3;
        flashed = flash Q K V causal_right block=32;
        exact, A = attn Q K V causal_right;
        all (abs(flashed - exact) <= 1e-12)
        """)
      #expect(lines == ["1"], "n = \(n), m = \(m)")
    }
  }

  private static let masks = [
    "full", "causal", "causal_right", "(window 5)", "(prefix 3)", "(padding 7)", "(not causal)",
    "(causal * window 4)", "((window 2) or (prefix 1))", "(rand M N > 0.5)'",
  ]

  /// Three hundred draws over lengths, masks, blocks, leading axes and options.
  @Test(arguments: 0..<10)
  func equalsAttentionOnRandomDraws(_ mask: Int) throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<30 {
      let (n, m) = (Int.random(in: 1...40, using: &random), Int.random(in: 1...40, using: &random))
      let lead = ["", "2 ", "2 3 "][Int.random(in: 0..<3, using: &random)]
      let option =
        ["", "tau=0.3", "softcap=2", "scale=2", "bias=randn(\(n),\(m))"]
        .randomElement(using: &random) ?? ""
      let seed = Int.random(in: 0..<100_000, using: &random)
      let block = Int.random(in: 1...45, using: &random)
      let mask = Self.masks[mask].replacing("M", with: "\(m)").replacing("N", with: "\(n)")
      let text = """
        seed \(seed); Q = randn \(lead)\(n) 3; K = randn \(lead)\(m) 3; V = randn \(lead)\(m) 5;
        visible = \(mask);
        seed \(seed); flashed, lse = flash Q K V visible \(option) block=\(block);
        seed \(seed); exact, A = attn Q K V visible \(option);
        all (abs(flashed - exact) <= 1e-12)
        """
      let lines = Bench().run(text)
      #expect(lines == ["1"], "\(text)")
    }
  }
}
