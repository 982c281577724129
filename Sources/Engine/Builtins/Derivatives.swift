import Kernels
import Language

private let cornerNote =
  "at corners: relu, abs, norm and clip have 0; max and maximum share among equal ones, as PyTorch's amax"

private let argumentMeaning =
  "where: a number, a tensor, or a record or tuple of them; the gradient has the same shape"

let gradientEntries = [
  Builtin(
    "grad f:function x*:any -> ?", "the gradient of a function that gives one number",
    formula: "(∇f)ᵢ = ∂f/∂xᵢ",
    parameters: ["f": "a function of as many arguments as are given", "x": argumentMeaning],
    notes: [
      "exact, by walking the computation backwards (reverse mode): one walk for all inputs",
      "of several arguments a tuple; strings, functions, masks and none have no gradient, what f does not depend on has 0",
      "f may loop, branch and call anything",
      "without x a function of the arguments of f: grad (grad f) x, x |> (grad f); explain (grad f x) shows every step",
      cornerNote,
    ],
    keywords: "derivative gradient backpropagation autograd automatic differentiation 기울기 미분 역전파",
    examples: """
      > grad (x -> x^3) 2
      12
      > grad (z -> cross_entropy(z, 0)) [2 1 0]
      -0.3348 0.2447 0.0900
      > grad (x -> grad (y -> y^3) x) 2
      12
      > g = grad sin; g 0
      1
      > grad (grad (x -> x^3)) 2
      12
      > p = record(w = [1 2], b = 3); grad (p -> p.b * sum(p.w^2)) p
      record
      .w = 6 12
      .b = 5
      > grad (x -> argmax x) [1 2 3]
      error: this can not be differentiated: argmax is constant between its jumps
      > explain (grad (x -> (3*x)^2) 2)
      explain (grad (x -> (3*x)^2) 2)
      ────────────────────────────────────────────────────────────────────────────
        f(x) = (3*x)^2
        dv = ∂f/∂v, in the shape of v
        in a rule: g the gradient that comes in, out the result, a and b the two
           sides

        forwards
                     shape   value
        x            number  2
        v1  = (3*x)  number  6
        v2  = v1^2   number  36

        backwards, from the result to x: dv2 = 1

      1/2 dv1   number   back through  v2 = v1^2
          rule (g = dv2, number):  da = g * where(b == 0, 0, b * a^(b - 1))
          dv1 = 12

      2/2 dx   number   back through  v1 = (3*x)
          rule (g = dv1, number):  db = g * a
          dx = 36

        checks: f grows along the gradient by its length, to 9 digits ✓
      """,
    explain: explainGradient, vjp: .handedOn
  ) { call in
    if let function = try derivativeFunction(call) { return [function] }
    let (_, gradients) = try valueAndGradients(call)
    return [gradients.count == 1 ? gradients[0] : .tuple(Tuple(gradients))]
  },

  Builtin(
    "value_grad f:function x*:any -> value:number, gradient:any",
    "the value of a function and its gradient, from one run",
    parameters: ["f": "a function that gives one number", "x": argumentMeaning],
    notes: [
      "f may draw random numbers: both belong to the same draw", "without x a function, as grad f",
    ],
    keywords: "derivative gradient loss 기울기 미분",
    examples: """
      > value_grad (x -> sum(x^2)) [1 2 3]
      value = 14
      gradient = 2 4 6
      """,
    explain: explainGradient, vjp: .handedOn
  ) { call in
    if let function = try derivativeFunction(call) { return [function] }
    let (value, gradients) = try valueAndGradients(call)
    return [value, gradients.count == 1 ? gradients[0] : .tuple(Tuple(gradients))]
  },

  Builtin(
    "jacobian f:function x? -> ?", "the derivative of every result by every input",
    formula: "Jᵢⱼ = ∂fᵢ/∂xⱼ",
    parameters: ["f": "a function of one number or tensor", "x": "where"],
    notes: [
      "the axes of f(x) come first, then those of x; one backward walk for each result",
      "numeric_jacobian is the same from differences", cornerNote,
      "without x a function, as grad f: the Hessian is jacobian (grad f) x",
    ],
    keywords: "derivative gradient matrix 야코비안 미분",
    examples: """
      > J = jacobian softmax [1 2 3];
      > close J (softmax_jacobian [1 2 3]) tol=1e-15
      1
      > jacobian (x -> x^2) [1 2]
      2×2
        2  0
        0  4
      > jacobian (grad (x -> x[0]^2 * x[1])) [1 2]
      2×2
        4  2
        2  0
      """,
    samples: [
      "jacobian (z -> softmax z) (randn 4)", "jacobian (x -> x @ x) (randn 2 2)",
      "jacobian (x -> x^2) 3", "jacobian sum (randn 2 3)", "jacobian (x -> x) (zeros 0)",
      "jacobian sin (f32 (randn 3))",
    ],
    vjp: .handedOn
  ) { call in
    if let function = try derivativeFunction(call) { return [function] }
    return try call.evaluator.withTape { tape in
      let f = try Differentiated(call, [try call.required("x")], on: tape)
      return [try call.evaluator.jacobian(f)]
    }
  },

  Builtin(
    "vjp f:function x:any g -> ?", "a gradient of the results sent backwards to the inputs",
    formula: "gᵀ J,  J = ∂f/∂x",
    parameters: ["f": "a function of x", "x": argumentMeaning, "g": "in the shape of f(x)"],
    notes: ["vector-Jacobian product: one step of backpropagation"],
    keywords: "backward pullback reverse mode adjoint 역전파",
    examples: """
      > vjp (x -> x^2) [1 2 3] [1 0 10]
      2 0 60
      """,
    samples: ["vjp (z -> softmax z) (randn 4) (randn 4)"],
    vjp: .handedOn
  ) { call in
    let g = try call.required("g")
    return try call.evaluator.withTape { tape in
      let f = try Differentiated(call, [try call.required("x")], on: tape)
      guard g.shape == f.result.shape else {
        throw Fault(
          "g must have the shape of f(x)", .argument("g"), detail: "f(x) \(f.result.shapeText)")
      }
      return Results(try f.gradients(g))
    }
  },

  Builtin(
    "jvp f:function x:any v:any -> ?", "how the results change when the inputs move along v",
    formula: "J v,  J = ∂f/∂x",
    parameters: ["f": "a function of x", "x": argumentMeaning, "v": "in the shape of x"],
    notes: [
      "Jacobian-vector product, the directional derivative; from two backward walks, since J v is the gradient by g of (gᵀ J) v"
    ],
    keywords: "forward tangent directional derivative pushforward 방향 미분",
    examples: """
      > jvp (x -> x^2) [1 2 3] [1 0 10]
      2 0 60
      """,
    samples: ["jvp (z -> softmax z) (randn 4) (randn 4)"],
    vjp: .handedOn
  ) { call in
    [try call.evaluator.push(call, try call.required("x"), try call.required("v"))]
  },

  Builtin(
    "gradcheck f:function x*:any with=:function tol=1e-6 -> :any",
    "the gradient of a function against central differences, parameter by parameter",
    formula: "error = max |∇f − Δf| / max |∇f|,  Δf from f(x ± h) and f(x ± h/2)",
    parameters: [
      "f": "a function; results with several entries are summed with fixed weights",
      "x": argumentMeaning, "with": "a gradient to check instead of the exact one",
      "tol": "the largest error that agrees",
    ],
    notes: [
      "r.agrees is 1 or 0, r.error the largest error of all: `assert (gradcheck f x).agrees`",
      "the error is a part of the parameter's largest gradient, or of a thousandth of the largest of all",
      "with random numbers in f every call meets the same ones; at a corner differences are no gradient",
    ],
    keywords: "check test finite differences numerical verify 기울기 검사 수치 미분",
    examples: """
      > f = x -> sum(x^3);
      > gradcheck f [1 2]
        parameter  shape     largest error  at   gradient  differences      step
        x          vector 2              0  [0]         3            3  0.000977
        the gradient agrees with differences: largest error 0
      > gradcheck f [1 2] with=(x -> 2*x^2)
        parameter  shape     largest error  at   gradient  differences     step
        x          vector 2            0.5  [1]         8           12  0.00195
        the gradient is wrong: x by 0.5
      """,
    vjp: .handedOn
  ) { call in [.document(try GradientCheck(call).document())] },
]

