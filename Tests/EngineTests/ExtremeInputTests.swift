import Testing

/// What stands at the edge of the numbers: ±1e308, ±∞, NaN, nothing, one element, equal ones, results
/// that are subnormal. The whole printed output of each.
@Suite struct ExtremeInputTests {
  typealias Case = Printed

  @Test(arguments: cases)
  func gives(_ item: Case) { item.check() }

  static let cases: [Case] =
    softmaxCases + logCases + jacobianCases + choiceCases + lossCases + samplingCases
    + activationCases + differenceCases

  private static let softmaxCases: [Case] = [
    Case("the largest and the smallest score", "softmax [1e308 -1e308]", "1 0"),
    Case(
      "scores further apart than a double, τ = ∞", "softmax [1e308 -1e308] tau=∞",
      "0.5000 0.5000"),
    Case(
      "scores further apart than a double, τ as large", "softmax [1e308 -1e308] tau=1e308",
      "0.8808 0.1192"),
    Case("equal huge scores", "softmax [1e308 1e308 1e308]", "0.3333 0.3333 0.3333"),
    Case("+∞ has no softmax", "softmax [∞ 1]", "NaN NaN"),
    Case("-∞ gets nothing", "softmax [-∞ 0 1]", "0 0.2689 0.7311"),
    Case("-∞ gets nothing at τ = ∞", "softmax [-∞ 0 1] tau=∞", "0 0.5000 0.5000"),
    Case("-∞ alone", "softmax [-∞ -∞]", "NaN NaN"),
    Case(
      "NaN spreads along its row only", "softmax [nan 1; 0 0]",
      """
      2×2
           NaN     NaN
        0.5000  0.5000
      """),
    Case("one element", "softmax [7]", "1"),
    Case("one element, the largest double", "softmax [1.7976931348623157e308]", "1"),
    Case("nothing", "softmax (zeros 0)", "[]"),
    Case("rows of nothing", "softmax (zeros 2 0)", "2×0"),
    Case("no rows", "softmax (zeros 0 2)", "0×2"),
    Case("all equal", "softmax [3 3 3 3]", "0.2500 0.2500 0.2500 0.2500"),
    Case("a result that is subnormal", "print (lit (softmax [0 -740]))", "[1 4.2e-322]"),
    Case("a result that rounds to 0", "print (lit (softmax [0 -750]))", "[1 0]"),
    Case("the smallest τ", "softmax [1 2] tau=5e-324", "0 1"),
    Case("equal scores at the smallest τ", "softmax [1 1] tau=5e-324", "0.5000 0.5000"),
    Case(
      "τ is no number", "softmax [1 2] tau=nan",
      """
      error: a temperature must be more than 0
      1 │ softmax [1 2] tau=nan
        │               ^^^^^^^    tau is NaN
      """),
    Case("f32: scores at its limit", "softmax (f32 [3e38 -3e38])", "1 0"),
    Case("f32: τ below its smallest", "softmax (f32 [1 2]) tau=1e-60", "0 1"),
    Case("f32: τ above its largest", "softmax (f32 [1 2]) tau=1e60", "0.5000 0.5000"),
    Case("truth values are scores", "softmax ([1 2] > 1)", "0.2689 0.7311"),
  ]

