/// Input that goes on.
let unfinished: [Case] = [
  Case(
    "parenthesis", "(1 + 2",
    #"""
    more: the ( is never closed
    1 │ (1 + 2
      │ ^
    """#),
  Case(
    "parenthesis over lines",
    #"""
    f(1,
    2
    """#,
    #"""
    more: the ( is never closed
    1 │ f(1,
      │  ^
    """#),
  Case(
    "bracket", "[1 2",
    #"""
    more: the [ is never closed
    1 │ [1 2
      │ ^
    """#),
  Case(
    "bracket over lines",
    #"""
    [1 2
    3 4

    """#,
    #"""
    more: the [ is never closed
    1 │ [1 2
      │ ^
    """#),
  Case(
    "index", "A[0,",
    #"""
    more: the [ is never closed
    1 │ A[0,
      │  ^
    """#),
  Case(
    "block", "for i in 0:3 {",
    #"""
    more: the { is never closed
    1 │ for i in 0:3 {
      │              ^
    """#),
  Case(
    "block over lines",
    #"""
    def f x {
      y = x

    """#,
    #"""
    more: the { is never closed
    1 │ def f x {
      │         ^
    """#),
  Case(
    "assignment", "x =",
    #"""
    more: a value is missing after =
    1 │ x =
      │   ^
    """#),
  Case(
    "operator", "x = 1 +",
    #"""
    more: a value is missing after +
    1 │ x = 1 +
      │       ^
    """#),
  Case(
    "operator and line break",
    #"""
    x = 1 +

    """#,
    #"""
    more: a value is missing after +
    1 │ x = 1 +
      │       ^
    """#),
  Case(
    "and", "a and",
    #"""
    more: a value is missing after and
    1 │ a and
      │   ^^^
    """#),
  Case(
    "pipe", "x |>",
    #"""
    more: a value is missing after |>
    1 │ x |>
      │   ^^
    """#),
  Case(
    "arrow", "x ->",
    #"""
    more: a value is missing after ->
    1 │ x ->
      │   ^^
    """#),
  Case(
    "innermost bracket", "f (a, [1 2",
    #"""
    more: the [ is never closed
    1 │ f (a, [1 2
      │       ^
    """#),
]
