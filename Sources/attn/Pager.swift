import Kernels
import Render
import Terminal

/// Shows a page that is longer than the window part by part. Nothing that stood on the screen is
/// wiped out: it scrolls up, as it always does.
struct Pager {
  private let page: Page
  private let screen: Screen

  init(_ page: Page, _ screen: Screen) {
    self.page = page
    self.screen = screen
  }

  func run() {
    var shown = 0
    var wanted = rows
    while true {
      let end = min(page.lines.count, shown + wanted)
      screen.draw(Page(lines: Array(page.lines[shown..<end])))
      shown = end
      guard shown < page.lines.count else { return }
      guard let count = askForMore(shown) else { return leave(shown) }
      wanted = count
    }
  }

  /// One line of the window is for the keys.
  private var rows: Int { max(1, TerminalSize.current().rows - 1) }

  /// How many lines to go on; nil to leave.
  private func askForMore(_ shown: Int) -> Int? {
    let text = "\(shown) of \(page.lines.count) lines  space more  enter line  a all  q quit"
    let line = text.truncated(to: max(1, screen.view.display.width - 1))
    screen.draw(line: [Run(line, .dim)])
    defer { screen.put("\r\u{1B}[K") }
    while true {
      switch readKey() {
      case .character(" "), .character("n"): return rows
      case .enter, .down: return 1
      case .character("a"): return page.lines.count
      case .character("q"), .escape, .endOfInput: return nil
      case .interrupt:
        Cancellation.request()
        return nil
      default: continue
      }
    }
  }

  private func leave(_ shown: Int) {
    screen.draw(Page("… \(page.lines.count - shown) more lines", .dim))
  }
}