  private static let logCases: [Case] = [
    Case("log of a probability of 0", "log_softmax [0 -∞]", "0 -∞"),
    Case("a difference beyond a double", "log_softmax [1e308 -1e308]", "0 -∞"),
    Case("a quotient by τ beyond a double", "softmax [0 -1e308 -1.7e308] tau=0.5", "1 0 0"),
    Case("a quotient by τ beyond a float", "softmax (f32 [0 -3e38 0]) tau=0.5", "0.5000 0 0.5000"),
    Case("the logarithm of one", "log_softmax [0 -1.7e308] tau=0.5", "0 -∞"),
    Case("sums of either sign", "x = 0.1 + rand 100003; (sum x) + (sum (0 - x))", "0"),
    Case("a probability that is all but 1", "log_softmax([40 0])[0]", "-4.24835e-18"),
    Case("log_softmax of -∞ alone", "log_softmax [-∞ -∞]", "NaN NaN"),
    Case("log_softmax of nothing", "log_softmax (zeros 0)", "[]"),
    Case("log_softmax at τ = ∞", "log_softmax [1 2 -∞] tau=∞", "-0.6931 -0.6931 -∞"),
    Case("huge equal terms", "logsumexp [1e308 1e308]", "1e308"),
    Case("tiny terms", "logsumexp [-1000 -1000]", "-999.307"),
    Case("a sum just above its maximum", "logsumexp [0 -40]", "4.24835e-18"),
    Case("logsumexp of nothing", "logsumexp (zeros 0)", "-∞"),
    Case("logsumexp of -∞ alone", "logsumexp [-∞ -∞]", "-∞"),
    Case("∞ wins", "logsumexp [∞ -∞ 5]", "∞"),
    Case("NaN wins over ∞", "logsumexp [nan ∞]", "NaN"),
  ]

  private static let jacobianCases: [Case] = [
    Case("a certain place", "softargmax [-∞ 0 -∞]", "1"),
    Case("all places alike", "softargmax [5 5 5]", "1"),
    Case("softargmax at a tiny τ", "softargmax [1 2 3 2] tau=1e-300", "2"),
    Case(
      "softargmax at τ = 0", "softargmax [1 2 3 2] tau=0",
      """
      error: a temperature must be more than 0
      1 │ softargmax [1 2 3 2] tau=0
        │                      ^^^^^
        │   the limit τ → 0 is the place of the largest entry
      fix 1: argmax [1 2 3 2]
      """),
    Case("softargmax of nothing", "softargmax (zeros 0)", "0"),
    Case(
      "jacobian of one element", "softmax_jacobian [5]",
      """
      1×1
        0
      """),
    Case("jacobian of nothing", "softmax_jacobian (zeros 0)", "0×0"),
    Case(
      "jacobian at τ = ∞", "softmax_jacobian [1 2] tau=∞",
      """
      2×2
        0  0
        0  0
      """),
    Case(
      "jacobian of a choice that is made", "softmax_jacobian [1e308 -1e308]",
      """
      2×2
        0  0
        0  0
      """),
    Case(
      "jacobian keeps the digits of 1 − p", "softmax_jacobian [0 40]",
      """
      2×2  ×10⁻¹⁸
         4.2484  -4.2484
        -4.2484   4.2484
      """),
    Case(
      "jacobian of NaN", "softmax_jacobian [nan 1]",
      """
      2×2
        NaN  NaN
        NaN  NaN
      """),
    Case(
      "jacobian, f32 and a τ below its smallest", "softmax_jacobian (f32 [0 1]) tau=1e-60",
      """
      2×2 f32
        0  0
        0  0
      """),
    Case("no doubt", "entropy [1 0 0]", "0"),
    Case("entropy of a subnormal probability", "entropy [5e-324 1]", "3.67585e-321"),
    Case("entropy of nothing", "entropy (zeros 0)", "0"),
    Case("entropy of what is no probability", "entropy [-1 2]", "NaN"),
  ]

