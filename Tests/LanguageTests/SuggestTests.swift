import Testing

@testable import Language

@Suite struct SuggestTests {
  private let names = [
    "causal", "softmax", "sum", "sqrt", "attn", "rope", "randn", "rand", "log_softmax",
  ]

  @Test(
    "did you mean",
    arguments: [
      ("casual", ["causal"]), ("softmx", ["softmax"]), ("sotfmax", ["softmax"]), ("atn", ["attn"]),
      ("att", ["attn"]), ("xy", []), ("ran", ["rand"]), ("rnadn", ["randn", "rand"]),
      ("log_sftmx", ["log_softmax"]),
      ("sum", []), ("smu", ["sum"]), ("", []), ("mus", []),
    ])
  func nearest(_ word: String, _ expected: [String]) {
    #expect(Suggest.nearest(to: word, among: names) == expected)
  }

  @Test(
    "distances",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1),
      ("kitten", "sitting", 3), ("질의", "질문", 1), ("casual", "causal", 1), ("ab", "ba", 1),
    ])
  func distance(_ a: String, _ b: String, _ expected: Int) {
    #expect(Suggest.editDistance(a, b) == expected)
    #expect(Suggest.editDistance(b, a) == expected)
  }
}
