import Testing

@testable import Terminal

@Suite struct CandidateListTests {
  init() { DisplayText.chooseLocale() }

  @Test func fewStandOneToALineWithTheirNotes() {
    let list = CandidateList(columns: 26, rows: 24, isDim: false)
    let candidates = [
      Candidate(text: "tau=", note: "temperature"),
      Candidate(text: "질의", note: "a very long note, cut off"),
      Candidate(text: "T"),
    ]
    #expect(list.lines(for: candidates) == ["tau=  temperature", "질의  a very long note, …", "T"])
  }

  @Test func notesAreDimWhereThereIsColor() {
    let list = CandidateList(columns: 40, rows: 24, isDim: true)
    #expect(list.lines(for: [Candidate(text: "a", note: "b")]) == ["a  \u{1B}[2mb\u{1B}[0m"])
  }

  @Test func manyStandInColumnsReadDownwards() {
    let list = CandidateList(columns: 20, rows: 24, isDim: false)
    let candidates = ["a", "bb", "ccc", "dddd", "한글", "f", "g"].map { Candidate(text: $0) }
    #expect(list.lines(for: candidates) == ["a     dddd  g", "bb    한글", "ccc   f"])
  }

  @Test func aListHigherThanTheWindowIsCut() {
    let list = CandidateList(columns: 9, rows: 8, isDim: false)
    let lines = list.lines(for: (0..<50).map { Candidate(text: "name\($0)") })
    #expect(lines.count == 5)
    #expect(lines.last == "… type …")
  }

  @Test func pathsAreListedByTheirLastPart() {
    let list = CandidateList(columns: 40, rows: 24, isDim: false)
    let candidates = ["data/a.npy", "data/b/"].map { Candidate(text: $0) }
    #expect(list.lines(for: candidates) == ["a.npy  b/"])
  }

  @Test func noNameBringsControlCharactersToTheScreen() {
    let list = CandidateList(columns: 40, rows: 24, isDim: false)
    #expect(list.lines(for: [Candidate(text: "a\u{1B}[2J", note: "b\u{7}")]) == ["a[2J  b"])
  }

  @Test(arguments: [0, 1, 2, 3, 7, 80])
  func everyLineFits(_ columns: Int) {
    let list = CandidateList(columns: columns, rows: 5, isDim: false)
    for note in ["", "한글 note"] {
      let lines = list.lines(for: ["softmax", "질의", "x"].map { Candidate(text: $0, note: note) })
      for line in lines { #expect(DisplayText.width(of: line) <= max(0, columns - 1), "\(line)") }
    }
  }
}
