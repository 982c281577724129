import Kernels
import Language

extension TourStep {
  /// Whether the statement, which has just run, did the task. The session stays as it is.
  public func isDone(by statement: Statement, in session: Session) -> Bool {
    guard uses.isEmpty || statement.usesBuiltin(uses) else { return false }
    guard !check.isEmpty else { return true }
    let moment = session.moment
    defer { session.moment = moment }
    session["it"] = session[statement.resultName]
    let source = Source(text: "it_is_done = (\(check))")
    guard let test = try? Parser.statements(of: source).first else { return false }
    do {
      try session.run(test, in: source) { _ in }
    } catch {
      return false
    }
    return session["it_is_done"]?.asNumber == 1
  }

  /// The name that is asked for, where what the statement gave lacks nothing else.
  public func missingName(after statement: Statement, in session: Session) -> String? {
    guard let wantedName, wantedName != statement.resultName else { return nil }
    let moment = session.moment
    defer { session.moment = moment }
    session[wantedName] = session[statement.resultName]
    return isDone(by: statement, in: session) ? wantedName : nil
  }

  /// Whether the task is to give something a name: then any assignment is a try.
  public var asksForName: Bool { wantedName != nil }

  private var wantedName: String? {
    let name = (try? Parser.statements(of: Source(text: answer)).first)?.resultName
    return name == "ans" ? nil : name
  }
}

extension Statement {
  /// The variable that holds what it gave.
  public var resultName: String {
    switch form {
    case .assign(let names, _): names.first?.text ?? "ans"
    case .update(let name, _, _, _): name.text
    case .define(let definition): definition.name.text
    default: "ans"
    }
  }

  fileprivate func usesBuiltin(_ name: String) -> Bool {
    if namesRead.contains(Symbol(name)) { return true }
    switch form {
    case .expression(let expr), .assign(_, let expr):
      if case .command(let command) = expr.form { return command.name.text == name }
      return false
    default: return false
    }
  }
}
