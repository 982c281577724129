import Engine
import Kernels
import Language
import Terminal

/// Runs the items of a program one by one and shows what they give.
final class Runner {
  let session: Session
  let screen: Screen
  let journal: Journal
  let timeline: Timeline
  private(set) var tour: Tour?
  private var tourMark = 0
  /// The lines of this session, or of all where a prompt remembers them.
  lazy var history: () -> [String] = { [unowned self] in journal.entries.map(\.code) }
  /// What stands on the line of the next prompt.
  var prefill = ""
  /// Runs what an editor gave; false where the user leaves. Only a prompt has it.
  var runEntry: ((String) -> Bool)?

  enum Outcome {
    case done
    case failed
    case cancelled
    case leave
  }

  init(session: Session, screen: Screen) {
    self.session = session
    self.screen = screen
    journal = Journal(random: session.moment.random)
    timeline = Timeline(session: session, journal: journal)
    screen.journal = journal
  }

  /// Runs one statement or colon command.
  func run(_ item: Parser.Item, in source: Source, isFile: Bool) -> Outcome {
    switch item {
    case .statement(let statement):
      if let outcome = runWord(statement, isFile: isFile) { return outcome }
      return run(statement, in: source)
    case .colon(let command):
      defer { screen.flush() }
      do {
        if !isFile {
          return try PromptCommand.find(command, in: source).run(
            PromptCommand.Invocation(runner: self, command: command, source: source))
        }
        let lines = try PromptCommand.runInFile(command, settings: &screen.settings, in: source)
        screen.show(lines: lines)
        return .done
      } catch {
        screen.show(error: error)
        return .failed
      }
    }
  }

  /// Runs what was typed or piped as one step that can be undone.
  func step<Result>(_ entry: String, _ work: () -> Result) -> Result {
    tour == nil ? timeline.step(Self.label(entry), work) : work()
  }

  /// `exit`, `quit`, `tour` and the tour's own words, unless they are the user's names.
  private func runWord(_ statement: Statement, isFile: Bool) -> Outcome? {
    guard case .expression(let expr) = statement.form, case .name(let name) = expr.form,
      session[name] == nil
    else { return nil }
    if let tour, Tour.words.contains(name) {
      tour.take(name)
      leaveTourIfOver()
      return .done
    }
    switch name {
    case "exit", "quit": return .leave
    case "tour" where !isFile: return startTour()
    default: return nil
    }
  }

  // MARK: - The tour

  func startTour() -> Outcome {
    if tour == nil {
      tourMark = journal.mark
      timeline.skipThisLine()
      tour = Tour(session: session, screen: screen)
    }
    screen.flush()
    return .done
  }

  func leaveTour() {
    guard let tour else { return }
    tour.take("quit")
    leaveTourIfOver()
  }

  private func leaveTourIfOver() {
    screen.flush()
    guard let tour, tour.isOver else { return }
    journal.cut(to: tourMark)
    self.tour = nil
  }

  /// An error of the text itself.
  func report(_ failure: Diagnostic) {
    screen.show(error: failure)
    tour?.observeError()
    screen.flush()
  }

  private func run(_ statement: Statement, in source: Source) -> Outcome {
    guard session.isRemembered else { return perform(statement, in: source) }
    let code = source.slice(statement.span) + (statement.isHidden ? ";" : "")
    journal.begin(code, random: session.moment.random)
    let outcome = perform(statement, in: source)
    journal.end(hasSucceeded: outcome == .done, random: session.moment.random)
    guard let tour else { return outcome }
    if outcome == .done { tour.observe(statement) } else { tour.observeError() }
    leaveTourIfOver()
    // An error teaches, and ends nothing.
    return .done
  }

  private func perform(_ statement: Statement, in source: Source) -> Outcome {
    Cancellation.reset()
    defer { screen.flush() }
    do {
      var stepwise: Explanation?
      try session.run(statement, in: source) { output in
        if let explanation = self.screen.stepwise(output) {
          stepwise = explanation
          self.screen.record(output)
          _ = self.screen.audience?(.output(output))
        } else {
          self.screen.show(output)
        }
      }
      if let stepwise { ExplanationPlayer(stepwise, session, screen).run() }
      return .done
    } catch let diagnostic as Diagnostic {
      screen.show(error: diagnostic)
      return .failed
    } catch {
      screen.show(interruption: "interrupted; every variable is as before")
      return .cancelled
    }
  }

  /// Runs all of a text up to its first error.
  func runAll(of source: Source, isFile: Bool) -> Outcome {
    var parser = Parser(source)
    do {
      while let item = try parser.next() {
        let outcome = run(item, in: source, isFile: isFile)
        if outcome != .done { return outcome }
      }
      return .done
    } catch {
      screen.show(error: error)
      return .failed
    }
  }

