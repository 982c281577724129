/// Doubtful lines, with the whole error.
let refusals: [Case] = [
  Case(
    "operator glued: minus", "f x-1",
    #"""
    error: `f x-1` could mean two things
    1 │ f x-1
      │    ^    blanks separate arguments, and there is none before -
    fix 1: f (x-1)    x-1 is the argument
    fix 2: f(x) - 1    - takes the whole call
    """#),
  Case(
    "a comma too many", "[1,,2]",
    #"""
    error: an element is missing between the commas
    1 │ [1,,2]
      │   ^^
    fix 1: ,
    """#),
  Case(
    "a comma before an option", "softmax X, axis=0",
    #"""
    error: no comma stands between the arguments of a call
    1 │ softmax X, axis=0
      │          ^    blanks separate the arguments, commas the values in ( )
    fix 1: softmax X axis=0
    """#),
  Case(
    "a tuple of one", "x = (3,)",
    #"""
    error: a tuple has two parts or more
    1 │ x = (3,)
      │     ^^^^
    fix 1: (3)
    """#),
  Case(
    "operator glued: division", "softmax z/tau",
    #"""
    error: `softmax z/tau` could mean two things
    1 │ softmax z/tau
      │          ^    blanks separate arguments, and there is none before /
    fix 1: softmax (z/tau)    z/tau is the argument
    fix 2: softmax(z) / tau    / takes the whole call
    """#),
  Case(
    "operator glued: call", "exp z/sum(exp z)",
    #"""
    error: `exp z/sum(exp z)` could mean two things
    1 │ exp z/sum(exp z)
      │      ^    blanks separate arguments, and there is none before /
    fix 1: exp (z/sum(exp z))    z/sum(exp z) is the argument
    fix 2: exp(z) / sum(exp z)    / takes the whole call
    """#),
  Case(
    "operator glued: power of a sign", "f -x^2",
    #"""
    error: `f -x^2` could mean two things
    1 │ f -x^2
      │     ^    blanks separate arguments, and there is none before ^
    fix 1: f (-x^2)    -x^2 is the argument
    fix 2: f(-x) ^ 2    ^ takes the whole call
    """#),
  Case(
    "operator glued: more arguments", "randn 2*n d",
    #"""
    error: `randn 2*n d` could mean two things
    1 │ randn 2*n d
      │        ^    blanks separate arguments, and there is none before *
    fix 1: randn (2*n) d    2*n is the argument
    fix 2: randn(2) * n(d)    * takes both calls
    """#),
  Case(
    "operator glued: two of them", "randn 2*n d+1",
    #"""
    error: `randn 2*n d+1` could mean two things
    1 │ randn 2*n d+1
      │        ^    blanks separate arguments, and there is none before *
    fix 1: randn (2*n) (d+1)    2*n is the argument
    fix 2: randn(2) * n(d+1)    * takes both calls
    """#),
  Case(
    "operator glued: last of two", "softmax Q K/2 + 1",
    #"""
    error: `softmax Q K/2` could mean two things
    1 │ softmax Q K/2 + 1
      │            ^    blanks separate arguments, and there is none before /
    fix 1: softmax Q (K/2)    K/2 is the argument
    fix 2: softmax(Q, K) / 2    / takes the whole call
    """#),
  Case(
    "operator glued: transposed", "f x'-1",
    #"""
    error: `f x'-1` could mean two things
    1 │ f x'-1
      │     ^    blanks separate arguments, and there is none before -
    fix 1: f (x'-1)    x'-1 is the argument
    fix 2: f(x') - 1    - takes the whole call
    """#),
  Case(
    "operator glued: product", "f Q@K' V",
    #"""
    error: `f Q@K' V` could mean two things
    1 │ f Q@K' V
      │    ^    blanks separate arguments, and there is none before @
    fix 1: f (Q@K') V    Q@K' is the argument
    """#),
  Case(
    "operator glued: comparison", "f x<3",
    #"""
    error: `f x<3` could mean two things
    1 │ f x<3
      │    ^    blanks separate arguments, and there is none before <
    fix 1: f (x<3)    x<3 is the argument
    fix 2: f(x) < 3    < takes the whole call
    """#),
  Case(
    "operator glued: option", "f x tau=1/ 2",
    #"""
    error: `f x tau=1/ 2` could mean two things
    1 │ f x tau=1/ 2
      │          ^    blanks separate arguments, and there is none before /
    fix 1: f x tau=(1/2)    1/2 is the argument
    fix 2: f(x, tau=1) / 2    / takes the whole call
    """#),
  Case(
    "operator glued: options follow", "mha X/2 heads=8",
    #"""
    error: `mha X/2 heads=8` could mean two things
    1 │ mha X/2 heads=8
      │      ^    blanks separate arguments, and there is none before /
    fix 1: mha (X/2) heads=8    X/2 is the argument
    """#),
  Case(
    "operator glued: foreign power", "f x**2",
    #"""
    error: `f x**2` could mean two things
    1 │ f x**2
      │    ^^    blanks separate arguments, and there is none before ^
    fix 1: f (x^2)    x^2 is the argument
    fix 2: f(x) ^ 2    ^ takes the whole call
    """#),
  Case(
    "operator glued: nothing behind", "f x-",
    #"""
    error: - is glued to the last argument
    1 │ f x-
      │    ^    blanks separate arguments, and there is none before it
    """#),
  Case(
    "value before a sign", "3 -1",
    #"""
    error: `3` is a value, not a function: write `3 - 1`
    1 │ 3 -1
      │   ^
    fix 1: 3 - 1
    """#),
  Case(
    "transposed value before a sign", "Q' -1",
    #"""
    error: `Q'` is a value, not a function: write `Q' - 1`
    1 │ Q' -1
      │    ^
    fix 1: Q' - 1
    """#),
  Case(
    "group before a sign", "f(x) -1",
    #"""
    error: `f(x)` is a value, not a function: write `f(x) - 1`
    1 │ f(x) -1
      │      ^
    fix 1: f(x) - 1
    """#),
  Case(
    "number glued", "2x",
    #"""
    error: a number stands directly before a name: a product needs *
    1 │ 2x
      │ ^^
    fix 1: 2*x
    """#),
  Case(
    "number glued to a bracket", "2(x+1)",
    #"""
    error: a number stands directly before a bracket: a product needs *
    1 │ 2(x+1)
      │  ^
    fix 1: 2*(x+1)
    """#),
  Case(
    "number before a name", "2 x",
    #"""
    error: `2` is a value, not a function: an operator is missing
    1 │ 2 x
      │   ^
    fix 1: 2 * x
    """#),
  Case(
    "number before a number", "1 .5",
    #"""
    error: `1` is a value, not a function: an operator is missing
    1 │ 1 .5
      │   ^^
    fix 1: 1 * .5
    """#),
  Case(
    "element before a vector", "A[0] [1]",
    #"""
    error: `A[0]` is a value, not a function: an operator is missing
    1 │ A[0] [1]
      │      ^^^
    fix 1: A[0][1]
    """#),
  Case(
    "field before an argument", "p.f x",
    #"""
    error: `p.f` is a value, not a function: an operator is missing
    1 │ p.f x
      │     ^
    fix 1: p.f(x)
    """#),
  Case(
    "rows or one row", "[[1,2],[3,4]]",
    #"""
    error: `[[1,2],[3,4]]` could mean two things
    1 │ [[1,2],[3,4]]
      │ ^    brackets in brackets are rows in NumPy and one row in MATLAB
    fix 1: [1 2; 3 4]    as NumPy: a 2×2 matrix
    fix 2: [1 2 3 4]    as MATLAB: side by side, a vector of 4
    """#),
  Case(
    "rows or one row over lines",
    #"""
    [[1,2],
     [3,4]]
    """#,
    #"""
    error: `[[1,2], [3,4]]` could mean two things
    1 │ [[1,2],
      │ ^    brackets in brackets are rows in NumPy and one row in MATLAB
    fix 1: [1 2; 3 4]    as NumPy: a 2×2 matrix
    fix 2: [1 2 3 4]    as MATLAB: side by side, a vector of 4
    """#),
  Case(
    "ragged rows", "[[1,2],[3]]",
    #"""
    error: `[[1,2],[3]]` could mean two things
    1 │ [[1,2],[3]]
      │ ^    brackets in brackets are rows in NumPy and one row in MATLAB
    fix 1: [1 2 3]    as MATLAB: side by side, a vector of 3
    """#),
  Case(
    "one row in brackets", "[[1,2]]",
    #"""
    error: `[[1,2]]` could mean two things
    1 │ [[1,2]]
      │ ^    brackets in brackets are rows in NumPy and one row in MATLAB
    fix 1: row([1 2])    as NumPy: a 1×2 matrix
    fix 2: [1 2]    as MATLAB: side by side, a vector of 2
    """#),
  Case(
    "chain of comparisons", "a < b < c",
    #"""
    error: comparisons do not chain
    1 │ a < b < c
      │       ^
    fix 1: a < b and b < c
    """#),
  Case(
    "longer chain", "a < b < c <= d",
    #"""
    error: comparisons do not chain
    1 │ a < b < c <= d
      │       ^
    fix 1: a < b and b < c and c <= d
    """#),
  Case(
    "function without def", "f x = x^2 + 1",
    #"""
    error: a call can not be assigned to
    1 │ f x = x^2 + 1
      │     ^
    fix 1: def f x = x^2 + 1    defines a function
    """#),
  Case(
    "function in parentheses", "f(x) = x^2",
    #"""
    error: a call can not be assigned to
    1 │ f(x) = x^2
      │      ^
    fix 1: def f(x) = x^2    defines a function
    """#),
  Case(
    "function of a constant", "f x = 3",
    #"""
    error: a call can not be assigned to
    1 │ f x = 3
      │     ^
    fix 1: def f x = 3    defines a function
    """#),
  Case(
    "function with an option", "f x tau=1 = x*tau",
    #"""
    error: a call can not be assigned to
    1 │ f x tau=1 = x*tau
      │           ^
    fix 1: def f x tau=1 = x*tau    defines a function
    """#),
  Case(
    "results without commas", "qr kr = rope q k",
    #"""
    error: a call can not be assigned to
    1 │ qr kr = rope q k
      │       ^
    fix 1: qr, kr = rope q k    takes several results
    fix 2: def qr kr = rope q k    defines a function
    """#),
  Case(
    "option with blanks", "f x heads = 8",
    #"""
    error: a call can not be assigned to
    1 │ f x heads = 8
      │           ^
    fix 1: f x heads=8    an option has no blanks around =
    fix 2: def f x heads = 8    defines a function
    """#),
  Case(
    "option with blanks, more options", "attn Q K V (causal) heads = 8 tau=1",
    #"""
    error: a call can not be assigned to
    1 │ attn Q K V (causal) heads = 8 tau=1
      │                           ^
    fix 1: attn Q K V (causal) heads=8 tau=1    an option has no blanks around =
    """#),
  Case(
    "option with blanks, a word", "attn Q K V mask = causal",
    #"""
    error: a call can not be assigned to
    1 │ attn Q K V mask = causal
      │                 ^
    fix 1: attn Q K V mask=causal    an option has no blanks around =
    fix 2: def attn Q K V mask = causal    defines a function
    fix 3: attn, Q, K, V, mask = causal    takes several results
    """#),
  Case(
    "option with blank behind", "f x heads= 8",
    #"""
    error: a call can not be assigned to
    1 │ f x heads= 8
      │          ^
    fix 1: f x heads=8    an option has no blanks around =
    fix 2: def f x heads = 8    defines a function
    """#),
  Case(
    "sum as a target", "a + b = 3",
    #"""
    error: only names, fields and elements can be assigned to
    1 │ a + b = 3
      │       ^
    fix 1: a + b == 3    compares
    """#),
  Case(
    "number as a target", "3 = x",
    #"""
    error: only names, fields and elements can be assigned to
    1 │ 3 = x
      │   ^
    fix 1: 3 == x    compares
    """#),
  Case(
    "option and its argument", "attn Q K V bias=alibi 8",
    #"""
    error: `bias=alibi 8` could mean two things
    1 │ attn Q K V bias=alibi 8
      │                       ^    an option ends at the first blank
    fix 1: bias=alibi(8)    an argument of alibi
    fix 2: 8 bias=alibi    an argument of attn
    """#),
  Case(
    "option in a group", "f (x, tau=2)",
    #"""
    error: an option can not stand in ( ) of its own
    1 │ f (x, tau=2)
      │          ^
    fix 1: f(x, tau=2)
    """#),
  Case(
    "sweep with blanks", "sweep tau = [1 2] f x",
    #"""
    error: an option has no blanks around =
    1 │ sweep tau = [1 2] f x
      │           ^
    fix 1: tau=[1 2]
    """#),
  Case(
    "compound plus", "x += 1",
    #"""
    error: += does not exist: values never change in place
    1 │ x += 1
      │   ^^
    fix 1: x = x + 1
    """#),
  Case(
    "compound minus, glued", "x -=1",
    #"""
    error: -= does not exist: values never change in place
    1 │ x -=1
      │   ^^
    fix 1: x = x - 1
    """#),
  Case(
    "compound of a sum", "x *= a + b",
    #"""
    error: *= does not exist: values never change in place
    1 │ x *= a + b
      │   ^^
    fix 1: x = x * (a + b)
    """#),
  Case(
    "compound of a field", "p.w -= 0.1 * g",
    #"""
    error: -= does not exist: values never change in place
    1 │ p.w -= 0.1 * g
      │     ^^
    fix 1: p.w = p.w - 0.1 * g
    """#),
  Case(
    "compound in a call", "f x += 1",
    #"""
    error: += does not exist: values never change in place
    1 │ f x += 1
      │     ^^
    """#),
  Case(
    "assigned twice", "a = b = 1",
    #"""
    error: a statement assigns once
    1 │ a = b = 1
      │       ^
    fix 1: b = 1; a = b    assigns twice
    fix 2: a = b == 1    compares
    """#),
  Case(
    "several values", "a, b",
    #"""
    error: several values are held together by parentheses
    1 │ a, b
      │  ^
    fix 1: (a, b)    2 values
    """#),
  Case(
    "several values assigned", "x = a, b",
    #"""
    error: several values are held together by parentheses
    1 │ x = a, b
      │      ^
    fix 1: (a, b)    2 values
    """#),
  Case(
    "commas between arguments", "attn Q, K, V",
    #"""
    error: `attn Q, K, V` could mean two things
    1 │ attn Q, K, V
      │       ^    blanks separate the arguments, commas the values in ( )
    fix 1: attn Q K V    one call
    fix 2: (attn Q, K, V)    3 values
    """#),
  Case(
    "power of Python", "x ** 2",
    #"""
    error: ** is not an operator here
    1 │ x ** 2
      │   ^^
    fix 1: x^2
    """#),
  Case(
    "power of a call", "f x ** 2",
    #"""
    error: ** is not an operator here
    1 │ f x ** 2
      │     ^^
    fix 1: f x ^ 2
    """#),
  Case(
    "and of C", "a && b",
    #"""
    error: && is not an operator here
    1 │ a && b
      │   ^^
    fix 1: a and b
    """#),
  Case(
    "or of C", "a || b",
    #"""
    error: || is not an operator here
    1 │ a || b
      │   ^^
    fix 1: a or b
    """#),
  Case(
    "not of C", "!x",
    #"""
    error: ! is not an operator here
    1 │ !x
      │ ^
    fix 1: not x
    """#),
  Case(
    "not of C in a sum", "!x + 1",
    #"""
    error: ! is not an operator here
    1 │ !x + 1
      │ ^
    fix 1: (not x)
    """#),
  Case(
    "floor division", "a // b",
    #"""
    error: // is not an operator here
    1 │ a // b
      │   ^^
    fix 1: floor(a / b)
    """#),
  Case(
    "not equal of BASIC", "a <> b",
    #"""
    error: <> is not an operator here
    1 │ a <> b
      │   ^^
    fix 1: a != b
    """#),
  Case(
    "arrow of R", "x <- 3",
    #"""
    error: <- could mean two things
    1 │ x <- 3
      │   ^^
    fix 1: x = 3    assigns
    fix 2: x < -3    compares
    """#),
  Case(
    "walrus", "x := 3",
    #"""
    error: an assignment is written with =
    1 │ x := 3
      │   ^^
    fix 1: x = 3
    """#),
  Case(
    "plus sign", "+1",
    #"""
    error: a value is missing before +
    1 │ +1
      │ ^
    fix 1: 1
    """#),
  Case(
    "increment", "x++",
    #"""
    error: a value is missing before +
    1 │ x++
      │   ^
    """#),
  Case(
    "single bar", "a | b",
    #"""
    error: | is not an operator here
    1 │ a | b
      │   ^
    fix 1: a or b
    fix 2: a |> b    hands the value on
    """#),
  Case(
    "single ampersand", "a & b",
    #"""
    error: & is not an operator here
    1 │ a & b
      │   ^
    fix 1: a and b
    """#),
  Case(
    "power sign", "x²",
    #"""
    error: a power is written with ^
    1 │ x²
      │  ^
    fix 1: x^2
    """#),
  Case(
    "string in quotes", "'abc'",
    #"""
    error: strings take double quotes; ' transposes
    1 │ 'abc'
      │ ^^^^^
    fix 1: "abc"
    """#),
  Case(
    "string in quotes as an argument", #"print 'hello "world"'"#,
    #"""
    error: strings take double quotes; ' transposes
    1 │ print 'hello "world"'
      │       ^^^^^^^^^^^^^^^
    fix 1: "hello \"world\""
    """#),
  Case(
    "lonely quote", "'",
    #"""
    error: ' transposes what stands before it, and nothing does
    1 │ '
      │ ^
    """#),
  Case(
    "loose transpose", "Q '",
    #"""
    error: ' transposes what it is glued to
    1 │ Q '
      │   ^
    fix 1: Q'
    """#),
  Case(
    "typographic quote", "Q’",
    #"""
    error: ’ is not the sign for a transpose
    1 │ Q’
      │  ^
    fix 1: Q'
    """#),
  Case(
    "typographic string", "“hi”",
    #"""
    error: curly quotes are not quotes here
    1 │ “hi”
      │ ^^^^
    fix 1: "hi"
    """#),
  Case(
    "typographic string in single quotes", "‘hi’",
    #"""
    error: curly quotes are not quotes here
    1 │ ‘hi’
      │ ^^^^
    fix 1: "hi"
    """#),
  Case(
    "Python if", "if x == 1: y = 2",
    #"""
    error: a block stands in { }, not after a colon
    1 │ if x == 1: y = 2
      │          ^
    fix 1: if x == 1 { y = 2 }
    """#),
  Case(
    "Python if over lines",
    #"""
    if x == 1:
      y
    """#,
    #"""
    error: a block stands in { }, not after a colon
    1 │ if x == 1:
      │          ^    if x == 1 { … }
    """#),
  Case(
    "Python else", "if x { 1 } else: 2",
    #"""
    error: a block stands in { }, not after a colon
    1 │ if x { 1 } else: 2
      │                ^
    fix 1: else { 2 }
    """#),
  Case(
    "Python while", "while x < 3: x = x+1",
    #"""
    error: a block stands in { }, not after a colon
    1 │ while x < 3: x = x+1
      │            ^
    fix 1: while x < 3 { x = x+1 }
    """#),
  Case(
    "Python for", "for i in range(4): print i",
    #"""
    error: a block stands in { }, not after a colon
    1 │ for i in range(4): print i
      │                  ^
    fix 1: for i in range(4) { print i }
    """#),
  Case(
    "Python for with a slice", "for i in 0:4: print i",
    #"""
    error: a block stands in { }, not after a colon
    1 │ for i in 0:4: print i
      │             ^
    fix 1: for i in 0:4 { print i }
    """#),
  Case(
    "Python for over lines",
    #"""
    for i in range(4):
      print i
    """#,
    #"""
    error: a block stands in { }, not after a colon
    1 │ for i in range(4):
      │                  ^    for i in range(4) { … }
    """#),
  Case(
    "Python def", "def f(x): return x",
    #"""
    error: def takes a = or a block in { }, not a colon
    1 │ def f(x): return x
      │         ^
    fix 1: def f(x) = x
    """#),
  Case(
    "Python def over lines",
    #"""
    def f(x):
      return x
    """#,
    #"""
    error: def takes a = or a block in { }, not a colon
    1 │ def f(x):
      │         ^    def f(x) = …   or   def f(x) { … }
    """#),
  Case(
    "Python return", "def f x { return x + 1 }",
    #"""
    error: there is no return: the last expression of a def is its value
    1 │ def f x { return x + 1 }
      │           ^^^^^^
    fix 1: x + 1
    """#),
  Case(
    "Python lambda", "lambda x: x+1",
    #"""
    error: a function is written with an arrow
    1 │ lambda x: x+1
      │ ^^^^^^
    fix 1: x -> x+1
    """#),
  Case(
    "Python lambda as an argument", "g (lambda x, y: x+y) 3",
    #"""
    error: a function is written with an arrow
    1 │ g (lambda x, y: x+y) 3
      │    ^^^^^^
    fix 1: (x, y) -> x+y
    """#),
  Case(
    "Python import", "import numpy as np",
    #"""
    error: there is nothing to import: help lists what there is
    1 │ import numpy as np
      │ ^^^^^^
    """#),
  Case(
    "Python from", "from math import pi",
    #"""
    error: there is nothing to import: help lists what there is
    1 │ from math import pi
      │ ^^^^
    """#),
  Case(
    "Python elif",
    #"""
    if a { 1 }
    elif b { 2 }
    """#,
    #"""
    if a {
      1
    }
    error: elif is written as two words
    2 │ elif b { 2 }
      │ ^^^^
    fix 1: else if
    """#),
  Case(
    "Python choice", "a if c else b",
    #"""
    error: if can not stand here: it begins a statement
    1 │ a if c else b
      │   ^^    where(condition, a, b) chooses between values
    """#),
  Case(
    "JavaScript let", "let x = 3",
    #"""
    error: a name needs no let
    1 │ let x = 3
      │ ^^^
    fix 1: x = 3
    """#),
  Case(
    "choice of C", "c ? a : b",
    #"""
    error: a : stands in an index, a slice or a loop; a block takes { }
    1 │ c ? a : b
      │       ^
    """#),
  Case(
    "for without in", "for i 0:4 { i }",
    #"""
    error: for needs the word in: for i in 0:4 { … }
    1 │ for i 0:4 { i }
      │       ^
    """#),
  Case(
    "for without block", "for i in 0:4",
    #"""
    error: a block in { } is missing
    1 │ for i in 0:4
      │            ^
    """#),
  Case(
    "if without block", "if x",
    #"""
    error: a block in { } is missing
    1 │ if x
      │    ^
    """#),
  Case(
    "def without body", "def f x",
    #"""
    error: def needs a = with blanks around it, or a block, after its parameters
    1 │ def f x
      │       ^
    """#),
  Case(
    "def of a keyword", "def if x = 3",
    #"""
    error: if is a word of the language and can not be a name
    1 │ def if x = 3
      │     ^^
    """#),
  Case(
    "else alone", "else { 1 }",
    #"""
    error: this else has no if before it
    1 │ else { 1 }
      │ ^^^^
    """#),
  Case(
    "keyword as a value", "x = and",
    #"""
    error: and can not stand here
    1 │ x = and
      │     ^^^
    """#),
  Case(
    "block alone", "{ 1 }",
    #"""
    error: a block can not stand here
    1 │ { 1 }
      │ ^
    """#),
  Case(
    "closing bracket alone", "x ]",
    #"""
    error: this ] closes nothing
    1 │ x ]
      │   ^
    """#),
  Case(
    "wrong closing bracket", "(1]",
    #"""
    error: this ] does not close the (
    1 │ (1]
      │ ─ ^
    """#),
  Case(
    "semicolon in parentheses", "(1; 2)",
    #"""
    error: a ; can not stand inside ( )
    1 │ (1; 2)
      │ ─ ^
    """#),
  Case(
    "two values in parentheses", "(1 2)",
    #"""
    error: `1` is a value, not a function: an operator is missing
    1 │ (1 2)
      │    ^
    fix 1: 1 * 2
    """#),
  Case(
    "equals in parentheses", "f(x = 1 = 2)",
    #"""
    error: = can not stand here
    1 │ f(x = 1 = 2)
      │  ─      ^
    fix 1: ==    compares
    """#),
  Case(
    "nothing in parentheses", "()",
    #"""
    error: ( ) holds no value
    1 │ ()
      │ ^^    () -> x is a function of nothing
    """#),
  Case(
    "nothing in an index", "a[]",
    #"""
    error: an index is missing
    1 │ a[]
      │   ^
    """#),
  Case(
    "two values", #"x "a" 3 x) y"#,
    #"""
    error: this ) closes nothing
    1 │ x "a" 3 x) y
      │          ^
    """#),
  Case(
    "point alone", "x.",
    #"""
    error: . can not stand here: an operator or the end of the statement is missing before it
    1 │ x.
      │  ^
    """#),
  Case(
    "point and number", "p.5",
    #"""
    error: a name is missing after the point
    1 │ p.5
      │   ^
    """#),
  Case(
    "parameters that are no names", "(x, 1) -> x",
    #"""
    error: the parameters of a function are names
    1 │ (x, 1) -> x
      │     ^
    """#),
  Case(
    "one alternative", "compare (f x)",
    #"""
    error: compare needs at least two expressions, each in parentheses
    1 │ compare (f x)
      │ ^^^^^^^^^^^^^    compare (softmax z) (softmax (z/2))
    """#),
  Case(
    "string without end", #"f "abc"#,
    #"""
    error: the string is never closed
    1 │ f "abc
      │   ^^^^
    fix 1: "abc"
    """#),
  Case(
    "bad escape", #""C:\data""#,
    #"""
    error: a string knows the escapes \n \t \" \\ and \u{…}
    1 │ "C:\data"
      │    ^
    fix 1: "C:\\data"
    """#),
  Case(
    "character without meaning", "x § y",
    #"""
    error: the character § has no meaning here
    1 │ x § y
      │   ^    U+00A7
    """#),
  Case(
    "wrong command sign", ": vars",
    #"""
    error: a : at the start of a line begins a command such as :vars
    1 │ : vars
      │ ^
    """#),
  Case(
    "colon command inside", "x = 1; :vars",
    #"""
    x = 1;
    error: a : command stands at the start of a line
    1 │ x = 1; :vars
      │        ^
    """#),
]
