import Engine
import Files
import Language
import Render
import Terminal

// What the commands with a colon do; `PromptCommand.all` lists them.
extension Runner {
  typealias Invocation = PromptCommand.Invocation

  // MARK: - Variables

  func listVariables(_ invocation: Invocation) -> Outcome {
    let variables = session.variables
    guard !variables.isEmpty else { return invocation.show(["no variables yet"]) }
    let width = variables.map(\.name.columns).max() ?? 0
    return invocation.show(
      variables.map { variable in
        let padding = String(repeating: " ", count: width - variable.name.columns + 2)
        return variable.name + padding + variable.value.shapeText
      })
  }

  func why(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    let name = invocation.text
    if let lines = session.why(name) { return invocation.show(lines) }
    throw missing(name, "why", invocation)
  }

  private func missing(_ name: String, _ command: String, _ invocation: Invocation) -> Diagnostic {
    guard !name.isEmpty else {
      return invocation.failure(":\(command) needs the name of a variable")
    }
    let near = Suggest.nearest(to: name, among: session.variables.map(\.name))
    return invocation.failure(
      Registry[name] == nil
        ? "there is no variable '\(name)'"
        : "\(name) is a builtin: source \(name) shows what it does",
      fixes: invocation.fixes(near.prefix(1)))
  }

  func set(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    let lines = try screen.settings.take(invocation.command, in: invocation.source)
    if invocation.text.contains(" ") { journal.note(":set \(invocation.text)") }
    return invocation.show(lines)
  }

  // MARK: - Back and forth

  func undo(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    guard let text = timeline.undo(try count(invocation)) else {
      throw invocation.failure("there is nothing to undo")
    }
    return invocation.show(text.split(separator: "\n").map(String.init))
  }

  func redo(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    guard let text = timeline.redo(try count(invocation)) else {
      throw invocation.failure("there is nothing to redo")
    }
    return invocation.show(text.split(separator: "\n").map(String.init))
  }

  private func count(_ invocation: Invocation) throws(Diagnostic) -> Int {
    if invocation.text.isEmpty { return 1 }
    guard let count = Int(invocation.text), count > 0 else {
      throw invocation.failure(":\(invocation.command.name.text) takes a number of lines")
    }
    return count
  }

  // MARK: - History

  func listHistory(_ invocation: Invocation) -> Outcome {
    let all = history().enumerated().map { (number: $0 + 1, entry: $1) }
    let text = invocation.text
    let wanted: ArraySlice<(number: Int, entry: String)>
    if let count = text.isEmpty ? 20 : Int(text) {
      wanted = all.suffix(max(0, count))
    } else {
      wanted = all.filter { $0.entry.contains(text) }[...]
    }
    guard !wanted.isEmpty else {
      return invocation.show([all.isEmpty ? "no lines yet" : "no line has '\(text)'"])
    }
    let width = "\(all.count)".count
    return invocation.show(
      wanted.map { number, entry in
        let label = String(repeating: " ", count: width - "\(number)".count) + "\(number)"
        return "  \(label)  \(Self.label(entry, columns: screen.view.display.width - width - 4))"
      })
  }

  /// A line or a block as one line.
  static func label(_ entry: String, columns: Int = 60) -> String {
    let lines = Sanitise.lines(entry.trimmingBlankEnds)
    let first = lines.first ?? ""
    return (first + (lines.count > 1 ? " …" : "")).truncated(to: max(10, columns))
  }

  // MARK: - Files

  func save(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    let (path, isForced) = try self.path(in: invocation)
    let text: String
    if path.hasSuffix(".attn") {
      text = journal.script()
    } else if path.hasSuffix(".md") {
      text = journal.markdown()
    } else {
      throw invocation.failure(
        "a file's ending says what is saved: .attn the lines, .md notes with output",
        fixes: invocation.fixes(["\(path).attn", "\(path).md"]))
    }
    guard journal.isComplete else {
      throw invocation.failure("this session is too long to be saved")
    }
    guard !text.isEmpty else { throw invocation.failure("there is nothing to save yet") }
    if !isForced, FileAccess.exists(path) {
      throw invocation.failure(
        "\(path) exists already", fixes: invocation.fixes(["\(invocation.text) force"]))
    }
    do {
      try FileAccess.write(Array(text.utf8), to: path, force: isForced)
    } catch {
      throw invocation.failure(error.message)
    }
    let count = journal.entries.count { $0.hasSucceeded && !$0.code.isEmpty }
    return invocation.show(["\(count) \(count == 1 ? "line" : "lines") saved in \(path)"])
  }

  func load(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    let (path, _) = try self.path(in: invocation)
    let bytes: [UInt8]
    do {
      bytes = try FileAccess.read(path)
    } catch {
      throw invocation.failure(error.message)
    }
    let source = Source(name: path, text: String(decoding: bytes, as: UTF8.self))
    return replay(source, Arguments())
  }

  /// `lesson.attn`, `"my lesson.attn" force`
  private func path(in invocation: Invocation) throws(Diagnostic) -> (String, isForced: Bool) {
    var text = Substring(invocation.text)
    let isForced = text.hasSuffix(" force")
    if isForced { text = text.dropLast(6) }
    while text.last == " " { text.removeLast() }
    if text.count > 1, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
    guard !text.isEmpty else {
      throw invocation.failure(":\(invocation.command.name.text) needs the name of a file")
    }
    return (Paths.expandingHome(String(text)), isForced)
  }

  // MARK: - :edit

  func edit(_ invocation: Invocation) throws(Diagnostic) -> Outcome {
    guard let runEntry else { throw invocation.failure(":edit works at a terminal's prompt") }
    let name = invocation.text
    let text: String
    if name.isEmpty {
      // The command itself is the last.
      text = history().last { !$0.hasPrefix(":") } ?? ""
    } else if let statement = session.statement(of: name) {
      text = statement
    } else if let definition = Registry[name]?.definitionText, session[name] == nil {
      text = definition
    } else if session[name] != nil {
      throw invocation.failure("what made \(name) is too long to be edited")
    } else {
      throw missing(name, "edit", invocation)
    }
    screen.flush()
    switch ExternalEditor.edit(text + "\n") {
    case .failed(let reason): throw invocation.failure(reason, detail: "nothing was run")
    case .text(let edited):
      let entry = edited.trimmingBlankEnds
      if entry.isEmpty || entry == text.trimmingBlankEnds {
        return invocation.show(["nothing changed: nothing was run"])
      }
      return runEntry(entry) ? .done : .leave
    }
  }
}

extension String {
  /// Without blanks and line breaks at both ends.
  fileprivate var trimmingBlankEnds: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
