import Engine
import Kernels

/// An explanation as a page of at most 80 columns, two steps side by side where they fit.
///
/// - Parameter parts: which of its parts; all where nil.
public func layout(_ explanation: Explanation, _ view: View, parts: ClosedRange<Int>? = nil) -> Page
{
  ExplanationLayout(explanation: explanation, view: view).page(parts)
}

private struct ExplanationLayout {
  let explanation: Explanation
  let prose: ProseLayout
  let view: View
  let width: Int

  /// Steps side by side need a page as wide as this.
  private static let widest = 80

  init(explanation: Explanation, view: View) {
    var view = view
    width = max(40, min(view.display.columns, Self.widest))
    view.display.width = width
    (view.display.full, view.display.height) = (false, nil)
    self.explanation = explanation
    self.view = view
    prose = ProseLayout(view: view)
  }

  private var half: Int { width / 2 + 2 }

  func page(_ parts: ClosedRange<Int>?) -> Page {
    var pages = [head]
    var index = parts?.lowerBound ?? 0
    let end = min(explanation.parts.count, parts.map { $0.upperBound + 1 } ?? .max)
    while index < end {
      if index + 1 < end, case .step(let left) = explanation.parts[index],
        case .step(let right) = explanation.parts[index + 1],
        let pair = sideBySide(left, index, right)
      {
        pages.append(pair)
        index += 2
      } else {
        pages.append(page(explanation.parts[index], index))
        index += 1
      }
    }
    return Page.below(pages.filter { !$0.isEmpty }, gap: 1)
  }

  // MARK: - Title and formula

  private var head: Page {
    let title: Line = [Run(view.charset.text(explanation.title), .title)]
    let facts: Line = [
      Run(explanation.facts.map(view.charset.text).joined(separator: "  "), .dim)
    ]
    let room = width - title.columns - facts.columns
    var page = Page()
    if room >= 2 {
      page.append(title + [.blanks(room)] + facts)
    } else {
      page.lines += title.wrapped(to: width, indent: 4, view.charset)
      page.append(facts.truncated(to: width, view.charset).padded(to: width, .right))
    }
    page.append(String(repeating: view.charset.horizontal, count: width), .dim)
    page.append(lines(explanation.formula, .code))
    return page
  }

  // MARK: - Steps

  private var stepCount: Int { explanation.parts.count { $0.isStep } }

  private func title(_ step: Explanation.Step, _ index: Int) -> Line {
    let number = explanation.parts[...index].count { $0.isStep }
    let mark = stepCount > 1 ? "\(number)/\(stepCount) " : ""
    return [Run(mark, .dim)] + prose.line(step.title, .strong)
  }

  private func work(_ step: Explanation.Step) -> [Line] {
    step.lines.flatMap { line in
      ([.blanks(4)] + prose.line(line)).wrapped(to: width, indent: 6, view.charset)
    }
  }

  private func sideBySide(_ left: Explanation.Step, _ index: Int, _ right: Explanation.Step)
    -> Page?
  {
    let titles = (title(left, index), title(right, index + 1))
    guard let first = left.grid.map({ GridLayout($0, view) }),
      let second = right.grid.map({ GridLayout($0, view) }),
      max(first.fullWidth, titles.0.columns) + 2 <= half,
      max(second.fullWidth, titles.1.columns) <= width - half
    else { return nil }
    let pages = [(titles.0, first), (titles.1, second)].map { title, grid in
      Page(lines: [title]).with(grid.page(width: half))
    }
    var page = Page()
    for row in 0..<max(pages[0].lines.count, pages[1].lines.count) {
      let (a, b) = (pages[0].line(row), pages[1].line(row))
      page.append(b.isEmpty ? a : a.padded(to: half) + b)
    }
    page.lines += work(left) + work(right)
    return page
  }

  private func page(_ part: Explanation.Part, _ index: Int) -> Page {
    switch part {
    case .section(let blocks): return Page(lines: blocks.flatMap { self.page($0).lines })
    case .step(let step):
      var page = Page(lines: title(step, index).wrapped(to: width, indent: 4, view.charset))
      if let grid = step.grid { page.append(GridLayout(grid, view).page(width: width)) }
      page.lines += work(step)
      return page
    }
  }

  // MARK: - Blocks

  private func page(_ block: Explanation.Block) -> Page {
    switch block {
    case .lines(let lines): self.lines(lines)
    case .table(let table): ExplanationTable(table, prose, width: width).page()
    case .grid(let grid): GridLayout(grid, view).page(width: width)
    case .figure(let figure): layout(figure, view)
    case .checks(let checks): self.checks(checks)
    }
  }

  private func lines(_ lines: [Prose], _ role: Role = .plain) -> Page {
    Page(
      lines: lines.flatMap { line in
        ([.blanks(2)] + prose.line(line, role)).wrapped(to: width, indent: 5, view.charset)
      })
  }

  private func checks(_ checks: [Explanation.Check]) -> Page {
    var lines: [Line] = []
    var line: Line = [Run("  checks: ", .dim)]
    for (index, check) in checks.enumerated() {
      let error = check.error.map { " (error \(prose.text($0, .error)))" } ?? ""
      let text: Line = [
        Run(view.charset.text(check.text + error)),
        Run(view.charset.text(check.holds ? " ✓" : " ✗"), check.holds ? .fix : .error),
      ]
      if index > 0, line.columns + text.columns > width {
        lines.append(line)
        line = [.blanks(10)]
      }
      line += text
      if index + 1 < checks.count { line.append(.blanks(3)) }
    }
    return Page(
      lines: (lines + [line]).flatMap { $0.wrapped(to: width, indent: 10, view.charset) })
  }
}

extension Explanation.Part {
  fileprivate var isStep: Bool {
    if case .step = self { true } else { false }
  }
}

extension Page {
  fileprivate func with(_ page: Page) -> Page { Page(lines: lines + page.lines) }
  fileprivate func line(_ index: Int) -> Line { index < lines.count ? lines[index] : [] }
}
