import Engine
import Language
import Render
import Terminal

/// Brings together where a lecture stands, what has been run, and what is seen, until it ends.
final class Presenter {
  let lecture: Lecture
  let performance: Performance
  let stage: any Stage
  let screen: Screen
  let options: Arguments.Presentation
  let keeper: LectureKeeper
  var player: Player
  private let prompt: FreePrompt
  private var visit = 0
  /// The lines of the steps before, as laid out for one window.
  private var history: (visit: Int, view: DisplayOptions, lines: [Line])?
  private var activity: String?
  /// The output of the step has been seen part by part.
  private var isRead = false
  private var lastDrawn: Int64 = 0
  private var size = TerminalSize.current()

  init(
    _ lecture: Lecture, _ performance: Performance, _ stage: any Stage, _ screen: Screen,
    _ options: Arguments.Presentation, _ keeper: LectureKeeper, _ prompt: FreePrompt
  ) {
    self.lecture = lecture
    self.performance = performance
    self.stage = stage
    self.screen = screen
    self.options = options
    self.keeper = keeper
    self.prompt = prompt
    player = Player(
      Player.Outline(
        hasCode: lecture.steps.map(\.hasCode), sections: lecture.sections.map(\.firstStep)))
    performance.watch = { [unowned self] in follow($0) }
  }

  /// Until the speaker leaves; 1 where an error is left waiting.
  func run() -> Int32 {
    screen.listener = { [keeper] in keeper.recording?.output($0) }
    show(marks: true)
    typeCode()
    while true {
      keeper.keep(player, performance)
      if let problem = keeper.problem { player.notice = problem }
      stage.show(scene())
      let key = stage.nextKey()
      noteSize()
      guard let action = player.press(key, hasMore: stage.hasMore) else {
        leaveListWhereThereIsNone()
        continue
      }
      if action == .leave { break }
      perform(action)
    }
    screen.listener = nil
    if player.isAtEnd { keeper.finish() }
    return player.phase == .failed ? 1 : 0
  }

  private func noteSize() {
    let now = TerminalSize.current()
    if now != size { keeper.recording?.resize(now) }
    size = now
  }

  private func leaveListWhereThereIsNone() {
    guard !stage.hasLists else { return }
    switch player.mode {
    case .keys, .sections:
      stage.show(scene())
      player.closeList()
    default: break
    }
  }

  // MARK: - Doing

  private func perform(_ action: Player.Action) {
    switch action {
    case .run: run(player.step)
    case .skip:
      performance.skip(player.step)
      if player.step + 1 < player.count {
        go(to: player.step + 1)
      } else {
        arrive(at: player.step, .done)
      }
    case .advance: go(to: player.step + 1)
    case .back: goBack()
    case .jump(let target): jump(to: target)
    case .edit(let target): edit(target)
    case .prompt: openPrompt()
    case .turnPage: stage.turnPage()
    case .scroll(let lines): stage.scroll(by: lines)
    case .leave: break
    }
  }

  private func arrive(at step: Int, _ phase: Player.Phase) {
    player.arrive(at: step, phase)
    show(marks: true)
  }

  private func show(marks: Bool) {
    visit += 1
    isRead = false
    if marks { keeper.reach(player.step, lecture) }
  }

  private func go(to step: Int) {
    performance.advance(to: step)
    arrive(at: step, .waiting)
    typeCode()
  }

  private func goBack() {
    if player.step > 0 {
      performance.goBack(to: player.step - 1)
      arrive(at: player.step - 1, .done)
    } else {
      performance.goToStart(of: 0)
      arrive(at: 0, .waiting)
    }
  }

  private func run(_ step: Int) {
    activity = "running  Ctrl-C cancels"
    isRead = false
    if player.phase != .waiting { visit += 1 }
    draw()
    let outcome = performance.run(step)
    activity = nil
    player.arrive(at: step, phase(after: outcome, step))
    if play(performance.visits[step].own) {
      // Its last part has been read, and the key after it goes on.
      if player.phase == .done, step + 1 < player.count {
        keeper.keep(player, performance)
        go(to: step + 1)
      }
    } else {
      stage.dropKeys()
    }
  }

  /// An error that the script expects is a part of the lecture.
  private func phase(after outcome: Runner.Outcome, _ step: Int) -> Player.Phase {
    switch outcome {
    case .done, .leave: .done
    case .failed: lecture.steps[step].expectsError ? .done : .failed
    case .cancelled: .failed
    }
  }

