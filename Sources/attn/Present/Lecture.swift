import Language

/// A script as it is shown: step by step, a step being a statement and what is said before it.
struct Lecture {
  struct Step: Equatable {
    /// The section that begins here.
    var title: String?
    /// As it stands in the file, line by line.
    var prose: [String] = []
    /// For the speaker alone.
    var notes: [String] = []
    /// Empty where nothing is computed.
    var code = ""
    /// Of the code, in the file.
    var line = 1
    var expectsError = false

    var hasCode: Bool { !code.isEmpty }

    var paragraphs: [String] { Lecture.paragraphs(of: prose) }

    /// What a list calls it.
    var name: String {
      title ?? code.split(separator: "\n").first.map(String.init) ?? prose.first ?? ""
    }
  }

  struct Section: Equatable {
    var title: String
    var firstStep: Int
  }

  /// The file's, without folder and ending.
  let name: String
  /// Without its folder: what an error names.
  let file: String
  let steps: [Step]
  let sections: [Section]

  init(_ source: Source) {
    file = source.name.split(separator: "/").last.map(String.init) ?? "lecture"
    name = file.hasSuffix(".attn") ? String(file.dropLast(5)) : file
    var reader = ScriptReader(source)
    var steps: [Step] = []
    while let read = reader.next() {
      if let step = Self.step(read, in: source) { steps.append(step) }
    }
    self.steps = steps
    sections = steps.enumerated().compactMap { index, step in
      step.title.map { Section(title: $0, firstStep: index) }
    }
  }

  /// The number of the section that holds a step; nil before the first one.
  func section(of step: Int) -> Int? { sections.lastIndex { $0.firstStep <= step } }

  private static func step(_ read: ScriptStep, in source: Source) -> Step? {
    let hasCode = !read.items.isEmpty || read.failure != nil
    // `#!` of a script that is run by its name says nothing to the audience.
    let prose = read.prose.filter { !$0.hasPrefix("!/") }
    guard hasCode || read.section != nil || !prose.isEmpty || !read.notes.isEmpty else {
      return nil
    }
    return Step(
      title: read.section, prose: prose, notes: read.notes,
      code: hasCode ? source.slice(read.span) : "",
      line: source.lineNumber(at: read.span.lower),
      expectsError: Expectation(lines: read.expected).isError)
  }

  /// Lines of a file are as long as its writer liked; a new paragraph begins where a line ended a
  /// sentence, after an empty one, and with each item of a list, which goes on as long as lines
  /// stand under its text.
  static func paragraphs(of lines: [String]) -> [String] {
    var result: [String] = []
    var isOpen = false
    /// Where the text of the present item begins.
    var itemIndent: Int?
    for line in lines {
      if line.allSatisfy(\.isWhitespace) {
        (isOpen, itemIndent) = (false, nil)
        continue
      }
      let indent = line.prefix { $0 == " " }.count
      let mark = markLength(line.dropFirst(indent))
      let goesOn = mark == 0 && (indent > 0 ? indent == itemIndent : isOpen)
      if goesOn, let last = result.last {
        result[result.count - 1] = last + " " + line.dropFirst(indent)
      } else {
        result.append(line)
        itemIndent = mark > 0 ? indent + mark : nil
      }
      isOpen = !endsSentence(line)
    }
    return result
  }

  /// The column where the text of a paragraph begins, behind its blanks and the mark of an item.
  static func textColumn(of paragraph: String) -> Int {
    let indent = paragraph.prefix { $0 == " " }.count
    return indent + markLength(paragraph.dropFirst(indent))
  }

  /// Of `- `, `• `, `* ` or `12. `; 0 where a line begins with none.
  private static func markLength(_ line: Substring) -> Int {
    for mark in ["- ", "• ", "* "] where line.hasPrefix(mark) { return mark.count }
    let digits = line.prefix { $0.isASCII && $0.isNumber }.count
    return 1...3 ~= digits && line.dropFirst(digits).hasPrefix(". ") ? digits + 2 : 0
  }

  private static func endsSentence(_ line: String) -> Bool {
    // A quotation mark or bracket may stand behind the full stop.
    let marks = line.reversed().drop { $0.isWhitespace || ")\"”』」*".contains($0) }
    return marks.first.map { ".!?:;。…".contains($0) } ?? true
  }
}
