import Testing

@testable import Terminal

@Suite struct HintLineTests {
  @Test func drawsOnceAndErasesExactlyThat() {
    var line = HintLine()
    #expect(
      line.show("→ 4×5", in: 1, cursor: 0, isDim: true)
        == "\u{1B}D\u{1B}[1A\u{1B}7\u{1B}[1B\r\u{1B}[2m→ 4×5\u{1B}[0m\u{1B}[K\u{1B}8")
    #expect(line.show("→ 4×5", in: 1, cursor: 0, isDim: true) == "")
    #expect(line.erase(cursor: 0) == "\u{1B}7\u{1B}[1B\r\u{1B}[K\u{1B}8")
    #expect(line.erase(cursor: 0) == "")
  }

  @Test func anotherTextIsWrittenOverTheFirst() {
    var line = HintLine()
    _ = line.show("needs 8×n", in: 1, cursor: 0, isDim: false)
    #expect(
      line.show("→ 4×5", in: 1, cursor: 0, isDim: false) == "\u{1B}7\u{1B}[1B\r→ 4×5\u{1B}[K\u{1B}8"
    )
  }

  @Test func movesWithTheTextAboveIt() {
    var line = HintLine()
    _ = line.show("→ 4×5", in: 3, cursor: 2, isDim: false)
    #expect(
      line.show("→ 4×5", in: 2, cursor: 0, isDim: false)
        == "\u{1B}7\u{1B}[3B\r\u{1B}[K\u{1B}8" + "\u{1B}[1B\u{1B}D\u{1B}[2A"
        + "\u{1B}7\u{1B}[2B\r→ 4×5\u{1B}[K\u{1B}8")
  }

  @Test func keysThatMayDrawBelowAreKnown() {
    #expect(KeyEffect("a", following: []) == .inserts("a"))
    #expect(KeyEffect("한", following: []) == .inserts("한"))
    for key: (Unicode.Scalar, String) in [("\u{7F}", ""), ("\u{1}", ""), ("\u{1B}", "[D")] {
      #expect(KeyEffect(key.0, following: Array(key.1.utf8)) == .harmless)
    }
    for key: (Unicode.Scalar, String) in [
      ("\r", ""), ("\t", ""), ("\u{19}", ""), ("\u{1B}", "[A"), ("\u{1B}", "[200~"),
      ("\u{1B}", "d"),
    ] {
      #expect(KeyEffect(key.0, following: Array(key.1.utf8)) == .unknown)
    }
  }

  @Test func keysOfSeveralBytesAreTakenWhole() {
    for (following, length) in [("[A", 2), ("[1;5Cx", 5), ("OD", 2), ("d", 1), ("", 1)] {
      #expect(KeyEffect.length(ofSequence: Array(following.utf8)) == length, "\(following)")
    }
  }
}
