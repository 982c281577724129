import Render
import Terminal

/// Text that is never drawn over: pipes, screen readers and terminals without a cursor. Keys come
/// as lines: an empty one is Enter, `g 7` goes to step 7.
final class PlainStage: Stage {
  private let screen: Screen
  private let editor: StageEditor?
  private var input = InputLines()
  private var pending: [Key] = []
  /// What has been printed of which visit.
  private var printed = (visit: -1, count: 0)
  private var status: StatusLine?
  /// What was typed and shown at the free prompt need not be said again.
  private var isKnown = false

  let hasLists = false
  let hasMore = false

  /// - Parameter editor: reads the lines; nil where they come through a pipe.
  init(_ screen: Screen, editor: StageEditor?) {
    self.screen = screen
    self.editor = editor
  }

  var view: View { screen.view }

  func show(_ scene: Scene) {
    status = scene.status
    if let list = scene.list { return write(list) }
    let isNew = printed.visit != scene.visit || printed.count > scene.step.count
    if !isKnown {
      if isNew, printed.visit >= 0 { write([[]]) }
      write(Array(scene.step.dropFirst(isNew ? 0 : printed.count)))
    }
    isKnown = false
    printed = (scene.visit, scene.step.count)
    let player = scene.status.player
    if let notice = player.notice { write([[Run(notice, .note)]]) }
    if player.phase == .failed { write([[Run("r retry  e edit  s skip  b back", .note)]]) }
  }

  private func write(_ lines: [Line]) {
    guard !lines.isEmpty else { return }
    screen.draw(Page(lines: lines))
  }

  func turnPage() {}
  func scroll(by lines: Int) {}
  func close() {}
  // Lines of a pipe stand there from the start, and typed ones can be seen.
  func dropKeys() {}
  func pause(milliseconds: Int32) -> Bool { false }

  func nextKey() -> Key {
    while pending.isEmpty {
      guard let line = readLine() else { return .endOfInput }
      pending = Self.keys(of: line)
    }
    return pending.removeFirst()
  }

  private func readLine() -> String? {
    guard let editor else { return input.next() }
    let place = status.map { "(\($0.player.step + 1)/\($0.player.count)) " } ?? ""
    return editor.read(prompt: place)
  }

  /// A number wants Enter behind it, and who writes a line with `q` need not be asked.
  static func keys(of line: String) -> [Key] {
    let text = line.filter { $0 != " " && $0 != "\r" }
    guard let first = text.first else { return [.enter] }
    switch first {
    case "g": return text.map { .character($0) } + [.enter]
    case "q": return [.character("q"), .character("y")]
    default: return [.character(first)]
    }
  }

  func readEntry(prompt: String, prefill: String) -> String? {
    guard let editor else { return input.next() }
    return editor.read(prompt: prompt, prefill: prefill)
  }

  func lend(clear: Bool, _ work: () -> Void) {
    work()
    isKnown = true
  }
}
