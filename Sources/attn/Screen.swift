import Engine
import Language
import Render
import Terminal

/// Where everything that is shown goes: results to standard output, errors to standard error.
final class Screen {
  var settings: Settings
  private var pending = ""
  private let isTerminal = StandardStreams.isTerminal(1)
  private let errorsOnTerminal = StandardStreams.isTerminal(2)
  /// Hints and the reading line belong to a prompt.
  var isPrompt = false

  init(settings: Settings) { self.settings = settings }

  /// The window as it is now.
  var options: DisplayOptions {
    var options = DisplayOptions()
    let size = TerminalSize.current()
    options.width = settings.width ?? size.columns
    // A file or a pipe has no lower edge, but nobody reads ten thousand lines.
    options.height = isTerminal ? size.rows : 48
    options.digits = settings.digits
    options.charset = settings.charset
    options.isColored = depth != .none
    return options
  }

  private var depth: ColorDepth {
    switch settings.color {
    case .none: .none
    case .ansi16: .ansi16
    case .ansi256: .ansi256
    case .trueColor: .trueColor
    }
  }

  // MARK: - Pages

  func page(for output: Output, isComplete: Bool = false) -> Page {
    ValueLayout.page(output, isComplete ? options.unlimited : options)
  }

  func page(for diagnostic: Diagnostic, width: Int? = nil) -> Page {
    var options = options
    if let width { options.width = width }
    return DiagnosticLayout.page(diagnostic, options)
  }

  /// All of a value, in the width of the window.
  func fullText(of value: Value) -> String {
    Renderer.plain(ValueLayout.page(value, name: nil, options.full)).joined(separator: "\n")
  }

  func plainLines(_ page: Page) -> [String] { Renderer.plain(page) }

  // MARK: - Showing

  func show(_ output: Output) {
    guard isPrompt || output.isResult else { return }
    pending += Renderer.text(page(for: output), depth: depth)
    if pending.utf8.count > 1 << 16 { flush() }
  }

  func show(line: String) {
    let text = settings.charset == .ascii ? ASCII.text(line.sanitised) : line.sanitised
    pending += text + "\n"
  }

  func show(echo line: String) {
    pending += Renderer.text(Page(lines: [[Run(line.sanitised, .dim)]]), depth: depth)
  }

  func show(error diagnostic: Diagnostic) {
    flush()
    let depth = errorsOnTerminal == isTerminal ? self.depth : .none
    StandardStreams.write(2, Renderer.text(page(for: diagnostic), depth: depth))
  }

  func show(interruption text: String) {
    flush()
    StandardStreams.write(2, text + "\n")
  }

  func flush() {
    guard !pending.isEmpty else { return }
    StandardStreams.write(1, pending)
    pending = ""
  }
}
