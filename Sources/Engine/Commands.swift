import Kernels
import Language

// `help attn`, `source softmax`, `explain EXPR`: words that are followed by more than arguments.
extension Evaluator {
  func run(_ command: Command, at expr: Expr) throws -> Value {
    switch (command.name.text, command.operand) {
    case (let name, .word(let word)):
      guard let builtin = Registry[name] else { break }
      let head = Expr(.name(name), command.name.span)
      let argument = Expr(.string(unquoted(word.text)), word.span)
      return try call(
        head, of: builtin, word.text.isEmpty ? [] : [argument], at: expr)
    case (_, .sweep(let options, let body)): return try sweep(options, body).value()
    case ("cost", .sizes(let subject, let sizes, let options)):
      return .document(try cost(of: subject, sizes, options, at: expr))
    case ("explain", .expression(let subject)): return .document(try explain(subject))
    case ("bench", .expression(let subject)): return .document(try bench(subject, at: expr))
    case ("compare", .alternatives(let subjects)):
      return .document(try compare(subjects, at: expr))
    default: break
    }
    throw Diagnostic(
      "this version has no command '\(command.name.text)'", in: source, at: command.name.span)
  }

  /// `help "softmax"` is `help softmax`.
  private func unquoted(_ word: String) -> String {
    word.count > 2 && word.hasPrefix("\"") && word.hasSuffix("\"")
      ? String(word.dropFirst().dropLast()) : word
  }

  private func call(_ head: Expr, of builtin: Builtin, _ arguments: [Expr], at expr: Expr) throws
    -> Value
  {
    let given = Arguments(try arguments.map { try evaluate($0) })
    do {
      return try apply(.function(.builtin(builtin)), given)
    } catch let fault as Fault {
      throw diagnose(
        fault,
        at: CallSite(
          function: .builtin(builtin), head: head, arguments: arguments.map { .positional($0) },
          given: given, style: .spaced, expr: expr))
    }
  }
}