  private static let choiceCases: [Case] = [
    Case(
      "ties go to the lower index", "topk [3 1 3 1 3] 2",
      """
      values = 3 3
      indices = 0 2
      """),
    Case(
      "many ties, more than a short list", "i = topk(zeros 200, 70)[1]; all (i == range 70)",
      "1"),
    Case(
      "NaN come last", "topk [nan 1 ∞ -∞] 4",
      """
      values = ∞ 1 -∞ NaN
      indices = 2 1 3 0
      """),
    Case(
      "minus zero ties with zero", "topk [0 -0 0] 3",
      """
      values = 0 0 0
      indices = 0 1 2
      """),
    Case(
      "none of them", "topk [1 2] 0",
      """
      values = []
      indices = []
      """),
    Case(
      "of nothing", "topk (zeros 2 0) 0",
      """
      values 2×0
      indices 2×0
      """),
    Case(
      "too many", "topk [1 2] 3",
      """
      error: k is larger than the axis
      1 │ topk [1 2] 3
        │            ^    3 > 2
      """),
    Case("one_hot without labels", "one_hot (zeros 0)", "0×0"),
    Case(
      "one_hot of no class", "one_hot [0] 0",
      """
      error: there are no classes for the label 0
      1 │ one_hot [0] 0
        │         ^^^    [0] vector 1
      """),
    Case(
      "one_hot of a fraction", "one_hot [1.5]",
      """
      error: a label is a whole number from 0 up, not 1.5
      1 │ one_hot [1.5]
        │         ^^^^^    [1.5] vector 1
      """),
    Case(
      "one_hot of NaN", "one_hot [nan] 3",
      """
      error: a label is a whole number from 0 to 2, not NaN
      1 │ one_hot [nan] 3
        │         ^^^^^    [nan] vector 1
      """),
    Case(
      "one_hot of a huge label", "one_hot [1e300]",
      """
      error: this needs more memory than the limit
      1 │ one_hot [1e300]
        │ ^^^^^^^^^^^^^^^    more than 8 EiB needed, limit 4 GiB
      note: :set memory changes the limit
      """),
  ]

  private static let lossCases: [Case] = [
    Case("a certain hit", "cross_entropy [40 0] 0", "4.24835e-18"),
    Case("an impossible label", "cross_entropy [0 -∞] 1", "∞"),
    Case("an impossible class that is not the target", "cross_entropy [0 -∞] [1 0]", "0"),
    Case("the loss of far apart scores", "cross_entropy [1e308 -1e308] 0", "0"),
    Case("no rows have no mean", "cross_entropy (zeros 0 3) (zeros 0)", "NaN"),
    Case("every row ignored", "cross_entropy [1 2; 3 4] [-100 -100] ignore=-100", "NaN"),
    Case(
      "a label that is no class", "cross_entropy [1 2; 3 4] [0 2]",
      """
      error: a label is a whole number from 0 to 1, not 2
      1 │ cross_entropy [1 2; 3 4] [0 2]
        │                          ^^^^^    [0 2] vector 2
      """),
    Case(
      "a label that is NaN", "cross_entropy [1 2] nan",
      """
      error: a label is a whole number from 0 to 1, not NaN
      1 │ cross_entropy [1 2] nan
        │                     ^^^
      """),
    Case(
      "no classes at all", "cross_entropy (zeros 1 0) [0]",
      """
      error: there are no classes for the label 0
      1 │ cross_entropy (zeros 1 0) [0]
        │                           ^^^    [0] vector 1
      """),
    Case(
      "labels that do not fit", "cross_entropy [1 2; 3 4] [0 1 1]",
      """
      error: cross_entropy needs a label for each row of z, or targets of its shape
      1 │ cross_entropy [1 2; 3 4] [0 1 1]
        │               ^^^^^^^^^^ ^^^^^^^
        │   [1 2; 3 4] 2×2   [0 1 1] vector 3   labels: 2, targets: 2×2
      """),
    Case(
      "smoothing beyond 1", "cross_entropy [1 2] 0 smoothing=1.5",
      """
      error: smoothing is a share from 0 to 1, not 1.5
      1 │ cross_entropy [1 2] 0 smoothing=1.5
        │                       ^^^^^^^^^^^^^
      """),
    Case("all smoothing", "cross_entropy [0 0 0 0] 2 smoothing=1", "1.38629"),
    Case(
      "ignore with target probabilities", "cross_entropy [1 2] [0.5 0.5] ignore=0",
      """
      error: ignore needs labels, not target probabilities
      1 │ cross_entropy [1 2] [0.5 0.5] ignore=0
        │                               ^^^^^^^^
      """),
    Case("perplexity of a certain hit", "perplexity [1000 0] 0", "1"),
    Case("perplexity of an impossible label", "perplexity [0 -1000] 1", "∞"),
    Case("0 log 0", "kl [1 0] [0.5 0.5]", "0.693147"),
    Case("an event the model rules out", "kl [0.5 0.5] [1 0]", "∞"),
    Case("both rule it out", "kl [0 1] [0 1]", "0"),
    Case("a ratio beyond a double", "kl [1 0] [1e-320 1]", "736.827"),
    Case("kl of what is no probability", "kl [-1 2] [0.5 0.5]", "NaN"),
    Case("kl of nothing", "kl (zeros 0) (zeros 0)", "0"),
    Case("student and teacher rule out the same", "distill [0 1 -∞] [1 0 -∞]", "0.462117"),
    Case("a student that rules out what the teacher sees", "distill [0 -∞] [0 0]", "∞"),
    Case("a student whose probability rounds to 0", "distill [0 -800] [0 0]", "399.307"),
    Case(
      "distill at τ = ∞", "distill [0 1] [1 0] tau=∞",
      """
      error: distill needs a finite temperature
      1 │ distill [0 1] [1 0] tau=∞
        │                     ^^^^^
        │   the limit is half the mean squared difference of the centred logits
      """),
  ]

