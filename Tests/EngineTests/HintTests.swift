import Kernels
import Language
import Testing

@testable import Engine

/// What stands under a line while it is typed, the cursor at its end.
@Suite struct HintTests {
  struct Case: CustomTestStringConvertible {
    let typed: String
    let hint: String?
    var testDescription: String { typed }

    init(_ typed: String, _ hint: String?) { (self.typed, self.hint) = (typed, hint) }
  }

  private static let scope =
    "Q = randn 4 8; K = randn 5 8; V = randn 5 6; b = randn 4; n = 3; def twice(x) = x + x"

  private func hint(_ typed: String) -> String? {
    let bench = Bench()
    _ = bench.run(Self.scope)
    return bench.session.hint(for: typed, at: typed.count)
  }

  private static let results: [Case] = [
    Case("Q", "→ 4×8"),
    Case("Q @ K'", "→ 4×5"),
    Case("S = Q @ K'", "→ 4×5"),
    Case("softmax (Q @ K' / sqrt 8)", "→ 4×5"),
    Case("softmax Q @ K", "needs 8×n; in scope: K' 8×5, Q' 8×4"),
    Case("attn Q K V", "→ 4×6"),
    Case("attn Q K V ", "→ 4×6   [mask] scale= bias= tau= softcap="),
    Case("attn Q K V causal", "→ 4×6"),
    Case("attn(Q, K, V)", "→ 4×6"),
    Case("attn Q K V ones(4, 5)", "→ 4×6"),
    Case("flash Q K V ones(4, 1) bias=ones(5)", "→ 4×6"),
    Case("attn Q K V (causal * ones(3, 3))", nil),
    Case(":time A = Q @ K'", "→ 4×5"),
    Case("o, w = attn Q K V", "→ o 4×6, w 4×5"),
    Case("rope Q K", "→ qr 4×8, kr 5×8"),
    Case("Q |> softmax", "→ 4×8"),
    Case("sum Q", "→ number"),
    Case("sum Q axis=0", "→ vector 8"),
    Case("Q[0]", "→ vector 8"),
    Case("Q[:, 1:4]", "→ 4×3"),
    Case("Q[n]", "→ vector 8"),
    Case("zeros (shape Q)", "→ 4×8"),
    Case("randn (2*n) shape(Q)[1]", "→ 6×8"),
    Case("[K; V'[0, :]]", nil),
    Case("[Q; Q]", "→ 8×8"),
    Case("[1 2 3; 4 5 6]", "→ 2×3"),
    Case("twice Q", "→ 4×8"),
    Case("(x -> x @ K') Q", "→ 4×5"),
    Case("Q > 0", "→ 4×8"),
    Case("A = Q @ K'; A @ V", "→ 4×6"),
    Case("A = Q @ K'; for i in 0:3 { A = A @ A }; A", nil),
    Case("window 3 * causal", "→ mask (window 3) * causal"),
    Case("mask causal 4", "→ 4×4"),
    Case("n + 1", "→ number"),
    Case("42", nil),
    Case("", nil),
    Case("# a remark", nil),
    Case(":set digits 6", nil),
    Case("Q[Q > 0]", nil),
  ]

  private static let missing: [Case] = [
    Case("Q @ ", "needs 8×n; in scope: K' 8×5, Q' 8×4"),
    Case("Q @ K", "needs 8×n; in scope: K' 8×5, Q' 8×4"),
    Case("Q + ", "needs what broadcasts with 4×8; in scope: Q 4×8, n number"),
    Case(
      "attn",
      "attn Q K V [mask] scale=1/√dk bias=0 tau=1 softcap=∞   "
        + (Registry["attn"]?.summary ?? "")),
    Case("attn ", "Q needs n×dk; in scope: Q 4×8, K 5×8, V 5×6   queries"),
    Case("attn Q ", "K needs m×8; in scope: K 5×8, Q 4×8"),
    Case("attn Q K ", "V needs 5×dv; in scope: V 5×6, K 5×8"),
    Case("attn(Q, K, ", "V needs 5×dv; in scope: V 5×6, K 5×8"),
    Case("attn Q K V cau", "mask needs a mask; in scope: causal, causal_right"),
    Case("attn Q K V ta", "tau=1"),
    Case("attn Q K V tau=", "tau needs a number; in scope: n number"),
    Case("softmax(Q @ ", "needs 8×n; in scope: K' 8×5, Q' 8×4"),
    Case("Q @ rand", "rand dims …"),
  ]

