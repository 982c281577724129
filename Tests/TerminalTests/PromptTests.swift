import Testing

@testable import Terminal

@Suite struct PromptTests {
  private func encoded(_ prompt: Prompt) -> String {
    var text = ""
    for value in prompt.encoded.dropLast() {
      guard let scalar = Unicode.Scalar(UInt32(bitPattern: value)) else { continue }
      text.unicodeScalars.append(scalar == Prompt.mark ? "|" : scalar == "\u{1B}" ? "^" : scalar)
    }
    return text
  }

  @Test(arguments: [
    ("attn> ", "attn> "),
    ("\u{1B}[36mattn>\u{1B}[0m ", "|^[36m|attn>|^[0m| "),
    ("attn> \u{1B}[0m", "attn>|^[0m| "),
    ("\u{1B}[1m\u{1B}[36mattn> ", "|^[1m^[36m|attn> "),
    ("a\u{1B}[1mb\u{1B}[0m", "a|^[1m^[0m|b"),
    ("\u{1B}[2Jattn\u{7}\n> ", "attn> "),
    ("\u{1B}[0m", ""),
    ("a\u{1B}[", "a"),
    ("a\u{1B}", "a"),
    ("", ""),
  ])
  func coloursStandBetweenMarksAndBeforeACharacter(_ text: String, _ expected: String) {
    let prompt = Prompt(text, hasColor: true)
    #expect(encoded(prompt) == expected)
    #expect(prompt.encoded.last == 0)
  }

  @Test func withoutColorOnlyTheTextStays() {
    let prompt = Prompt("\u{1B}[1;36mattn>\u{1B}[0m ", hasColor: false)
    #expect(encoded(prompt) == "attn> ")
    #expect(prompt.visible == "attn> ")
  }
}
