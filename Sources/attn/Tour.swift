import Engine
import Language
import Render

/// The guided tour: gives tasks, and looks at the values of what is typed.
///
/// It begins without variables; when it ends, those of the session are back.
final class Tour {
  private let session: Session
  private let screen: Screen
  private let outside: Session.Moment
  private let steps = TourStep.all
  private var index = 0
  private var tries = 0
  /// How each step was found, to go back to.
  private var begins: [Session.Moment] = []
  private(set) var isOver = false

  static let words = ["skip", "back", "hint", "quit", "exit"]

  init(session: Session, screen: Screen) {
    self.session = session
    self.screen = screen
    outside = session.moment
    session.moment = Session().moment
    show([
      .heading("The tour: \(steps.count) small tasks, about ten minutes"),
      .paragraph(
        "Do each in any way you like. skip goes on, back goes back, hint helps, quit ends it. "
          + "Your own variables wait outside and come back."),
    ])
    begin(0)
  }

  // MARK: - What is typed

  /// One of the tour's own words.
  func take(_ word: String) {
    switch word {
    case "skip": begin(index + 1)
    case "back": begin(max(0, index - 1))
    case "hint": say("hint: \(steps[index].hint)")
    default: end("The tour ends here; tour begins it again.")
    }
  }

  /// A statement has run.
  func observe(_ statement: Statement) {
    let step = steps[index]
    if step.isDone(by: statement, in: session) {
      screen.show(text: Page(screen.settings.charset.text("✓ done"), .fix))
      begin(index + 1)
    } else if let name = step.missingName(after: statement, in: session) {
      say("right, and it wants the name \(name): \(name) = …")
    } else if statement.resultName != "ans", !step.asksForName {
      say("kept; the task is still open")
    } else {
      helpAlong()
    }
  }

  /// A statement ended in an error, which says enough by itself the first time.
  func observeError() {
    if tries > 0 { return helpAlong() }
    tries = 1
    say("hint: \(steps[index].hint)")
  }

  private func helpAlong() {
    tries += 1
    say(
      tries == 1
        ? "not yet. hint: \(steps[index].hint)" : "not yet. one answer: \(steps[index].answer)")
  }

  // MARK: - Steps

  private func begin(_ next: Int) {
    guard next < steps.count else {
      return end("That was all of it. help lists what there is, help NAME tells more.")
    }
    if next < begins.count {
      session.moment = begins[next]
      begins.removeSubrange((next + 1)...)
    } else {
      begins.append(session.moment)
    }
    (index, tries) = (next, 0)
    let step = steps[index]
    prepare(step)
    show([
      .gap, .heading("\(index + 1)/\(steps.count)  \(step.title)"), .paragraph(step.text),
      .paragraph("Task: \(step.task)"),
    ])
  }

  private func prepare(_ step: TourStep) {
    let source = Source(text: step.setup)
    for statement in (try? Parser.statements(of: source)) ?? [] {
      try? session.run(statement, in: source) { _ in }
    }
  }

  private func end(_ text: String) {
    session.moment = outside
    isOver = true
    show([.gap, .paragraph(text + " Your variables are as they were before it.")])
  }

  private func say(_ text: String) { screen.show(document: Document([.paragraph(text)])) }

  private func show(_ blocks: [Document.Block]) { screen.show(document: Document(blocks)) }
}
