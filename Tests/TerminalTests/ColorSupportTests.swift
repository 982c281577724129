import Testing

@testable import Terminal

@Suite struct ColorSupportTests {
  @Test(
    arguments: [
      ([:], .none),
      (["TERM": "dumb", "COLORTERM": "truecolor"], .none),
      (["TERM": "xterm"], .ansi16),
      (["TERM": "linux"], .ansi16),
      (["TERM": "vt100"], .none),
      (["TERM": "vte-256color"], .ansi256),
      (["TERM": "xterm-256color"], .ansi256),
      (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .trueColor),
      (["TERM": "xterm-256color", "COLORTERM": "24bit"], .trueColor),
      (["TERM": "xterm-direct"], .trueColor),
      (["TERM": "xterm-256color", "NO_COLOR": "1"], .none),
    ] as [([String: String], ColorSupport)])
  func environmentDecides(_ environment: [String: String], _ expected: ColorSupport) {
    #expect(ColorSupport.detect(environment: { environment[$0] }, isTerminal: true) == expected)
    #expect(ColorSupport.detect(environment: { environment[$0] }, isTerminal: false) == .none)
  }
}
