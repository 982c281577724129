import Language

/// A command that begins with a colon: it is about the session, not about mathematics.
///
/// One list serves running, `:help`, completion and "did you mean".
struct PromptCommand: Sendable {
  /// What may stand behind the name, for completion.
  enum Argument: Sendable {
    case nothing, file, variable, setting, command, line
  }

  /// The first is the one that is listed.
  var names: [String]
  /// How the argument is written in the list.
  var usage = ""
  var argument = Argument.nothing
  var meaning: String
  var run: @Sendable (Invocation) throws(Diagnostic) -> Runner.Outcome

  var name: String { names[0] }

  /// One use of a command.
  struct Invocation {
    let runner: Runner
    let command: ColonCommand
    let source: Source

    /// What stands behind the name.
    var text: String { command.rest.text }

    func show(_ lines: [String]) -> Runner.Outcome {
      runner.screen.show(lines: lines)
      return .done
    }

    /// About the argument, or about the command where there is none.
    func failure(_ message: String, detail: String = "", fixes: [Fix] = []) -> Diagnostic {
      let span = text.isEmpty ? command.name.span : command.rest.span
      return Diagnostic(message, in: source, at: span, detail: detail, fixes: fixes)
    }

    /// Proposals for the whole argument.
    func fixes(_ texts: some Sequence<String>) -> [Fix] {
      texts.prefix(2).map { Fix($0, replacing: command.rest.span) }
    }
  }

  static let all = [
    PromptCommand(names: ["vars"], meaning: "the variables and their shapes") {
      $0.runner.listVariables($0)
    },
    PromptCommand(
      names: ["why"], usage: "NAME", argument: .variable,
      meaning: "the expressions, shapes and draws a variable was made of"
    ) { invocation throws(Diagnostic) in try invocation.runner.why(invocation) },
    PromptCommand(
      names: ["undo"], usage: "[N]", meaning: "take back the last lines that changed something"
    ) { invocation throws(Diagnostic) in try invocation.runner.undo(invocation) },
    PromptCommand(names: ["redo"], usage: "[N]", meaning: "bring them back") {
      invocation throws(Diagnostic) in try invocation.runner.redo(invocation)
    },
    PromptCommand(
      names: ["save"], usage: "FILE", argument: .file,
      meaning: "x.attn replays the lines that worked; x.md is notes"
    ) { invocation throws(Diagnostic) in try invocation.runner.save(invocation) },
    PromptCommand(
      names: ["load"], usage: "FILE", argument: .file, meaning: "run a script in this session"
    ) { invocation throws(Diagnostic) in try invocation.runner.load(invocation) },
    PromptCommand(
      names: ["edit"], usage: "[NAME]", argument: .variable,
      meaning: "the last line, or a name's def, in your editor; runs it"
    ) { invocation throws(Diagnostic) in try invocation.runner.edit(invocation) },
    PromptCommand(
      names: ["fix"], usage: "[N]", meaning: "the last error's first fix on the line, to be run"
    ) { invocation throws(Diagnostic) in try invocation.runner.fix(invocation) },
    PromptCommand(
      names: ["history"], usage: "[N | WORD]", meaning: "the last lines, or those with a word"
    ) { $0.runner.listHistory($0) },
    // The language takes it: a program may span lines.
    PromptCommand(
      names: ["time"], usage: "LINE", argument: .line,
      meaning: "how long it takes; ; hides the value"
    ) { invocation throws(Diagnostic) in throw invocation.failure(":time needs a line to run") },
    PromptCommand(
      names: ["set"], usage: "[NAME VALUE]", argument: .setting, meaning: "how things are shown"
    ) { invocation throws(Diagnostic) in try invocation.runner.set(invocation) },
    PromptCommand(names: ["tour"], meaning: "learn the language in ten minutes, step by step") {
      $0.runner.startTour()
    },
    PromptCommand(names: ["help"], usage: "[NAME]", argument: .command, meaning: "this list") {
      invocation throws(Diagnostic) in try help(invocation)
    },
    PromptCommand(names: ["q", "quit", "exit"], meaning: "leave") { _ in .leave },
  ]

  static var allNames: [String] { all.flatMap(\.names) }

  static func find(_ command: ColonCommand, in source: Source) throws(Diagnostic) -> PromptCommand {
    let name = command.name.text
    if let found = all.first(where: { $0.names.contains(name) }) { return found }
    throw Diagnostic(
      "there is no command :\(name)", in: source, at: command.name.span,
      fixes: Suggest.nearest(to: name, among: allNames).prefix(1).map {
        Fix($0, replacing: command.name.span)
      }, notes: [":help lists them"])
  }

  /// Files take `:set`, which changes no value, and nothing else: what a stranger's script does is
  /// all in the language.
  static func runInFile(
    _ command: ColonCommand, settings: inout Settings, in source: Source
  ) throws(Diagnostic) -> [String] {
    guard try find(command, in: source).name == "set" else {
      throw Diagnostic(
        ":\(command.name.text) works at the prompt; files take :set", in: source,
        at: command.name.span)
    }
    return try settings.take(command, in: source)
  }

  // MARK: - :help

  private static func help(_ invocation: Invocation) throws(Diagnostic) -> Runner.Outcome {
    var name = invocation.text
    if name.hasPrefix(":") { name.removeFirst() }
    guard !name.isEmpty else { return invocation.show(lines(of: all)) }
    guard let found = all.first(where: { $0.names.contains(name) }) else {
      throw invocation.failure(
        "there is no command :\(name)",
        fixes: invocation.fixes(Suggest.nearest(to: name, among: allNames)))
    }
    return invocation.show(lines(of: [found]))
  }

  private static func lines(of commands: [PromptCommand]) -> [String] {
    let heads = commands.map {
      ":" + [$0.name, $0.usage].filter { !$0.isEmpty }.joined(separator: " ")
    }
    let width = heads.map(\.count).max() ?? 0
    return zip(heads, commands).map { head, command in
      head + String(repeating: " ", count: width - head.count + 2) + command.meaning
    }
  }
}
