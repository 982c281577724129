import Kernels
import Language
import Testing

@testable import Engine

/// What the generated tests of the registry can not see: control flow, records, nesting, errors and
/// the loop of `minimize`.
@Suite struct GradientTests {
  @Test(arguments: [
    Printed(
      "loops and branches",
      """
      def f(x) { s = 0; for i in 0:3 { if x[i] > 0 { s = s + x[i]^2 } else { s = s - x[i] } }; s };
      grad f [1 -2 3]
      """, "2 -1 6"),
    Printed(
      "indexed assignment",
      "def f(x) { y = zeros 3; y[1] = x^2; y[0] = y[1] * x; sum y }; grad f 2",
      "16"),
    Printed("a replaced entry has no gradient", "grad (x -> sum([x[0] 7 x[0]])) [1 2]", "2 0"),
    Printed(
      "rows by for", "def f(A) { s = 1; for r in A { s = s * r[0] }; s }; grad f [2 1; 3 1]",
      "2×2\n  3  0\n  2  0"),
    Printed(
      "rows by names", "def f(A) { a, b = A; sum(a * b) }; grad f [1 2; 3 4]",
      "2×2\n  3  4\n  1  2"),
    Printed("several arguments", "grad ((a, b) -> a * b) 3 4", "[0] = 4\n[1] = 3"),
    Printed("one of them unused", "grad ((a, b) -> a^2) 3 [1 2]", "[0] = 6\n[1] = 0 0"),
    Printed(
      "a record keeps its shape; strings and functions have no gradient",
      "g = grad (p -> p.a.b * p.c) record(a=record(b=2, s=\"x\"), c=5, f=relu); g.a.b; print g.a.b g.c",
      "5 2"),
    Printed("labels", "grad (z -> log_softmax(z)[1]) [0 0]", "-0.5000 0.5000"),
    Printed("twice", "grad (x -> grad (y -> y^4) x) 1", "12"),
    Printed("three times", "grad (x -> grad (y -> grad (z -> z^4) y) x) 1", "24"),
    Printed("an inner gradient by an outer variable", "grad (a -> grad (x -> a * x^2) 3) 5", "6"),
    Printed(
      "a function that captured it",
      "grad (a -> sum(ffn([1 2], record(w1=eye(2), w2=eye(2)), act=(z -> a * z)))) 2", "3"),
    Printed("corners", "grad (x -> sum(relu(x) + abs(x))) [0 0]\ngrad norm [0 0]", "0 0\n0 0"),
    Printed("equal maxima share", "grad max [3 1 3]", "0.5000 0 0.5000"),
    Printed(
      "single precision", "dtype (grad (x -> sum(x^2)) (f32 [1 2]))", "\"f32\""),
    Printed(
      "no visible key", "grad (Q -> sum(attn(Q, Q, Q, [0 0; 1 1]))) [1 2; 3 4] |> isfinite |> all",
      "1"),
    Printed("constant", "grad (x -> 3) [1 2]", "0 0"),
    Printed(
      "a comparison only decides", "def f(m) { if m > 1 { 0 } else { 1 - m } }; grad f 2", "0"),
    Printed("printed on the way", "def f(x) { print x; 3 }; grad f 2", "2\n0"),
    Printed("in part constant", "grad (x -> sum(floor x) + sum x) [2.5 1]", "1 1"),
    Printed("the first entry", "grad (A -> sum(first A)) [1 2; 3 4]", "2×2\n  1  1\n  0  0"),
    Printed("the first of a tuple", "grad (x -> sum(first(split(x, 2)))) [1 2 3 4]", "1 1 0 0"),
    Printed("bounds", "grad (x -> sum(clip(x, 0, 1))) [0 0.5 1 2]", "0 1 0 0"),
    Printed("a function of the place", "g = grad (x -> x^3); g 2", "12"),
    Printed("of it again", "grad (grad (x -> x^3)) 2", "12"),
    Printed("of two", "g = grad ((a, b) -> a * b); g 3 4", "[0] = 4\n[1] = 3"),
    Printed("of a builtin, piped", "[1 2] |> (grad sum)", "1 1"),
    Printed("both", "vg = value_grad (x -> sum(x^2)); vg [1 2]", "value = 5\ngradient = 2 4"),
    Printed("a Hessian", "jacobian (grad (x -> sum(x^3))) [1 2]", "2×2\n   6   0\n   0  12"),
    Printed(
      "twice, where a score is -∞", "jacobian (grad (z -> -log_softmax(z)[0])) [2 -inf 1]",
      "3×3\n   0.1966   0       -0.1966\n   0        0        0\n  -0.1966   0        0.1966"),
    Printed(
      "checked on and beside corners",
      "(gradcheck (x -> sum(elu x + relu x)) [1e-4 -2e-5 3]).agrees",
      "1"),
    Printed(
      "wrong by a millionth",
      "(gradcheck (x -> sum(x^3)) [1 2] with=(x -> 3.00001 * x^2)).agrees", "0"),
    Printed("shown", "grad sin\ndef f(x) = x; jacobian f", "x -> grad(f, x)\nx -> jacobian(f, x)"),
  ])
  func gradient(_ printed: Printed) { printed.check() }

