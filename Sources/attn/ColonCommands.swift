import Engine
import Language

/// The lines that begin with a colon: they change how things are shown, never what they are.
struct ColonCommands {
  let session: Session

  enum Outcome {
    case done([String])
    case leave
    case failed(Diagnostic)
  }

  private static let names = ["vars", "why", "set", "q", "quit", "exit", "help"]

  func run(_ command: ColonCommand, settings: inout Settings, in source: Source, isFile: Bool)
    -> Outcome
  {
    let name = command.name.text
    if isFile, name != "set", Self.names.contains(name) {
      return .failed(
        Diagnostic(
          ":\(name) works at the prompt; files take :set", in: source, at: command.name.span))
    }
    switch name {
    case "vars": return .done(variables())
    case "why": return why(command, in: source)
    case "set": return set(command, settings: &settings, in: source)
    case "q", "quit", "exit": return .leave
    case "help":
      return .done([
        ":vars  the variables", ":why x  what a variable was made of",
        ":set   how things are shown", ":time EXPR  how long it takes",
        ":q     leave",
      ])
    default:
      return .failed(
        Diagnostic(
          "there is no command :\(name)", in: source, at: command.name.span,
          fixes: Suggest.nearest(to: name, among: Self.names).prefix(1).map {
            Fix($0, replacing: command.name.span)
          }))
    }
  }

  private func why(_ command: ColonCommand, in source: Source) -> Outcome {
    let name = command.rest.text
    if let lines = session.why(name) { return .done(lines) }
    let known = session.variables.map(\.name)
    guard !name.isEmpty else {
      return .failed(
        Diagnostic(":why needs the name of a variable", in: source, at: command.name.span))
    }
    let message =
      Registry[name] == nil
      ? "there is no variable '\(name)'" : "\(name) is a builtin: source \(name) shows what it does"
    return .failed(
      Diagnostic(
        message, in: source, at: command.rest.span,
        fixes: Suggest.nearest(to: name, among: known).prefix(1).map {
          Fix($0, replacing: command.rest.span)
        }))
  }

  private func variables() -> [String] {
    let variables = session.variables
    guard !variables.isEmpty else { return ["no variables yet"] }
    let width = variables.map(\.name.count).max() ?? 0
    return variables.map { variable in
      let padding = String(repeating: " ", count: width - variable.name.count + 2)
      return variable.name + padding + variable.value.shapeText
    }
  }

  private func set(_ command: ColonCommand, settings: inout Settings, in source: Source) -> Outcome
  {
    let words = command.rest.text.split(separator: " ").map(String.init)
    guard let first = words.first else {
      return .done(
        Settings.keys.map { key in
          let name = key.name + String(repeating: " ", count: max(1, 8 - key.name.count))
          return "\(name)\(key.current(settings))  (\(key.meaning))"
        })
    }
    guard let key = Settings.keys.first(where: { $0.name == first }) else {
      return .failed(
        Diagnostic(
          "there is no setting '\(first)'", in: source, at: command.rest.span,
          detail: "settings: " + Settings.keys.map(\.name).joined(separator: " ")))
    }
    guard words.count == 2 else {
      return words.count == 1
        ? .done(["\(key.name) \(key.current(settings))"])
        : .failed(
          Diagnostic(
            "\(first) takes one value", in: source, at: command.rest.span, detail: key.meaning))
    }
    if let problem = key.change(&settings, words[1]) {
      return .failed(Diagnostic(problem, in: source, at: command.rest.span))
    }
    return .done([])
  }
}
