import Kernels
import Language

/// n, over how many elements a reduction goes.
private let count = "if axis == none { n = prod(shape x) } else { n = shape(x)[axis] }"

let reductionFamily = Family(
  "Sums, means and extremes",
  [
    reduction(
      "sum", .sum, "the sum", "Σᵢ xᵢ", gradient: "g",
      keywords: "add total", "[1 2 3]", "6"),
    reduction(
      "mean", .mean, "the mean", "Σᵢ xᵢ / n", definition: "sum(x) / sum(0 * x + 1)",
      gradient: "\(count); g / n",
      keywords: "average", "[1 2 6]", "3"),
    reduction(
      "var", .variance, "the variance, biased: the sum is divided by n", "Σᵢ (xᵢ − mean)² / n",
      definition: "mean((x - mean x)^2)",
      gradient: "\(count); 2 * g * (x - mean(x, axis=axis, keep=1)) / n",
      keywords: "variance spread", "[1 2 3 4]", "1.25"),
    reduction(
      "std", .std, "the standard deviation, biased", "√var(x)", definition: "√var(x)",
      gradient: "\(count); g * (x - mean(x, axis=axis, keep=1)) / (n * where(out == 0, 1, out))",
      keywords: "sd deviation spread", "[1 3]", "1"),
    reduction(
      "min", .min, "the smallest element", "minᵢ xᵢ",
      gradient: "hits = x == out; g * hits / sum(hits, axis=axis, keep=1)",
      keywords: "least", "[3 1 2]", "1"),
    reduction(
      "max", .max, "the largest element", "maxᵢ xᵢ",
      gradient: "hits = x == out; g * hits / sum(hits, axis=axis, keep=1)",
      keywords: "greatest", "[3 1 2]", "3"),
    reduction(
      "prod", .prod, "the product", "Πᵢ xᵢ",
      gradient: """
        others = prod(where(x == 0, 1, x), axis=axis, keep=1)
        n = sum(x == 0, axis=axis, keep=1)
        g * where(x == 0, where(n == 1, others, 0), where(n == 0, others / where(x == 0, 1, x), 0))
        """,
      keywords: "multiply", "[2 3 4]", "24"),
    reduction(
      "norm", .norm, "the Euclidean length; of a matrix the Frobenius norm", "√Σᵢ xᵢ²",
      definition: "√sum(x^2)", gradient: "g * x / where(out == 0, 1, out)",
      keywords: "length l2 frobenius distance", "[3 4]", "5"),
    reduction(
      "any", .any, "1 if some element is not 0", "∃ i: xᵢ ≠ 0", keywords: "exists", "[0 1]", "1"),
    reduction("all", .all, "1 if no element is 0", "∀ i: xᵢ ≠ 0", keywords: "every", "[0 1]", "0"),

    lastAxis(
      "argmax", .argmax, "where the largest element is", "argmaxᵢ xᵢ",
      note: "of equal ones the lower index", keywords: "index largest", "[1 5 2]", "1"),
    lastAxis(
      "argmin", .argmin, "where the smallest element is", "argminᵢ xᵢ",
      note: "of equal ones the lower index", keywords: "index smallest", "[4 1 2]", "1"),

    Builtin(
      "cumsum x axis=-1:int -> ?", "the running sum along an axis", formula: "yᵢ = Σⱼ≤ᵢ xⱼ",
      keywords: "cumulative prefix",
      examples: """
        > cumsum [1 2 3]
        1 3 6
        """,
      samples: ["cumsum (randn 3 4)", "cumsum (randn 3 4) axis=0"],
      resultShapes: { [try $0.shape("x")] },
      vjp: [
        "x": """
        if shape(shape x)[0] == 0 { g } else {
          sum(g, axis=axis, keep=1) - cumsum(g, axis=axis) + g
        }
        """
      ]
    ) { call -> Tensor in
      let x = try call.real("x")
      return x.rank == 0 ? x : try x.cumulativeSum(axis: try call.axis(of: x.rank))
    },
  ])

/// Brings the reduced axis back, with length 1, so that g and out broadcast with x.
let keptAxis = """
  if axis != none and keep == 0 {
    g = stack(g, axis=axis)
    out = stack(out, axis=axis)
  }
  """

private let axisMeaning: (String, String) = ("axis", "which axis, 0-based, negative from the end")

private func reducedShape(_ shape: [Int], axis: Int?, keep: Bool) -> [Int] {
  guard let axis else { return keep ? shape.map { _ in 1 } : [] }
  var shape = shape
  if keep { shape[axis] = 1 } else { shape.remove(at: axis) }
  return shape
}

/// A reduction over everything, or along `axis=`.
private func reduction(
  _ name: String, _ reduction: Reduction, _ summary: String, _ formula: String,
  definition: String? = nil, gradient: String? = nil, keywords: String, _ example: String,
  _ result: String
) -> Builtin {
  Builtin(
    "\(name) x axis=:int keep=0:flag -> ?", summary, formula: formula,
    parameters: [
      "axis": "which axis, 0-based, negative from the end; over everything unless given",
      "keep": "1: the axis stays, with length 1",
    ],
    keywords: keywords,
    examples: "> \(name) \(example)\n\(result)",
    samples: [
      "\(name) (randn 3 4)", "\(name) (randn 3 4) axis=0", "\(name) (randn 2 3 4) axis=-1 keep=1",
      "\(name) 2.5", "\(name) (f32 (randn 5))",
    ],
    resultShapes: { call in
      let shape = try call.shape("x")
      return [
        reducedShape(
          shape, axis: try call.optionalAxis(of: shape.count), keep: try call.flag("keep"))
      ]
    },
    vjp: gradient.map { .rules([GradientRule("x", "\(keptAxis)\n\($0)")]) } ?? .constant
  ) { call -> Tensor in
    let x = try call.tensor("x")
    let axis = try call.optionalAxis(of: x.rank)
    let result = try x.reduce(reduction, axis: axis, keep: try call.flag("keep"))
    if reduction == .min || reduction == .max, x.count == 0, result.count > 0 {
      throw Fault("\(name) of nothing has no value", .argument("x"))
    }
    return result
  }
}

/// A reduction along the last axis unless `axis=` says otherwise.
private func lastAxis(
  _ name: String, _ reduction: Reduction, _ summary: String, _ formula: String, note: String,
  keywords: String, _ example: String, _ result: String
) -> Builtin {
  Builtin(
    "\(name) x axis=-1:int keep=0:flag -> ?", summary, formula: formula,
    parameters: [
      "axis": "which axis, 0-based, negative from the end",
      "keep": "1: the axis stays, with length 1",
    ],
    notes: [note], keywords: keywords, examples: "> \(name) \(example)\n\(result)",
    samples: ["\(name) (randn 3 4)", "\(name) (randn 3 4) axis=0 keep=1"],
    resultShapes: { call in
      let shape = try call.shape("x")
      return [
        reducedShape(shape, axis: try call.axis(of: shape.count), keep: try call.flag("keep"))
      ]
    },
    vjp: .constant
  ) { call -> Tensor in
    let x = try call.tensor("x")
    guard x.rank > 0 else { return try Tensor(scalar: 0) }
    let axis = try call.axis(of: x.rank)
    guard x.shape[axis] > 0 else { throw Fault("\(name) of nothing has no place", .argument("x")) }
    return try x.reduce(reduction, axis: axis, keep: try call.flag("keep"))
  }
}