  @Test(arguments: [
    (
      "grad (x -> argmax x) [1 2]",
      "error: this can not be differentiated: argmax is constant between its jumps"
    ),
    (
      "grad (x -> round x) 2.5",
      "error: this can not be differentiated: round is constant between its jumps"
    ),
    ("grad (x -> x^2) [1 2]", "error: grad needs a function that gives one number"),
    ("grad (x -> x) \"a\"", "error: there is no number to differentiate by"),
    ("grad (x -> \"a\") 1", "error: f must give a number or a tensor, not a string"),
    ("vjp (x -> x^2) [1 2] 1", "error: g must have the shape of f(x)"),
    ("jvp (x -> x^2) [1 2] [1 2 3]", "error: v must have the shape of x"),
    (
      "c = kvcache(); grad (q -> sum(first(decode(q, q, q, c)))) [1 2]",
      "error: decode can not be differentiated"
    ),
    ("grad (x -> minimize (y -> (y - x)^2) 0) 1", "error: minimize can not be differentiated"),
    ("minimize (x -> log x) (-1)", "error: the loss is NaN at step 0"),
    ("minimize (x -> x^2) 1 with=sdg", "error: with has no choice 'sdg'"),
  ])
  func refuses(_ code: String, _ message: String) {
    #expect(Bench().run(code).first == message)
  }

  @Test(arguments: [
    Printed(
      "a builtin", "grad (x -> sum (round x)) [1 2]",
      """
      error: this can not be differentiated: round is constant between its jumps
      1 │ grad (x -> sum (round x)) [1 2]
        │                ^^^^^^^^^
        │   straight_through (round x) x takes the gradient of x
      """),
    Printed(
      "a comparison", "grad (x -> sum(x > 1)) [1 2]",
      """
      error: this can not be differentiated: > is constant between its jumps
      1 │ grad (x -> sum(x > 1)) [1 2]
        │                ^^^^^    sigmoid of the difference is a smooth one
      """),
    Printed(
      "a whole number", "grad (k -> sum(randint 0 k 5)) 3",
      """
      error: this can not be differentiated: randint takes a whole number, which can
             not move a little
      1 │ grad (k -> sum(randint 0 k 5)) 3
        │                ^^^^^^^^^^^^^
      """),
    Printed(
      "inside a def", "def f(x) {\n  k = sign x\n  k * 2\n};\ngrad f 1",
      """
      error: this can not be differentiated: sign is constant between its jumps
      2 │   k = sign x
        │       ^^^^^^    tanh is a smooth one
      grad, called from line 5
      5 │ grad f 1
        │ ────────
      """),
    Printed(
      "by an outer variable", "grad (a -> grad (x -> x * argmax a) 3) [1 2]",
      """
      error: this can not be differentiated: argmax is constant between its jumps
      1 │ grad (a -> grad (x -> x * argmax a) 3) [1 2]
        │                           ^^^^^^^^
        │   softargmax is a smooth one; straight_through takes the gradient of another
        │   value
      """),
    Printed(
      "a function of nothing", "grad (() -> 3)",
      """
      error: function takes no argument to differentiate by
      1 │ grad (() -> 3)
        │      ^^^^^^^^^    (() -> 3) function   grad (x -> …) x
      """),
    Printed(
      "too few for a gradient", "g = grad ((a, b) -> a * b);\ng 3",
      """
      error: this function takes 2 arguments, not 1
      2 │ g 3
        │ ^    this function a b
      """),
  ])
  func saysWhere(_ printed: Printed) { printed.check() }

  @Test func sameSeedSameBits() {
    let code = """
      seed 7; p = record(w = randn 4 3, b = zeros 3);
      def loss(p) { X = randn 8 4; mean((tanh(X @ p.w + p.b) - X[:, :3])^2) };
      p, history = minimize loss p steps=30;
      print (lit p.w) (lit history)
      """
    #expect(Bench().run(code) == Bench().run(code))
  }
}
