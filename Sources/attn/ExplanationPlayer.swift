import Engine
import Kernels
import Render
import Terminal

/// Shows an explanation part by part as keys are pressed, and another cell as arrows are.
final class ExplanationPlayer {
  private var explanation: Explanation
  private let session: Session
  private let screen: Screen
  /// The last part that is shown.
  private var last = 0 { didSet { top = 0 } }
  /// The first line that is shown of a page that is higher than the window.
  private var top = 0
  /// Whether lines of it are below the window.
  private var hasMore = false
  private var showsCode = false
  /// Lines of the page that stands on the screen.
  private var height = 0
  /// It has the window for itself, and a key after the last part leaves.
  private let isAlone: Bool

  init(_ explanation: Explanation, _ session: Session, _ screen: Screen, isAlone: Bool = false) {
    self.isAlone = isAlone
    self.explanation = explanation
    self.session = session
    self.screen = screen
  }

  /// Until the user leaves; what was seen last stays on the screen. Keys are read one by one, so the
  /// terminal is as it was in between. Gives true where a key after the last part has ended it.
  @discardableResult
  func run() -> Bool {
    draw()
    while true {
      switch readKey() {
      case .character("q"), .character("Q"), .escape, .interrupt, .endOfInput:
        leave()
        return false
      case .character(" "), .character("n"), .enter, .pageDown:
        if hasMore {
          top += rows - 1
        } else if isAlone, last == partCount - 1 {
          leave()
          return true
        } else {
          last = min(last + 1, partCount - 1)
        }
      case .character("b"), .backspace, .pageUp:
        if top > 0 { top = max(0, top - rows + 1) } else { last = max(last - 1, 0) }
      case .character("c"):
        showsCode.toggle()
        top = 0
      case .character(let character): jump(to: character)
      case .up: move(rows: -1)
      case .down: move(rows: 1)
      case .left: move(columns: -1)
      case .right: move(columns: 1)
      case .resize: if !isAlone { continue }
      default: continue
      }
      draw()
    }
  }

  private var partCount: Int { explanation.parts.count }

  /// The places of the numbered steps, or of all parts where none is numbered.
  private var stops: [Int] {
    let steps = explanation.parts.indices.filter {
      if case .step = explanation.parts[$0] { true } else { false }
    }
    return steps.isEmpty ? Array(explanation.parts.indices) : steps
  }

  private func jump(to character: Character) {
    guard let number = character.wholeNumberValue, character.isASCII, stops.indices ~= number - 1
    else { return }
    last = stops[number - 1]
  }

  /// Follows a neighbouring cell; at the border nothing happens.
  private func move(rows: Int = 0, columns: Int = 0) {
    guard let cell = explanation.traced, let extent = explanation.extent else { return }
    let next = Explanation.Cell(row: cell.row + rows, column: cell.column + columns)
    guard 0..<extent.row ~= next.row, 0..<extent.column ~= next.column else { return }
    Cancellation.reset()
    // A cell that can not be explained, or Ctrl-C, leaves the one that is shown.
    guard let other = try? session.explanation(following: next) else { return }
    explanation = other
    last = min(last, partCount - 1)
  }

  // MARK: - Drawing

  /// As many of the parts up to the last one as the window holds.
  private func page(rows: Int) -> Page {
    if showsCode { return code(rows: rows) }
    var page = layout(explanation, screen.view, parts: last...last)
    for first in (0..<last).reversed() {
      let more = layout(explanation, screen.view, parts: first...last)
      guard more.lines.count <= rows else { break }
      page = more
    }
    return cut(page, to: rows)
  }

  /// What one types for the names in the explanation.
  private func code(rows: Int) -> Page {
    let width = screen.view.display.width
    return cut(
      Page(
        lines: explanation.definitions.map { name, expression in
          let text = screen.settings.charset.text("\(name) = \(expression)")
          return [Run(text.truncated(to: max(1, width - 1)), .code)]
        }), to: rows)
  }

  /// From `top` on; its last line says where more is below.
  private func cut(_ page: Page, to rows: Int) -> Page {
    let lines = page.lines.dropFirst(min(top, page.lines.count - 1))
    hasMore = lines.count > rows
    guard hasMore else { return Page(lines: Array(lines)) }
    return Page(
      lines: lines.prefix(max(1, rows - 1))
        + [[Run(screen.settings.charset.text("…"), .dim)]])
  }

  /// In full or in short, as the window allows.
  private var keys: String {
    let room = screen.view.display.width - 1
    let stop = "1-\(min(9, stops.count))"
    let place = "  \(last + 1)/\(partCount)"
    func text(_ keys: [String]) -> String {
      ([place, hasMore ? "space more" : "space next"] + keys).joined(separator: "  ")
    }
    let cells = explanation.traced == nil ? [] : ["arrows cell"]
    let choices = [
      ["b back", "\(stop) step"] + cells + ["c code", "q quit"],
      ["b back", stop] + cells.map { _ in "arrows" } + ["c code", "q quit"],
      ["b back", "q quit"],
    ].map(text)
    let shortest = choices[2].truncated(to: max(1, room))
    return choices.first { $0.columns <= room } ?? shortest
  }

  /// One line is for the keys, and below it stands the cursor.
  private var rows: Int { max(3, TerminalSize.current().rows - 2) }

  private func draw() {
    var page = page(rows: rows)
    page.append([Run(screen.settings.charset.text(keys), .dim)])
    if isAlone { return screen.draw(page, after: "\u{1B}[H\u{1B}[2J") }
    let back = height > 0 ? "\u{1B}[\(height)A\r\u{1B}[J" : ""
    screen.draw(page, after: back)
    height = page.lines.count
  }

  /// Takes the line of keys away.
  private func leave() {
    Cancellation.reset()
    if isAlone { return }
    screen.put("\u{1B}[1A\r\u{1B}[J")
  }
}
