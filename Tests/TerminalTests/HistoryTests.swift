import Testing

@testable import Terminal

@Suite struct HistoryWalkTests {
  private let entries = ["seed 42", "Q = 1", "softmax Q", "seed 7", "seed 7", "Q + 1"]

  private func up(_ walk: inout HistoryWalk, _ count: Int) -> [String?] {
    (0..<count).map { _ in walk.older()?.text }
  }

  @Test func anEmptyPrefixGivesAllEntriesOnceEach() {
    var walk = HistoryWalk(entries: entries, line: "", cursor: 0)
    #expect(up(&walk, 6) == ["Q + 1", "seed 7", "softmax Q", "Q = 1", "seed 42", nil])
  }

  @Test func onlyEntriesWithThePrefixAreGiven() {
    var walk = HistoryWalk(entries: entries, line: "se", cursor: 2)
    #expect(up(&walk, 3) == ["seed 7", "seed 42", nil])
  }

  @Test func whatStandsRightOfTheCursorIsNoPrefix() {
    var walk = HistoryWalk(entries: entries, line: "soxx", cursor: 2)
    #expect(walk.older()?.text == "softmax Q")
  }

  @Test func downComesBackToWhatWasTyped() {
    var walk = HistoryWalk(entries: entries, line: "se x", cursor: 2)
    _ = up(&walk, 2)
    #expect(walk.newer() == HistoryWalk.Line(text: "seed 7", cursor: 6))
    #expect(walk.newer() == HistoryWalk.Line(text: "se x", cursor: 2))
    #expect(walk.newer() == nil)
  }

  @Test func theEndOfTheHistoryIsNoTrap() {
    var walk = HistoryWalk(entries: [], line: "질의", cursor: 1)
    #expect(walk.older() == nil)
    #expect(walk.newer() == nil)
    var far = HistoryWalk(entries: ["질문"], line: "질의", cursor: 99)
    #expect(far.older() == nil)
  }
}

@Suite struct HistorySearchTests {
  private func searching(_ pattern: String, in entries: [String]) -> HistorySearch {
    var search = HistorySearch(entries: entries)
    for scalar in pattern.unicodeScalars { search.type(scalar) }
    return search
  }

  @Test func theNewestMatchComesFirst() {
    var search = searching("Q", in: ["Q = 1", "x", "softmax Q", "softmax Q"])
    #expect(search.match == "softmax Q")
    search.older()
    #expect(search.match == "Q = 1")
    search.older()
    #expect(search.match == "Q = 1")
    #expect(search.prompt == "no match 'Q': ")
  }

  @Test func erasingWidensAgain() {
    var search = searching("sez", in: ["seed"])
    #expect(search.isFailing)
    search.erase()
    #expect(search.match == "seed" && !search.isFailing)
    search.erase()
    search.erase()
    search.erase()
    #expect(search.match == nil && !search.isFailing)
  }

  @Test func patternsAreNoRegularExpressions() {
    #expect(searching("[1 2", in: ["softmax [1 2 3]", "Q"]).match == "softmax [1 2 3]")
    #expect(searching(".*", in: ["a", "b"]).match == nil)
  }

  @Test func hangulIsFound() {
    #expect(searching("질의", in: ["질의 = 1", "x"]).match == "질의 = 1")
  }

  @Test func anEmptyHistoryIsNoTrap() {
    var search = searching("x", in: [])
    search.older()
    search.erase()
    #expect(search.match == nil)
  }
}
