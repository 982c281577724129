/// What the command line asks for.
struct Arguments {
  enum Mode: Equatable {
    case run, check, bless, present, help, version
  }

  enum ColorChoice: String, CaseIterable {
    case auto, always, never
  }

  /// How a lecture is shown.
  struct Presentation: Equatable {
    var isBig = false
    var types = false
    var notes: String?
    var record: String?
    var leavesNothing = false
    var resumes = false
  }

  var mode = Mode.run
  var presentation = Presentation()
  var files: [String] = []
  var code: [String] = []
  var isInteractive = false
  var echoes = false
  var steps = false
  var isPlain = false
  var isASCII = false
  var keepsGoing = false
  var skipsInit = false
  var color = ColorChoice.auto

  /// Bad usage: one sentence for standard error, exit status 2.
  struct Misuse: Error {
    var message: String
  }

  private struct Option: Sendable {
    var names: [String]
    /// How its value is called; nil for a switch.
    var value: String?
    var meaning: String
    var apply: @Sendable (inout Arguments, String) throws(Misuse) -> Void
  }

  /// The one list from which parsing and `--help` are made. Reading the command line with
  /// swift-argument-parser doubled the time from start to the first answer (3.6 ms for 1.9).
  private static let options: [Option] = [
    Option(names: ["-e"], value: "CODE", meaning: "run CODE; may be repeated") {
      $0.code.append($1)
    },
    Option(names: ["-i"], meaning: "stay at the prompt after the files") { (arguments, _) in
      arguments.isInteractive = true
    },
    Option(names: ["--echo"], meaning: "show each statement before its result") { (arguments, _) in
      arguments.echoes = true
    },
    Option(names: ["--step"], meaning: "wait for a key before each statement") { (arguments, _) in
      arguments.steps = true
    },
    Option(names: ["--keep-going"], meaning: "go on after an error; the exit status is still 1") {
      (arguments, _) in arguments.keepsGoing = true
    },
    Option(names: ["--plain"], meaning: "no colour, no hints, for screen readers and logs") {
      (arguments, _) in arguments.isPlain = true
    },
    Option(names: ["--ascii"], meaning: "only ASCII characters in the output") { (arguments, _) in
      arguments.isASCII = true
    },
    Option(names: ["--color"], value: "WHEN", meaning: "auto, always or never") {
      (arguments: inout Arguments, text: String) throws(Misuse) in
      guard let choice = ColorChoice(rawValue: text) else {
        throw Misuse(message: "--color takes auto, always or never, not '\(text)'")
      }
      arguments.color = choice
    },
    Option(names: ["--no-init"], meaning: "do not read the init file") { (arguments, _) in
      arguments.skipsInit = true
    },
    Option(names: ["--big"], meaning: "present: at most 60 columns, a clear screen for each step") {
      (arguments, _) in arguments.presentation.isBig = true
    },
    Option(names: ["--type"], meaning: "present: statements appear letter by letter") {
      (arguments, _) in arguments.presentation.types = true
    },
    Option(names: ["--notes"], value: "FILE", meaning: "present: the speaker's notes go there") {
      $0.presentation.notes = $1
    },
    Option(names: ["--record"], value: "NAME", meaning: "present: write NAME.cast, .md and .attn") {
      $0.presentation.record = $1
    },
    Option(names: ["--no-record"], meaning: "present: leave no files") { (arguments, _) in
      arguments.presentation.leavesNothing = true
    },
    Option(names: ["--resume"], meaning: "present: go on at the step where it ended") {
      (arguments, _) in arguments.presentation.resumes = true
    },
    Option(names: ["-h", "--help"], meaning: "this text") { (arguments, _) in arguments.mode = .help
    },
    Option(names: ["--version"], meaning: "the version") { (arguments, _) in
      arguments.mode = .version
    },
  ]

  /// None.
  init() {}

  init(_ words: [String]) throws(Misuse) {
    var rest = words[...]
    switch rest.first {
    case "check":
      mode = .check
      rest.removeFirst()
    case "bless":
      mode = .bless
      rest.removeFirst()
    case "present":
      mode = .present
      rest.removeFirst()
    default: break
    }
    while let word = rest.popFirst() {
      if word == "--" {
        files += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        files.append(word)
        continue
      }
      try apply(word, &rest)
    }
    try reconcile()
  }

  private mutating func apply(_ word: String, _ rest: inout ArraySlice<String>) throws(Misuse) {
    let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(halves[0])
    guard let option = Self.options.first(where: { $0.names.contains(name) }) else {
      throw Misuse(message: "there is no option \(name)")
    }
    guard let value = option.value else {
      guard halves.count == 1 else { throw Misuse(message: "\(name) takes no value") }
      try option.apply(&self, "")
      return
    }
    if halves.count == 2 {
      try option.apply(&self, String(halves[1]))
    } else if let next = rest.popFirst() {
      try option.apply(&self, next)
    } else {
      throw Misuse(message: "\(name) needs \(value)")
    }
  }

  private func reconcile() throws(Misuse) {
    guard mode == .present || mode == .help || presentation == Presentation() else {
      throw Misuse(message: "--big, --type, --notes, --record and --resume belong to attn present")
    }
    if mode == .present, files.count != 1 {
      throw Misuse(message: "attn present needs one FILE")
    }
    guard mode == .check || mode == .bless else { return }
    guard !files.isEmpty else {
      throw Misuse(message: "attn \(mode == .check ? "check" : "bless") needs at least one FILE")
    }
  }

  static var usage: String {
    """
    attn: the mathematics of attention, at a prompt

      attn                 type formulas (help explains)
      attn FILE...         replay scripts
      attn -e CODE         run CODE
      attn check FILE...   compare the output with the #> lines; exit 1 where it differs
      attn bless FILE...   rewrite the #> lines
      attn present FILE    show a script step by step, as a lecture

    Without FILE and -e, and with input that is no terminal, standard input is run.

    """
      + Self.options.map { option in
        let names = option.names.joined(separator: ", ") + (option.value.map { " \($0)" } ?? "")
        return "  " + names + String(repeating: " ", count: max(1, 18 - names.count))
          + option.meaning
      }.joined(separator: "\n")
      + "\n\nExit status: 0, 1 at an error of a script, 2 for bad usage.\n"
  }
}
