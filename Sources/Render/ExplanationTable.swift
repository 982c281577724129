import Engine

/// A table of an explanation, made to fit the window: marks get shorter, then whole columns go,
/// those that say least first.
struct ExplanationTable {
  private let table: Explanation.Table
  private let width: Int
  private var prose: ProseLayout
  /// nil stands for those left out in the middle.
  private var columns: [Int?]
  private var gap: Int

  private static let indent = 2
  /// Shorter bars show nothing.
  private static let shortestBar = 6.0

  private var charset: Charset { prose.view.charset }

  init(_ table: Explanation.Table, _ prose: ProseLayout, width: Int) {
    self.table = table
    self.prose = prose
    self.width = width
    columns = table.titles.indices.map { $0 }
    gap = table.gap
    fit()
  }

  func page() -> Page {
    let titles = table.titles.indices.map(title)
    var page = Page(lines: titles.contains { $0.columns > 0 } ? [line(titles)] : [])
    for row in table.rows {
      page.append(
        row.map { line($0.map { prose.line($0) }, elided: .ellipsis(charset)) }
          ?? [Run("  " + charset.ellipsis, .dim)])
    }
    let sums = table.sums.map { prose.line($0) }
    guard sums.contains(where: { !$0.isEmpty }) else { return page }
    page.append(
      line(
        sums.map { sum in
          let count = sum.contains { $0.value != nil } ? sum.columns : 0
          return [Run(String(repeating: charset.horizontal, count: count), .dim)]
        }))
    page.append(line(sums))
    return page
  }

  private func title(_ column: Int) -> Line { [Run(charset.text(table.titles[column]), .dim)] }

  private func line(_ cells: [Line], elided: Run = .blanks(0)) -> Line {
    var line: Line = [.blanks(Self.indent)]
    for (place, column) in columns.enumerated() {
      if place > 0 { line.append(.blanks(gap)) }
      guard let column else {
        line += [elided].padded(to: charset.ellipsis.columns)
        continue
      }
      let cell = cells.indices.contains(column) ? cells[column] : []
      line += cell.padded(
        to: width(of: column), table.alignments[column] == .right ? .right : .left)
    }
    return line.withoutTrailingBlanks.truncated(to: width, charset)
  }

  // MARK: - Fitting

  private func cells(of column: Int) -> [Prose] {
    (table.rows.compactMap { $0 } + [table.sums]).compactMap {
      $0.indices.contains(column) ? $0[column] : nil
    }
  }

  private func width(of column: Int) -> Int {
    cells(of: column).reduce(title(column).columns) { max($0, prose.line($1).columns) }
  }

  private var fullWidth: Int {
    columns.reduce(Self.indent - gap) {
      $0 + gap + ($1.map(width(of:)) ?? charset.ellipsis.columns)
    }
  }

  private var fits: Bool { fullWidth <= width }

  private mutating func fit() {
    if fits { return }
    gap = min(gap, 2)
    shortenMarks()
    for column in table.optional + columns.compactMap({ $0 }).filter(isPicture) where !fits {
      columns.removeAll { $0 == column }
      shortenMarks()
    }
    let all = columns
    for most in (3..<max(3, all.count)).reversed() where !fits {
      columns = Explanation.shown(all.count, most: most).map { $0.flatMap { all[$0] } }
    }
  }

  private func isPicture(_ column: Int) -> Bool { cells(of: column).contains(where: \.hasMarks) }

  private mutating func shortenMarks() {
    (prose.barScale, prose.isCompact) = (1, false)
    if fits { return }
    let longest = columns.compactMap { $0 }.flatMap(cells).map(\.longestBar).max() ?? 0
    // The widest cell need not be the one with the longest bar.
    for _ in 0..<3 where !fits && longest > 0 {
      let length = longest * prose.barScale - Double(fullWidth - width)
      guard length >= Self.shortestBar else { break }
      prose.barScale = length / longest
    }
    if !fits { (prose.barScale, prose.isCompact) = (1, true) }
  }
}

extension Prose {
  fileprivate var longestBar: Double {
    pieces.reduce(0) { longest, piece in
      if case .bar(let columns) = piece, columns.isFinite { max(longest, columns) } else { longest }
    }
  }

  fileprivate var hasMarks: Bool {
    pieces.contains { piece in
      switch piece {
      case .bar, .shades, .spark: true
      case .text, .number, .column, .arrow: false
      }
    }
  }
}