  private static let errors: [Case] = [
    Case("attn Q K b", "attn needs at least 2 axes for V"),
    Case("Q + b", "these shapes do not broadcast"),
    Case("casual + 1", "no name 'casual'"),
    Case("softmax Q axis=2", "there is no axis 2"),
    Case("attn Q K V causal 3", "attn takes 3 or 4 arguments, not 5"),
    Case("softmax Q tua=1", "softmax has no option 'tua'"),
    Case("softmax z/tau", "`softmax z/tau` could mean two things"),
    Case("attn Q K V ones(3, 3)", "the mask does not fit the weights"),
    Case("flash Q K V bias=ones(3, 3)", "the bias does not fit the weights"),
    Case("zeros 1e5 1e5", "this needs more memory than the limit"),
    Case("Q causal", "Q is a matrix, not a function"),
  ]

  @Test(arguments: results) func showsTheResult(_ test: Case) {
    #expect(hint(test.typed) == test.hint)
  }

  /// What follows in the hint is what the parameter means.
  @Test(arguments: missing + errors) func saysWhatIsMissing(_ test: Case) {
    let hint = hint(test.typed)
    #expect(hint?.hasPrefix(test.hint ?? "") == true, "\(hint ?? "nothing")")
  }

  /// Nothing is drawn, shown, changed or written.
  @Test(arguments: [
    "randn 3 3", "seed 1", "print Q", "Q = 1; Q", "save Q \"/tmp/attn-never-written.npy\"",
    "_ = randn 5; randn 2",
  ])
  func leavesTheSessionAsItIs(_ typed: String) {
    let bench = Bench()
    _ = bench.run("seed 42; " + Self.scope)
    let before = bench.session.moment
    let expected = bench.run("randn 3")
    bench.session.moment = before
    _ = bench.session.hint(for: typed, at: typed.count)
    #expect(bench.run("randn 3") == expected)
    #expect(bench.value("Q")?.shape == [4, 8])
  }

  /// A shape that is promised is the shape that comes, in every example of the registry.
  @Test(arguments: Registry.all.filter { !$0.examples.isEmpty })
  func promisesAreKept(_ builtin: Builtin) {
    let bench = Bench()
    for step in Transcript(builtin.examples).steps {
      let promised = bench.session.hint(for: step.input, at: step.input.count)
      let isWrong = bench.run(step.input).first?.hasPrefix("error") == true
      guard !isWrong, let promised, promised.hasPrefix("→ "), !step.input.contains("="),
        !promised.contains(","), let shape = bench.value("ans")?.shape
      else { continue }
      #expect(promised == "→ " + shape.kindText, "\(step.input)")
    }
  }

  /// The work of a key is a few steps, however large the variables are and however many.
  @Test func workIsSmall() {
    let bench = Bench()
    _ = bench.run(Self.scope + "; G = zeros 3000 3000")
    for index in 0..<100 { _ = bench.run("x\(index) = randn \(index + 1) 8") }
    for typed in ["attn Q K ", "G @ G", "softmax (Q @ K' / sqrt 8) @ V + G[0:4, 0:6]", "Q @ "] {
      let steps = bench.session.foresee(typed, at: typed.count)?.steps ?? 0
      #expect((1...40).contains(steps), "\(typed): \(steps)")
    }
    let endless = "def f x = f (x + 1); f 1"
    #expect((bench.session.foresee(endless, at: endless.count)?.steps ?? 0) <= 2001)
  }
}
