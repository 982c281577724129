import Kernels
import Language

/// Names with what one types for them; each expression has been tried.
struct TypedNames {
  /// What stands for the value by which a step is differentiated.
  static let moving = "at"

  private let evaluator: Evaluator
  private(set) var definitions: [Explanation.Definition] = []
  private var scope: [String: Value]

  init(_ evaluator: Evaluator) {
    self.evaluator = evaluator
    scope = evaluator.state.variables.byName
  }

  /// A value that the prompt may know by this name already.
  mutating func constant(_ name: String, _ value: Value) {
    if let known = evaluator.state.variables[name], known.isSame(as: value) { return }
    define(name, value, as: nil)
  }

  /// - Parameter text: an expression that may give it; else the value itself is written.
  mutating func define(_ name: String, _ value: Value, as text: String?) {
    let name = Self.variable(name)
    scope[name] = value
    let tried = text.flatMap { gives(value, $0) ? $0 : nil }
    guard let text = try? tried ?? Literal.text(of: value) else { return }
    definitions.append((name, text))
  }

  /// `dp.w` and `dv3[0]` are no names: `dp_w`, `dv3_0`.
  static func variable(_ path: String) -> String {
    String(path.filter { $0 != "]" }.map { ".[".contains($0) ? "_" : $0 })
  }

  func tensor(_ text: String) -> Tensor? {
    guard let expression = try? Parser.expression(text) else { return nil }
    return try? evaluator.evaluate(expression, with: scope).asTensor()
  }

  /// The gradient of one operand, as one types it.
  func pullback(_ operand: String, _ text: String, _ result: String, _ value: Value) -> String? {
    let expression = "vjp(\(Self.moving) -> \(text), \(operand), \(Self.variable("d" + result)))"
    return gives(value, expression) ? expression : nil
  }

  private func gives(_ value: Value, _ text: String) -> Bool {
    guard !text.contains("\n"), let expression = try? Parser.expression(text),
      let found = try? evaluator.evaluate(expression, with: scope)
    else { return false }
    guard let a = try? found.asTensor(), let b = try? value.asTensor(), a.shape == b.shape else {
      return false
    }
    return a.distance(to: b) <= 1e-13 * (1 + (b.doubles.map(abs).max() ?? 0))
  }
}
