import Engine

/// Prose wider than this is hard to read.
private let widestProse = 84

/// A help page or another text with structure.
public func layout(_ document: Document, _ view: View) -> Page {
  let layout = DocumentLayout(view: view, isAlone: document.blocks.count == 1)
  return Page(lines: document.blocks.flatMap(layout.lines))
}

private struct DocumentLayout {
  let view: View
  /// One block needs no indentation to stand apart from others.
  let isAlone: Bool

  private var width: Int { max(min(view.display.width, widestProse), 24) }

  private func shown(_ text: String) -> String { view.charset.text(text) }

  func lines(_ block: Document.Block) -> [Line] {
    switch block {
    case .heading(let text): wrapped(shown(text), width).map { [Run($0, .title)] }
    case .paragraph(let text): wrapped(shown(text), width - 2).map { [Run("  " + $0)] }
    case .code(let text):
      Sanitise.lines(text).map { [Run((isAlone ? "" : "    ") + shown($0), .code)] }
    case .example(let text):
      Sanitise.lines(text).map { [Run("    " + shown($0), $0.hasPrefix("> ") ? .prompt : .plain)] }
    case .terms(let terms): terms.flatMap { lines($0, column: column(of: terms)) }
    case .table(let table): lines(table)
    case .explanation(let explanation): layout(explanation, view).lines
    case .banner(let title, let aside): banner(shown(title), shown(aside))
    case .figure(let figure): picture(figure)
    case .gap: [[]]
    }
  }

  /// The width of lines that run through; what is printed in full is as wide as a file.
  private var bannerWidth: Int { min(width, DisplayOptions().width) }

  /// A long title takes the line for itself.
  private func banner(_ title: String, _ aside: String) -> [Line] {
    let rule: Line = [
      Run(String(repeating: view.charset.horizontal, count: bannerWidth), .dim)
    ]
    let room = bannerWidth - title.columns - aside.columns
    let titles = wrapped(title, bannerWidth).map { [Run($0, .title)] }
    if aside.isEmpty { return titles + [rule] }
    if room < 2 || titles.count > 1 {
      return titles + wrapped(aside, bannerWidth).map { [Run($0, .dim)] } + [rule]
    }
    return [[Run(title, .title), .blanks(room), Run(aside, .dim)], rule]
  }

  private func picture(_ figure: Figure) -> [Line] {
    var view = view
    view.display.width = max(8, bannerWidth - 4)
    return layout(figure, view).indented(by: 4).lines.map(\.withoutTrailingBlanks)
  }

  /// Two blanks between columns; the first row of lines are the titles.
  private func lines(_ table: Document.Table) -> [Line] {
    let table = fitted(table)
    let rows = ([table.titles] + table.rows).map { $0.map(shown) }
    let natural = table.titles.indices.map { column in rows.map { $0[column].columns }.max() ?? 0 }
    let wide = natural.indices.map { max(natural[$0], table.widths[safe: $0] ?? 0) }
    // Wider columns are a wish; a narrow window can not grant it.
    let widths = wide.reduce(0) { $0 + $1 + 2 } <= width ? wide : natural
    let room = width - widths.reduce(0) { $0 + $1 + 2 } - 2
    return rows.enumerated().map { index, row in
      let cells = row.enumerated().flatMap { column, text -> Line in
        let padded = text.padded(to: widths[column], table.isNumeric[column] ? .right : .left)
        return [Run("  " + padded, index == 0 ? .dim : column == 0 ? .name : .plain)]
      }
      guard index > 0, let tail = table.tails[safe: index - 1] else { return cells }
      return (cells + lines(tail, room)).withoutTrailingBlanks
    }
  }

  /// Columns that a narrow window leaves out are gone, and names are cut where that is not enough.
  private func fitted(_ table: Document.Table) -> Document.Table {
    var table = table
    func excess() -> Int {
      let widths = table.titles.indices.map { column in
        ([table.titles] + table.rows).map { shown($0[column]).columns }.max() ?? 0
      }
      return widths.reduce(0) { $0 + $1 + 2 } - width
    }
    for column in table.optional.sorted(by: >) where excess() > 0 { table.remove(column) }
    let longest = table.rows.map { shown($0[0]).columns }.max() ?? 0
    let over = excess()
    // Shorter names say nothing.
    guard over > 0, !table.optional.isEmpty, longest - over >= 8 else { return table }
    for row in table.rows.indices {
      table.rows[row][0] = shown(table.rows[row][0])
        .truncated(to: longest - over, ellipsis: view.charset.ellipsis)
    }
    return table
  }

  /// A bar for all of it takes this many columns, or what is left.
  private static let fullBar = 28

  private func lines(_ tail: Document.Table.Tail, _ room: Int) -> Line {
    switch tail {
    case .bar(let share):
      guard room >= 8 else { return [] }
      let length = min(share, 1) * Double(min(Self.fullBar, room))
      return [.blanks(2), Run(Blocks(charset: view.charset).bar(length), Style(ink: .series(0)))]
    case .text(let text):
      let shown = shown(text)
      return shown.columns <= room ? [.blanks(2), Run(shown)] : []
    }
  }

  private func column(of terms: [(term: String, meaning: String)]) -> Int {
    min(terms.map { shown($0.term).columns }.max() ?? 0, 20)
  }

  private func lines(_ term: (term: String, meaning: String), column: Int) -> [Line] {
    let name = shown(term.term)
    let isLong = name.columns > column
    let body = wrapped(shown(term.meaning), width - column - 4).enumerated().map { index, line in
      let label = index == 0 && !isLong ? name : ""
      return [Run("  " + label.padded(to: column), .name), Run("  " + line)]
    }
    return (isLong ? [[Run("  " + name, .name)]] : []) + body
  }

  /// Words filled into lines; a line break of the text stays one.
  private func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.columns + 1 + String(word).columns > width {
        lines.append(line)
        line = String(word)
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return lines + [line]
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
