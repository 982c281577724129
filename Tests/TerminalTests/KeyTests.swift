import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
  private func decoded(_ bytes: [UInt8]) -> String {
    var decoder = KeyDecoder()
    var text = String.UnicodeScalarView()
    for byte in bytes { if let scalar = decoder.decode(byte) { text.append(scalar) } }
    return String(text)
  }

  @Test(arguments: ["softmax", "한글", "τθ₁", "😀", "\u{1B}[A"])
  func everyTextArrives(_ text: String) {
    #expect(decoded(Array(text.utf8)) == text)
  }

  @Test(
    arguments: [
      ([0xFF, 0x61], "a"), ([0xED, 0x95, 0x61], "a"), ([0xED, 0xED, 0x95, 0x9C], "한"),
      ([0x80, 0x80, 0x61], "a"),
      ([0xED, 0xA0, 0x80, 0x61], "a"), ([0xC0, 0x80, 0x61], "a"),
      ([0xF5, 0x80, 0x80, 0x80, 0x61], "a"),
      ([0xF4, 0x90, 0x80, 0x80, 0x61], "a"),
    ] as [([UInt8], String)])
  func whatIsNoUTF8IsLeftOut(_ bytes: [UInt8], _ text: String) {
    #expect(decoded(bytes) == text)
  }
}

@Suite struct CursorReportTests {
  private func report(_ text: String) -> CursorReport {
    var report = CursorReport()
    for byte in text.utf8 { report.add(byte) }
    return report
  }

  @Test(
    arguments: [
      ("\u{1B}[1;2R", 2, ""),
      ("\u{1B}[24;3R", 3, ""),
      ("ls\u{1B}[1;2R", 2, "ls"),
      ("\u{1B}[A\u{1B}[5;2R", 2, "\u{1B}[A"),
      ("\u{1B}\u{1B}[5;2R", 2, "\u{1B}"),
      ("\u{1B}[1\u{1B}[5;2R", 2, "\u{1B}[1"),
      ("한\u{1B}[5;2R글", 2, "한글"),
      ("\u{1B}[5R", nil, "\u{1B}[5R"),
      ("abc\u{1B}[1;", nil, "abc\u{1B}[1;"),
      ("\u{1B}[1111111111111111111;2R", nil, "\u{1B}[1111111111111111111;2R"),
      ("", nil, ""),
    ] as [(String, Int?, String)])
  func theReportIsFoundAndNothingElseIsLost(_ text: String, _ column: Int?, _ others: String) {
    let report = report(text)
    #expect(report.column == column)
    #expect(report.others == Array(others.utf8))
  }
}
