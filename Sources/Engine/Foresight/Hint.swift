import Kernels
import Language

extension Session {
  /// One line about an entry that is being typed: the shape of its result, what is missing, or what
  /// will be wrong; nil where that is not known.
  ///
  /// - Parameter cursor: in characters.
  public func hint(for text: String, at cursor: Int) -> String? {
    foresee(text, at: cursor)?.text
  }

  /// The hint, and how many steps it took.
  func foresee(_ text: String, at cursor: Int) -> (text: String?, steps: Int)? {
    guard text.contains(where: { !$0.isWhitespace }) else { return nil }
    switch Draft.read(text) {
    case .other: return nil
    case .refused(let problem): return (problem.message, 0)
    case .draft(let draft):
      let place = text.prefix(cursor).utf8.count
      let inference = ShapeInference(self, draft.source, cursor: place)
      let text = Hint(inference, isAfterBlank: text.last?.isWhitespace == true).text(of: draft)
      return (text, inference.steps)
    }
  }
}

/// The words of a hint.
private struct Hint {
  let inference: ShapeInference
  let isAfterBlank: Bool

  init(_ inference: ShapeInference, isAfterBlank: Bool) {
    (self.inference, self.isAfterBlank) = (inference, isAfterBlank)
  }

  func text(of draft: Draft) -> String? {
    for (index, statement) in draft.statements.enumerated() {
      let isLast = index == draft.statements.count - 1
      do {
        let shown = try inference.infer(statement)
        if isLast { return text(of: shown, statement) }
      } catch is NotForeseen {
        continue
      } catch {
        return text(of: error)
      }
    }
    return nil
  }

  // MARK: - Results

  private func text(of shown: [(name: String?, value: Value)], _ statement: Statement) -> String? {
    let expr = statement.expr
    if case .function(.builtin(let builtin))? = shown.first?.value {
      return text(of: builtin, expr)
    }
    guard !isPlain(expr) else { return nil }
    let parts = shown.compactMap { name, value -> String? in
      if case .nothing = value { return nil }
      return (name.map { "\($0) " } ?? "") + value.shapeText
    }
    guard !parts.isEmpty else { return nil }
    return "→ " + parts.joined(separator: ", ") + further(expr)
  }

  /// `attn`: how to call it; with a blank behind it, what it wants first.
  private func text(of builtin: Builtin, _ expr: Expr?) -> String? {
    guard isAfterBlank, case .name? = expr?.form,
      let parameter = builtin.signature.positionals.first
    else { return "\(Help.usage(of: builtin.signature))   \(builtin.summary)" }
    let given = ShapeInference.GivenArguments()
    let missing = try? MissingOperand(
      parameter, of: builtin, beside: given, builtin.signature.positionals, "")
    return missing.map(needs)
  }

  /// A number or a string shows itself.
  private func isPlain(_ expr: Expr?) -> Bool {
    switch expr?.form {
    case .number, .string: true
    case .unary(.negate, let operand, _): isPlain(operand)
    default: false
    }
  }

  /// What a call that is complete may take besides.
  private func further(_ expr: Expr?) -> String {
    guard isAfterBlank, case .call(let head, let arguments, .spaced)? = expr?.form,
      case .name(let name) = head.form,
      case .function(.builtin(let builtin))? = inference.evaluator.lookUp(name)
    else { return "" }
    let count = arguments.count { if case .positional = $0 { true } else { false } }
    let named = arguments.compactMap {
      if case .option(let name, _) = $0 { name.text } else { nil }
    }
    let open = builtin.signature.positionals.dropFirst(count).filter { !$0.isVariadic }
      .map { "[\($0.name)]" }
    let options = builtin.signature.options.filter {
      !named.contains($0.name) && !$0.takesAnyOption
    }
    .map { "\($0.name)=" }
    let words = open + options
    return words.isEmpty ? "" : "   " + words.joined(separator: " ")
  }

  // MARK: - What is missing or wrong

  private func text(of error: any Error) -> String? {
    switch error {
    case let missing as MissingOperand: needs(missing)
    case let problem as Diagnostic: sentence(problem.message, problem.detail)
    case let fault as Fault: sentence(fault.message, fault.detail ?? "")
    case KernelError.memory: "this needs more memory than the limit"
    default: nil
    }
  }

  private func sentence(_ message: String, _ detail: String) -> String {
    detail.isEmpty ? message : "\(message)   \(detail)"
  }

  private func needs(_ missing: MissingOperand) -> String {
    if !missing.typed.isEmpty, let option = option(missing) { return option }
    let fitting =
      inference.candidates(for: missing).map { "\($0.text) \($0.value.shapeText)" }
      + inference.words(for: missing).map { Faults.usage(of: $0) }
    if fitting.isEmpty, let builtin = Registry[missing.typed] {
      return "\(Help.usage(of: builtin.signature))   \(builtin.summary)"
    }
    let scope =
      fitting.isEmpty
      ? (missing.typed.isEmpty ? "; nothing in scope fits" : "")
      : "; in scope: " + fitting.joined(separator: ", ")
    return missing.needs + scope + (missing.meaning.isEmpty ? "" : "   \(missing.meaning)")
  }

  /// `tau=1   temperature …` for a `ta` that begins nothing else.
  private func option(_ missing: MissingOperand) -> String? {
    guard let builtin = missing.builtin, inference.candidates(for: missing).isEmpty,
      inference.words(for: missing).isEmpty
    else { return nil }
    let options = builtin.signature.options.filter { $0.name.hasPrefix(missing.typed) }
    guard let option = options.first else { return nil }
    let others = options.dropFirst().map { "  \($0.name)=" }.joined()
    let meaning = Faults.parameterMeaning(option.name, builtin)
    return "\(option.name)=\(option.defaultText ?? "")\(others)   \(meaning)"
  }
}

extension Statement {
  /// Its value's expression; nil where it has none.
  var expr: Expr? {
    switch form {
    case .expression(let expr), .assign(_, let expr), .update(_, _, _, let expr): expr
    default: nil
    }
  }
}
