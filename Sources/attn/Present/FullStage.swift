import Render
import Terminal

/// All of a terminal's window: text above, one row below for where the lecture stands.
final class FullStage: Stage {
  private let screen: Screen
  private let isBig: Bool
  private let editor: StageEditor
  private var keys: TakenKeys?
  private var window: Window
  /// What stands on the terminal; nil where that is not known.
  private var frame: Frame?
  private var scene: Scene?
  /// Which part of the scene the window was last made for.
  private var place = (visit: -1, count: -1)

  let hasLists = true

  init(_ screen: Screen, isBig: Bool, editor: StageEditor) {
    self.screen = screen
    self.isBig = isBig
    self.editor = editor
    window = Window(height: TerminalSize.current().rows - 1)
    FullScreen.enter()
    keys = TakenKeys()
  }

  func close() {
    keys?.release()
    keys = nil
    FullScreen.leave()
  }

  var view: View {
    var view = screen.view
    let size = TerminalSize.current()
    view.display.width = min(screen.settings.width ?? size.columns, size.columns)
    view.display.height = max(3, size.rows - 2)
    return view
  }

  var hasMore: Bool { window.hasMore }

  // MARK: - Showing

  func show(_ scene: Scene) {
    self.scene = scene
    let height = TerminalSize.current().rows - 1
    if scene.list == nil { fitWindow(to: scene, height: height) }
    draw()
  }

  /// A new text is shown from where it is to be read; the same one stays where it was scrolled to.
  private func fitWindow(to scene: Scene, height: Int) {
    let count = text(of: scene).count
    if place == (scene.visit, count) {
      window.fit(height: height, count: count)
    } else {
      window.height = max(1, height)
      let before = isBig ? 0 : scene.history.count
      window.show(count, fresh: scene.isRead ? count : before + scene.focus)
      place = (scene.visit, count)
    }
  }

  private func text(of scene: Scene) -> [Line] {
    isBig ? scene.step : scene.history + scene.step
  }

  func turnPage() {
    window.turnPage()
    draw()
  }

  func scroll(by lines: Int) {
    window.scroll(by: lines)
    draw()
  }

  private func draw() {
    guard let scene else { return }
    let size = TerminalSize.current()
    let height = max(1, size.rows - 1)
    let lines =
      scene.list?.dropFirst(max(0, scene.listFocus - height + 1)).prefix(height)
      ?? text(of: scene)[window.lines]
    var rows = lines.map(row)
    rows += [String](repeating: "", count: max(0, height - rows.count))
    var status = scene.status
    status.hasMore = hasMore
    rows.append(statusRow(status, width: size.columns))
    let next = Frame(rows: Array(rows.suffix(max(1, size.rows))))
    let update = next.update(from: frame)
    frame = next
    if !update.isEmpty { screen.put(update) }
  }

  private func row(_ line: Line) -> String {
    let charset = screen.settings.charset
    return ansi(
      line.truncated(to: TerminalSize.current().columns, charset), depth: screen.view.depth,
      theme: screen.theme, charset: charset)
  }

  private func statusRow(_ status: StatusLine, width: Int) -> String {
    let text = status.text(width: max(1, width - 1), charset: screen.settings.charset)
    guard screen.view.depth != .none else { return text }
    return "\u{1B}[7m" + text.padded(to: max(1, width - 1)) + "\u{1B}[0m"
  }

  // MARK: - Keys

  func nextKey() -> Key {
    // The clock shows minutes.
    let key = Terminal.nextKey(within: Int32(60 - LocalTime.now().second) * 1000)
    if key == .resize { frame = nil }
    return key
  }

  func dropKeys() { Terminal.dropKeys() }

  func pause(milliseconds: Int32) -> Bool {
    switch Terminal.nextKey(within: milliseconds) {
    case .timeout: return true
    case .resize:
      frame = nil
      return true
    default: return false
    }
  }

  // MARK: - Lending the terminal

  func readEntry(prompt: String, prefill: String) -> String? {
    var entry: String?
    lend(clear: false) { entry = editor.read(prompt: prompt, prefill: prefill) }
    return entry
  }

  func lend(clear: Bool, _ work: () -> Void) {
    let rows = window.lines.count
    let height = window.height
    // Below the text, on the row of the status where that fills the window.
    let place = clear ? "\u{1B}[H\u{1B}[2J" : "\u{1B}[\(min(rows, height) + 1);1H\u{1B}[J"
    screen.put(place)
    StandardStreams.write(1, FullScreen.showCursor)
    keys?.release()
    keys = nil
    work()
    screen.flush()
    StandardStreams.write(1, FullScreen.hideCursor)
    keys = TakenKeys()
    frame = nil
  }
}

extension Theme {
  /// Nothing faint and no colour that a projector swallows.
  static let projector = Theme(parameters: [
    .strong: "1", .error: "1;31", .fix: "1", .note: "1", .mark: "1;31", .secondMark: "1",
    .name: "1", .header: "1", .prompt: "1", .title: "1;4",
  ])
}
