import Kernels
import Language

/// A function run once with a tape, ready to be walked backwards.
struct Differentiated {
  let call: Call
  let tape: Tape
  let watched: [Value]
  let result: Value

  /// Runs the function `f` of a call on its arguments.
  ///
  /// - Parameters:
  ///   - constants: arguments behind those that are differentiated by.
  ///   - willRun: told what is watched.
  init(
    _ call: Call, _ arguments: [Value], constants: [Value] = [], on tape: Tape,
    willRun: ([Value]) -> Void = { _ in }
  ) throws {
    (self.call, self.tape) = (call, tape)
    watched = try arguments.map { try tape.watch($0) }
    guard watched.contains(where: \.isTraced) else {
      throw Fault(
        "there is no number to differentiate by", .argument("x"),
        detail: arguments.first.map { "\($0.kindName)" } ?? "")
    }
    willRun(watched)
    result = try call.apply(try call.required("f"), watched + constants)
    guard result.shape != nil else {
      throw Fault("f must give a number or a tensor, not \(result.kindName)", .argument("f"))
    }
    if result.node(on: tape.id) == nil, let step = tape.firstConstant {
      throw Fault(
        "this can not be differentiated: \(step.name) \(step.reason)",
        step.place.map { .step($0.source, $0.span) } ?? .argument("f"), detail: step.wayOut)
    }
  }

  /// The result without this tape.
  var value: Value { result.primal(on: tape.id) }

  /// Σ upstream · ∂result for each argument, in its shape.
  func gradients(_ upstream: Value, visit: (Tape.Visit) -> Void = { _ in }) throws -> [Value] {
    let found = try call.evaluator.gradients([(result, upstream)], on: tape, visit: visit)
    return try watched.map { try tape.gradient(of: $0, found) }
  }

  /// The gradients of a function that gives one number.
  func gradientsOfNumber(visit: (Tape.Visit) -> Void = { _ in }) throws -> [Value] {
    try gradients(try one(), visit: visit)
  }

  /// The same for every number and tensor in the arguments; nil for what the result does not
  /// depend on.
  func leafGradients() throws -> [Value?] {
    let found = try call.evaluator.gradients([(result, try one())], on: tape)
    var leaves: [Value?] = []
    for value in watched {
      _ = try value.mapNumbers { leaf in
        leaves.append(leaf.node(on: tape.id).flatMap { found[$0] })
        return leaf
      }
    }
    return leaves
  }

  private func one() throws -> Value {
    guard let shape = result.shape, result.asNumber != nil else {
      throw Fault(
        "\(call.builtin.name) needs a function that gives one number", .argument("f"),
        detail: "it gives \(result.shapeText)",
        proposals: [
          .instead(of: .call, "the derivative of every entry") {
            "jacobian \($0("f")) \($0("x"))"
          }
        ])
    }
    return Value(try Tensor(repeating: 1.0, shape: shape).converted(to: result.dtype ?? .f64))
  }
}

extension Evaluator {
  /// ∂f/∂x with the axes of f(x) first, then those of x.
  func jacobian(_ f: Differentiated) throws -> Value {
    guard let x = f.watched.first, let own = x.shape, let shape = f.result.shape else {
      throw Fault("jacobian needs a number or a tensor", .argument("x"))
    }
    let dtype = f.result.dtype ?? .f64
    let n = shape.reduce(1, *)
    let rows = try (0..<n).map { row in
      var seed = try Tensor(repeating: 0.0, shape: shape)
      try seed.withMutableElements(of: Double.self) { $0[row] = 1 }
      return try f.gradients(Value(try seed.converted(to: dtype)))[0]
    }
    guard !rows.isEmpty else { return Value(try Tensor(repeating: 0.0, shape: shape + own)) }
    return try rearranged(rows) { rows in
      try Tensor.concat(rows.map { $0.reshaped([1] + own) }, axis: 0).reshaped(shape + own)
    }
  }

  /// Σ over all numbers of two values of one structure of their products.
  func dot(_ a: Value, _ b: Value) throws -> Value {
    var numbers: [Value] = []
    _ = try b.mapNumbers {
      numbers.append($0); return $0
    }
    var rest = numbers[...]
    var sum = Value.number(0)
    _ = try a.mapNumbers { x in
      guard let y = rest.popFirst(), x.shape == y.shape else {
        throw Fault("v must have the shape of x", .argument("v"), detail: x.shapeText)
      }
      sum = try combine(.add, sum, try fitted(try combine(.multiply, x, y), to: [], .f64))
      return x
    }
    guard rest.isEmpty else { throw Fault("v must have the shape of x", .argument("v")) }
    return sum
  }

  /// Σ ∂f/∂x · v: the gradient by g of the product of v with what g sends backwards.
  func push(_ call: Call, _ x: Value, _ v: Value) throws -> Value {
    try withTape { outer in
      var seed = Value.nothing
      let product = try withTape { tape in
        let f = try Differentiated(call, [x], on: tape)
        seed = try outer.watch(try f.value.untraced.zeros())
        return try dot(try f.gradients(seed)[0], v)
      }
      let found = try gradients([(product, .number(1))], on: outer)
      return try outer.gradient(of: seed, found)
    }
  }
}