  private static let samplingCases: [Case] = [
    Case("a certain draw", "sample [0 1 0] 5", "1 1 1 1 1"),
    Case(
      "zero probabilities are never drawn", "seed 1; s = sample [0.5 0 0.5] 1000; any (s == 1)",
      "0"),
    Case("no draws", "sample [0.5 0.5] 0", "[]"),
    Case(
      "nothing to draw from", "sample (zeros 0)",
      """
      error: sample needs at least one probability
      1 │ sample (zeros 0)
        │        ^^^^^^^^^    (zeros 0) vector 0
      """),
    Case(
      "weights", "sample [1 3]",
      """
      error: probabilities are not negative and sum to 1
      1 │ sample [1 3]
        │        ^^^^^    [1 3] vector 2   the sum is 4
      fix 1: ([1 3] / sum([1 3], axis=-1, keep=1))    if they are weights
      fix 2: softmax([1 3])                           if they are logits
      """),
    Case(
      "logits", "sample [-1 2]",
      """
      error: probabilities are not negative and sum to 1
      1 │ sample [-1 2]
        │        ^^^^^^    [-1 2] vector 2   the least is -1
      fix 1: softmax([-1 2])    if they are logits
      """),
    Case(
      "NaN probabilities", "sample [nan 1]",
      """
      error: probabilities are not negative and sum to 1
      1 │ sample [nan 1]
        │        ^^^^^^^    [nan 1] vector 2   the sum is NaN
      """),
    Case("noise is finite", "seed 5; all (isfinite (gumbel 10000))", "1"),
    Case("gumbel_softmax of far apart scores", "gumbel_softmax [1e308 -1e308] noise=[0 0]", "1 0"),
    Case(
      "gumbel_softmax with an impossible class", "gumbel_softmax [-∞ 0] noise=[5 0] hard=1",
      "0 1"),
    Case("gumbel_softmax of nothing, hard", "gumbel_softmax (zeros 2 0) hard=1", "2×0"),
    Case(
      "straight_through of two shapes", "straight_through [1 0] 0.5",
      """
      error: hard and soft differ in shape
      1 │ straight_through [1 0] 0.5
        │                  ^^^^^ ^^^    [1 0] vector 2
      """),
  ]

