/// Lines and what they are read as.
let readings: [Case] = [
  Case(
    "assignment", "Q = randn 4 8",
    "Q = randn(4, 8)"),
  Case(
    "juxtaposition", "attn Q K V causal",
    "attn(Q, K, V, causal)"),
  Case(
    "several results", "qr, kr = rope q k",
    "qr, kr = rope(q, k)"),
  Case(
    "options", "mha X X X p heads=8 tau=0.5",
    "mha(X, X, X, p, heads=8, tau=0.5)"),
  Case(
    "one name after rope", "rope q k",
    "rope(q, k)"),
  Case(
    "loose minus", "f x - 1",
    #"""
    f(x) - 1
      read as f(x) - 1
    """#),
  Case(
    "prefix minus", "f x -1",
    "f(x, -1)"),
  Case(
    "prefix minus alone", "f -x",
    "f(-x)"),
  Case(
    "loose minus without arguments", "f - x",
    "f - x"),
  Case(
    "tau by a slip", "softmax z -1",
    "softmax(z, -1)"),
  Case(
    "calls as in Python", "exp(z)/sum(exp(z))",
    "exp(z) / sum(exp(z))"),
  Case(
    "call as an operand", "softmax Q @ K' / sqrt 8",
    #"""
    softmax(Q) @ K' / sqrt(8)
      read as softmax(Q) @ K' / sqrt(8)
    """#),
  Case(
    "prefix minus after a name", "n -1",
    "n(-1)"),
  Case(
    "power below minus", "-x^2",
    "-x^2"),
  Case(
    "negative exponent", "2^-1",
    "2^-1"),
  Case(
    "power to the right", "2^3^2",
    "2^3^2"),
  Case(
    "two elements", "[1 -2]",
    "[1, -2]"),
  Case(
    "one element", "[1 - 2]",
    "[1 - 2]"),
  Case(
    "tight in brackets", "[1-2]",
    "[1 - 2]"),
  Case(
    "stacked", "[K; k]",
    "[K; k]"),
  Case(
    "side by side", "[a' b']",
    "[a', b']"),
  Case(
    "no calls in brackets", "[f x]",
    "[f, x]"),
  Case(
    "calls in brackets", "[f(x) g(y)]",
    "[f(x), g(y)]"),
  Case(
    "rows by line breaks",
    #"""
    [1 2
    3 4]
    """#,
    "[1, 2; 3, 4]"),
  Case(
    "rows by line breaks with brackets",
    #"""
    [[1 2]
     [3 4]]
    """#,
    "[([1, 2]); ([3, 4])]"),
  Case(
    "brackets side by side", "[[1 2] [3 4]]",
    "[([1, 2]), ([3, 4])]"),
  Case(
    "commas", "[1, 2; 3, 4]",
    "[1, 2; 3, 4]"),
  Case(
    "comma goes on",
    #"""
    [1,
    2]
    """#,
    "[1, 2]"),
  Case(
    "empty brackets", "[]",
    "[]"),
  Case(
    "operator goes on in brackets",
    #"""
    [1 +
    2]
    """#,
    "[1 + 2]"),
  Case(
    "index", "A[0,1]",
    "A[0, 1]"),
  Case(
    "call with a vector", "A [0 1]",
    "A([0, 1])"),
  Case(
    "slices", "A[0, 1:2, :, ::2, -1:, :-1, a:b:c]",
    "A[0, 1:2, :, ::2, -1:, :-1, a:b:c]"),
  Case(
    "index of a call", "f(x)[0]",
    "f(x)[0]"),
  Case(
    "chained postfix", "p.blocks[0].wq'",
    "p.blocks[0].wq'"),
  Case(
    "tuple as arguments", "f (x, y)",
    "f(x, y)"),
  Case(
    "tuple as one argument", "f ((x, y))",
    "f((x, y))"),
  Case(
    "tuple beside an argument", "f (x, y) z",
    "f((x, y), z)"),
  Case(
    "group as an argument", "f (x) (y)",
    "f(x, y)"),
  Case(
    "empty call", "f()",
    "f()"),
  Case(
    "call with options", "f(x, tau=2, bias = b)",
    "f(x, tau=2, bias=b)"),
  Case(
    "option", "f tau=1/2 z",
    "f(tau=1 / 2, z)"),
  Case(
    "option with a call", "attn Q K V bias=alibi(8)",
    "attn(Q, K, V, bias=alibi(8))"),
  Case(
    "option with a group", "f tau=(1 / 2) z",
    "f(tau=1 / 2, z)"),
  Case(
    "option with a sign", "f tau=-1",
    "f(tau=-1)"),
  Case(
    "option before a loose operator", "f tau=1 / 2",
    #"""
    f(tau=1) / 2
      read as f(tau=1) / 2
    """#),
  Case(
    "pipe", "x |> f a",
    "f(x, a)"),
  Case(
    "pipes", "x |> f |> g 1",
    "g(f(x), 1)"),
  Case(
    "call into a pipe", "f x |> g",
    "g(f(x))"),
  Case(
    "pipe over lines",
    #"""
    x |>
    f
    """#,
    "f(x)"),
  Case(
    "five arguments", "attn Q K V window 3",
    "attn(Q, K, V, window, 3)"),
  Case(
    "mask product", "attn Q K V (causal * window 3)",
    #"""
    attn(Q, K, V, causal * window(3))
    """#),
  Case(
    "bool operators", "not a == b and c or d",
    "not a == b and c or d"),
  Case(
    "comparisons", "x == y",
    "x == y"),
  Case(
    "not equal", "x != y",
    "x != y"),
  Case(
    "matrix product left to right", "a @ b * c / d % e",
    "a @ b * c / d % e"),
  Case(
    "lambda", "x -> x^2 + 1",
    "x -> x^2 + 1"),
  Case(
    "lambda of two", "(x, y) -> x + y",
    "(x, y) -> x + y"),
  Case(
    "lambda of nothing", "() -> 3",
    "() -> 3"),
  Case(
    "nested lambdas", "x -> y -> f x y",
    "x -> y -> f(x, y)"),
  Case(
    "lambda with a reading", "g = x -> f x - 1",
    #"""
    g = x -> f(x) - 1
      read as g = x -> f(x) - 1
    """#),
  Case(
    "lambda as an argument", "map (x -> x + 1) v",
    "map(x -> x + 1, v)"),
  Case(
    "root", "√x^2 + √(a + b)",
    "√x^2 + √(a + b)"),
  Case(
    "root as an argument", "f √x -√x",
    "f(√x, -√x)"),
  Case(
    "sign of a call", "-f x",
    #"""
    -f(x)
    """#),
  Case(
    "minus of minus", "a - -b",
    "a - -b"),
  Case(
    "transposes", "A' + Aᵀ + A.T",
    "A' + A' + A'"),
  Case(
    "transposed argument", "f A[0] B'",
    "f(A[0], B')"),
  Case(
    "transposed operand", "f x' - 1",
    #"""
    f(x') - 1
      read as f(x') - 1
    """#),
  Case(
    "hole", "x = ? + 1",
    "x = ? + 1"),
  Case(
    "hole as an argument", "f ? 2",
    "f(?, 2)"),
  Case(
    "infinity", "-∞",
    "-∞"),
  Case(
    "numbers", "1. + .5 + 1_000 + 1e-9 + 1.5e3 + 2E+3 + 1e400",
    "1 + 0.5 + 1000 + 1e-9 + 1500 + 2000 + ∞"),
  Case(
    "number with a property", "3.T",
    "(3)'"),
  Case(
    "unicode names", "τ = 1; θ₁ = 2; Wᵠ = 질의 + é",
    #"""
    τ = 1;
    θ₁ = 2;
    Wᵠ = 질의 + é
    """#),
  Case(
    "look-alikes", "µ + ɛ",
    "μ + ε"),
  Case(
    "unicode operators", "a × b ⊙ c ÷ d − e · f",
    "a * b * c / d - e · f"),
  Case(
    "unicode comparisons", "a ≤ b or a ≥ b or a ≠ b",
    "a <= b or a >= b or a != b"),
  Case(
    "unicode arrows", "x → y ↦ x",
    "x -> y -> x"),
  Case(
    "strings", #""a\tb\n\"\\\u{41}é'""#,
    #""a\tb\n\"\\Aé'""#),
  Case(
    "comment", "x = 1 # a = 2",
    "x = 1"),
  Case(
    "only a comment", "# nothing",
    ""),
  Case(
    "blank lines",
    #"""


    x


    y

    """#,
    #"""
    x
    y
    """#),
  Case(
    "hidden", "x;;y;",
    #"""
    x;
    y;
    """#),
  Case(
    "CRLF", "x = 1",
    "x = 1"),
  Case(
    "newline in parentheses",
    #"""
    f(1,
      2
    )
    """#,
    "f(1, 2)"),
  Case(
    "arguments over lines in parentheses",
    #"""
    (f
     x
     y)
    """#,
    "f(x, y)"),
  Case(
    "operator ends a line",
    #"""
    x = 1 +
    2
    """#,
    "x = 1 + 2"),
  Case(
    "assignment goes on",
    #"""
    x =

    2
    """#,
    "x = 2"),
  Case(
    "discard", "_, A = attn Q K V",
    "_, A = attn(Q, K, V)"),
  Case(
    "field update", "p.wq = X",
    "p.wq = X"),
  Case(
    "deep update", "a.b.c[0, 1:2] = 3",
    "a.b.c[0, 1:2] = 3"),
  Case(
    "index update", "A[0] = 1",
    "A[0] = 1"),
  Case(
    "update with a reading", "p.w = f x - 1",
    #"""
    p.w = f(x) - 1
      read as p.w = f(x) - 1
    """#),
  Case(
    "def", "def f x y=2 = x + y",
    "def f(x, y=2) = x + y"),
  Case(
    "def in parentheses", "def f(x, tau=1/2) = x * tau",
    "def f(x, tau=1 / 2) = x * tau"),
  Case(
    "def with a reading", "def f x = g x - 1",
    #"""
    def f(x) = g(x) - 1
      read as def f(x) = g(x) - 1
    """#),
  Case(
    "def without parameters", "def f = 3",
    "def f() = 3"),
  Case(
    "def with a block", "def f x { y = x; y^2 }",
    #"""
    def f(x) {
      y = x;
      y^2
    }
    """#),
  Case(
    "def over lines",
    #"""
    def f(x) {
      y = x
      y^2
    }
    """#,
    #"""
    def f(x) {
      y = x
      y^2
    }
    """#),
  Case(
    "empty block", "def f x { }",
    "def f(x) { }"),
  Case(
    "for", "for i in 0:4 { print i }",
    #"""
    for i in 0:4 {
      print(i)
    }
    """#),
  Case(
    "for over a value", "for i, x in rows A { print i; x }",
    #"""
    for i, x in rows(A) {
      print(i);
      x
    }
    """#),
  Case(
    "for with a step", "for i in 0:n:2 { i }",
    #"""
    for i in 0:n:2 {
      i
    }
    """#),
  Case(
    "while", "while x < 3 { x = x + 1 }",
    #"""
    while x < 3 {
      x = x + 1
    }
    """#),
  Case(
    "break", "while 1 { break }",
    #"""
    while 1 {
      break
    }
    """#),
  Case(
    "if", "if x { 1 }",
    #"""
    if x {
      1
    }
    """#),
  Case(
    "if else", "if a { 1 } else { 2 }",
    #"""
    if a {
      1
    } else {
      2
    }
    """#),
  Case(
    "else if over lines",
    #"""
    if a { 1 }
    else if b { 2 }
    else { 3 }
    """#,
    #"""
    if a {
      1
    } else if b {
      2
    } else {
      3
    }
    """#),
  Case(
    "statement behind a block", "if x { 1 } y",
    #"""
    if x {
      1
    }
    y
    """#),
  Case(
    "readings in blocks are silent", "for i in 0:2 { f x - 1 }",
    #"""
    for i in 0:2 {
      f(x) - 1
    }
    """#),
  Case(
    "explain", "explain softmax z",
    "explain softmax(z)"),
  Case(
    "explain in parentheses", "x = (explain f x)",
    "x = (explain f(x))"),
  Case(
    "explain like a function", "explain(softmax z)",
    "explain softmax(z)"),
  Case(
    "explain is a name elsewhere", "x = explain f",
    "x = explain(f)"),
  Case(
    "no operator follows the call", "softmax (Q @ K' / sqrt 8)",
    "softmax(Q @ K' / sqrt(8))"),
  Case(
    "an operator follows a call deep in the left", "1 - -f x * y",
    "1 - -f(x) * y\n  read as 1 - -f(x) * y"),
  Case(
    "time", ":time f x",
    ":time f(x)"),
  Case(
    "time of an assignment", ":time a, b = f x;",
    ":time a, b = f(x);"),
  Case(
    "time of a loop's step", "for i in v { :time f i }",
    "for i in v {\n  :time f(i)\n}"),
  Case(
    "bench", "bench attn Q K V",
    "bench attn(Q, K, V)"),
  Case(
    "sweep", "sweep tau=[.1 1 10] softmax z",
    "sweep tau=[0.1, 1, 10] softmax(z)"),
  Case(
    "sweep two", "sweep tau=[1 2] heads=(1, 2) f x",
    "sweep tau=[1, 2] heads=(1, 2) f(x)"),
  Case(
    "compare", "compare (f x) (g x) (h x)",
    "compare (f(x)) (g(x)) (h(x))"),
  Case(
    "cost", "cost attn 1024 64 heads=8",
    "cost attn 1024 64 heads=8"),
  Case(
    "help", "help attn",
    "help attn"),
  Case(
    "help like a function", "help(attn)",
    "help attn"),
  Case(
    "help of an operator", "help @",
    "help @"),
  Case(
    "help alone", "help",
    "help"),
  Case(
    "source", "source softmax; x",
    #"""
    source softmax;
    x
    """#),
  Case(
    "apropos", "apropos two words",
    "apropos two words"),
  Case(
    "question", "?",
    "help"),
  Case(
    "question and word", "?softmax",
    "help softmax"),
  Case(
    "question, blank, word", "? x # why",
    "help x"),
  Case(
    "command words as names", "bench = 3; cost + 1; source[0]; cost * 2; help == 3",
    #"""
    bench = 3;
    cost + 1;
    source[0];
    cost * 2;
    help == 3
    """#),
  Case(
    "colon command", ":vars",
    ":vars «»"),
  Case(
    "colon command with the rest", ":set digits 6 # more",
    ":set «digits 6»"),
  Case(
    "colon command with a hash", ":save a#1;b.attn # why",
    ":save «a#1;b.attn»"),
]
