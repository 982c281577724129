import Engine
import Kernels

/// The steps of the session, to go back and forth: values, random state and journal.
///
/// A step is a line that changed a variable or the random state, with the lines after it that only
/// looked. The last 100 are kept, as long as they hold no more than 256 MB.
final class Timeline {
  /// What is on the far side of a step: the session there, and what has to be put back.
  private struct Step {
    /// The line, for the message.
    var label: String
    var moment: Session.Moment
    /// Before it: where the journal was. After it: what the journal had.
    var mark = 0
    var entries: [Journal.Entry] = []
  }

  private static let mostSteps = 100
  private static let mostBytes = 256 << 20
  /// In the tables of all steps: with thousands of variables fewer steps are kept.
  private static let mostNames = 200_000

  private let session: Session
  private let journal: Journal
  private var past: [Step] = []
  private var future: [Step] = []
  /// Going back is no step itself.
  private var hasMoved = false

  init(session: Session, journal: Journal) {
    self.session = session
    self.journal = journal
  }

  /// Runs a line as one step.
  func step<Result>(_ label: String, _ work: () -> Result) -> Result {
    let before = Step(label: label, moment: session.moment, mark: journal.mark)
    hasMoved = false
    let result = work()
    if hasMoved { return result }
    let now = session.moment
    guard
      !now.variablesChanged(since: before.moment).isEmpty
        || now.hasOtherRandomState(than: before.moment)
    else { return result }
    past.append(before)
    future = []
    forgetWhatIsTooMuch()
    return result
  }

  /// The line that runs now is no step.
  func skipThisLine() { hasMoved = true }

  /// Moves over up to `count` steps.
  ///
  /// - Returns: what to say; nil where there is no step in that direction.
  func undo(_ count: Int) -> String? {
    move(count, "undone") {
      guard let step = past.popLast() else { return nil }
      let entries = journal.cut(to: step.mark)
      future.append(Step(label: step.label, moment: session.moment, entries: entries))
      return step
    }
  }

  func redo(_ count: Int) -> String? {
    move(count, "redone") {
      guard let step = future.popLast() else { return nil }
      past.append(Step(label: step.label, moment: session.moment, mark: journal.mark))
      journal.bringBack(step.entries)
      return step
    }
  }

  private func move(_ count: Int, _ done: String, _ next: () -> Step?) -> String? {
    let start = session.moment
    var labels: [String] = []
    while labels.count < count, let step = next() {
      session.moment = step.moment
      labels.append(step.label)
    }
    guard let last = labels.last else { return nil }
    hasMoved = true
    let lines = labels.count == 1 ? last : "\(labels.count) lines, the last one: \(last)"
    return "\(done): \(lines)\n" + Self.difference(from: start, to: session.moment)
  }

  /// `A is again 4×8, B is gone; random state too`
  private static func difference(from old: Session.Moment, to new: Session.Moment) -> String {
    let names = new.variablesChanged(since: old)
    // More names than these nobody reads.
    var parts = names.prefix(8).map { name in
      new[name].map { "\(name) is again \($0.shapeText)" } ?? "\(name) is gone"
    }
    if names.count > 8 { parts.append("\(names.count - 8) more") }
    let random = new.hasOtherRandomState(than: old)
    if parts.isEmpty { return "the random state is as it was" }
    return parts.joined(separator: ", ") + (random ? "; random state too" : "")
  }

  private func forgetWhatIsTooMuch() {
    let mostSteps = min(Self.mostSteps, Self.mostNames / max(1, session.moment.tableLength))
    past.removeFirst(max(0, past.count - max(1, mostSteps)))
    let limit = min(Self.mostBytes, Memory.limit / 4)
    // All there is can not be more than that.
    guard Memory.inUse > limit else { return }
    while !past.isEmpty,
      Session.Moment.bytesHeld(by: past.map(\.moment), beside: session.moment) > limit
    {
      past.removeFirst()
    }
  }
}
