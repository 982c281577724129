import Kernels

extension Evaluator {
  /// The gradient of an operand is the einsum of the result's gradient with the other operands, with
  /// the letters of that operand as its result.
  func einsumGradients(_ spec: String, _ step: TracedStep) throws -> [Value?] {
    let spec = spec.replacing("…", with: "...").replacing("→", with: "->").filter { $0 != " " }
    let sides = spec.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let result = sides.count > 1 ? sides[1] : EinsumTerms.implied(by: terms)
    let hasLeading = spec.contains("...")
    return try terms.indices.map { index in
      guard step.isWanted[index] else { return nil }
      var plan = EinsumTerms(hasLeading && !result.hasPrefix("...") ? "..." + result : result)
      plan.operands.append(try step.g())
      for other in terms.indices where other != index {
        plan.add(terms[other], step.operands[other])
      }
      let target = try plan.target(terms[index], step.operands[index].shape ?? [])
      let gradient = try einsum(plan.text(target, hasLeading), plan.operands)
      return try fitted(gradient, like: step.operands[index])
    }
  }

  private func einsum(_ spec: String, _ operands: [Value]) throws -> Value {
    guard let einsum = Registry["einsum"] else { return .nothing }
    return try apply(.function(.builtin(einsum)), Arguments([.string(spec)] + operands))
  }
}

/// The operands of an einsum as it grows.
private struct EinsumTerms {
  private var terms: [String]
  var operands: [Value] = []

  init(_ first: String) { terms = [first] }

  mutating func add(_ term: String, _ operand: Value) {
    terms.append(term)
    operands.append(operand)
  }

  /// Without `->` the result has the letters that stand once, in alphabetical order.
  static func implied(by terms: [String]) -> String {
    let all = terms.joined().filter(\.isLetter)
    let once = Set(all).filter { letter in all.count(where: { $0 == letter }) == 1 }.sorted()
    return (terms.contains { $0.hasPrefix("...") } ? "..." : "") + String(once)
  }

  /// The letters of an operand's gradient; a letter that stands twice, or nowhere else, is joined
  /// to the others by an identity or by ones.
  mutating func target(_ term: String, _ shape: [Int]) throws -> String {
    let letters = Array(term.drop { $0 == "." })
    let lengths = shape.suffix(letters.count)
    var target: [Character] = []
    for (letter, length) in zip(letters, lengths) {
      if target.contains(letter) {
        let fresh = try unused(target + letters)
        add(String([letter, fresh]), .tensor(try Tensor.eye(length, length)))
        target.append(fresh)
      } else {
        if !terms.contains(where: { $0.contains(letter) }) {
          add(String(letter), .tensor(try Tensor(repeating: 1.0, shape: [length])))
        }
        target.append(letter)
      }
    }
    return String(target)
  }

  private func unused(_ more: [Character]) throws -> Character {
    let used = Set(terms.joined() + more)
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    guard let letter = letters.first(where: { !used.contains($0) }) else {
      throw Fault("this einsum has too many letters to be differentiated")
    }
    return letter
  }

  func text(_ target: String, _ hasLeading: Bool) -> String {
    terms.joined(separator: ",") + "->" + (hasLeading ? "..." : "") + target
  }
}
