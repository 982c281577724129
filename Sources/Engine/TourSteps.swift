/// One step of the tour: a task, and how to see from the values that it is done.
public struct TourStep: Sendable {
  public let title: String
  /// What there is to know.
  public let text: String
  public let task: String
  /// Run before the step: what its task speaks of.
  public var setup = ""
  /// True where the task is done; `it` is what the last statement gave or assigned. Empty where
  /// only `uses` counts.
  public var check = ""
  /// A builtin that must take part, where the value alone could come from anywhere.
  public var uses = ""
  /// After the first wrong try.
  public let hint: String
  /// After the second.
  public let answer: String
  /// What a beginner may well type instead, for the tests.
  public let slip: String

  /// The tour, in order; adding a step is one entry.
  public static let all = [
    TourStep(
      title: "Numbers become probabilities",
      text: "Type a formula, press Enter, and read the answer.",
      task: "take the softmax of the numbers 1, 2 and 3.",
      check: "close it (softmax [1 2 3])",
      hint: "numbers stand in brackets, and a call needs no parentheses: exp [1 2 3]",
      answer: "softmax [1 2 3]", slip: "softmax [3 2 1]"),
    TourStep(
      title: "Matrices",
      text: "A semicolon inside brackets begins a new row, and = gives a value a name.",
      task: "make a matrix A whose rows are 1 2 and 3 4.",
      check: "close A [1 2; 3 4]",
      hint: "[1 0; 0 1] is a matrix of two rows; A = … names one",
      answer: "A = [1 2; 3 4]", slip: "A = [1 2 3 4]"),
    TourStep(
      title: "Shapes",
      text: "randn 2 3 draws a random 2×3 matrix; seed 42 makes the draws repeatable.",
      task: "make a random matrix Q of 4 rows and 8 columns.",
      check: "all(shape Q == [4 8])",
      hint: "the lengths are the arguments, rows first",
      answer: "Q = randn 4 8", slip: "Q = randn 8 4"),
    TourStep(
      title: "An error, and its way out",
      text: "Four queries Q (4×8), five keys K and values V (5×8) are ready. Q @ K is a matrix "
        + "product that can not be: type it once and read what is said.",
      task: "compute the 4×5 scores of every query with every key.",
      setup: "seed 42; Q = randn 4 8; K = randn 5 8; V = randn 5 8;",
      check: "close it (Q @ K')",
      hint: "fix 1 of the error works: ' transposes a matrix",
      answer: "Q @ K'", slip: "K @ Q'"),
    TourStep(
      title: "From scores to weights",
      text: "Scores are divided by √d, here √8, before the softmax of each row.",
      task: "compute the 4×5 weights of Q and K.",
      setup: "seed 42; Q = randn 4 8; K = randn 5 8; V = randn 5 8;",
      check: "close it (softmax (Q @ K' / sqrt 8))",
      hint: "put the scaled scores in parentheses: softmax (…)",
      answer: "softmax (Q @ K' / sqrt 8)", slip: "softmax (Q @ K')"),
    TourStep(
      title: "Attention",
      text: "attn does all of it, the product with V included, and takes a mask as fourth "
        + "argument: causal lets position i see only j ≤ i.",
      task: "compute the causal attention of Q, K and V.",
      setup: "seed 42; Q = randn 4 8; K = randn 5 8; V = randn 5 8;",
      check: "close it (attn Q K V causal)",
      hint: "four arguments, with blanks between them",
      answer: "attn Q K V causal", slip: "attn Q K V"),
    TourStep(
      title: "Pictures",
      text: "The second result of attn are the weights; w holds them. heat draws any matrix.",
      task: "draw w.",
      setup: "seed 42; Q = randn 4 8; K = randn 5 8; V = randn 5 8; o, w = attn Q K V causal;",
      uses: "heat",
      hint: "heat takes the matrix as its argument",
      answer: "heat w", slip: "w"),
    TourStep(
      title: "Temperature",
      text: "Options have names and stand last, without blanks: softmax z tau=2 divides by 2 "
        + "first. Below 1 the largest score gains.",
      task: "take the softmax of 1, 2 and 3 so that the largest gets more than 0.9.",
      check: "max(it) > 0.9 and abs(sum(it) - 1) < 1e-9 and abs(it[0] * it[2] - it[1]^2) < 1e-9",
      hint: "try a tau well below 1",
      answer: "softmax [1 2 3] tau=0.3", slip: "softmax [1 2 3] tau=3"),
    TourStep(
      title: "Many at once",
      text: "sweep n=[1 2] n^2 puts several values in the place of one; it may be a variable "
        + "or an option of the call.",
      task: "show the softmax of 1, 2 and 3 for tau 0.1, 1 and 10.",
      check: "all(shape it == [3 3]) and close it[1] (softmax [1 2 3])",
      uses: "sweep",
      hint: "sweep tau=[…] and then the call, without tau",
      answer: "sweep tau=[.1 1 10] softmax [1 2 3]", slip: "sweep tau=[.1 1 10] softmax [1 2 4]"),
    TourStep(
      title: "Every step with your numbers",
      text: "explain in front of a call shows how its value comes about. Space goes on, q leaves.",
      task: "have softmax [1 2 3] explained.",
      uses: "explain",
      hint: "the word explain, a blank, and the call as you would type it",
      answer: "explain softmax [1 2 3]", slip: "softmax [1 2 3]"),
    TourStep(
      title: "Gradients",
      text: "x -> x^2 is a function without a name; grad takes a function and where.",
      task: "find the gradient of the sum of squares at 1, 2 and 3.",
      check: "close it [2 4 6]", uses: "grad",
      hint: "grad (x -> …) [1 2 3], and the function must give one number: sum(x^2)",
      answer: "grad (x -> sum(x^2)) [1 2 3]", slip: "grad (x -> sum(x)) [1 2 3]"),
    TourStep(
      title: "Your own functions",
      text: "def names a function for good: def half x = x / 2.",
      task: "define double, which gives twice its argument.",
      check: "double 4 == 8 and double(-1) == -2",
      hint: "the argument follows the name, and = comes before the formula",
      answer: "def double x = 2 * x", slip: "def double x = x"),
    TourStep(
      title: "Help",
      text: "help NAME tells all about a builtin, apropos WORD finds one, Tab completes names.",
      task: "read the help on attn.",
      uses: "help",
      hint: "help and the name, or ?attn",
      answer: "help attn", slip: "attn"),
  ]
}