  /// Runs all of a text (`-e`), up to its first error unless told to keep going.
  func runText(_ source: Source, _ arguments: Arguments) -> Outcome {
    var parser = Parser(source)
    var result = Outcome.done
    while true {
      do {
        guard let item = try parser.next() else { return result }
        if arguments.echoes { echo(item, in: source) }
        switch run(item, in: source, isFile: false) {
        case .done: continue
        case .leave: return .leave
        case .cancelled: return .cancelled
        case .failed: result = .failed
        }
      } catch {
        screen.show(error: error)
        result = .failed
        parser.recover()
      }
      if !arguments.keepsGoing { return .failed }
    }
  }

  // MARK: - Files

  /// Replays a file: stops at the first error unless told to keep going.
  func replay(_ source: Source, _ arguments: Arguments) -> Outcome {
    var reader = ScriptReader(source)
    var result = Outcome.done
    while let step = reader.next() {
      journal.describe(section: step.section, prose: step.prose, notes: step.notes)
      if arguments.steps || arguments.echoes { announce(step, in: source, arguments) }
      // An error that the script expects is shown, and is none.
      let isExpected = Expectation(lines: step.expected).isError
      for item in step.items {
        let outcome = run(item, in: source, isFile: true)
        switch outcome {
        case .done: continue
        case .leave, .cancelled: return outcome
        case .failed: if !isExpected { result = .failed }
        }
        if !arguments.keepsGoing, !isExpected { return .failed }
      }
      if let failure = step.failure {
        screen.show(error: failure)
        if !isExpected { result = .failed }
        if !arguments.keepsGoing, !isExpected { return .failed }
      }
    }
    return result
  }

  /// The statement before its result, and with `--step` a key before it runs.
  private func announce(_ step: ScriptStep, in source: Source, _ arguments: Arguments) {
    if let section = step.section { screen.show(echo: "## \(section)") }
    for line in step.prose { screen.show(echo: "# \(line)") }
    let hasCode = !step.items.isEmpty || step.failure != nil
    if hasCode { echo(source.slice(step.span)) }
    screen.flush()
    // A new window size is no key.
    if arguments.steps, hasCode { while readKey() == .resize {} }
  }

  private func echo(_ item: Parser.Item, in source: Source) {
    switch item {
    case .statement(let statement): echo(source.slice(statement.span))
    case .colon(let command): echo(source.slice(command.name.span.joined(with: command.rest.span)))
    }
  }

  private func echo(_ code: String) {
    for line in code.split(separator: "\n", omittingEmptySubsequences: false) {
      screen.show(echo: "> \(line)")
    }
  }

  // MARK: - Standard input

  /// Runs what comes through a pipe, each statement as soon as it is complete.
  func runStandardInput(_ arguments: Arguments) -> Outcome {
    var pending = ""
    var result = Outcome.done
    var firstLine = 1
    var openBrackets = 0
    var input = InputLines()
    while true {
      let line = input.next()
      if let line {
        pending += line + "\n"
        openBrackets += Self.bracketBalance(of: line)
        // Not worth reading again with every line of a long matrix.
        if openBrackets > 0 { continue }
      }
      let (outcome, isIncomplete) = step(pending) {
        run(chunk: pending, isLast: line == nil, firstLine, arguments)
      }
      openBrackets = 0
      if !isIncomplete {
        firstLine += pending.utf8.count { $0 == UInt8(ascii: "\n") }
        pending = ""
      }
      switch outcome {
      case .leave: return result
      case .cancelled: return .cancelled
      case .failed:
        result = .failed
        if !arguments.keepsGoing { return .failed }
      case .done: break
      }
      if line == nil { return result }
    }
  }

  /// How many brackets stay open after a line, near enough: a `#` or a string is not looked into.
  private static func bracketBalance(of line: String) -> Int {
    guard !line.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "#") }) else {
      return 0
    }
    return line.utf8.reduce(0) { balance, byte in
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): balance + 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): balance - 1
      default: balance
      }
    }
  }

  /// Runs all of a text, or nothing where its last statement is still open.
  private func run(chunk: String, isLast: Bool, _ firstLine: Int, _ arguments: Arguments) -> (
    Outcome, isIncomplete: Bool
  ) {
    let source = Source(name: "stdin", text: chunk, firstLine: firstLine)
    var parser = Parser(source)
    var items: [Parser.Item] = []
    var failure: Diagnostic?
    do {
      while let item = try parser.next() { items.append(item) }
    } catch let diagnostic {
      if diagnostic.isIncomplete && !isLast { return (.done, true) }
      failure = diagnostic
    }
    if items.isEmpty { journal.describe(comments: chunk) }
    var result = Outcome.done
    for item in items {
      if arguments.echoes { echo(item, in: source) }
      let outcome = run(item, in: source, isFile: false)
      if outcome == .done { continue }
      result = outcome
      guard outcome == .failed, arguments.keepsGoing else { return (outcome, false) }
    }
    guard let failure else { return (result, false) }
    report(failure)
    return (tour == nil ? .failed : .done, false)
  }
}
