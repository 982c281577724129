/// The text of a page and nothing else: what goes into a pipe.
///
/// Every text is made harmless once more here, so that a page built carelessly cannot drive the
/// terminal either.
public func plain(_ page: Page, charset: Charset = .unicode) -> String {
  page.lines.reduce(into: "") { text, line in
    text += plain(line, charset: charset)
    text += "\n"
  }
}

/// One line without its line break, trailing blanks removed.
public func plain(_ line: Line, charset: Charset = .unicode) -> String {
  line.reduce(into: "") { $0 += charset.text($1.text) }.trimmingTrailingBlanks()
}

extension String {
  func trimmingTrailingBlanks() -> String {
    guard let last = utf8.lastIndex(where: { $0 != UInt8(ascii: " ") }) else { return "" }
    return String(self[...last])
  }
}
