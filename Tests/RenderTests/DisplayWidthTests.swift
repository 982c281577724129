import Testing

@testable import Render

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("Q @ K'", 6), ("질의", 4), ("漢字", 4), ("ﾊﾝ", 2), ("ＡＢ", 4), ("e\u{301}", 1),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("🇰🇷", 2), ("❤️", 2), ("❤", 1),
    ("×≠→θ₁│█", 7), ("\u{200B}", 0), ("a\u{1B}b", 2), ("·…", 2), ("क्ष", 2), ("1", 1),
  ])
  func columns(_ text: String, _ expected: Int) { #expect(text.columns == expected) }

  @Test func ambiguousCharactersAreWideInACJKTerminal() {
    #expect(DisplayWidth(ambiguousIsWide: true).columns(of: "×α│가a") == 9)
    #expect(DisplayWidth().columns(of: "×α│가a") == 6)
  }

  @Test func padding() {
    #expect("질의".padded(to: 6) == "질의  ")
    #expect("질의".padded(to: 6, .right) == "  질의")
    #expect("질의".padded(to: 7, .center) == " 질의  ")
    #expect("질의".padded(to: 3) == "질의")
  }

  @Test(arguments: [
    (10, "학교에서 간다", "학교에서 …"), (4, "학교에서", "학…"), (3, "학교에서", "학…"), (1, "학교", "…"),
    (0, "학교", ""), (8, "학교에서", "학교에서"),
  ])
  func truncation(_ width: Int, _ text: String, _ expected: String) {
    #expect(text.truncated(to: width) == expected)
    #expect(text.truncated(to: width).columns <= width)
  }
}

@Suite struct SanitiseTests {
  @Test(arguments: [
    ("\u{1B}[2J", "␛[2J"), ("a\u{7}b", "a␇b"), ("\u{7F}", "␡"), ("\u{9B}31m", "\\u{9b}31m"),
    ("a\u{202E}b", "a\\u{202e}b"), ("a\u{2066}b", "a\\u{2066}b"), ("\r\n", "␍␊"),
    ("\u{2028}", "\\u{2028}"), ("\u{FEFF}x", "\\u{feff}x"), ("질의 e\u{301} 👩‍👧", "질의 e\u{301} 👩‍👧"),
  ])
  func escapes(_ text: String, _ expected: String) { #expect(Sanitise.text(text) == expected) }

  @Test func asciiHasNoPictures() {
    #expect(Sanitise.text("\u{1B}[2J", charset: .ascii) == "\\u{1b}[2J")
  }

  @Test func linesExpandTabs() {
    #expect(Sanitise.lines("a\tb\r\n가\tc\n") == ["a   b", "가  c", ""])
  }

  /// Whatever a page holds, its text is printable.
  @Test(arguments: [ColorDepth.none, .ansi16, .ansi256, .trueColor])
  func noRunCanDriveTheTerminal(_ depth: ColorDepth) {
    let nasty = String(String.UnicodeScalarView((0..<0x300).compactMap(Unicode.Scalar.init)))
    let text = ansi(Page(lines: [[Run(nasty)]]), depth: depth)
    #expect(!text.dropLast().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    #expect(!text.unicodeScalars.contains { (0x80..<0xA0).contains($0.value) })
  }
}

@Suite struct AsciiTests {
  @Test(arguments: [
    ("4×8", "4x8"), ("Q Kᵀ / √dₖ", "Q K^T / sqrt(d_k)"), ("√(x + 1)", "sqrt(x + 1)"),
    ("×10⁻⁵", "x10^-5"), ("−∞", "-inf"), ("a → b…", "a -> b..."), ("τ = θ₁", "tau = theta_1"),
    ("│─·✓", "|-.ok"), ("질의", "\\u{c9c8}\\u{c758}"), ("plain", "plain"), ("8 ≠ 5", "8 != 5"),
    ("\u{1B}", "\\u{1b}"), ("n²", "n^2"),
  ])
  func conversion(_ text: String, _ expected: String) {
    #expect(Charset.ascii.text(text) == expected)
  }
}
