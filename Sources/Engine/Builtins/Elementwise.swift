import Kernels
import Language

let elementwiseFamily = Family(
  "Element by element",
  [
    map(
      "exp", .exp, "e to the power x", "eˣ", gradient: "g * out", keywords: "exponential", "0", "1"),
    map(
      "log", .log, "the natural logarithm", "log x",
      gradient: "g / x", notes: ["log 0 is -∞, of a negative number NaN"], keywords: "ln", "1", "0"),
    map("log2", .log2, "the logarithm to base 2", "log₂ x", gradient: "g / (x * log 2)", "8", "3"),
    map(
      "log10", .log10, "the logarithm to base 10", "log₁₀ x", gradient: "g / (x * log 10)", "1000",
      "3"),
    map(
      "log1p", .log1p, "log(1 + x), exact for small x", "log(1 + x)", gradient: "g / (1 + x)",
      "1e-20", "1e-20"),
    map(
      "expm1", .expm1, "eˣ − 1, exact for small x", "eˣ − 1", gradient: "g * (out + 1)", "1e-20",
      "1e-20"),
    map(
      "sqrt", .sqrt, "the square root", "√x", gradient: "g / (2 * out)", keywords: "root", "16", "4"
    ),
    map(
      "abs", .abs, "the magnitude", "|x|", gradient: "g * sign x", keywords: "absolute", "(-3)", "3"
    ),
    map("sign", .sign, "-1, 0 or 1", "x / |x|", "(-3)", "-1"),
    map(
      "sin", .sin, "the sine, x in radians", "sin x", gradient: "g * cos x",
      keywords: "trigonometry", "0", "0"),
    map(
      "cos", .cos, "the cosine, x in radians", "cos x", gradient: "-g * sin x",
      keywords: "trigonometry", "0", "1"),
    map(
      "tan", .tan, "the tangent, x in radians", "tan x", gradient: "g * (1 + out^2)",
      keywords: "trigonometry", "0", "0"),
    map(
      "asin", .asin, "the angle whose sine is x", "arcsin x", gradient: "g / sqrt(1 - x^2)",
      keywords: "inverse", "0", "0"),
    map(
      "acos", .acos, "the angle whose cosine is x", "arccos x", gradient: "-g / sqrt(1 - x^2)",
      keywords: "inverse", "1", "0"),
    map(
      "atan", .atan, "the angle whose tangent is x", "arctan x", gradient: "g / (1 + x^2)",
      keywords: "inverse", "0", "0"),
    map(
      "sinh", .sinh, "the hyperbolic sine", "(eˣ − e⁻ˣ) / 2", definition: "(exp x - exp(-x)) / 2",
      gradient: "g * cosh x", "0", "0"),
    map(
      "cosh", .cosh, "the hyperbolic cosine", "(eˣ + e⁻ˣ) / 2", definition: "(exp x + exp(-x)) / 2",
      gradient: "g * sinh x", "0", "1"),
    map(
      "tanh", .tanh, "the hyperbolic tangent", "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
      definition: "1 - 2 / (exp(2 * x) + 1)", gradient: "g * (1 - out^2)",
      keywords: "활성화 함수 activation", "0", "0"),
    map(
      "erf", .erf, "the error function", "2/√π ∫₀ˣ exp(−t²) dt", gradient: "g * exp(-x^2) * 2 / √π",
      keywords: "gauss normal", "0", "0"),
    map("floor", .floor, "the next whole number below", "⌊x⌋", keywords: "round", "2.7", "2"),
    map("ceil", .ceil, "the next whole number above", "⌈x⌉", keywords: "round", "2.1", "3"),
    map(
      "round", .round, "the nearest whole number, halves to the even one", "round(x)", "2.5", "2"),
    map(
      "relu", .relu, "negative elements become 0", "max(x, 0)", definition: "maximum(x, 0)",
      gradient: "where(x > 0, g, 0)", keywords: "활성화 함수 activation rectified", "[-1 0 2]", "0 0 2"),
    map(
      "sigmoid", .sigmoid, "squeezes numbers between 0 and 1", "1 / (1 + e⁻ˣ)",
      definition: "1 / (1 + exp(-x))", gradient: "g * out * (1 - out)",
      keywords: "활성화 함수 activation logistic", "0", "0.5"),
    map(
      "softplus", .softplus, "a smooth relu", "log(1 + eˣ)",
      definition: "maximum(x, 0) + log1p(exp(-abs(x)))", gradient: "g * sigmoid x",
      keywords: "활성화 함수 activation", "0",
      "0.693147"),
    map(
      "silu", .silu, "x times its sigmoid (Elfwing et al. 2018), also called swish",
      "x / (1 + e⁻ˣ)", definition: "x * sigmoid x",
      gradient: "s = sigmoid x; g * (s + out * (1 - s))", keywords: "활성화 함수 activation swish", "0",
      "0"),
    map(
      "elu", .elu, "relu with an exponential left side (Clevert et al. 2016)",
      "x if x > 0 else eˣ − 1", definition: "where(x > 0, x, expm1(minimum(x, 0)))",
      gradient: "where(x > 0, g, g * (out + 1))", keywords: "활성화 함수 activation", "0", "0"),

    Builtin(
      "gelu x form:{exact,tanh} -> ?", "x times the chance that a normal number is below x",
      formula: "x · Φ(x), with form=tanh x/2 · (1 + tanh(√(2/π)(x + 0.044715 x³)))",
      definition: """
        if form == "tanh" { x / 2 * (1 + tanh(√(2/π) * (x + 0.044715 * x^3))) } else { x / 2 * (1 + erf(x / √2)) }
        """,
      parameters: ["form": "exact, or the tanh approximation (GPT-2)"],
      notes: ["Hendrycks and Gimpel 2016"], keywords: "활성화 함수 activation gaussian",
      examples: """
        > gelu [-1 0 1]
        -0.1587 0 0.8413
        """,
      samples: ["gelu (randn 2 3)", "gelu (randn 2 3) form=tanh"],
      resultShapes: { [try $0.shape("x")] }, elementwise: .ofOne(.gelu),
      vjp: activationGradient(
        """
        if form == "tanh" {
          t = tanh(√(2/π) * (x + 0.044715 * x^3))
          g * (1 + t + x * (1 - t^2) * √(2/π) * (1 + 0.134145 * x^2)) / 2
        } else { g * ((1 + erf(x / √2)) / 2 + x * exp(-x^2 / 2) / √(2 * π)) }
        """, geluForm)
    ) { call -> Results in try mapped(try geluForm(call), call) },

    map(
      "gelu_tanh", .geluTanh, "gelu with the tanh approximation of GPT-2, as a function for act=",
      "x/2 · (1 + tanh(√(2/π)(x + 0.044715 x³)))", definition: "gelu(x, form=\"tanh\")",
      keywords: "activation gaussian", "[-1 0 1]", "-0.1588 0 0.8412"),

    map(
      "isnan", .isnan, "1 where an element is not a number", "x ≠ x", keywords: "test", "nan", "1"),
    map("isinf", .isinf, "1 where an element is ∞ or -∞", "|x| = ∞", keywords: "test", "inf", "1"),
    map(
      "isfinite", .isfinite, "1 where an element is neither infinite nor NaN", "|x| < ∞",
      keywords: "test", "1", "1"),

    pair(
      "maximum", .maximum, "the larger of two, element by element", "max(a, b)",
      gradient: [
        "a": "g * ((a > b) + (a == b) / 2)", "b": "g * ((b > a) + (a == b) / 2)",
      ], "[1 5] [3 2]", "3 5"),
    pair(
      "minimum", .minimum, "the smaller of two, element by element", "min(a, b)",
      gradient: [
        "a": "g * ((a < b) + (a == b) / 2)", "b": "g * ((b < a) + (a == b) / 2)",
      ], "[1 5] [3 2]", "1 2"),
    pair(
      "atan2", .atan2, "the angle of the point (b, a)", "arctan(a / b) in the right quadrant",
      gradient: ["a": "g * b / (a^2 + b^2)", "b": "-g * a / (a^2 + b^2)"], "0 1", "0"),
  ])

