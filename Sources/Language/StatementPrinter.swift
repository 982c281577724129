// Statements in canonical text: blocks over several lines, for a `;` there would hide results.
extension Statement: CustomStringConvertible {
  public var description: String { StatementPrinter.text(of: self, indent: "") }

  /// Has a body of statements with readings of their own.
  var hasBlock: Bool {
    switch form {
    case .expression, .assign, .update, .breakLoop: false
    case .define(let definition): StatementPrinter.onlyExpression(of: definition.body) == nil
    case .forLoop, .whileLoop, .ifElse: true
    }
  }
}

extension IndexItem: CustomStringConvertible {
  public var description: String { Printer.item(self) }
}

private enum StatementPrinter {
  static func text(of statement: Statement, indent: String) -> String {
    (statement.isTimed ? ":time " : "") + line(statement, indent) + (statement.isHidden ? ";" : "")
  }

  private static func line(_ statement: Statement, _ indent: String) -> String {
    switch statement.form {
    case .expression(let expr): return standing(expr)
    case .assign(let names, let value): return "\(list(names)) = \(operand(value))"
    case .update(let name, let path, let index, let value):
      let fields = path.map { ".\($0.text)" }.joined()
      let items = index.map { "[" + $0.map(\.description).joined(separator: ", ") + "]" } ?? ""
      return "\(name.text)\(fields)\(items) = \(operand(value))"
    case .define(let definition): return text(of: definition, indent)
    case .forLoop(let names, let domain, let body):
      return "for \(list(names)) in \(domain) \(block(body, indent))"
    case .whileLoop(let condition, let body):
      return "while \(operand(condition)) \(block(body, indent))"
    case .ifElse(let condition, let then, let otherwise):
      return "if \(operand(condition)) \(block(then, indent))" + alternative(otherwise, indent)
    case .breakLoop: return "break"
    }
  }

  /// A `?` at the start of a line would ask for help.
  private static func standing(_ expr: Expr) -> String {
    let text = expr.description
    return text.hasPrefix("?") ? "(?)" + text.dropFirst() : text
  }

  /// A command that is no statement stands in parentheses.
  private static func operand(_ expr: Expr) -> String { Printer.text(of: expr, at: .pipe) }

  private static func list(_ names: [Name]) -> String {
    names.map(\.text).joined(separator: ", ")
  }

  private static func text(of definition: Definition, _ indent: String) -> String {
    let parameters = definition.parameters.map { parameter in
      parameter.name.text + (parameter.defaultValue.map { "=\(operand($0))" } ?? "")
    }
    let head = "def \(definition.name.text)(\(parameters.joined(separator: ", ")))"
    if let value = onlyExpression(of: definition.body) { return "\(head) = \(operand(value))" }
    return "\(head) \(block(definition.body, indent))"
  }

  /// The value of `def f x = value`; `{ value }` is the same body.
  static func onlyExpression(of body: Block) -> Expr? {
    guard body.statements.count == 1, !body.statements[0].isHidden, !body.statements[0].isTimed,
      case .expression(let value) = body.statements[0].form
    else { return nil }
    return value
  }

  private static func alternative(_ otherwise: Block?, _ indent: String) -> String {
    guard let otherwise else { return "" }
    if otherwise.statements.count == 1, !otherwise.statements[0].isHidden,
      !otherwise.statements[0].isTimed,
      case .ifElse = otherwise.statements[0].form
    {
      return " else " + line(otherwise.statements[0], indent)
    }
    return " else " + block(otherwise, indent)
  }

  private static func block(_ block: Block, _ indent: String) -> String {
    if block.statements.isEmpty { return "{ }" }
    let inner = indent + "  "
    let lines = block.statements.map { inner + text(of: $0, indent: inner) }
    return (["{"] + lines + [indent + "}"]).joined(separator: "\n")
  }
}
