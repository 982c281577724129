import Files
import Terminal

/// Writes down at each step what is needed to go on after an accident, and what is left afterwards.
final class LectureKeeper {
  private(set) var recording: Recording?
  private let file: LectureFile?
  private let notes: SpeakerNotes?
  private let ownFiles: OwnFiles
  private var state: SavedLecture
  private let start: Int64
  /// What could not be written, to be said once.
  private(set) var problem: String?
  private var reported: Set<String> = []

  init(
    _ state: SavedLecture, _ file: LectureFile?, _ recording: Recording?, _ notes: SpeakerNotes?,
    _ ownFiles: OwnFiles
  ) {
    self.ownFiles = ownFiles
    self.state = state
    self.file = file
    self.recording = recording
    self.notes = notes
    start = Clock.milliseconds() - state.elapsedMilliseconds
  }

  var elapsedMilliseconds: Int64 { Clock.milliseconds() - start }

  /// Another step is shown.
  func reach(_ step: Int, _ lecture: Lecture) {
    recording?.marker("\(step + 1) \(lecture.steps[step].name)")
    guard let notes else { return }
    trying { () throws(FileFault) in
      try notes.write(lecture, step: step, clock: LocalTime.now().clock)
    }
  }

  func keep(_ player: Player, _ performance: Performance) {
    problem = nil
    let before = state
    (state.step, state.phase) = (player.step, player.phase)
    state.entries = performance.saved(upTo: player)
    state.wrote = ownFiles.paths.sorted()
    guard state != before else { return }
    state.elapsedMilliseconds = elapsedMilliseconds
    if let file { trying { () throws(FileFault) in try file.write(state) } }
    let handout = Handout(performance, player, seed: state.seed, performance.paper)
    recording?.keep(markdown: handout.markdown, script: handout.script)
    if let problem = recording?.problem { report(problem) }
  }

  /// The lecture has been given to its end.
  func finish() { file?.remove() }

  private func trying(_ work: () throws(FileFault) -> Void) {
    do { try work() } catch { report(error.message) }
  }

  private func report(_ text: String) {
    if reported.insert(text).inserted { problem = text }
  }
}
