import Engine

/// Help pages and other texts with structure.
public enum DocumentLayout {
  /// Prose wider than this is hard to read.
  private static let widestProse = 88

  public static func page(_ document: Document, _ options: DisplayOptions) -> Page {
    var page = Page()
    let width = min(options.width, widestProse)
    let shown = { (text: String) in
      options.charset == .ascii ? ASCII.text(text.sanitised) : text.sanitised
    }
    for block in document.blocks {
      switch block {
      case .heading(let text): page.append([Run(shown(text), .header)])
      case .paragraph(let text):
        page.lines += wrapped(shown(text), width - 2).map { [Run("  " + $0)] }
      case .code(let text):
        page.lines += text.split(separator: "\n", omittingEmptySubsequences: false).map {
          [Run(document.blocks.count == 1 ? shown(String($0)) : "    " + shown(String($0)), .strong)]
        }
      case .example(let text):
        page.lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
          [Run("    " + shown(String(line)), line.hasPrefix("> ") ? .strong : .plain)]
        }
      case .terms(let terms):
        let column = min(terms.map { DisplayWidth.of(shown($0.term)) }.max() ?? 0, 24)
        for term in terms {
          let name = shown(term.term)
          let lines = wrapped(shown(term.meaning), max(width - column - 4, 20))
          let isLong = DisplayWidth.of(name) > column
          if isLong { page.append([Run("  " + name, .name)]) }
          for (index, line) in lines.enumerated() {
            let label = index == 0 && !isLong ? name : ""
            page.append([Run("  " + label.padded(to: column), .name), Run("  " + line)])
          }
        }
      }
    }
    return page
  }

  /// Words filled into lines of a width.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let needed = DisplayWidth.of(line) + 1 + DisplayWidth.of(word)
      if !line.isEmpty, needed > width {
        lines.append(line)
        line = String(word)
      } else {
        line += (line.isEmpty && lines.isEmpty ? "" : line.isEmpty ? "" : " ") + word
      }
    }
    lines.append(line)
    return lines
  }
}
