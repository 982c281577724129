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
    }
  }

  /// Two blanks between columns; the first row of lines are the titles.
  private func lines(_ table: Document.Table) -> [Line] {
    let rows = ([table.titles] + table.rows).map { $0.map(shown) }
    let widths = table.titles.indices.map { column in rows.map { $0[column].columns }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      row.enumerated().flatMap { column, text -> Line in
        let padded = text.padded(to: widths[column], table.isNumeric[column] ? .right : .left)
        return [Run("  " + padded, index == 0 ? .dim : column == 0 ? .name : .plain)]
      }
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
