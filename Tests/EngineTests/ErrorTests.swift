import Testing

/// Whole error messages, caret line included.
@Suite struct ErrorTests {
  typealias Case = Printed

  @Test(arguments: cases)
  func says(_ item: Case) { item.check() }

  @Test func anErrorNamesItsPlaceInAFile() {
    let bench = Bench()
    let text = bench.run("x = 1;\nQ = randn 4 8;\nK = randn 5 8;\nS = Q @ K", name: "lesson.attn")
    #expect(
      text.joined(separator: "\n") == """
        error: these shapes do not multiply                      lesson.attn:4:5
        4 │ S = Q @ K
          │     ─ ^ ─    Q 4×8   K 5×8   inner 8 ≠ 5
        fix 1: Q @ K'    4×8 @ 8×5 → 4×5
        """)
  }

  @Test func anErrorRestoresVariablesAndRandomState() {
    let bench = Bench()
    #expect(bench.run("seed 42; x = 1;") == [])
    _ = bench.run("for i in 0:3 { x = randn 2; if i == 1 { x @ zeros(5, 5) } }")
    #expect(bench.run("x") == ["1"])
    #expect(bench.run("randn 3") == ["0.4967 -0.1383 0.6477"])
  }

  static let cases: [Case] = [
    Case(
      "a comparison meant for assert", "assert 1 == 2",
      """
      error: assert gives no value that == could take
      1 │ assert 1 == 2
        │ ──────── ^^    a call binds tighter
      fix 1: assert (1 == 2)
      """),
    Case(
      "an axis without its name", "mean [1 2; 3 4] 0",
      """
      error: mean takes 1 argument, not 2
      1 │ mean [1 2; 3 4] 0
        │ ^^^^    mean x
      fix 1: axis=0
               which axis, 0-based, negative from the end; over everything unless
               given
      """),
    Case(
      "an option without its =", "softmax [1 2 3] tau 0.5",
      """
      error: no name 'tau'
      1 │ softmax [1 2 3] tau 0.5
        │                 ^^^
      fix 1: tau=0.5    temperature τ > 0: small sharpens, ∞ is uniform
      """),
    Case(
      "a call as an argument", "layernorm randn 3 4",
      """
      error: layernorm needs a number or a tensor for x, not a function
      1 │ layernorm randn 3 4
        │           ^^^^^    randn function
      fix 1: (randn 3 4)    normal random numbers, mean 0 and variance 1
      """),
    Case(
      "operator glued to the last argument", "softmax z/tau",
      """
      error: `softmax z/tau` could mean two things
      1 │ softmax z/tau
        │          ^    blanks separate arguments, and there is none before /
      fix 1: softmax (z/tau)     z/tau is the argument
      fix 2: softmax(z) / tau    / takes the whole call
      """),
    Case(
      "both readings of a quotient", "exp z/sum(exp z)",
      """
      error: `exp z/sum(exp z)` could mean two things
      1 │ exp z/sum(exp z)
        │      ^    blanks separate arguments, and there is none before /
      fix 1: exp (z/sum(exp z))     z/sum(exp z) is the argument
      fix 2: exp(z) / sum(exp z)    / takes the whole call
      """),
    Case(
      "a power glued to a signed argument", "f -x^2",
      """
      error: `f -x^2` could mean two things
      1 │ f -x^2
        │     ^    blanks separate arguments, and there is none before ^
      fix 1: f (-x^2)     -x^2 is the argument
      fix 2: f(-x) ^ 2    ^ takes the whole call
      """),
    Case(
      "a product glued to a length", "randn 2*n d",
      """
      error: `randn 2*n d` could mean two things
      1 │ randn 2*n d
        │        ^    blanks separate arguments, and there is none before *
      fix 1: randn (2*n) d      2*n is the argument
      fix 2: randn(2) * n(d)    * takes both calls
      """),
    Case(
      "f x-1", "f x-1",
      """
      error: `f x-1` could mean two things
      1 │ f x-1
        │    ^    blanks separate arguments, and there is none before -
      fix 1: f (x-1)     x-1 is the argument
      fix 2: f(x) - 1    - takes the whole call
      """),
    Case(
      "a number glued to a name", "2x",
      """
      error: a number stands directly before a name: a product needs *
      1 │ 2x
        │ ^^
      fix 1: 2*x
      """),
    Case(
      "a number before a name", "2 x",
      """
      error: `2` is a value, not a function: an operator is missing
      1 │ 2 x
        │   ^
      fix 1: 2 * x
      """),
    Case(
      "chained comparison", "a < b < c",
      """
      error: comparisons do not chain
      1 │ a < b < c
        │       ^
      fix 1: a < b and b < c
      """),
    Case(
      "brackets in brackets", "[[1,2],[3,4]]",
      """
      error: `[[1,2],[3,4]]` could mean two things
      1 │ [[1,2],[3,4]]
        │ ^    brackets in brackets are rows in NumPy and one row in MATLAB
      fix 1: [1 2; 3 4]    as NumPy: a 2×2 matrix
      fix 2: [1 2 3 4]     as MATLAB: side by side, a vector of 4
      """),
    Case(
      "= after a call", "f x = 3",
      """
      error: a call can not be assigned to
      1 │ f x = 3
        │     ^
      fix 1: def f x = 3    defines a function
      """),
    Case(
      "results without commas", "qr kr = rope q k",
      """
      error: a call can not be assigned to
      1 │ qr kr = rope q k
        │       ^
      fix 1: qr, kr = rope q k       takes several results
      fix 2: def qr kr = rope q k    defines a function
      """),
    Case(
      "an option with blanks", "f x heads = 8",
      """
      error: a call can not be assigned to
      1 │ f x heads = 8
        │           ^
      fix 1: f x heads=8          an option has no blanks around =
      fix 2: def f x heads = 8    defines a function
      """),
    Case(
      "a number with a signed argument", "3 -1",
      """
      error: `3` is a value, not a function: write `3 - 1`
      1 │ 3 -1
        │   ^
      fix 1: 3 - 1
      """),
    Case(
      "a transpose with a signed argument", "Q' -1",
      """
      error: `Q'` is a value, not a function: write `Q' - 1`
      1 │ Q' -1
        │    ^
      fix 1: Q' - 1
      """),
    Case(
      "a variable with a signed argument", "n = 3; n -1",
      """
      error: n is a number, not a function: write n - 1
      1 │ n = 3; n -1
        │        ^
      fix 1: n - 1
      """),
    Case(
      "a call in brackets", "z = [1 2]; [exp z]",
      """
      error: inside brackets a blank separates elements: write exp(z)
      1 │ z = [1 2]; [exp z]
        │             ^^^    exp function
      fix 1: exp(z)
      """),
    Case(
      "a blank before an index", "A = randn 4 8; A [0 1]",
      """
      error: A is 4×8, not a function: remove the space to index it
      1 │ A = randn 4 8; A [0 1]
        │                ^
      fix 1: A[0, 1]
      """),
    Case(
      "a function in arithmetic", "exp - 1",
      """
      error: exp is a function, not a number
      1 │ exp - 1
        │ ^^^ ─    exp x
      """),
    Case(
      "never a silent temperature", "z = [1 2]; softmax z -1",
      """
      error: softmax takes 1 argument, not 2
      1 │ z = [1 2]; softmax z -1
        │            ^^^^^^^    softmax z
      fix 1: softmax (z - 1)
      fix 2: softmax(z) - 1
      """),
    Case(
      "five arguments", "Q = randn 4 8; K = randn 5 8; V = randn 5 8; attn Q K V window 3",
      """
      error: attn takes 3 or 4 arguments, not 5
      1 │ Q = randn 4 8; K = randn 5 8; V = randn 5 8; attn Q K V window 3
        │                                              ^^^^    attn Q K V [mask]
      fix 1: (window 3)    mask: position i sees the last w keys, itself included
      """),
    Case(
      "an option that ends at a blank", "attn Q K V bias=alibi 8",
      """
      error: `bias=alibi 8` could mean two things
      1 │ attn Q K V bias=alibi 8
        │                       ^    an option ends at the first blank
      fix 1: bias=alibi(8)    an argument of alibi
      fix 2: 8 bias=alibi     an argument of attn
      """),
    Case(
      "transpose of a vector", "v = [1 2 3]; v'",
      """
      error: a vector has no second axis to swap
      1 │ v = [1 2 3]; v'
        │              ^^    v vector 3
      fix 1: col(v)         3×1
      fix 2: row(v)         1×3
      fix 3: outer(v, v)    3×3, what v v' would be
      """),
    Case(
      "curly quotes", "x = “a”",
      """
      error: curly quotes are not quotes here
      1 │ x = “a”
        │     ^^^
      fix 1: "a"
      """),
    Case(
      "compound assignment", "x += 1",
      """
      error: += does not exist: values never change in place
      1 │ x += 1
        │   ^^
      fix 1: x = x + 1
      """),
    Case(
      "a misspelt name", "attn (randn 4 8) (randn 5 8) (randn 5 8) casual",
      """
      error: no name 'casual'
      1 │ attn (randn 4 8) (randn 5 8) (randn 5 8) casual
        │                                          ^^^^^^
      fix 1: causal    mask: position i sees j ≤ i
      """),
    Case(
      "shapes that do not multiply", "Q = randn 4 8; K = randn 5 8; Q @ K",
      """
      error: these shapes do not multiply
      1 │ Q = randn 4 8; K = randn 5 8; Q @ K
        │                               ─ ^ ─    Q 4×8   K 5×8   inner 8 ≠ 5
      fix 1: Q @ K'    4×8 @ 8×5 → 4×5
      """),
    Case(
      "shapes that do not broadcast", "A = ones 4 3; b = [1 2 3 4]; A + b",
      """
      error: these shapes do not broadcast
      1 │ A = ones 4 3; b = [1 2 3 4]; A + b
        │                              ─ ^ ─    A 4×3   b vector 4   3 ≠ 4
      fix 1: A' + b        3×4 + 4 → 3×4
      fix 2: A + col(b)    4×1 beside 4×3
      """),
    Case(
      "keys of another width", "Q = randn 4 8; K = randn 8 5; attn Q K K",
      """
      error: attn: Q and K differ in dk
      1 │ Q = randn 4 8; K = randn 8 5; attn Q K K
        │                                    ^ ^    Q 4×8   K 8×5   dk 8 ≠ 5
      """),
    Case(
      "a temperature of 0", "z = [1 2 3]; softmax z tau=0",
      """
      error: a temperature must be more than 0
      1 │ z = [1 2 3]; softmax z tau=0
        │                        ^^^^^
        │   the limit τ → 0 is the one-hot of the largest entry
      fix 1: one_hot (argmax z) 3
      """),
    Case(
      "a mask matrix of other numbers", "Q = randn 2 2; attn Q Q Q [1 2; 3 4]",
      """
      error: a mask matrix holds only 0 and 1
      1 │ Q = randn 2 2; attn Q Q Q [1 2; 3 4]
        │                           ^^^^^^^^^^
        │   [1 2; 3 4] 2×2   1 = may attend; other numbers are a bias, added to the
        │   scores
      fix 1: bias=[1 2; 3 4]
      """),
    Case(
      "a tuple in arithmetic", "r = rope (randn 2 4) (randn 2 4); r + 1",
      """
      error: a tuple of 2 does not take +
      1 │ r = rope (randn 2 4) (randn 2 4); r + 1
        │                                   ─ ^    r (2×4, 2×4)
      fix 1: r[0]    2×4
      fix 2: r[1]    2×4
      """),
    Case(
      "two index vectors", "A = randn 4 4; A[[0 1], [0 1]]",
      """
      error: two index vectors could mean a block or pairs
      1 │ A = randn 4 4; A[[0 1], [0 1]]
        │                  ^^^^^  ^^^^^
      fix 1: A[[0 1]][:, [0 1]]    the block of these rows and columns
      fix 2: pick A [0 1]          one entry of each row
      """),
    Case(
      "an index outside", "A = randn 4 4; A[9]",
      """
      error: index 9 is outside 0 … 3
      1 │ A = randn 4 4; A[9]
        │                  ^    or -4 … -1, from the end
      """),
    Case(
      "an unknown option", "softmax [1 2] tua=2",
      """
      error: softmax has no option 'tua'
      1 │ softmax [1 2] tua=2
        │               ^^^^^    options: tau axis
      fix 1: tau=2    temperature τ > 0: small sharpens, ∞ is uniform
      """),
    Case(
      "an unknown word", "rope (randn 2 4) layout=hlaf",
      """
      error: layout has no choice 'hlaf'
      1 │ rope (randn 2 4) layout=hlaf
        │                  ^^^^^^^^^^^    choices: interleaved half
      fix 1: layout=half
      """),
    Case(
      "no such axis", "sum (randn 2 3) axis=2",
      """
      error: there is no axis 2
      1 │ sum (randn 2 3) axis=2
        │                 ^^^^^^    the axes are 0 to 1, or -2 to -1
      """),
    Case(
      "arithmetic on a rule", "causal + 1",
      """
      error: a mask rule takes only *, and, or, not
      1 │ causal + 1
        │ ────── ^    a rule has no shape of its own
      fix 1: mask causal n    its 0/1 matrix n×n
      """),
    Case(
      "an open bracket", "softmax([1 2",
      """
      error: the [ is never closed
      1 │ softmax([1 2
        │         ^
      """),
    Case(
      "in a def", "def g x = x @ zeros(9, 9)\ng [1 2]",
      """
      g defined
      error: these shapes do not multiply
      1 │ def g x = x @ zeros(9, 9)
        │           ─ ^ ───────────    x vector 2   zeros(9, 9) 9×9   inner 2 ≠ 9
      g, called from line 2
      2 │ g [1 2]
        │ ───────
      """),
    Case(
      "Hangul before the mark", "질의 = randn 4 8; 키 = randn 5 8; 질의 @ 키",
      """
      error: these shapes do not multiply
      1 │ 질의 = randn 4 8; 키 = randn 5 8; 질의 @ 키
        │                                   ──── ^ ──
        │   질의 4×8   키 5×8   inner 8 ≠ 5
      fix 1: 질의 @ 키'    4×8 @ 8×5 → 4×5
      """),
    Case(
      "a condition of many numbers", "if [1 0] { 1 }",
      """
      error: a condition is one number, not a vector
      1 │ if [1 0] { 1 }
        │    ^^^^^    [1 0] vector 2
      fix 1: all([1 0])
      fix 2: any([1 0])
      """),
    Case(
      "a number walked through", "for i in 5 { i }",
      """
      error: a number can not be walked through
      1 │ for i in 5 { i }
        │          ^
      fix 1: 0:5    0 … 4
      """),
    Case(
      "two names for one value", "a, b = 3",
      """
      error: 2 names for a number
      1 │ a, b = 3
        │ ^^^^
      """),
    Case(
      "heads that do not divide the columns", "split_heads (ones 4 64) 6",
      """
      error: 64 columns do not divide into 6 heads
      1 │ split_heads (ones 4 64) 6
        │                         ^    64 is not a multiple of 6: 64 = 6·10 + 4
      fix 1: heads=4    64 = 4·16
      fix 2: heads=8    64 = 8·8
      """),
    Case(
      "a projection that is missing", "X = ones 4 8; p = record(wq=eye(8)); mha X X X p",
      """
      error: the record has no 'wk'
      1 │ X = ones 4 8; p = record(wq=eye(8)); mha X X X p
        │                                                ^
        │   p record(wq)   wanted 8×8: columns of K × 1 head of 8
      note: init_mha makes such a record; p.wk = … adds a field
      """),
    Case(
      "a projection of another width", "X = ones 4 8; mha X X X init_mha(6)",
      """
      error: p.wq does not fit Q
      1 │ X = ones 4 8; mha X X X init_mha(6)
        │                   ^     ^^^^^^^^^^^
        │   X 4×8   init_mha(6) record(wq, wk, wv, wo)   wq 6×6   wanted 8×6: a row
        │   for each column of Q
      """),
    Case(
      "key heads that the record does not have",
      "X = ones 4 8; p = init_mha 8 4 kv_heads=2; mha X X X p heads=4",
      """
      error: p.wk has 2 key heads, not 4
      1 │ X = ones 4 8; p = init_mha 8 4 kv_heads=2; mha X X X p heads=4
        │                                                  ^   ^
        │   X 4×8   p record(wq, wk, wv, wo)   wk 8×4 = 8×(2·2)
      note: kv_heads=2 fits it
      """),
    Case(
      "a bias rule for other heads", "Q = ones 3 4; attn Q Q Q bias=alibi(2)",
      """
      error: the bias does not fit the heads
      1 │ Q = ones 3 4; attn Q Q Q bias=alibi(2)
        │                          ^^^^^^^^^^^^^    2 slopes for 1 head
      note: the heads are the last axis before queries and keys: weights […, h, n, m]
      """),
    Case(
      "a bias rule where a mask belongs", "Q = ones 3 4; attn Q Q Q alibi(1)",
      """
      error: attn needs a mask for mask, not a bias rule
      1 │ Q = ones 3 4; attn Q Q Q alibi(1)
        │                          ^^^^^^^^
      fix 1: bias=alibi(1)
      """),
    Case(
      "arithmetic on a bias rule", "alibi(2) * 2",
      """
      error: a bias rule can only be added to scores
      1 │ alibi(2) * 2
        │ ──────── ^    a rule has no shape of its own
      fix 1: bias alibi(2) n    its matrix n×n
      """),
    Case(
      "a temperature of 0 in attention", "Q = ones 3 4; attn Q Q Q tau=0",
      """
      error: a temperature must be more than 0
      1 │ Q = ones 3 4; attn Q Q Q tau=0
        │                          ^^^^^
        │   the limit τ → 0 is the one-hot of the largest entry
      fix 1: tau=1e-30    the largest score alone
      """),
    Case(
      "paddings of different batches", "padding 1 2 * padding 1 2 3",
      """
      error: these paddings are for different batches
      1 │ padding 1 2 * padding 1 2 3
        │ ─────────── ^ ─────────────    2 ≠ 3 lengths
      """),
  ]
}
