import Testing

@testable import Terminal

struct Placement: CustomTestStringConvertible, Sendable {
  var name: String
  var text: String
  var columns: Int
  var row: Int
  var column: Int
  var testDescription: String { name }

  init(_ name: String, _ text: String, columns: Int, row: Int, column: Int) {
    self.name = name
    self.text = text
    self.columns = columns
    self.row = row
    self.column = column
  }
}

@Suite struct ScreenLayoutTests {
  init() { DisplayText.chooseLocale() }

  @Test(arguments: [
    Placement("nothing", "", columns: 10, row: 0, column: 0),
    Placement("one row", "abc", columns: 10, row: 0, column: 3),
    Placement("a full row wraps at once", "abcde", columns: 5, row: 1, column: 0),
    Placement("two rows", "abcdefg", columns: 5, row: 1, column: 2),
    Placement("Hangul", "한글", columns: 10, row: 0, column: 4),
    Placement("Hangul does not break in the middle", "abcd한", columns: 5, row: 1, column: 2),
    Placement("line end", "ab\nc", columns: 10, row: 1, column: 1),
    Placement("line end at the edge", "abcde\nf", columns: 5, row: 2, column: 1),
    Placement("tab", "a\tb", columns: 20, row: 0, column: 9),
    Placement("control character", "a\u{1B}b", columns: 20, row: 0, column: 4),
    Placement(
      "a combining mark has a column of its own", "x\u{302}", columns: 20, row: 0, column: 2),
    Placement("unprintable", "\u{FFFE}", columns: 20, row: 0, column: 7),
    Placement("unprintable and far", "\u{10FFFE}", columns: 20, row: 0, column: 8),
    Placement("one column", "ab", columns: 1, row: 2, column: 0),
    Placement("wider than the window", "한", columns: 1, row: 2, column: 0),
    Placement("no width known", "ab", columns: 0, row: 2, column: 0),
  ])
  func textIsPlaced(_ placement: Placement) {
    var layout = ScreenLayout(columns: placement.columns)
    layout.add(placement.text.unicodeScalars)
    #expect(layout.row == placement.row)
    #expect(layout.column == placement.column)
  }
}
