import Engine
import Render

/// What a lecture leaves in the end: its text, the statements that were run and what they gave.
struct Handout {
  private let performance: Performance
  private let player: Player
  private let seed: UInt32
  private let view: View

  init(_ performance: Performance, _ player: Player, seed: UInt32, _ view: View) {
    self.view = view
    self.performance = performance
    self.player = player
    self.seed = seed
  }

  var markdown: String { journal.markdown(title: performance.lecture.name) }

  /// Replays to the same values, bit for bit.
  var script: String { journal.script() }

  private var journal: Journal {
    let start = performance.visits[0].arrival.session.random
    let journal = Journal(random: start)
    if needsSeed { add(Performance.Entry(code: "seed \(seed)"), to: journal) }
    for (step, visit) in performance.visits.prefix(player.step + 1).enumerated() {
      let description = performance.lecture.steps[step]
      journal.describe(
        section: description.title, prose: description.prose, notes: description.notes)
      for entry in visit.before { add(entry, to: journal) }
      if step == player.step && player.phase == .waiting { continue }
      if let own = visit.own { add(own, to: journal, isExpected: description.expectsError) }
      for entry in visit.after { add(entry, to: journal) }
    }
    return journal
  }

  /// Something was drawn before anybody chose a seed.
  private var needsSeed: Bool {
    let moments = performance.visits.flatMap { [$0.arrival, $0.start, $0.end] }
    return (moments + [performance.moment]).contains {
      $0.session.random.seed == seed && $0.session.random.drawn > 0
    }
  }

  /// What failed was no part of the lecture, unless that had asked for it.
  private func add(_ entry: Performance.Entry, to journal: Journal, isExpected: Bool = false) {
    let hasSucceeded = entry.outcome == .done
    guard hasSucceeded || isExpected else { return }
    let random = performance.visits[0].arrival.session.random
    journal.begin(entry.code, random: random)
    journal.add(entry.shown.flatMap(lines))
    journal.end(
      hasSucceeded: hasSucceeded, random: random,
      expectedError: hasSucceeded ? nil : entry.error?.message)
  }

  private func lines(_ shown: Screen.Shown) -> [String] {
    switch shown {
    case .output(let output) where !output.isResult: []
    case .output(let output): layout(output, view).lines.map { plain($0) }
    // Where it stood in the lecture says nothing here.
    case .error(let diagnostic): ["error: \(diagnostic.message)"]
    case .line(let text): [text]
    }
  }
}
