import Testing

@testable import Terminal

struct Paste: CustomTestStringConvertible, Sendable {
  var name: String
  var pasted: String
  var line: String
  var testDescription: String { name }

  init(_ name: String, _ pasted: String, _ line: String) {
    self.name = name
    self.pasted = pasted
    self.line = line
  }
}

@Suite struct DisplayTextTests {
  init() { DisplayText.chooseLocale() }

  @Test(arguments: [
    Paste("plain", "a b", "a b"),
    Paste("empty", "", ""),
    Paste("only line ends", "\n\r\n", ""),
    Paste("lines", "a\nb\n\nc\n\n", "a\nb\n\nc"),
    Paste("line ends of Windows", "a\r\nb\r\n", "a\nb"),
    Paste("line ends of a terminal", "a\rb\r", "a\nb"),
    Paste("mixed line ends", "a\r\r\nb", "a\n\nb"),
    Paste("tab", "a\tb", "a  b"),
    Paste("escape sequence", "a\u{1B}[31mb\u{1B}]0;x\u{7}", "a[31mb]0;x"),
    Paste("C1 and DEL", "a\u{9B}31mb\u{7F}\u{0}", "a31mb"),
    Paste("byte order mark", "\u{FEFF}Q = 1", "Q = 1"),
    Paste(
      "separate Hangul letters",
      "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF} \u{1100}\u{1161}", "한글 가"),
    Paste("a final letter without a syllable", "a\u{11AB}", "a\u{11AB}"),
    Paste("composed Hangul", "질의 = 1", "질의 = 1"),
  ])
  func pasteIsMadeHarmless(_ paste: Paste) {
    #expect(
      Array(DisplayText.pasted(paste.pasted).unicodeScalars) == Array(paste.line.unicodeScalars))
  }

  @Test(arguments: [
    ("abc", 3), ("", 0), ("한글", 4), ("4×8", 3), ("x\u{302}", 1), ("한", 2), ("😀", 2),
  ])
  func widthCountsColumns(_ text: String, _ columns: Int) {
    #expect(DisplayText.width(of: text) == columns)
  }

  @Test(arguments: [
    ("softmax", 7, "softmax"), ("softmax", 6, "softm…"), ("한글한글", 8, "한글한글"),
    ("한글한글", 7, "한글한…"), ("한글한글", 6, "한글…"), ("abc", 1, "…"), ("abc", 0, ""), ("", 0, ""),
    ("a\u{1B}[2Jb", 9, "a[2Jb"),
  ])
  func textIsCutToFit(_ text: String, _ columns: Int, _ fitted: String) {
    #expect(DisplayText.fitted(text, columns: columns) == fitted)
    #expect(DisplayText.width(of: DisplayText.fitted(text, columns: columns)) <= columns)
  }
}