  private static let activationCases: [Case] = [
    Case(
      "relu", "print (lit (relu [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[0 0 0 0 1000 1e+308 inf nan]"),
    Case(
      "relu of f32", "print (lit (relu (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([0 0 0 0 1000 inf inf nan])"),
    Case(
      "sigmoid", "print (lit (sigmoid [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[0 0 0 0.5 1 1 1 nan]"),
    Case(
      "sigmoid of f32", "print (lit (sigmoid (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([0 0 0 0.5 1 1 1 nan])"),
    Case(
      "softplus", "print (lit (softplus [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[0 0 0 0.6931471805599453 1000 1e+308 inf nan]"),
    Case(
      "softplus of f32", "print (lit (softplus (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([0 0 0 0.6931471824645996 1000 inf inf nan])"),
    Case(
      "silu", "print (lit (silu [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[0 -0 -0 0 1000 1e+308 inf nan]"),
    Case(
      "silu of f32", "print (lit (silu (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([0 0 -0 0 1000 inf inf nan])"),
    Case(
      "elu", "print (lit (elu [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[-1 -1 -1 0 1000 1e+308 inf nan]"),
    Case(
      "elu of f32", "print (lit (elu (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([-1 -1 -1 0 1000 inf inf nan])"),
    Case(
      "gelu", "print (lit (gelu [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[0 -0 -0 0 1000 1e+308 inf nan]"),
    Case(
      "gelu of f32", "print (lit (gelu (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([0 0 -0 0 1000 inf inf nan])"),
    Case(
      "tanh", "print (lit (tanh [-∞ -1e308 -1000 0 1000 1e308 ∞ nan]))",
      "[-1 -1 -1 0 1 1 1 nan]"),
    Case(
      "tanh of f32", "print (lit (tanh (f32 [-∞ -1e308 -1000 0 1000 1e308 ∞ nan])))",
      "f32([-1 -1 -1 0 1 1 1 nan])"),
    Case(
      "gelu, tanh form", "print (lit (gelu [-∞ -1e308 -1000 0 1000 1e308 ∞ nan] form=tanh))",
      "[0 0 -0 0 1000 1e+308 inf nan]"),
    Case("silu whose sigmoid is subnormal", "silu (-745)", "-2.10472e-321"),
    Case("gelu far to the left", "gelu (-37)", "-2.11846e-298"),
    Case("gelu of f32 far to the left", "gelu(f32 [-10 0])[0]", "-7.61985e-23"),
    Case("gelu, tanh form, far to the left", "gelu (-10) form=tanh", "-1.20409e-37"),
    Case("sigmoid far to the left", "sigmoid (-40)", "4.24835e-18"),
    Case("softplus far to the left", "softplus (-40)", "4.24835e-18"),
    Case("silu far to the left", "silu (-40)", "-1.69934e-16"),
    Case("elu near 0", "elu (-1e-20)", "-1e-20"),
  ]

  private static let differenceCases: [Case] = [
    Case("of nothing", "numeric_jacobian (x -> sum x) (zeros 0)", "[]"),
    Case("to nothing", "numeric_jacobian (x -> zeros 0) [1 2]", "0×2"),
    Case("at ∞", "numeric_jacobian (x -> x) ∞", "NaN"),
    Case(
      "a result that is no number", "numeric_jacobian (x -> \"a\") 1",
      """
      error: f must give a number or a tensor, not a string
      1 │ numeric_jacobian (x -> "a") 1
        │                  ^^^^^^^^^^    (x -> "a") function
      """),
    Case(
      "a result that changes its shape", "numeric_jacobian (x -> x[x > 1]) [1 2]",
      """
      error: f changes the shape of its result
      1 │ numeric_jacobian (x -> x[x > 1]) [1 2]
        │                  ^^^^^^^^^^^^^^^
        │   (x -> x[x > 1]) function   vector 1, then vector 2
      """),
    Case(
      "no step", "numeric_jacobian (x -> x) 1 h=0",
      """
      error: the step must be more than 0
      1 │ numeric_jacobian (x -> x) 1 h=0
        │                             ^^^    h is 0
      """),
    Case(
      "a function that draws meets one stream", "seed 1; numeric_jacobian (x -> x + rand()) 1",
      "1"),
  ]

}
