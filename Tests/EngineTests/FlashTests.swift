import Kernels
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
        fused = attn Q K V causal_right;
        all (abs(flashed - exact) <= 1e-12 and abs(fused - exact) <= 1e-12)
        """)
      #expect(lines == ["1"], "n = \(n), m = \(m)")
    }
  }

  /// Every way of hiding keys; n and m are variables of the session.
  private static let masks = [
    "full", "causal", "causal_right", "(window 3)", "(prefix 4)", "(causal * window 40)",
    "(not causal)", "(padding [0 40])", "(rand(n, m) > 0.3)", "((window 5) or (prefix 1))",
  ]

  /// 300 draws over masks, block sizes, leading axes, widths and options.
  @Test(arguments: 0..<30)
  func flashIsAttentionForRandomCalls(_ seed: Int) throws {
    var random = RandomState(seed: UInt32(seed))
    func draw<T>(_ choices: [T]) -> T {
      choices[Int(random.interval(UInt64(choices.count - 1)))]
    }
    for round in 0..<10 {
      let mask = Self.masks[(seed * 10 + round) % Self.masks.count]
      // Padding tells two sequences apart along the first axis.
      let leading = mask.contains("padding") ? draw(["2", "2 3"]) : draw(["", "2", "2 3"])
      let (n, m) = (draw([1, 2, 5, 31, 65]), draw([1, 3, 33, 70, 130]))
      let bias = draw(["0", "randn(\(n), \(m))", "randn(\(m))", "alibi(1)"])
      let options =
        "\(mask) scale=\(draw(["1", "0.3"])) bias=\(bias == "alibi(1)" ? bias : "B") "
        + "tau=\(draw(["1", "0.4", "∞"])) softcap=\(draw(["∞", "2"]))"
      let single = draw([false, true])
      func tensor(_ shape: String) -> String {
        single ? "f32 (randn \(shape))" : "randn \(shape)"
      }
      let shown = Bench().run(
        """
        seed \(seed * 10 + round)
        n = \(n); m = \(m);
        Q = \(tensor("\(leading) n 4")); K = \(tensor("\(leading) m 4"));
        V = \(tensor("m \(draw([1, 4, 9]))"));
        B = \(bias == "alibi(1)" ? "0" : bias);
        M = \(mask);
        reference, A = attn Q K V \(options.replacing(mask, with: "M"));
        f = flash Q K V \(options.replacing(mask, with: "M")) block=\(draw([1, 2, 7, 32, 64, 500]));
        print (close f reference tol=\(single ? "1e-5" : "1e-12"))
        """)
      #expect(shown.last == "1", "\(leading) \(n)×\(m) \(options): \(shown)")
    }
  }
}
