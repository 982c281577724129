import Language

/// Who is told of the expressions that are evaluated, and of their values.
struct Observer {
  /// Whether it is also told of what the functions of the user do that are called; what builtins do
  /// by their definitions is theirs.
  var looksInside = false
  /// Told as soon as the value is known.
  let told: (Expr, Value) -> Void
  /// Told of the shape of a tensor that was not made: a product took it as it lay, or several steps
  /// were one. Where nil, every value is made to be shown.
  var toldOfShape: ((Expr, [Int]) -> Void)?
}

extension Evaluator {
  /// Whether values between the steps of an expression have to be made.
  var isEveryValueWanted: Bool {
    if let observer { observer.toldOfShape == nil } else { false }
  }
}
