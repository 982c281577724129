import Engine
import Language
import Render

/// A step of a lecture as lines of text.
struct StepLayout {
  let view: View

  private var charset: Charset { view.display.charset }
  private var width: Int { max(8, view.display.width) }
  /// Longer lines are hard to read.
  private var proseWidth: Int { min(width, 84) }

  /// Title and prose.
  func opening(_ step: Lecture.Step) -> [Line] {
    var lines: [Line] = []
    if let title = step.title {
      let titles = wrapped(title, proseWidth)
      lines += titles.map { [Run($0, .title)] }
      let rule = min(proseWidth, titles.map(\.columns).max() ?? 0)
      lines += [[Run(String(repeating: charset.horizontal, count: rule), .dim)], []]
    }
    for (index, paragraph) in step.paragraphs.enumerated() {
      if index > 0, width >= 60 || paragraph.first != " " { lines.append([]) }
      lines += hanging(paragraph).map { [Run($0)] }
    }
    return lines
  }

  /// An item's lines stand under its text.
  private func hanging(_ paragraph: String) -> [String] {
    let column = Lecture.textColumn(of: paragraph)
    guard column > 0, proseWidth - column >= 20 else { return wrapped(paragraph, proseWidth) }
    return wrapped(String(paragraph.dropFirst(column)), proseWidth - column).enumerated().map {
      charset.text($0 == 0 ? String(paragraph.prefix(column)) : .blanks(column)) + $1
    }
  }

  /// `> softmax z`, or as far as it has been typed.
  func code(_ code: String, typed: Int? = nil, isFree: Bool = false) -> [Line] {
    let text = typed.map { String(code.prefix($0)) } ?? code
    let prompt = isFree ? "attn> " : "> "
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      index, line -> [Line] in
      let pieces = wrapped(String(line), width - prompt.columns)
      return pieces.enumerated().map { part, piece in
        let isFirst = index == 0 && part == 0
        return [
          Run(isFirst ? prompt : .blanks(prompt.columns), .prompt), Run(piece, .strong),
        ]
      }
    }
  }

  func output(_ entry: Performance.Entry) -> [Line] { entry.shown.flatMap(lines) }

  func entry(_ entry: Performance.Entry, isFree: Bool) -> [Line] {
    code(entry.code, isFree: isFree) + output(entry)
  }

  // MARK: - A step

  /// The present step, and the line where what has to be read now begins.
  ///
  /// - Parameter typed: how many letters of the statement are there; -1 hides it altogether.
  func step(_ player: Player, _ performance: Performance, typed: Int?) -> ([Line], focus: Int) {
    let step = player.step
    var lines = opening(performance.lecture.steps[step])
    let visit = performance.visits[step]
    for entry in visit.before { lines += gap(lines) + self.entry(entry, isFree: true) }
    var focus = 0
    if performance.lecture.steps[step].hasCode, typed != -1 {
      lines += gap(lines)
      let own = performance.running ?? (player.phase == .waiting ? nil : visit.own)
      if own != nil { focus = lines.count }
      lines += code(own?.code ?? performance.code(of: step), typed: typed)
      if let own {
        lines += output(own)
      } else if player.phase == .done {
        lines.append([Run("skipped", .dim)])
      }
    }
    if player.phase != .waiting {
      for entry in visit.after {
        lines += gap(lines)
        focus = lines.count
        lines += self.entry(entry, isFree: true)
      }
    }
    return (lines, focus)
  }

  /// A step before the present one.
  func passed(_ step: Int, _ performance: Performance) -> [Line] {
    let visit = performance.visits[step]
    var lines = opening(performance.lecture.steps[step])
    for entry in visit.before { lines += gap(lines) + self.entry(entry, isFree: true) }
    if performance.lecture.steps[step].hasCode {
      lines += gap(lines)
      lines +=
        visit.own.map { entry($0, isFree: false) }
        ?? code(performance.code(of: step)) + [[Run("skipped", .dim)]]
    }
    for entry in visit.after { lines += gap(lines) + self.entry(entry, isFree: true) }
    return lines
  }

  private func gap(_ lines: [Line]) -> [Line] { lines.isEmpty || lines.last == [] ? [] : [[]] }

  private func lines(_ shown: Screen.Shown) -> [Line] {
    switch shown {
    case .output(.progress), .output(.reading): []
    case .output(.printed(let values)):
      // A terminal would go on in the next row; a stage would cut it off.
      layout(.printed(values), view).lines.flatMap { line in
        line.columns > width ? wrapped(line.text, width).map { [Run($0)] } : [line]
      }
    case .output(let output): layout(output, view).lines
    case .error(let diagnostic): layout(diagnostic, options: view.display).lines
    case .line(let text): wrapped(text, width).map { [Run($0)] }
    }
  }

  private func wrapped(_ text: String, _ width: Int) -> [String] {
    Sanitise.lines(text).flatMap { wrap(charset.text($0), width: width) }
  }

  // MARK: - Lists

  func sections(_ lecture: Lecture, chosen: Int) -> [Line] {
    let digits = String(lecture.sections.count).count
    let steps = lecture.sections.map { "\($0.firstStep + 1)" }
    let widest = steps.map(\.count).max() ?? 1
    return [[Run("Sections", .title)], []]
      + lecture.sections.enumerated().map { index, section in
        let mark = index == chosen ? "> " : "  "
        let number = "\(index + 1)".padded(to: digits, .right)
        let place = "step \(steps[index].padded(to: widest, .right))  "
        let room = max(1, width - mark.columns - digits - 2 - place.columns)
        let title = charset.text(section.title)
          .truncated(to: room, ellipsis: charset.ellipsis)
        return [
          Run("\(mark)\(number)  ", .prompt), Run(place, .dim),
          Run(title, index == chosen ? .strong : .plain),
        ]
      }
  }

  private static let keys: [(key: String, meaning: String)] = [
    ("space", "run, then next; a long output goes on (also n, Enter)"),
    ("b", "back one step, values as they were"),
    ("g 7 Enter", "to step 7, running what lies between"),
    ("s", "sections"),
    ("r", "run again from the same values"),
    ("e", "edit the next statement"),
    ("!", "free prompt; resume comes back"),
    ("up down", "scroll"),
    ("q", "leave"),
    ("an error", "waits: r retry, e edit, s skip, b back"),
  ]

  func keyList() -> [Line] {
    let column = 11
    return [[Run("Keys", .title)], []]
      + Self.keys.flatMap { key, meaning in
        wrapped(meaning, max(12, width - column)).enumerated().map { index, text in
          [Run((index == 0 ? key : "").padded(to: column), .name), Run(text)]
        }
      }
  }
}
