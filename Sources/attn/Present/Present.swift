import Engine
import Files
import Language
import Render
import Terminal

/// `attn present FILE`
struct Presentation {
  let arguments: Arguments
  let runner: Runner
  let ownFiles: OwnFiles

  private var options: Arguments.Presentation { arguments.presentation }
  private var screen: Screen { runner.screen }

  /// Gives the exit status.
  func run(_ source: Source) -> Int32 {
    let lecture = Lecture(source)
    guard !lecture.steps.isEmpty else {
      return fail("\(source.name) holds nothing to show", status: 1)
    }
    do {
      return try show(lecture, source)
    } catch {
      return fail(error.message, status: 1)
    }
  }

  private func fail(_ message: String, status: Int32) -> Int32 {
    StandardStreams.write(2, "attn: \(Sanitise.text(message))\n")
    return status
  }

  private func show(_ lecture: Lecture, _ source: Source) throws(FileFault) -> Int32 {
    prepareScreen()
    let place = Paths.absolute(source.name)
    let file = Paths.lectureDirectory.map {
      LectureFile(folder: $0, lecture: place, name: lecture.name)
    }
    let left = file?.read()
    let resumed = options.resumes ? left : nil
    var state =
      resumed
      ?? SavedLecture(
        file: place, digest: SavedLecture.digest(of: source.text), seed: UInt32.random(in: 1...9999)
      )
    let notes: SpeakerNotes?
    if let path = options.notes { notes = try SpeakerNotes(path) } else { notes = nil }
    let recording = try self.recording(lecture, resumed)
    state.record = recording.map { Paths.absolute($0.prefix) } ?? ""

    _ = runner.runAll(of: Source(text: "seed \(state.seed)"), isFile: true)
    ownFiles.begin(with: state.wrote)
    let performance = Performance(lecture, runner)
    if resumed != nil { performance.replay(state) }
    let keeper = LectureKeeper(state, file, recording, notes, ownFiles)
    let editor = self.editor
    let stage = self.stage(editor)
    let presenter = Presenter(
      lecture, performance, stage, screen, options, keeper,
      FreePrompt(runner: runner, editor: editor))
    if resumed != nil { presenter.player.arrive(at: state.step, state.phase) }
    presenter.player.notice = greeting(left, source)
    let status = presenter.run()
    stage.close()
    screen.flush()
    report(presenter, recording)
    return status
  }

  /// More columns can not be read from the last row of a hall.
  private static let bigWidth = 60

  private func prepareScreen() {
    if options.isBig {
      screen.theme = .projector
      screen.settings.width = min(Self.bigWidth, TerminalSize.current().columns)
    }
    guard takesKeys else { return }
    if screen.settings.charset == .unicode, AmbiguousWidth.detect() == .wide {
      screen.settings.charset = .ascii
    }
  }

  // MARK: - Where it is shown

  /// A person sits there, and the terminal can do more than write.
  private var takesKeys: Bool {
    isTerminal && !arguments.isPlain && ![nil, "dumb"].contains(Environment.value(of: "TERM"))
  }

  private var isTerminal: Bool { StandardStreams.isTerminal(0) && StandardStreams.isTerminal(1) }

  private var editor: StageEditor? {
    guard isTerminal else { return nil }
    return StageEditor(editor: Repl.editor(for: runner), screen: screen)
  }

  private func stage(_ editor: StageEditor?) -> any Stage {
    if takesKeys, let editor { return FullStage(screen, isBig: options.isBig, editor: editor) }
    return PlainStage(screen, editor: editor)
  }

  // MARK: - What is kept

  private func recording(_ lecture: Lecture, _ resumed: SavedLecture?) throws(FileFault)
    -> Recording?
  {
    if options.leavesNothing { return nil }
    if let prefix = resumed?.record, !prefix.isEmpty, FileAccess.exists(prefix + ".cast") {
      return try Recording(continuing: prefix)
    }
    let prefix =
      options.record ?? Recording.freePrefix(lecture.name, date: LocalTime.now().date)
    return try Recording(creating: prefix, title: lecture.name, TerminalSize.current())
  }

  /// What the speaker should know about an earlier showing.
  private func greeting(_ left: SavedLecture?, _ source: Source) -> String? {
    guard let left else { return options.resumes ? "nothing to resume: from the beginning" : nil }
    guard options.resumes else {
      return left.step > 0 ? "--resume goes on at step \(left.step + 1) of the last time" : nil
    }
    var parts: [String] = []
    if left.digest != SavedLecture.digest(of: source.text) {
      parts.append("the file has changed since; what had run is as it was")
    }
    if !ownFiles.rewritten.isEmpty {
      parts.append("written again: " + ownFiles.rewritten.joined(separator: " "))
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private func report(_ presenter: Presenter, _ recording: Recording?) {
    if let recording {
      StandardStreams.write(
        2, "\(Sanitise.text(recording.prefix)).cast, .md and .attn hold what was shown\n")
    }
    if !presenter.player.isAtEnd, takesKeys {
      StandardStreams.write(
        2, "attn present --resume goes on at step \(presenter.player.step + 1)\n")
    }
  }
}
