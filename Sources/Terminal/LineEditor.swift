import CEdit

/// Reads entries from the terminal with editing, history and completion, over libedit.
///
/// Keys are those of emacs mode unless `~/.editrc` binds others. One editor is used by one thread.
public final class LineEditor {
  public enum Outcome: Equatable, Sendable {
    /// What was typed, without the line end; it holds line ends where several lines were pasted.
    case line(String)
    /// Ctrl-C: the line is given up and the cursor stands at the start of a new one.
    case interrupted
    /// Ctrl-D on an empty line, or no more input.
    case endOfInput
  }

  /// Whether colours may be shown; nil leaves that to the terminal and NO_COLOR.
  public var usesColor: Bool?

  /// What stands under the line while it is typed, in one line; nil for nothing.
  public var hint: ((_ line: String, _ cursor: Int) -> String?)?

  let completer: (_ line: String, _ cursor: Int) -> Completion
  private let program: String
  private let historyFile: HistoryFile?
  private var entries: [String]?

  // SAFETY: made by `open`, used only while this object lives, freed in `deinit`.
  var handle: OpaquePointer?
  var prompt = Prompt("", hasColor: false)
  /// What the prompt function hands to libedit; it must stay where it is between two calls.
  var promptBuffer: UnsafeMutablePointer<Int32>?
  private(set) var capabilities = TerminalCapabilities()
  var decoder = KeyDecoder()
  var pendingPrefill = ""
  var wasInterrupted = false
  var hasEnded = false
  var hintLine = HintLine()
  /// The line for which the hint was made.
  var hintedLine: EditedLine?
  /// Code points still to come that belong to a key of several, or to a search: no hint meanwhile.
  var pendingOfKey = 0
  var isInsideKey = false
  var isSearching = false
  /// A walk through the history, and the line it put there: it goes on while that is unchanged.
  var walk: (state: HistoryWalk, shown: HistoryWalk.Line)?
  /// The line and cursor that the last Tab left, to know a second one.
  var lastTab: EditedLine?
  /// The line at the last key.
  var lastSeen: EditedLine?
  /// Which of the two a repeated Tab shows next.
  var showsHintNext = true

  /// - Parameters:
  ///   - program: its name in `~/.editrc`.
  ///   - historyFile: where entries are kept; nil for none. The directory must exist.
  ///   - completer: gets the line and the cursor in characters.
  public init(
    program: String, historyFile: String?,
    completer: @escaping (_ line: String, _ cursor: Int) -> Completion
  ) {
    self.program = program
    self.historyFile = historyFile.map(HistoryFile.init)
    self.completer = completer
  }

  deinit {
    if let handle { el_end(handle) }
    promptBuffer?.deallocate()
  }

  /// All entries, oldest first: those of earlier sessions and of this one.
  public var history: [String] {
    if let entries { return entries }
    let loaded = historyFile?.load() ?? []
    entries = loaded
    return loaded
  }

  /// Adds an entry to the history and to its file at once, so that nothing is lost however the
  /// program ends; the same entry twice in a row counts once, and what is longer than 64 KB stays
  /// out of the file.
  public func remember(_ entry: String) {
    guard !entry.isEmpty, history.last != entry else { return }
    entries?.append(entry)
    historyFile?.append(entry)
  }

  /// Reads one entry.
  ///
  /// - Parameters:
  ///   - prompt: may hold colours; they are left out where the terminal has none.
  ///   - continuation: the entry goes on with this line: Tab at its start indents.
  ///   - prefill: stands in the line at the beginning.
  public func read(prompt text: String, continuation: Bool, prefill: String) -> Outcome {
    guard let handle = openHandle() else { return .endOfInput }
    capabilities = TerminalCapabilities()
    if let usesColor { capabilities.hasColor = usesColor && capabilities.movesCursor }
    setPrompt(Prompt(text, hasColor: capabilities.hasColor))
    pendingPrefill = DisplayText.pasted(prefill)
    isContinuation = continuation
    wasInterrupted = false
    hasEnded = false
    walk = nil
    lastTab = nil
    lastSeen = nil
    hintLine.forget()
    hintedLine = nil
    pendingOfKey = 0
    _ = Interrupts.takeInterrupt()
    _ = Interrupts.takeResize()
    _ = Interrupts.takeContinue()
    takeTerminal(of: handle)
    var length: Int32 = 0
    let line = cedit_read_line(handle, &length)
    releaseTerminal(of: handle)
    if wasInterrupted { return .interrupted }
    guard let line, length > 0 else {
      show("\r\n")
      return .endOfInput
    }
    var scalars = Scalars.string(line, count: Int(length))
    if scalars.hasSuffix("\n") { scalars.removeLast() }
    return .line(scalars)
  }

  private(set) var isContinuation = false

  private func openHandle() -> OpaquePointer? {
    if let handle { return handle }
    DisplayText.chooseLocale()
    Interrupts.prepare()
    guard let made = cedit_create(program) else { return nil }
    handle = made
    cedit_set_client(made, Unmanaged.passUnretained(self).toOpaque())
    KeyBindings.install(on: made)
    return made
  }

  /// libedit would leave the echo on until it has shown the prompt: who types at once sees it twice.
  func takeTerminal(of handle: OpaquePointer) {
    var mode = termios()
    if tcgetattr(STDIN_FILENO, &mode) == 0 { Interrupts.noteTerminal(mode) }
    Interrupts.catchSuspend()
    cedit_set_raw(handle, 1)
    if capabilities.movesCursor { show(BracketedPaste.enable) }
  }

  func releaseTerminal(of handle: OpaquePointer) {
    cedit_set_raw(handle, 0)
    if capabilities.movesCursor { show(BracketedPaste.disable) }
    Interrupts.releaseSuspend()
    Interrupts.forgetTerminal()
  }

  func setPrompt(_ new: Prompt) {
    prompt = new
    promptBuffer?.deallocate()
    let buffer = UnsafeMutablePointer<Int32>.allocate(capacity: new.encoded.count)
    buffer.initialize(from: new.encoded, count: new.encoded.count)
    promptBuffer = buffer
  }

  /// Past libedit, which has nothing buffered while one of our functions runs.
  func show(_ text: String) { StandardStreams.write(STDOUT_FILENO, text) }
}

/// What the terminal understands.
struct TerminalCapabilities: Equatable {
  var movesCursor: Bool
  var hasColor: Bool

  init() {
    let isTerminal = StandardStreams.isTerminal(STDOUT_FILENO)
    movesCursor = isTerminal && ![nil, "dumb"].contains(Environment.value(of: "TERM"))
    hasColor = ColorSupport.detect(isTerminal: isTerminal) != .none
  }
}
