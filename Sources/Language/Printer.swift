// Canonical text: every call in parentheses, parentheses only where the grammar needs them. It
// parses back to the same tree, and is what the reading line shows.
extension Expr: CustomStringConvertible {
  public var description: String { Printer.text(of: self, at: .command) }
}

enum Printer {
  /// Text that stands where only what binds at least as tightly as `minimum` may.
  static func text(of expr: Expr, at minimum: Precedence) -> String {
    let (text, precedence) = parts(of: expr)
    return precedence < minimum ? "(\(text))" : text
  }

  private static func parts(of expr: Expr) -> (String, Precedence) {
    switch expr.form {
    // Written numbers have no sign, computed ones may.
    case .number(let number): return (text(of: number), number < 0 ? .unary : .call)
    case .string(let string): return (quoted(string), .call)
    case .hole: return ("?", .call)
    case .name(let name): return (name, .call)
    case .function(let parameters, let body):
      let names = parameters.map(\.text)
      let head = names.count == 1 ? names[0] : "(" + names.joined(separator: ", ") + ")"
      return ("\(head) -> \(text(of: body, at: .pipe))", .pipe)
    case .tuple(let items): return ("(" + list(items) + ")", .call)
    case .matrix(let rows):
      let texts = rows.map { row in row.map(element).joined(separator: ", ") }
      return ("[" + texts.joined(separator: "; ") + "]", .call)
    case .call(let head, let arguments, _):
      return (callee(head) + "(" + arguments.map(argument).joined(separator: ", ") + ")", .call)
    case .unary(let op, let operand, _): return unary(op, operand)
    case .binary(let op, let left, let right, _): return binary(op, left, right)
    case .index(let base, let items):
      return (operand(base) + "[" + items.map(item).joined(separator: ", ") + "]", .call)
    case .member(let base, let name): return (operand(base) + ".\(name.text)", .call)
    case .transpose(let base): return (operand(base) + "'", .call)
    case .command(let command): return (text(of: command), .command)
    }
  }

  private static func unary(_ op: UnaryOperator, _ operand: Expr) -> (String, Precedence) {
    switch op {
    case .not: ("not " + text(of: operand, at: .comparison), .not)
    case .negate, .squareRoot: (op.rawValue + text(of: operand, at: .unary), .unary)
    }
  }

  private static func binary(_ op: BinaryOperator, _ left: Expr, _ right: Expr) -> (
    String, Precedence
  ) {
    let own = op.precedence
    switch own {
    case .power: return (text(of: left, at: .call) + "^" + text(of: right, at: .unary), own)
    case .comparison:
      return (
        text(of: left, at: .sum) + " \(op.rawValue) " + text(of: right, at: .sum), own
      )
    default:
      return (text(of: left, at: own) + " \(op.rawValue) " + text(of: right, at: own.tighter), own)
    }
  }

  private static func list(_ items: [Expr]) -> String {
    items.map { text(of: $0, at: .pipe) }.joined(separator: ", ")
  }

  /// In brackets a blank and a sign separate: what could be taken apart stands in parentheses.
  private static func element(_ expr: Expr) -> String {
    if case .function = expr.form { return "(\(expr))" }
    if case .matrix(let rows) = expr.form, rows.count <= 1 { return "(\(expr))" }
    return text(of: expr, at: .or)
  }

  private static func callee(_ head: Expr) -> String {
    if case .number = head.form { return "(\(head))" }
    return text(of: head, at: .call)
  }

  /// What a postfix is glued to; a number would take the point or be refused as a head.
  private static func operand(_ expr: Expr) -> String {
    if case .number = expr.form { return "(\(expr))" }
    return text(of: expr, at: .call)
  }

  private static func argument(_ argument: Argument) -> String {
    switch argument {
    case .positional(let value): text(of: value, at: .pipe)
    case .option(let name, let value): "\(name.text)=\(text(of: value, at: .pipe))"
    }
  }

  static func item(_ item: IndexItem) -> String {
    switch item {
    case .at(let expr): return text(of: expr, at: .pipe)
    case .slice(let from, let to, let step, _):
      let ends = [
        from.map { text(of: $0, at: .pipe) } ?? "", to.map { text(of: $0, at: .sum) } ?? "",
      ]
      return ends.joined(separator: ":") + (step.map { ":" + text(of: $0, at: .sum) } ?? "")
    }
  }

  private static func text(of command: Command) -> String {
    let name = command.name.text
    switch command.operand {
    case .word(let word): return word.text.isEmpty ? name : "\(name) \(word.text)"
    case .expression(let expr): return "\(name) \(text(of: expr, at: .pipe))"
    case .sweep(let options, let expr):
      return "\(name) " + options.map(tightOption).joined(separator: " ")
        + " \(text(of: expr, at: .pipe))"
    case .alternatives(let items):
      return "\(name) " + items.map { "(\($0))" }.joined(separator: " ")
    case .sizes(let subject, let sizes, let options):
      let words = sizes.map { text(of: $0, at: .call) } + options.map(tightOption)
      return ([name, subject.text] + words).joined(separator: " ")
    }
  }

  private static func tightOption(_ option: Argument) -> String {
    guard case .option(let name, let value) = option else { return "" }
    return "\(name.text)=\(text(of: value, at: .call))"
  }

  private static func text(of number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-∞" : "∞" }
    let text = "\(number)"
    return text.hasSuffix(".0")
      ? String(text.dropLast(2)) : text.replacing("e+", with: "e").replacing("e-0", with: "e-")
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
