import Language

/// A step with operands that a tape follows and a result that none does.
struct ConstantStep {
  /// A builtin or an operator.
  let name: String
  /// Why it has no gradient.
  let reason: String
  /// Where the user wrote it.
  var place: (source: Source, span: Span)?

  /// What to write instead.
  var wayOut: String { Self.waysOut[name] ?? "" }

  private static let waysOut = [
    "argmax": "softargmax is a smooth one; straight_through takes the gradient of another value",
    "round": "straight_through (round x) x takes the gradient of x",
    "floor": "straight_through (floor x) x takes the gradient of x",
    "ceil": "straight_through (ceil x) x takes the gradient of x",
    "sign": "tanh is a smooth one",
    "one_hot": "straight_through (one_hot …) (softmax z) takes the gradient of the softmax",
    ">": "sigmoid of the difference is a smooth one",
    "<": "sigmoid of the difference is a smooth one",
    ">=": "sigmoid of the difference is a smooth one",
    "<=": "sigmoid of the difference is a smooth one",
  ]

  static let jumps = "is constant between its jumps"
  static let counts = "takes a whole number, which can not move a little"
}

extension Evaluator {
  /// Remembers, on every tape that follows one of the values, the first step that ends its path.
  func ends(_ name: String, _ reason: String, _ values: [Value], at span: Span? = nil) {
    for tape in tapes where tape.firstConstant == nil {
      guard values.contains(where: { $0.isFollowed(by: tape.id) }) else { continue }
      tape.firstConstant = ConstantStep(
        name: name, reason: reason, place: span.flatMap(userPlace))
    }
  }

  /// The call within which the path ended is where the user can see it.
  func placeConstant(at span: Span) {
    for tape in tapes where tape.firstConstant != nil && tape.firstConstant?.place == nil {
      tape.firstConstant?.place = userPlace(span)
    }
  }

  /// What a condition compares decides only which way is taken.
  func deciding<Result>(_ work: () throws -> Result) rethrows -> Result {
    guard !tapes.isEmpty else { return try work() }
    let before = tapes.map(\.firstConstant)
    let result = try work()
    for (tape, constant) in zip(tapes, before) { tape.firstConstant = constant }
    return result
  }

  private func userPlace(_ span: Span) -> (source: Source, span: Span)? {
    frame?.function.isDefinitionOfBuiltin == true ? nil : (source, span)
  }
}

extension Value {
  fileprivate func isFollowed(by tape: Int) -> Bool {
    switch self {
    case .traced(let traced): traced.tape == tape || traced.value.isFollowed(by: tape)
    case .tuple(let tuple): tuple.items.contains { $0.isFollowed(by: tape) }
    case .record(let record): record.fields.contains { $0.value.isFollowed(by: tape) }
    default: false
    }
  }
}
