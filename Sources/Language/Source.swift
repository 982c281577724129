/// A half-open range of UTF-8 offsets into the text of a `Source`.
public struct Span: Hashable, Sendable, BitwiseCopyable {
  public var lower: Int
  public var upper: Int

  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }

  /// The smallest span that holds both.
  public func joined(with other: Span) -> Span {
    Span(min(lower, other.lower), max(upper, other.upper))
  }
}

/// A text that was typed, loaded or pasted, and where its lines begin.
public final class Source: Sendable {
  /// The file's name for error locations; empty for the prompt and for `-e`.
  public let name: String
  public let text: String
  public let bytes: [UInt8]
  private let lineStarts: [Int]
  /// The number of the first line: more than 1 in a piece of a longer input.
  private let firstLine: Int

  public init(name: String = "", text: String, firstLine: Int = 1) {
    self.name = name
    self.firstLine = firstLine
    self.text = text
    self.bytes = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    self.lineStarts = starts
  }

  public var lineCount: Int { lineStarts.count }

  /// The number of the line that holds the byte at `offset`.
  public func lineNumber(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + firstLine
  }

  /// The 1-based column of `offset`, counted in characters.
  public func column(at offset: Int) -> Int {
    let start = lineStarts[lineNumber(at: offset) - firstLine]
    return slice(Span(start, offset)).count + 1
  }

  /// The span of a line by its number, without its line break.
  public func lineSpan(_ number: Int) -> Span {
    let index = number - firstLine
    let start = lineStarts[index]
    var end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return Span(start, end)
  }

  /// The text that a span covers on one line, as a title shows it: a line break with the blanks
  /// around it is one blank, none behind a bracket, and `; ` between the rows of a matrix.
  public func line(_ span: Span) -> String {
    slice(span).split(whereSeparator: \.isNewline).reduce("") { text, line in
      let rest = line.drop(while: \.isWhitespace)
      let isTight = text.last.map { "([{".contains($0) } ?? true
      let closes = rest.first.map { ")]}".contains($0) } ?? true
      let endsRow = text.isInsideMatrix && text.last.map { ";,".contains($0) } == false
      var result = text + (isTight || closes ? "" : endsRow ? "; " : " ") + rest
      while result.last?.isWhitespace == true { result.removeLast() }
      return result
    }
  }

  /// The text that a span covers; offsets outside the text are brought back into it.
  public func slice(_ span: Span) -> String {
    let lower = min(max(span.lower, 0), bytes.count)
    let upper = min(max(span.upper, lower), bytes.count)
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }
}

extension String {
  /// Whether the last bracket that is still open is `[`.
  fileprivate var isInsideMatrix: Bool {
    var open: [Character] = []
    for character in self {
      if "([{".contains(character) { open.append(character) }
      if ")]}".contains(character) { _ = open.popLast() }
    }
    return open.last == "["
  }
}
