import Engine
import Language
import Render
import Terminal

/// Where everything that is shown goes: results to standard output, errors to standard error.
final class Screen {
  var settings: Settings
  var theme = Theme.standard
  private var pending = ""
  private let isTerminal = StandardStreams.isTerminal(1)
  private let errorsOnTerminal = StandardStreams.isTerminal(2)
  /// Whether a line that is rewritten stands on the terminal.
  private var hasProgress = false
  /// Keeps what is shown.
  var journal: Journal?
  /// Hints, the reading line and steps by key belong to a prompt that is not plain.
  var givesHints = false
  /// What `:fix` mends.
  private(set) var lastError: Diagnostic?

  /// What is shown, before it is laid out.
  enum Shown {
    case output(Output)
    case error(Diagnostic)
    case line(String)
  }

  /// Is told of what is shown; where it gives true, it shows that itself.
  var audience: ((Shown) -> Bool)?
  /// Is told of all that is written.
  var listener: ((String) -> Void)?

  init(settings: Settings) { self.settings = settings }

  /// The window as it is now.
  var view: View {
    let size = TerminalSize.current()
    // The prompt below needs a line too. A pipe has no lower edge, but nobody reads ten thousand
    // lines.
    let display = DisplayOptions(
      width: settings.width ?? size.columns, height: isTerminal ? max(1, size.rows - 1) : 48,
      digits: settings.digits, charset: settings.charset)
    return View(display: display, depth: depth)
  }

  private var depth: ColorDepth {
    switch settings.color {
    case .none: .none
    case .ansi16: .ansi16
    case .ansi256: .ansi256
    case .trueColor: .trueColor
    }
  }

  /// What a pipe of the usual width shows, and a file that keeps what was shown.
  var paper: View {
    View(
      display: DisplayOptions(
        width: 80, height: 48, digits: settings.digits, charset: settings.charset))
  }

  // MARK: - Pages

  func page(for output: Output) -> Page { layout(output, view) }

  /// Everything, however wide and long: what is compared with expectations.
  func completePage(for output: Output, mayScale: Bool) -> Page {
    var view = view
    view.display.mayScale = mayScale
    // A picture in colours has no text to compare.
    view.depth = .none
    (view.display.full, view.display.width, view.display.height) = (true, 1 << 20, nil)
    return layout(output, view)
  }

  func completePage(for diagnostic: Diagnostic) -> Page {
    var options = view.display
    options.width = 1 << 20
    return layout(diagnostic, options: options)
  }

  /// All of a value, in the width of the window.
  func fullText(of value: Value) -> String {
    var view = view
    view.display.full = true
    return lines(of: layout(value, view)).joined(separator: "\n")
  }

  /// A value as it stands in a file, which has no lower edge.
  func page(of value: Value, width: Int, depth: ColorDepth) -> Page {
    // A picture of more lines than these helps nobody.
    let display = DisplayOptions(width: width, height: 400, digits: settings.digits)
    return layout(value, View(display: display, depth: depth))
  }

  func lines(of page: Page) -> [String] { page.lines.map { plain($0, charset: settings.charset) } }

  // MARK: - Showing

  func show(_ output: Output) {
    if case .progress(let progress) = output, audience == nil { return show(progress) }
    eraseProgress()
    if audience?(.output(output)) == true { return }
    guard givesHints || output.isResult else { return }
    let page = page(for: output)
    record(output, shownAs: page)
    show(page)
  }

  /// Into the journal, which has no colours.
  func record(_ output: Output, shownAs page: Page? = nil) {
    guard let journal, journal.takesOutput, output.isResult else { return }
    var plainView = view
    plainView.depth = .none
    let page = depth == .none ? page : nil
    journal.add(lines(of: page ?? layout(output, plainView)))
  }

  /// The explanation that comes key by key: at a prompt, where it has more than one part.
  func stepwise(_ output: Output) -> Explanation? {
    guard givesHints, isTerminal, StandardStreams.isTerminal(0),
      case .value(.document(let document), _) = output,
      case .explanation(let explanation)? = document.blocks.first, explanation.parts.count > 1
    else { return nil }
    return explanation
  }

  /// Shows a page at once, with what a terminal does before it.
  func draw(_ page: Page, after commands: String = "") {
    flush()
    put(commands + ansi(page, depth: depth, theme: theme, charset: settings.charset))
  }

  /// A line that stays open, to be wiped out.
  func draw(line: Line) {
    flush()
    put(ansi(line, depth: depth, theme: theme, charset: settings.charset))
  }

  /// One line that is rewritten at a terminal, a few lines elsewhere; never among the results.
  private func show(_ progress: Progress) {
    guard errorsOnTerminal || progress.isMilestone else { return }
    if !pending.isEmpty { flush() }
    let line = layout(progress, isLive: errorsOnTerminal, view)
    let depth = errorsOnTerminal == isTerminal ? self.depth : .none
    let text = ansi(Page(lines: [line]), depth: depth, theme: theme, charset: settings.charset)
    // \r and "erase to the end of the line".
    put(errorsOnTerminal ? "\r\u{1B}[K" + text.dropLast() : text, to: 2)
    hasProgress = errorsOnTerminal
  }

  private func eraseProgress() {
    guard hasProgress else { return }
    put("\r\u{1B}[K", to: 2)
    hasProgress = false
  }

  func show(line: String) { show(lines: [line]) }

  func show(lines: [String]) { show(text: Page(lines: lines.map { [Run($0)] })) }

  func show(document: Document) { show(text: layout(document, view)) }

  /// What is said, and is no result.
  func show(text page: Page) {
    show(Page(lines: page.lines.filter { audience?(.line($0.text)) != true }))
  }

  private func show(_ page: Page) {
    if isTooHigh(page) { return Pager(page, self).run() }
    pending += ansi(page, depth: depth, theme: theme, charset: settings.charset)
    if pending.utf8.count > 1 << 16 { flush() }
  }

  /// Whether a page would scroll away before anybody has read it.
  private func isTooHigh(_ page: Page) -> Bool {
    givesHints && page.lines.count > TerminalSize.current().rows - 1 && isTerminal
      && StandardStreams.isTerminal(0) && Environment.value(of: "TERM") != "dumb"
  }

  func show(echo line: String) {
    pending += ansi(
      Page(settings.charset.text(line), .dim), depth: depth, theme: theme, charset: settings.charset
    )
  }

  /// - Parameter isToBeFixed: whether it is what `:fix` mends from now on.
  func show(error diagnostic: Diagnostic, isToBeFixed: Bool = true) {
    flush()
    if isToBeFixed { lastError = diagnostic }
    if audience?(.error(diagnostic)) == true { return }
    let depth = errorsOnTerminal == isTerminal ? self.depth : .none
    let page = layout(diagnostic, options: view.display)
    journal?.add(lines(of: page))
    put(ansi(page, depth: depth, theme: theme, charset: settings.charset), to: 2)
  }

  func show(interruption text: String) {
    flush()
    if audience?(.line(text)) == true { return }
    put(text + "\n", to: 2)
  }

  func flush() {
    eraseProgress()
    guard !pending.isEmpty else { return }
    defer { pending = "" }
    if !put(pending) { Program.leave(outputFailure: StandardStreams.failure) }
  }

  /// Everything that is written passes here; gives false where nobody reads any more.
  @discardableResult
  func put(_ text: String, to descriptor: Int32 = 1) -> Bool {
    listener?(text)
    return StandardStreams.write(descriptor, text)
  }
}
