import Engine
import Language
import Render

/// What has been run in a lecture, step by step, and the moments to go back to.
///
/// Steps that have run stay good for going forwards again until something else is run before them.
final class Performance {
  /// One entry: a step's statement or what was typed at the free prompt.
  struct Entry {
    var code: String
    var shown: [Screen.Shown] = []
    var outcome = Runner.Outcome.done

    var error: Diagnostic? {
      for case .error(let diagnostic) in shown { return diagnostic }
      return nil
    }

    /// The explanation that its output is, where it has more than one part.
    var explanation: Explanation? {
      for case .output(.value(.document(let document), _)) in shown {
        if case .explanation(let explanation)? = document.blocks.first,
          explanation.parts.count > 1
        {
          return explanation
        }
      }
      return nil
    }
  }

  /// All that going back restores.
  struct Moment {
    var session: Session.Moment
    var settings: Settings
    var machine: Settings.Machine
  }

  struct Visit {
    /// When the step was reached.
    let arrival: Moment
    /// Typed before the statement ran.
    var before: [Entry] = []
    /// Just before and just after the statement ran.
    var start: Moment
    var end: Moment
    /// Nil where it has not run, or was left out.
    var own: Entry?
    /// Typed after it.
    var after: [Entry] = []

    init(_ moment: Moment) {
      arrival = moment
      start = moment
      end = moment
    }

    var hasFreeEntries: Bool { !before.isEmpty || !after.isEmpty }
  }

  let lecture: Lecture
  private let runner: Runner
  private(set) var visits: [Visit]
  /// As changed by the speaker.
  private(set) var edits: [Int: String] = [:]
  /// The entry that runs now, with what it has shown so far.
  private(set) var running: Entry?
  /// Told of what the running entry shows.
  var watch: (Screen.Shown) -> Void = { _ in }

  var session: Session { runner.session }
  var paper: View { runner.screen.paper }

  init(_ lecture: Lecture, _ runner: Runner) {
    self.lecture = lecture
    self.runner = runner
    visits = []
    visits = [Visit(moment)]
  }

  /// Now.
  private(set) var moment: Moment {
    get {
      Moment(
        session: session.moment, settings: runner.screen.settings, machine: Settings.machine)
    }
    set {
      session.moment = newValue.session
      runner.screen.settings = newValue.settings
      Settings.machine = newValue.machine
    }
  }

  func code(of step: Int) -> String { edits[step] ?? lecture.steps[step].code }

  func isEdited(_ step: Int) -> Bool { edits[step] != nil }

  /// Whether the step after `step` has been reached from what is now.
  func hasPassed(_ step: Int) -> Bool { visits.count > step + 1 }

  // MARK: - Going

  /// The step after one that is done.
  func advance(to step: Int) {
    if visits.count <= step {
      visits.append(Visit(moment))
    } else {
      moment = visits[step].arrival
    }
  }

  /// As it was just after the statement of `step` ran.
  func goBack(to step: Int) {
    dropFreeEntries(from: step, keepingBefore: true)
    moment = visits[step].end
  }

  /// As it was when `step`, which has been reached once, was reached.
  func goToStart(of step: Int) {
    dropFreeEntries(from: step, keepingBefore: false)
    moment = visits[step].arrival
  }

  /// What was typed at the prompt is forgotten by going back over it, and with it what followed.
  private func dropFreeEntries(from step: Int, keepingBefore: Bool) {
    if visits[step...].contains(where: \.hasFreeEntries) { forget(after: step) }
    visits[step].after = []
    if !keepingBefore, !visits[step].before.isEmpty { visits[step] = Visit(visits[step].arrival) }
  }

  private func forget(after step: Int) { visits.removeSubrange(min(step + 1, visits.count)...) }

  // MARK: - Running

  /// Runs the statement of `step`, anew where it has run.
  func run(_ step: Int) -> Runner.Outcome {
    forget(after: step)
    if visits[step].own != nil { moment = visits[step].start }
    visits[step].start = moment
    visits[step].after = []
    let source =
      isEdited(step)
      ? Source(text: code(of: step))
      : Source(name: lecture.file, text: code(of: step), firstLine: lecture.steps[step].line)
    let entry = execute(source, isFile: true)
    visits[step].own = entry
    visits[step].end = moment
    return entry.outcome
  }

  /// Leaves the statement of `step` out: what it has changed is undone.
  func skip(_ step: Int) {
    forget(after: step)
    moment = visits[step].start
    visits[step].end = moment
    visits[step].own = nil
  }

  func edit(_ step: Int, _ code: String) {
    forget(after: step)
    if visits.indices.contains(step), visits[step].own != nil {
      moment = visits[step].start
      visits[step].own = nil
      visits[step].after = []
    }
    edits[step] = code == lecture.steps[step].code ? nil : code
  }

  /// Runs what was typed at the free prompt; `hasRun` says on which side of the statement it stands.
  func runFree(_ code: String, at step: Int, hasRun: Bool) -> Runner.Outcome {
    let entry = execute(Source(text: code), isFile: false)
    note(entry, at: step, hasRun: hasRun)
    return entry.outcome
  }

  /// Adds an entry that has run already.
  func note(_ entry: Entry, at step: Int, hasRun: Bool) {
    forget(after: step)
    if hasRun {
      visits[step].after.append(entry)
    } else {
      if visits[step].own != nil { visits[step] = Visit(visits[step].arrival) }
      visits[step].before.append(entry)
    }
  }

  private func execute(_ source: Source, isFile: Bool) -> Entry {
    running = Entry(code: source.text)
    runner.screen.audience = { shown in
      if case .output(.progress) = shown {} else { self.running?.shown.append(shown) }
      self.watch(shown)
      return true
    }
    defer {
      runner.screen.audience = nil
      running = nil
    }
    let outcome = runner.runAll(of: source, isFile: isFile)
    var entry = running ?? Entry(code: source.text)
    entry.outcome = outcome
    return entry
  }
}

extension Performance {
  /// What has to be run again to stand where `player` stands.
  func saved(upTo player: Player) -> [SavedLecture.Entry] {
    var entries = edits.sorted { $0.key < $1.key }.map {
      SavedLecture.Entry(step: $0.key, kind: .edit, code: $0.value)
    }
    for (step, visit) in visits.prefix(player.step + 1).enumerated() {
      entries += visit.before.map { .init(step: step, kind: .before, code: $0.code) }
      if step == player.step && player.phase == .waiting { continue }
      if let own = visit.own { entries.append(.init(step: step, kind: .own, code: own.code)) }
      entries += visit.after.map { .init(step: step, kind: .after, code: $0.code) }
    }
    return entries
  }

  /// Runs again what was saved.
  func replay(_ state: SavedLecture) {
    let steps = lecture.steps.indices
    for entry in state.entries where entry.kind == .edit && steps.contains(entry.step) {
      edit(entry.step, entry.code)
    }
    for step in steps.prefix(state.step + 1) {
      if step > 0 { advance(to: step) }
      for entry in state.entries where entry.step == step {
        switch entry.kind {
        case .before: _ = runFree(entry.code, at: step, hasRun: false)
        case .own:
          if lecture.steps[step].code != entry.code, edits[step] == nil { edit(step, entry.code) }
          _ = run(step)
        case .after: _ = runFree(entry.code, at: step, hasRun: true)
        case .edit: break
        }
      }
    }
  }
}