  /// An explanation of several parts comes part by part; true where it was read to its end.
  private func play(_ entry: Performance.Entry?) -> Bool {
    guard stage.hasLists, let explanation = entry?.explanation else { return false }
    isRead = true
    var isFinished = false
    stage.dropKeys()
    stage.lend(clear: true) {
      let player = ExplanationPlayer(explanation, performance.session, screen, isAlone: true)
      isFinished = player.run()
    }
    return isFinished
  }

  private func jump(to target: Int) {
    if target <= player.step {
      performance.goToStart(of: target)
      arrive(at: target, .waiting)
      return
    }
    if player.phase == .failed { performance.skip(player.step) }
    while player.step < target {
      let step = player.step
      if player.phase == .waiting, !performance.hasPassed(step) {
        activity = "running step \(step + 1)  Ctrl-C cancels"
        draw()
        let phase = phase(after: performance.run(step), step)
        activity = nil
        if phase == .failed { return arrive(at: step, .failed) }
      }
      performance.advance(to: step + 1)
      player.arrive(at: step + 1, .waiting)
      keeper.keep(player, performance)
    }
    show(marks: true)
    stage.dropKeys()
  }

  private func edit(_ target: Int) {
    if target != player.step {
      performance.advance(to: target)
      arrive(at: target, .waiting)
    } else {
      player.arrive(at: target, .waiting)
      visit += 1
    }
    let code = performance.code(of: target)
    stage.show(scene(typed: -1))
    guard let text = stage.readEntry(prompt: "> ", prefill: code),
      !text.allSatisfy(\.isWhitespace)
    else {
      player.notice = "not changed"
      return
    }
    performance.edit(target, text)
  }

  private func openPrompt() {
    let step = player.step
    if player.phase == .failed {
      performance.skip(step)
      player.arrive(at: step, .waiting)
      visit += 1
    }
    let hasRun = player.phase == .done
    stage.show(scene())
    stage.lend(clear: false) {
      prompt.run(on: stage) { entry in performance.note(entry, at: step, hasRun: hasRun) }
    }
    visit += 1
  }

  /// The statement letter by letter; a key shows it all.
  private func typeCode() {
    guard options.types, player.phase == .waiting else { return }
    for count in 1..<max(2, performance.code(of: player.step).count) {
      stage.show(scene(typed: count))
      // About as fast as somebody types who knows what comes.
      guard stage.pause(milliseconds: 35) else { return }
    }
  }

  // MARK: - Showing

  private func draw() {
    // Elsewhere what is shown once can not be replaced.
    guard stage.hasLists else { return }
    lastDrawn = Clock.milliseconds()
    stage.show(scene())
  }

  /// What a long computation shows meanwhile.
  private func follow(_ shown: Screen.Shown) {
    if case .output(.progress(let progress)) = shown {
      activity = layout(progress, isLive: true, screen.view).text
    }
    // A reader can not follow more.
    if Clock.milliseconds() - lastDrawn > 100 { draw() }
  }

  /// - Parameter typed: how many letters of the statement are there; -1 hides it altogether.
  private func scene(typed: Int? = nil) -> Scene {
    let layout = StepLayout(view: stage.view)
    let section = lecture.section(of: player.step).map { lecture.sections[$0].title }
    let status = StatusLine(
      player: player, section: section, clock: LocalTime.now().clock,
      elapsedMinutes: Int(keeper.elapsedMilliseconds / 60_000), activity: activity)
    var scene = Scene(history: history(layout), visit: visit, status: status)
    scene.isRead = isRead
    (scene.step, scene.focus) = layout.step(player, performance, typed: typed)
    switch player.mode {
    case .keys: scene.list = layout.keyList()
    case .sections(let chosen, _):
      scene.list = layout.sections(lecture, chosen: chosen)
      scene.listFocus = (scene.list?.count ?? 0) - lecture.sections.count + chosen
    default: break
    }
    return scene
  }

  private func history(_ layout: StepLayout) -> [Line] {
    guard stage.hasLists, !options.isBig else { return [] }
    if let history, history.visit == visit, history.view == layout.view.display {
      return history.lines
    }
    let lines = (0..<player.step).flatMap { layout.passed($0, performance) + [[]] }
    history = (visit, layout.view.display, lines)
    return lines
  }
}
