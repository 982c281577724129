import Kernels
import Language

let linearFamily = Family(
  "Linear algebra",
  [
    Builtin(
      "matmul A B -> ?", "the matrix product, written A @ B", formula: "(AB)ᵢⱼ = Σₖ Aᵢₖ Bₖⱼ",
      definition: "A @ B",
      notes: ["as NumPy's @: a vector loses its axis, leading axes broadcast"],
      keywords: "multiply product dot @",
      examples: """
        > [1 2; 3 4] @ [1; 1]
        2×1
          3
          7
        """,
      samples: [
        "matmul (randn 3 4) (randn 4 2)", "matmul (randn 4) (randn 4)",
        "matmul (randn 2 3 4) (randn 4 5)",
      ],
      resultShapes: {
        [try foreseen(OperatorShape.matmul(try $0.shape("A"), try $0.shape("B")))]
      }
    ) { call -> Tensor in
      let (a, b) = (try call.tensor("A"), try call.tensor("B"))
      guard OperatorShape.matmul(a.shape, b.shape) != nil else {
        throw Fault("these shapes do not multiply", .arguments(["A", "B"]))
      }
      return try matmul(a, b)
    },

    Builtin(
      "outer a[n] b[m] -> [n,m]", "every product of an entry of a with one of b",
      formula: "(a bᵀ)ᵢⱼ = aᵢ bⱼ", definition: "col(a) @ row(b)", keywords: "product table",
      examples: """
        > outer [1 2] [3 4 5]
        2×3
           3   4   5
           6   8  10
        """
    ) { call -> Tensor in
      let (a, b) = (try call.tensor("a"), try call.tensor("b"))
      return try Tensor.combine(.multiply, a.reshaped([a.count, 1]), b.reshaped([1, b.count]))
    },

    Builtin(
      "einsum spec:string operands*:tensor -> ?", "sums of products named by letters",
      formula: "\"ij,jk->ik\" is Σⱼ Aᵢⱼ Bⱼₖ",
      parameters: [
        "spec":
          "letters for the axes of each operand, then -> and those of the result; … (or ...) for leading axes"
      ],
      notes: ["as NumPy's einsum; without -> the result has the letters that stand once, in order"],
      keywords: "einstein summation contract",
      examples: """
        > einsum "ij,jk->ik" [1 2; 3 4] [1; 1]
        2×1
          3
          7
        > einsum "ii" [1 2; 3 4]
        5
        """,
      samples: [
        "einsum \"ij,jk->ik\" (randn 3 4) (randn 4 2)", "einsum \"...ij->...ji\" (randn 2 3 4)",
        "einsum \"i,j->ij\" (randn 3) (randn 2)",
      ],
      resultShapes: { call in
        let shapes = try call.variadic.map { try foreseen($0.shape) }
        return [try einsumPlan(try call.string("spec"), shapes).outputShape]
      },
      vjp: .steps { call in
        let spec = try call.string("spec")
        return try call.evaluator.traced(call.variadic) { operands in
          [Value(try einsum(spec, operands))]
        } pullback: { step in
          try call.evaluator.einsumGradients(spec, step)
        }
      }
    ) { call -> Tensor in
      try einsum(try call.string("spec"), call.variadic)
    },

    Builtin(
      "close a b tol=1e-8 -> :number", "1 if all elements agree within a tolerance",
      formula: "|a − b| ≤ tol · max(1, |a|, |b|)",
      definition: "all((a == b) or (abs(a - b) <= tol * maximum(1, maximum(abs a, abs b))))",
      parameters: ["tol": "relative above 1, absolute below"],
      notes: ["equal infinities agree, NaN agrees with nothing"],
      keywords: "equal compare allclose almost",
      examples: """
        > close (0.1 + 0.2) 0.3
        1
        > close [1 2] [1 2.1]
        0
        """,
      samples: ["close (randn 2 3) (randn 3)", "close 1 1"],
      vjp: .constant
    ) { call in
      let (a, b) = (try call.tensor("a"), try call.tensor("b"))
      guard Broadcast.shape(a.shape, b.shape) != nil else {
        throw Fault("a and b do not broadcast", .arguments(["a", "b"]))
      }
      let one = try Tensor(scalar: 1)
      let difference = try Tensor.combine(.subtract, a, b).map(.abs)
      let largest = try Tensor.combine(.maximum, try a.map(.abs), try b.map(.abs))
      let allowed = try Tensor.combine(
        .multiply, try Tensor(scalar: try call.number("tol")),
        try Tensor.combine(.maximum, one, largest))
      let agrees = try Tensor.combine(
        .or, try Tensor.combine(.equal, a, b),
        try Tensor.combine(.lessEqual, difference, allowed))
      return [Value(try agrees.reduce(.all, axis: nil, keep: false))]
    },

    Builtin(
      "fit x[n] y[n] -> slope:number, intercept:number", "the line through points by least squares",
      formula: "slope = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)²",
      definition: """
        dx = x - mean x
        slope = sum(dx * (y - mean y)) / sum(dx^2)
        (slope, mean(y) - slope * mean(x))
        """,
      notes: ["the slope of `fit (log n) (log t)` is the order of growth"],
      keywords: "regression slope line trend",
      examples: """
        > fit [0 1 2] [1 3 5]
        slope = 2
        intercept = 1
        """
    ) { call in
      let (x, y) = (try call.real("x").doubles, try call.real("y").doubles)
      let n = Double(x.count)
      let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
      var (covariance, variance) = (0.0, 0.0)
      for (a, b) in zip(x, y) {
        covariance += (a - meanX) * (b - meanY)
        variance += (a - meanX) * (a - meanX)
      }
      let slope = covariance / variance
      return [.number(slope), .number(meanY - slope * meanX)]
    },
  ])

private func einsum(_ spec: String, _ operands: [Value]) throws -> Tensor {
  let operands = try operands.map { value -> Tensor in
    guard let tensor = try value.asTensor() else { throw Fault("einsum needs tensors") }
    return tensor
  }
  return try einsumPlan(spec, operands.map(\.shape)).run(operands)
}

private func einsumPlan(_ spec: String, _ shapes: [[Int]]) throws -> EinsumPlan {
  let spec = spec.replacing("…", with: "...").replacing("→", with: "->")
  switch Einsum.parse(spec, shapes: shapes) {
  case .success(let plan): return plan
  case .failure(let error): throw Fault("\(error)", .argument("spec"))
  }
}