@Sendable private func geluForm(_ call: Call) throws -> UnaryFunction {
  try call.string("form") == "tanh" ? .geluTanh : .gelu
}

/// In one pass; the rule is what it says.
private func activationGradient(
  _ rule: String?, _ function: @escaping @Sendable (Call) throws -> UnaryFunction
) -> Derivative {
  .kernel(of: ["x"], rules: rule.map { [GradientRule("x", $0)] } ?? []) { step in
    let x = try step.call.real("x")
    return ["x": try x.activationGradient(try function(step.call), upstream: try step.g())]
  }
}

private func map(
  _ name: String, _ function: UnaryFunction, _ summary: String, _ formula: String,
  definition: String? = nil, gradient: String? = nil, notes: [String] = [], keywords: String = "",
  _ example: String, _ result: String
) -> Builtin {
  // Without a gradient or a definition it is constant between its jumps.
  let vjp: Derivative? =
    function.isActivation
    ? activationGradient(gradient) { _ in function }
    : gradient.map { .rules([GradientRule("x", $0)]) } ?? (definition == nil ? .constant : nil)
  return Builtin(
    "\(name) x -> ?", summary, formula: formula, definition: definition, notes: notes,
    keywords: keywords, examples: "> \(name) \(example)\n\(result)",
    samples: [
      "\(name) (randn 2 3)", "\(name) (rand 2 3)", "\(name) 0.5", "\(name) (f32 (randn 4))",
    ],
    resultShapes: { [try $0.shape("x")] }, elementwise: .ofOne(function), vjp: vjp
  ) { call -> Results in try mapped(function, call) }
}

private func mapped(_ function: UnaryFunction, _ call: Call) throws -> Results {
  if case .number(let number, let dtype)? = call.value("x"), dtype == .f64 {
    return Results(.number(scalar(function, number), function.givesBool ? .bool : .f64))
  }
  return Results(Value(try call.real("x").map(function)))
}

private func pair(
  _ name: String, _ function: BinaryFunction, _ summary: String, _ formula: String,
  gradient: Derivative, _ example: String, _ result: String
) -> Builtin {
  Builtin(
    "\(name) a b -> ?", summary, formula: formula, keywords: "compare",
    examples: "> \(name) \(example)\n\(result)",
    samples: ["\(name) (randn 2 3) (randn 3)", "\(name) 1 2"],
    resultShapes: {
      [try foreseen(Broadcast.shape(try $0.shape("a"), try $0.shape("b")))]
    }, elementwise: .ofTwo(function), vjp: gradient
  ) { call -> Tensor in
    let (a, b) = (try call.tensor("a"), try call.tensor("b"))
    guard Broadcast.shape(a.shape, b.shape) != nil else {
      throw Fault("a and b do not broadcast", .arguments(["a", "b"]))
    }
    return try Tensor.combine(function, a, b)
  }
}
