import Kernels
import Language

// Fixes that the shape rules have already proved: each is offered only when the changed call fits.
extension Evaluator {
  func provedFixes(for fault: Fault, at site: CallSite) -> [Fix] {
    guard case .builtin(let builtin) = site.function else { return [] }
    let arity = builtin.signature.arity
    let count = site.given.positional.count
    if count > arity.upperBound {
      let others = subtracted(site, builtin)
      return grouped(site, arity) + (others.isEmpty ? named(site, builtin) : others)
    }
    if case .argument = fault.blame { return grouped(site, arity) }
    // Shapes that fit are not what is wrong.
    guard case .arguments = fault.blame,
      result(of: builtin, site.given.positional.map(\.shape)) == nil
    else { return [] }
    return Array((transposed(site, builtin) + swapped(site, builtin)).prefix(3))
  }

  /// `attn Q K V window 3` → `(window 3)`: arguments that were meant for one of the arguments.
  private func grouped(_ site: CallSite, _ arity: ClosedRange<Int>) -> [Fix] {
    let exprs = site.positionalExprs
    for (index, value) in site.given.positional.enumerated() {
      guard case .function(.builtin(let inner)) = value else { continue }
      let following = site.given.positional.count - index - 1
      let counts = inner.signature.arity.clamped(to: 1...max(following, 1))
      // As many as it takes: `layernorm randn 3 4` means a matrix.
      for taken in counts.reversed() where taken <= following {
        let arguments = Arguments(Array(site.given.positional[(index + 1)...(index + taken)]))
        guard arity.contains(site.given.positional.count - taken),
          silently({ try apply(value, arguments) }) != nil
        else { continue }
        let span = exprs[index].span.joined(with: exprs[index + taken].span)
        return [Fix("(\(source.slice(span)))", note: inner.summary, replacing: span)]
      }
    }
    return []
  }

  /// `mean X 0` → `axis=0`: a number that is the value of an option.
  private func named(_ site: CallSite, _ builtin: Builtin) -> [Fix] {
    guard site.given.positional.count == builtin.signature.arity.upperBound + 1,
      let expr = site.positionalExprs.last, let number = site.given.positional.last,
      number.asNumber != nil
    else { return [] }
    return builtin.signature.options.compactMap { option -> Fix? in
      switch option.kind {
      case .int, .number: break
      default: return nil
      }
      var arguments = site.given
      arguments.positional.removeLast()
      arguments.options.append((option.name, number))
      guard silently({ try apply(.function(.builtin(builtin)), arguments) }) != nil else {
        return nil
      }
      return Fix(
        "\(option.name)=\(source.slice(expr.span))",
        note: Faults.parameterMeaning(option.name, builtin), replacing: expr.span)
    }
  }

  /// Tries something that must show nothing and touch no file.
  private func silently<Result>(_ work: () throws -> Result) -> Result? {
    let (show, files) = (emit, effects)
    (emit, effects) = ({ _ in }, nil)
    defer { (emit, effects) = (show, files) }
    return try? work()
  }

  /// `softmax z -1`: perhaps a subtraction was meant.
  private func subtracted(_ site: CallSite, _ builtin: Builtin) -> [Fix] {
    let exprs = site.positionalExprs
    guard site.style == .spaced, exprs.count == 2, builtin.signature.arity.contains(1),
      case .unary(.negate, let operand, _) = exprs[1].form
    else { return [] }
    let (head, first, second) = (
      source.slice(site.head.span), source.slice(exprs[0].span), source.slice(operand.span)
    )
    return [
      Fix("\(head) (\(first) - \(second))", replacing: site.expr.span),
      Fix("\(head)(\(first)) - \(second)", replacing: site.expr.span),
    ]
  }

  private func transposed(_ site: CallSite, _ builtin: Builtin) -> [Fix] {
    let exprs = site.positionalExprs
    return site.given.positional.indices.compactMap { index in
      guard index < exprs.count, let shape = site.given.positional[index].shape, shape.count >= 2
      else { return nil }
      var shapes = site.given.positional.map(\.shape)
      shapes[index] = Array(shape.dropLast(2)) + [shape[shape.count - 1], shape[shape.count - 2]]
      guard let note = result(of: builtin, shapes) else { return nil }
      let text = source.slice(exprs[index].span)
      return Fix(
        text.isPostfixText ? "\(text)'" : "(\(text))'", note: note, replacing: exprs[index].span)
    }
  }

  private func swapped(_ site: CallSite, _ builtin: Builtin) -> [Fix] {
    let exprs = site.positionalExprs
    guard exprs.count >= 2 else { return [] }
    return (0..<exprs.count - 1).compactMap { index in
      var shapes = site.given.positional.map(\.shape)
      shapes.swapAt(index, index + 1)
      guard let note = result(of: builtin, shapes) else { return nil }
      let span = exprs[index].span.joined(with: exprs[index + 1].span)
      let between = source.slice(Span(exprs[index].span.upper, exprs[index + 1].span.lower))
      let text =
        source.slice(exprs[index + 1].span) + between + source.slice(exprs[index].span)
      return Fix(text, note: note, replacing: span)
    }
  }

  /// `→ 4×8` where these shapes fit the signature.
  private func result(of builtin: Builtin, _ shapes: [[Int]?]) -> String? {
    let signature = builtin.signature
    let known = zip(signature.positionals, shapes).compactMap { parameter, shape in
      shape.map { (parameter: parameter, shape: $0) }
    }
    guard let dimensions = try? signature.unify(known),
      let pattern = signature.results.first?.pattern,
      let shape = Signature.shape(of: pattern, dimensions)
    else { return nil }
    return "→ \(shape.timesText)"
  }
}

extension String {
  /// Whether a postfix such as `'` may be glued to it.
  var isPostfixText: Bool {
    guard let first, first != "-", first != "√" else { return false }
    if first == "(" && last == ")" { return true }
    return allSatisfy { $0.isLetter || $0.isNumber || "_.'[]:,".contains($0) }
      || last == "]" && !contains(" ")
  }
}
