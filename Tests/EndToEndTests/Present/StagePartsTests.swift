import Language
import Terminal
import Testing

@testable import attn

@Suite struct LectureTests {
  private func lecture(_ text: String) -> Lecture {
    Lecture(Source(name: "talks/softmax.attn", text: text))
  }

  @Test func stepsHaveTitlesProseNotesAndCode() {
    let lecture = lecture(
      """
      #!/usr/bin/env attn
      # A title of its own
      ## Weights
      # They are positive
      # and sum to 1.
      #| ask
      z = [1 2 3]
      softmax z tau=0
      #> error: a temperature must be more than 0
      ## End
      # Thanks.
      """)
    #expect(lecture.name == "softmax")
    #expect(
      lecture.steps
        == [
          Lecture.Step(prose: ["A title of its own"]),
          Lecture.Step(
            title: "Weights", prose: ["They are positive", "and sum to 1."], notes: ["ask"],
            code: "z = [1 2 3]", line: 7),
          Lecture.Step(code: "softmax z tau=0", line: 8, expectsError: true),
          Lecture.Step(title: "End", prose: ["Thanks."], line: 11),
        ].enumerated().map { index, step in
          var step = step
          if index == 0 || index == 3 { step.line = lecture.steps[index].line }
          return step
        })
    #expect(lecture.sections.map(\.firstStep) == [1, 3])
    #expect(lecture.section(of: 0) == nil)
    #expect(lecture.section(of: 2) == 0)
  }

  @Test(
    arguments: [
      (["one line", "and its end."], ["one line and its end."]),
      (["A sentence.", "Another one"], ["A sentence.", "Another one"]),
      (["한 문장입니다.", "다음 문장"], ["한 문장입니다.", "다음 문장"]),
      (["(in brackets.)", "b"], ["(in brackets.)", "b"]),
      (["above", "", "below"], ["above", "below"]),
      (["two things", "- one", "- two"], ["two things", "- one", "- two"]),
      (
        ["- one that goes on", "  under its text.", "  And on.", "- two"],
        ["- one that goes on under its text. And on.", "- two"]
      ),
      (["1. one", "   goes on", "12. two", "    too"], ["1. one goes on", "12. two too"]),
      (["so", "    a = b", "    c = d"], ["so", "    a = b", "    c = d"]),
      ([], []),
    ] as [([String], [String])])
  func linesBecomeParagraphs(_ lines: [String], _ paragraphs: [String]) {
    #expect(Lecture.paragraphs(of: lines) == paragraphs)
  }
}

@Suite struct WindowTests {
  @Test func aShortTextIsSeenWhole() {
    var window = Window(height: 10)
    window.show(4, fresh: 2)
    #expect(window.lines == 0..<4)
    #expect(!window.hasMore)
  }

  @Test func aLongOutputBeginsAtItsBeginning() {
    var window = Window(height: 10)
    window.show(50, fresh: 12)
    #expect(window.lines == 12..<22)
    window.turnPage()
    #expect(window.lines == 21..<31)
    for _ in 0..<5 { window.turnPage() }
    #expect(window.lines == 40..<50)
    #expect(!window.hasMore)
  }

  @Test func whatIsBeforeStaysAboveAShortOutput() {
    var window = Window(height: 10)
    window.show(50, fresh: 45)
    #expect(window.lines == 40..<50)
    window.scroll(by: -3)
    #expect(window.lines == 37..<47)
    window.scroll(by: -100)
    #expect(window.lines == 0..<10)
  }

  @Test func anotherHeightKeepsTheEnd() {
    var window = Window(height: 10)
    window.show(50, fresh: 45)
    window.fit(height: 4, count: 60)
    #expect(window.lines == 56..<60)
    window.fit(height: 0, count: 0)
    #expect(window.lines.isEmpty)
  }
}

@Suite struct FrameTests {
  @Test func onlyWhatDiffersIsDrawn() {
    let old = Frame(rows: ["a", "b", "status"])
    let new = Frame(rows: ["a", "", "status"])
    #expect(new.update(from: old) == "\u{1B}[2;1H\u{1B}[2K")
    #expect(new.update(from: new).isEmpty)
  }

  @Test func anotherHeightDrawsAll() {
    let new = Frame(rows: ["a", "b"])
    #expect(
      new.update(from: Frame(rows: ["a"]))
        == "\u{1B}[H\u{1B}[2J\u{1B}[1;1H\u{1B}[2Ka\u{1B}[2;1H\u{1B}[2Kb")
  }
}

