// Long lines in a narrow window: broken where a reader would, or cut off.

extension [Run] {
  /// Broken at blanks into lines of at most `width` columns, all but the first indented.
  ///
  /// What stands apart by three blanks, or by two, is moved as a whole where it can be, and `a = b`
  /// is not broken beside its sign.
  func wrapped(to width: Int, indent: Int, _ charset: Charset) -> [Line] {
    guard columns > width else { return [self] }
    var wrapping = LineWrapping(width: width, indent: indent)
    for phrase in words.split(atGapsFrom: 3) { wrapping.add(phrase: phrase) }
    return wrapping.lines.map { $0.truncated(to: width, charset) }
  }

  /// Cut off where it is too long.
  public func truncated(to width: Int, _ charset: Charset) -> Line {
    guard columns > width else { return self }
    let mark = charset.ellipsis.columns <= width ? charset.ellipsis : ""
    var line: Line = []
    for run in self {
      let room = width - mark.columns - line.columns
      if run.text.columns <= room {
        line.append(run)
      } else {
        line.append(Run(run.text.prefix(columns: room) + mark, run.style))
        break
      }
    }
    return line
  }

  /// Its words, each with the blanks before it; one may have parts of several styles.
  fileprivate var words: [Word] {
    var words: [Word] = []
    var gap = 0
    var isOpen = false
    for run in self {
      for part in run.text.splitKeepingBlanks {
        if part.first == " " {
          gap += part.count
          isOpen = false
          continue
        }
        let piece = Run(part, run.style, value: run.value)
        if isOpen {
          words[words.count - 1].line.append(piece)
        } else {
          words.append(Word(gap: gap, line: [piece]))
        }
        (gap, isOpen) = (0, true)
      }
    }
    return words
  }
}

private struct Word {
  /// Blanks before it.
  var gap: Int
  var line: Line

  var isEquals: Bool { line.text == "=" }

  var isNumber: Bool {
    let text = line.text
    return (text.first == "-" ? text.dropFirst() : text[...]).first?.isNumber == true
  }

  /// How many more it opens than it closes.
  var openBrackets: Int {
    line.text.reduce(0) { $0 + ("([".contains($1) ? 1 : ")]".contains($1) ? -1 : 0) }
  }
}

extension [Word] {
  /// Without the blanks before the first.
  fileprivate var length: Int { reduce(0) { $0 + $1.gap + $1.line.columns } - (first?.gap ?? 0) }

  /// Cut where at least so many blanks are, but neither inside brackets nor before a number, which
  /// stands in a column of its own.
  fileprivate func split(atGapsFrom blanks: Int) -> [[Word]] {
    var parts: [[Word]] = []
    var depth = 0
    for word in self {
      if !parts.isEmpty, depth > 0 || word.gap < blanks || word.isNumber {
        parts[parts.count - 1].append(word)
      } else {
        parts.append([word])
      }
      depth += word.openBrackets
    }
    return parts
  }

  /// Cut before each word for which this holds; it is given the word before that, too.
  fileprivate func split(where isStart: (Word, Word) -> Bool) -> [[Word]] {
    var parts: [[Word]] = []
    for word in self {
      if let last = parts.last?.last, !isStart(last, word) {
        parts[parts.count - 1].append(word)
      } else {
        parts.append([word])
      }
    }
    return parts
  }
}

private struct LineWrapping {
  let width: Int
  let indent: Int
  private(set) var lines: [Line] = [[]]

  init(width: Int, indent: Int) { (self.width, self.indent) = (width, indent) }

  mutating func add(phrase: [Word]) {
    if place(phrase) { return }
    for part in phrase.split(atGapsFrom: 2) where !place(part) {
      for equation in part.split(where: { !$0.isEquals && !$1.isEquals }) where !place(equation) {
        for word in equation where !place([word]) { append([word], onNewLine: !isAtStart) }
      }
    }
  }

  private var isAtStart: Bool { lines[lines.count - 1].allSatisfy(\.isBlank) }

  /// False where neither this line nor the next has the room.
  private mutating func place(_ words: [Word]) -> Bool {
    let gap = isAtStart && lines.count > 1 ? 0 : words.first?.gap ?? 0
    let fits = lines[lines.count - 1].columns + gap + words.length <= width
    guard fits || !isAtStart && indent + words.length <= width else { return false }
    append(words, onNewLine: !fits)
    return true
  }

  private mutating func append(_ words: [Word], onNewLine: Bool) {
    if onNewLine { lines.append([.blanks(indent)]) }
    for word in words {
      let gap = isAtStart && lines.count > 1 ? 0 : word.gap
      lines[lines.count - 1] += (gap > 0 ? [.blanks(gap)] : []) + word.line
    }
  }
}

extension Run {
  fileprivate var isBlank: Bool { text.allSatisfy { $0 == " " } }
}

extension String {
  /// Words and the blanks between them, in turn.
  fileprivate var splitKeepingBlanks: [String] {
    var parts: [String] = []
    for character in self {
      if let last = parts.last?.last, (last == " ") == (character == " ") {
        parts[parts.count - 1].append(character)
      } else {
        parts.append(String(character))
      }
    }
    return parts
  }
}
