import Testing

@testable import Files

@Suite struct CastTests {
  @Test func linesAreJSON() {
    #expect(
      Cast.header(columns: 80, rows: 24, timestamp: 5, title: "a \"b\"", terminal: "xterm")
        == "{\"version\": 2, \"width\": 80, \"height\": 24, \"timestamp\": 5, "
        + "\"title\": \"a \\\"b\\\"\", \"env\": {\"TERM\": \"xterm\"}}\n")
    #expect(
      Cast.line(.output, "\u{1B}[1m한\\\r\n", at: 61_007)
        == "[61.007, \"o\", \"\\u001b[1m한\\\\\\r\\n\"]\n")
    #expect(Cast.line(.marker, "7 τ", at: 40) == "[0.040, \"m\", \"7 τ\"]\n")
  }

  @Test(
    arguments: [
      ("", 0), ("{\"version\": 2}\n", 0), ("{}\n[1.5, \"o\", \"a\"]\n[2.25, \"m\", \"b\"]\n", 2250),
      ("{}\n[1.5, \"o\", \"a\"]\n[2.2", 1500), ("{}\n[x, \"o\"]\n[1e99, \"o\"]\n", 0),
    ] as [(String, Int64)])
  func theEndIsFound(_ text: String, _ milliseconds: Int64) {
    #expect(Cast.end(of: Array(text.utf8)) == milliseconds)
  }

  @Test func aFileGrowsByLines() throws {
    let folder = try Folder()
    let path = folder.file("a.cast")
    try GrowingFile(creating: path).append("one\n")
    #expect(throws: FileFault.self) { try GrowingFile(creating: path) }
    try GrowingFile(continuing: path).append("two\nthr")
    try GrowingFile(continuing: path).append("four\n")
    #expect(try FileAccess.read(path) == Array("one\ntwo\nfour\n".utf8))
  }
}
