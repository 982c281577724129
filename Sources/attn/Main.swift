import Engine
import Files
import Kernels
import Language
import Render
import Terminal

let version = "0.1"

/// What deep input may use before it is refused: the thread below gets as much.
private let stackBytes = 256 << 20

@main
struct Main {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    let status = runOnLargeStack(bytes: stackBytes) { Program.run(words) }
    Program.exit(status)
  }
}

private func cancelFromSignal() { Cancellation.request() }

/// One run of the program, from its arguments to its exit status.
enum Program {
  static func run(_ words: [String]) -> Int32 {
    let arguments: Arguments
    do {
      arguments = try Arguments(words)
    } catch {
      StandardStreams.write(
        2, "attn: \(Sanitise.text(error.message))\nattn --help lists the options\n")
      return 2
    }
    switch arguments.mode {
    case .help:
      StandardStreams.write(1, Arguments.usage)
      return 0
    case .version:
      StandardStreams.write(1, "attn \(version)\nkernels \(KernelVariant.current.rawValue)\n")
      return 0
    default: break
    }
    Interrupts.install(onInterrupt: cancelFromSignal)
    Memory.limit = SystemMemory.defaultLimit
    Memory.keepFreed()
    let screen = Screen(settings: settings(for: arguments))
    let ownFiles = OwnFiles()
    let effects = FileEffects(screen: Unowned(screen), ownFiles: Unowned(ownFiles))
    let session = Session(effects: effects, stackBytes: stackBytes - (1 << 20))
    defer { screen.flush() }
    switch arguments.mode {
    case .check: return check(arguments, screen, effects)
    case .bless: return bless(arguments, screen, effects)
    case .present:
      guard let source = source(arguments.files[0]) else { return 2 }
      return Presentation(
        arguments: arguments, runner: Runner(session: session, screen: screen), ownFiles: ownFiles
      ).run(source)
    default: return play(arguments, Runner(session: session, screen: screen))
    }
  }

  /// What cannot be shown is not worth computing. A reader that has gone (`attn … | head`) is no
  /// mistake and gets the status that the signal would have given.
  static func leave(outputFailure reason: String?) -> Never {
    guard let reason else { exit(141) }
    StandardStreams.write(2, "attn: standard output: \(reason)\n")
    exit(1)
  }

  private static func settings(for arguments: Arguments) -> Settings {
    var settings = Settings()
    let environment = { (name: String) in Environment.value(of: name) }
    let isTerminal = StandardStreams.isTerminal(1)
    switch arguments.color {
    case .auto: settings.color = ColorSupport.detect(isTerminal: isTerminal)
    case .always: settings.color = max(ColorSupport.detect(isTerminal: true), .ansi256)
    case .never: settings.color = .none
    }
    let isCompared = arguments.mode == .check || arguments.mode == .bless
    if arguments.isPlain || isCompared { settings.color = .none }
    if arguments.isASCII || !isUTF8Locale(environment) { settings.charset = .ascii }
    return settings
  }

