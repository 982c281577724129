import Kernels
import Language

let calculusFamily = Family(
  "Derivatives",
  gradientEntries + [
    minimize,

    Builtin(
      "numeric_jacobian f:function x h=:number -> ?",
      "the derivative of every result by every input, approximated from differences",
      formula: "Jᵢⱼ ≈ (4 D(h/2) − D(h))/3,  D(h) = (f(x + h eⱼ) − f(x − h eⱼ))ᵢ / 2h",
      definition: """
        v = reshape(x, -1)
        steps = maximum(abs v, 1) / 1024
        if h != none { steps = h * ones(shape v) }
        n = prod(shape f(x))
        J = zeros(0, n)
        for j in 0:shape(v)[0] {
          e = reshape(one_hot(j, shape(v)[0]), shape x)
          D = s -> (f(x + s * e) - f(x - s * e)) / (2 * s)
          J = [J; reshape((4 * D(steps[j] / 2) - D(steps[j])) / 3, n)]
        }
        reshape(J', concat(shape f(x), shape x))
        """,
      parameters: [
        "f": "a function of one number or tensor, such as z -> softmax z",
        "x": "where: a number or a tensor",
        "h": "the step; |xⱼ|/1024, or 1/1024 where that is more, unless given",
      ],
      notes: [
        "central differences with one Richardson step (1911): the error is of order h⁴, about 1e-12 for smooth functions near 1; four calls of f for each input",
        "every call meets the same random numbers, so f may draw",
        "the axes of f(x) come first, then those of x",
      ],
      keywords: "gradient slope difference check numerical 수치 미분 야코비안 기울기",
      examples: """
        > numeric_jacobian (x -> x^3) 2
        12
        > z = [1 2 3];
        > J = numeric_jacobian (z -> softmax z) z;
        > close J (softmax_jacobian z) tol=1e-11
        1
        """,
      samples: [
        "numeric_jacobian (z -> softmax z) (randn 4)", "numeric_jacobian (x -> x^2) 3",
        "numeric_jacobian (x -> x @ x) (randn 2 2) h=0.01",
        "numeric_jacobian (x -> sum x) (zeros 0)",
        "numeric_jacobian (x -> sin(x) - x) (f32 (randn 3))",
      ]
    ) { call -> Tensor in try numericJacobian(call) },
  ])

private func numericJacobian(_ call: Call) throws -> Tensor {
  let given = try call.real("x")
  let x = try given.converted(to: .f64)
  let step = call.has("h") ? try call.number("h") : nil
  if let step, !(step > 0 && step.isFinite) {
    throw Fault("the step must be more than 0", .argument("h"), detail: "h is \(step.plain)")
  }
  let value = try result(call, at: x)
  let n = x.count
  let jacobian = try Tensor(shape: value.shape + x.shape, of: Double.self) { J in
    for j in 0..<n {
      let h = step ?? max(abs(x[flat: j]), 1) / 1024
      let column = try slopes(call, x, j, h, like: value)
      for i in 0..<value.count { J[i * n + j] = column[i] }
    }
  }
  return try jacobian.converted(to: given.dtype)
}

/// ∂f/∂xⱼ: the differences with h and h/2, combined so that their errors of order h² cancel.
private func slopes(_ call: Call, _ x: Tensor, _ j: Int, _ h: Double, like value: Tensor) throws
  -> [Double]
{
  func difference(_ h: Double) throws -> [Double] {
    let sides = try [h, -h].map { change in
      var moved = x
      try moved.withMutableElements(of: Double.self) { $0[j] += change }
      let side = try result(call, at: moved)
      guard side.shape == value.shape else {
        throw Fault(
          "f changes the shape of its result", .argument("f"),
          detail: "\(Value(value).shapeText), then \(Value(side).shapeText)")
      }
      return side.doubles
    }
    return zip(sides[0], sides[1]).map { ($0 - $1) / (2 * h) }
  }
  return zip(try difference(h / 2), try difference(h)).map { (4 * $0 - $1) / 3 }
}

/// f(x), always with the random numbers of the first call.
private func result(_ call: Call, at x: Tensor) throws -> Tensor {
  try Cancellation.check()
  let evaluator = call.evaluator
  let random = evaluator.state.random
  defer { evaluator.state.random = random }
  let value = try call.apply(try call.required("f"), [Value(x)])
  guard let tensor = try value.asTensor() else {
    throw Fault("f must give a number or a tensor, not \(value.kindName)", .argument("f"))
  }
  return tensor
}