private func valueAndGradients(_ call: Call) throws -> (Value, [Value]) {
  return try call.evaluator.withTape { tape in
    let f = try Differentiated(call, call.variadic, on: tape)
    return (f.value, try f.gradientsOfNumber())
  }
}

/// `grad f` without a place: the function x -> grad f x, of as many arguments as f needs; nil where
/// a place is given.
private func derivativeFunction(_ call: Call) throws -> Value? {
  guard call.variadic.isEmpty, !call.has("x") else { return nil }
  guard case .function(let f) = try call.required("f") else { return nil }
  let names = f.requiredNames.map { $0 == "f" ? "x" : $0 }
  guard !names.isEmpty else {
    throw Fault(
      "\(f.name) takes no argument to differentiate by", .argument("f"),
      detail: "\(call.builtin.name) (x -> …) x")
  }
  let source = Source(
    text: (names.count == 1 ? names[0] : "(\(names.joined(separator: ", ")))")
      + " -> \(call.builtin.name)(f, \(names.joined(separator: ", ")))")
  guard case .function(let parameters, let body) = try Parser.expression(source.text).form else {
    return nil
  }
  return .function(
    .user(
      UserFunction(
        name: f.ownName.map { "\(call.builtin.name) \($0)" },
        parameters: parameters.map { Parameter($0) },
        body: Block([Statement(.expression(body), body.span)], body.span), source: source,
        span: Span(0, source.bytes.count),
        captured: Locals([
          "f": .function(f), call.builtin.name: .function(.builtin(call.builtin)),
        ]))))
}

extension Function {
  /// nil of a lambda.
  fileprivate var ownName: String? {
    if case .user(let user) = self { user.name } else { name }
  }

  /// The parameters without which it can not be called.
  fileprivate var requiredNames: [String] {
    switch self {
    case .user(let user): user.parameters.filter { $0.defaultValue == nil }.map(\.name.text)
    case .builtin(let builtin):
      builtin.signature.positionals.filter { !$0.isOptional }.map(\.name)
    }
  }
}