  /// Only a locale that names another charset takes UTF-8 away: C and POSIX say nothing.
  private static func isUTF8Locale(_ environment: (String) -> String?) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    guard let locale = names.lazy.compactMap(environment).first(where: { !$0.isEmpty }),
      locale.utf8.contains(UInt8(ascii: "."))
    else { return true }
    let charset = locale.utf8.drop { $0 != UInt8(ascii: ".") }.filter { $0 != UInt8(ascii: "-") }
    return String(decoding: charset, as: UTF8.self).lowercased().hasPrefix(".utf8")
  }

  // MARK: - Running

  private static func play(_ arguments: Arguments, _ runner: Runner) -> Int32 {
    let hasInput =
      arguments.files.isEmpty && arguments.code.isEmpty || arguments.files.contains("-")
    runner.session.isRemembered =
      arguments.isInteractive || hasInput || !arguments.code.isEmpty
    let hasPrompt = arguments.isInteractive || (hasInput && StandardStreams.isTerminal(0))
    if hasPrompt, !arguments.skipsInit { runInitFile(runner) }
    var isFailed = false
    for code in arguments.code {
      switch runner.runText(Source(text: code), arguments) {
      case .leave: return isFailed ? 1 : 0
      case .cancelled: return 130
      case .failed:
        isFailed = true
        if arguments.isInteractive { return prompt(runner, arguments) }
        if !arguments.keepsGoing { return 1 }
      case .done: break
      }
    }
    for path in arguments.files where path != "-" {
      guard let source = source(path) else { return 2 }
      switch runner.replay(source, arguments) {
      case .leave: return isFailed ? 1 : 0
      case .cancelled: return 130
      case .failed:
        isFailed = true
        if arguments.isInteractive { return prompt(runner, arguments) }
        if !arguments.keepsGoing { return 1 }
      case .done: break
      }
    }
    if hasPrompt {
      return prompt(runner, arguments)
    } else if hasInput {
      switch runner.runStandardInput(arguments) {
      case .failed: isFailed = true
      case .cancelled: return 130
      default: break
      }
    }
    return isFailed ? 1 : 0
  }

  /// Before all else that an interactive session runs.
  private static func runInitFile(_ runner: Runner) {
    guard let path = Paths.initFile, let bytes = try? FileAccess.read(path) else { return }
    let source = Source(name: path, text: String(decoding: bytes, as: UTF8.self))
    _ = runner.replay(source, Arguments())
    runner.journal.closeBackground()
  }

  private static func prompt(_ runner: Runner, _ arguments: Arguments) -> Int32 {
    runner.screen.givesHints = !arguments.isPlain
    if runner.screen.settings.charset == .unicode, AmbiguousWidth.detect() == .wide {
      runner.screen.settings.charset = .ascii
    }
    Repl(runner: runner).run()
    return 0
  }

  private static func source(_ path: String) -> Source? {
    do {
      let text = String(decoding: try FileAccess.read(path), as: UTF8.self)
      return Source(name: path, text: isMarkdown(path) ? script(ofMarkdown: text) : text)
    } catch {
      StandardStreams.write(2, "attn: \(Sanitise.text(error.message))\n")
      return nil
    }
  }

  private static func isMarkdown(_ path: String) -> Bool { path.lowercased().hasSuffix(".md") }

  // MARK: - check and bless

  private static func check(_ arguments: Arguments, _ screen: Screen, _ effects: FileEffects)
    -> Int32
  {
    var (passed, failed) = (0, 0)
    for path in arguments.files {
      guard let source = source(path) else { return 2 }
      let session = Session(effects: effects, stackBytes: stackBytes - (1 << 20))
      let checker = Checker(session: session, screen: screen)
      _ = checker.check(source)
      passed += checker.passed
      failed += checker.failed
      screen.flush()
      if checker.isCancelled { return 130 }
    }
    screen.show(line: "\(passed) passed, \(failed) failed")
    return failed == 0 ? 0 : 1
  }

  private static func bless(_ arguments: Arguments, _ screen: Screen, _ effects: FileEffects)
    -> Int32
  {
    var failed = 0
    if let path = arguments.files.first(where: isMarkdown) {
      StandardStreams.write(2, "attn: \(Sanitise.text(path)): bless rewrites scripts alone\n")
      return 2
    }
    for path in arguments.files {
      guard let source = source(path) else { return 2 }
      let session = Session(effects: effects, stackBytes: stackBytes - (1 << 20))
      let checker = Checker(session: session, screen: screen)
      guard let text = checker.blessed(source) else { return 130 }
      failed += checker.failed
      if text == source.text { continue }
      do {
        try FileAccess.write(Array(text.utf8), to: path, force: true)
      } catch {
        StandardStreams.write(2, "attn: \(Sanitise.text(error.message))\n")
        return 1
      }
      screen.show(line: "\(path) rewritten")
    }
    return failed == 0 ? 0 : 1
  }
}

/// A reference for a closure that must not outlive the program's one screen.
struct Unowned<Object: AnyObject>: @unchecked Sendable {
  let value: Object
  init(_ value: Object) { self.value = value }
}
