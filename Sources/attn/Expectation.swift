import Language
import Render

/// The `#>` lines below a statement, compared with what it really printed.
struct Expectation {
  let lines: [String]

  /// A word of real output, with the exact number behind it where it shows one.
  struct Token {
    var text: String
    var value: Double?
  }

  /// Each written number is held against the exact value at its own count of digits; `…` stands
  /// for anything; blanks and line breaks are only separators.
  func matches(_ page: Page) -> Bool {
    let expected = lines.flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    let actual = Self.tokens(of: page)
    if Self.matches(expected[...], actual[...]) { return true }
    // The header `A 4×5` may be left out of a transcript of numbers.
    guard let first = page.lines.first, first.allSatisfy({ $0.value == nil }) else { return false }
    let headerCount = Self.tokens(of: Page(lines: [first])).count
    return Self.matches(expected[...], actual[headerCount...])
  }

  /// An expected error is its first sentence, without its place; lines below are compared where
  /// they are written, and those of the program may also be counted from 1, as at a prompt.
  func matches(_ diagnostic: Diagnostic, _ page: Page) -> Bool {
    let sentence = Self.tokens(of: Page("error: \(diagnostic.message)"))
    let rest = page.lines.dropFirst().map(Self.tokens)
    // A long place stands in a line of its own above those of the program.
    let start = rest.firstIndex { Self.lineNumber($0) != nil } ?? 0
    let below = Array(rest[start...].prefix(lines.count - 1))
    let expected = lines.flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    return [below, Self.countedFromOne(below)].contains {
      Self.matches(expected[...], (sentence + $0.joined())[...])
    }
  }

  /// Lines of a program stand behind their number and a bar.
  private static func countedFromOne(_ lines: [[Token]]) -> [[Token]] {
    let first = lines.lazy.compactMap(lineNumber).first ?? 1
    return lines.map { line in
      guard let number = lineNumber(line) else { return line }
      return [Token(text: "\(number - first + 1)")] + line.dropFirst()
    }
  }

  private static func lineNumber(_ line: [Token]) -> Int? {
    line.count > 1 && ["│", "|"].contains(line[1].text) ? Int(line[0].text) : nil
  }

  var isError: Bool { lines.first?.hasPrefix("error:") ?? false }

  static func tokens(of page: Page) -> [Token] { page.lines.flatMap(tokens) }

  /// Runs without a blank between them are one word; a picture changes its style in the middle of one.
  private static func tokens(of line: Line) -> [Token] {
    var tokens: [Token] = []
    var isInWord = false
    for run in line {
      let words = run.text.split(whereSeparator: \.isWhitespace).map(String.init)
      for (index, word) in words.enumerated() {
        let continues = index == 0 && isInWord && run.text.first?.isWhitespace == false
        if continues {
          tokens[tokens.count - 1].text += word
          tokens[tokens.count - 1].value = nil
        } else {
          tokens.append(Token(text: word, value: words.count == 1 ? run.value : nil))
        }
      }
      if let last = run.text.last { isInWord = !last.isWhitespace }
    }
    return tokens
  }

  private static func matches(_ expected: ArraySlice<String>, _ actual: ArraySlice<Token>) -> Bool {
    // The usual wildcard walk: after a mismatch go back to the last … and let it take one more.
    var (e, a) = (expected.startIndex, actual.startIndex)
    var retry: (expected: Int, actual: Int)?
    while a < actual.endIndex {
      if e < expected.endIndex, expected[e] == "…" || expected[e] == "..." {
        retry = (e, a)
        e += 1
      } else if e < expected.endIndex, agrees(expected[e], actual[a]) {
        (e, a) = (e + 1, a + 1)
      } else if let last = retry {
        retry = (last.expected, last.actual + 1)
        (e, a) = (last.expected + 1, last.actual + 1)
      } else {
        return false
      }
    }
    return expected[e...].allSatisfy { $0 == "…" || $0 == "..." }
  }

  private static func agrees(_ written: String, _ token: Token) -> Bool {
    if written == token.text { return true }
    guard let value = token.value, let number = WrittenNumber(written) else { return false }
    return number.agrees(with: value)
  }
}

/// A number as somebody wrote it: its value and the place of its last digit.
struct WrittenNumber {
  let value: Double
  /// Digits after the point; nil for a whole number, which then must be met exactly.
  let decimals: Int?
  let exponent: Int

  init?(_ text: String) {
    let ascii = text.replacing("−", with: "-").replacing("∞", with: "inf")
    guard let value = Double(ascii) else { return nil }
    self.value = value
    let halves = ascii.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    let isDecimal = ascii.allSatisfy { $0.isNumber || "+-.eE".contains($0) }
    let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    exponent = isDecimal && halves.count == 2 ? Int(halves[1]) ?? 0 : 0
    decimals = mantissa.count == 2 ? mantissa[1].count : halves.count == 2 && isDecimal ? 0 : nil
  }

  func agrees(with actual: Double) -> Bool {
    if value.isNaN || actual.isNaN { return value.isNaN && actual.isNaN }
    if value.isInfinite || actual.isInfinite { return value == actual }
    let difference = abs(actual - value)
    guard let decimals else { return difference <= 1e-9 * max(1, abs(value)) }
    let unit = powerOfTen(exponent - decimals)
    return difference <= 0.5 * unit * (1 + 1e-9) + 4 * value.ulp
  }

  /// `value` written with as many digits as this number has.
  func rewritten(_ value: Double) -> String {
    guard let decimals, exponent == 0 else { return NumberText.shortest(value) }
    return NumberText.fixed(value, decimals: decimals)
  }
}

private func powerOfTen(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 0 }
