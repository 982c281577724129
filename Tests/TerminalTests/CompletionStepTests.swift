import Testing

@testable import Terminal

@Suite struct CompletionStepTests {
  private let hint = ["softmax z tau=1"]

  private func step(_ texts: [String], from start: Int, left: String, isRepeated: Bool = false)
    -> CompletionStep
  {
    CompletionStep(
      Completion(replaceFrom: start, candidates: texts.map { Candidate(text: $0) }, hint: hint),
      left: left, isRepeated: isRepeated)
  }

  @Test func aLoneCandidateCompletes() {
    let step = step(["entropy"], from: 4, left: "x + entr")
    #expect((step.replaced, step.insertion) == (4, "entropy"))
    #expect(step.listed.isEmpty && step.hint.isEmpty)
  }

  @Test func severalInsertTheirCommonBeginningAndAreListed() {
    let step = step(["softmax", "softmax_jacobian"], from: 0, left: "softm")
    #expect((step.replaced, step.insertion) == (5, "softmax"))
    #expect(step.listed.map(\.text) == ["softmax", "softmax_jacobian"])
    #expect(step.hint.isEmpty)
  }

  @Test func aSecondTabShowsTheHint() {
    let step = step(["softmax", "softmax_jacobian"], from: 0, left: "softmax", isRepeated: true)
    #expect(step.insertion.isEmpty && step.listed.isEmpty)
    #expect(step.hint == hint)
  }

  @Test func aSymbolReplacesItsName() {
    let step = step(["τ"], from: 2, left: "1 \\tau")
    #expect((step.replaced, step.insertion) == (4, "τ"))
  }

  @Test func severalSymbolsDoNotWipeOutWhatWasTyped() {
    let step = step(["τ", "θ"], from: 0, left: "\\t")
    #expect((step.replaced, step.insertion) == (0, ""))
    #expect(step.listed.map(\.text) == ["τ", "θ"])
  }

  @Test func whatIsCompleteShowsTheHintAtOnce() {
    let step = step(["entropy"], from: 0, left: "entropy")
    #expect(step.insertion.isEmpty)
    #expect(step.hint == hint)
  }

  @Test func nothingThatFitsShowsTheHint() {
    #expect(step([], from: 0, left: "softmax ").hint == hint)
  }

  @Test(arguments: [-5, 99])
  func aPlaceOutsideTheLineIsBrought(_ start: Int) {
    let step = step(["abc"], from: start, left: "ab")
    #expect(step.insertion == "abc")
    #expect(step.replaced == (start < 0 ? 2 : 0))
  }
}