@Suite struct StatusLineTests {
  private func status(
    _ step: Int = 6, _ phase: Player.Phase = .done, keys: [Key] = [], width: Int,
    section: String? = "Temperature"
  ) -> String {
    var player = Player(
      Player.Outline(hasCode: [Bool](repeating: true, count: 22), sections: [0]))
    player.arrive(at: step, phase)
    for key in keys { _ = player.press(key) }
    return StatusLine(player: player, section: section, clock: "14:03", elapsedMinutes: 12)
      .text(width: width, charset: .unicode)
  }

  @Test func holdsStepSectionKeysAndClock() {
    #expect(
      status(width: 60) == " 7/22  Temperature  space next  ? keys        14:03  12 min ")
    #expect(
      status(6, .failed, width: 70)
        == " 7/22  Temperature  r retry  e edit  s skip  b back     14:03  12 min ")
    #expect(status(6, .waiting, width: 40) == " 7/22  space runs it      14:03  12 min ")
    #expect(status(21, width: 60) == " 22/22  Temperature  the end  q leaves        14:03  12 min ")
  }

  @Test func aQuestionTakesTheRow() {
    #expect(
      status(keys: [.character("g"), .character("7")], width: 60) == " go to step (1-22): 7_")
    #expect(
      status(keys: [.character("q")], width: 60) == " leave the lecture? y or any other key")
  }

  @Test(arguments: [1, 5, 12, 20, 27, 33, 40, 79])
  func fitsAnyWindow(_ width: Int) {
    for keys in [[], [.character("q")], [.character("g")], [.character("s")]] as [[Key]] {
      for phase in [.waiting, .done, .failed] as [Player.Phase] {
        let text = status(6, phase, keys: keys, width: width, section: "온도와 소프트맥스")
        #expect(text.columns <= width)
      }
    }
  }
}

@Suite struct SavedLectureTests {
  @Test func isReadBackAsItWasWritten() {
    var state = SavedLecture(file: "/talks/a b\\n\n.attn", digest: "12ab", seed: 7)
    state.record = "/talks/a"
    (state.step, state.phase, state.elapsedMilliseconds) = (4, .failed, 61_000)
    state.entries = [
      .init(step: 0, kind: .own, code: "z = [1 2\n3 4]"),
      .init(step: 1, kind: .before, code: "print \"a\\nb\\\\\""),
      .init(step: 1, kind: .after, code: "τ = 1"),
      .init(step: 4, kind: .edit, code: ""),
    ]
    state.wrote = ["/talks/a b.csv", "/talks/c\n.png"]
    #expect(SavedLecture(state.text) == state)
  }

  @Test(arguments: [
    "", "attn lecture 1", "attn lecture 2\nfile /a", "attn lecture 1\nfile /a\nstep -1",
    "attn lecture 1\nfile /a\ndigest 1\nseed 1\nstep 1\nphase done\nown x y",
    "attn lecture 1\nfile /a\ndigest 1\nseed 1\nstep 1\nphase gone",
    "attn lecture 1\nfile /a\ndigest 1\nseed 99999999999\nstep 1\nphase done",
  ])
  func damagedTextsAreNone(_ text: String) {
    #expect(SavedLecture(text) == nil)
  }
}

@Suite struct SpeakerNotesTests {
  @Test func tellWhatIsNowAndNext() {
    let lecture = Lecture(
      Source(text: "## Softmax\n#| ask first\n#| then run\nz = [1 2 3]\nsoftmax z"))
    #expect(
      SpeakerNotes.text(lecture, step: 0, clock: "14:03") == """
        attn notes  1/2  Softmax  14:03

        ask first
        then run

        now: Softmax
        next: softmax z

        """)
    #expect(SpeakerNotes.text(lecture, step: 1, clock: "14:03").hasSuffix("next: the end\n"))
  }
}

@Suite struct PlainKeyTests {
  @Test(
    arguments: [
      ("", [.enter]), (" n", [.character("n")]), ("q", [.character("q"), .character("y")]),
      ("g 12", [.character("g"), .character("1"), .character("2"), .enter]),
      ("next", [.character("n")]), ("b\r", [.character("b")]),
    ] as [(String, [Key])])
  func aLineStandsForKeys(_ line: String, _ keys: [Key]) {
    #expect(PlainStage.keys(of: line) == keys)
  }
}
