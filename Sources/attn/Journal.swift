import Kernels
import Language

/// What the session ran and showed, in order: `:save` and the lecture player write it down.
///
/// It stays small over any number of lines: of what was shown only the latest is kept.
final class Journal {
  /// One statement, with the prose that stood before it; prose alone has no code.
  struct Entry {
    /// The title of the section that begins here.
    var section: String?
    var prose: [String] = []
    /// Speaker's notes.
    var notes: [String] = []
    /// As it was typed, with the `;` that hid its result.
    var code = ""
    /// The lines that it showed, an error included; nil where they are no longer kept.
    var output: [String]? = []
    /// More was shown than was kept.
    var isCut = false
    var hasSucceeded = true
    /// The error that its script wants to be shown.
    var expectedError: String?
    /// It stood in the init file.
    var isBackground = false
    /// It drew from the random stream with which the session began.
    var needsSeed = false

    /// What a line takes beside its text.
    private static let bytesBesideText = 64

    fileprivate var outputBytes: Int {
      (output ?? []).reduce(0) { $0 + $1.utf8.count + Self.bytesBesideText }
    }
  }

  /// Of one entry: more lines than these nobody reads in notes.
  private static let mostLines = 400
  private static let mostOutputBytes = 4 << 20
  /// Of so many entries what they showed is kept: more than a long session has.
  private static let mostOutputs = 1000
  /// Longer programs are not typed; a pipe may bring any.
  private static let mostCodeBytes = 64 << 20

  private(set) var entries: [Entry] = []
  /// The seed of the random stream with which the session began.
  let seed: UInt32
  /// Whether all that was run is still here.
  private(set) var isComplete = true

  private var next = Entry()
  private var before: RandomState
  private var isRunning = false
  private var outputBytes = 0
  private var codeBytes = 0
  /// The first entry whose output is still kept.
  private var firstKept = 0

  init(random: RandomState) {
    seed = random.seed
    before = random
  }

  // MARK: - Recording

  /// What stands before the next statement.
  func describe(section: String?, prose: [String], notes: [String] = []) {
    if section != nil { writeProse() }
    next.section = section ?? next.section
    if !prose.isEmpty { next.prose += prose }
    if !notes.isEmpty { next.notes += notes }
  }

  /// Comments alone: the prose of the next statement.
  func describe(comments text: String) {
    var reader = ScriptReader(Source(text: text))
    while let step = reader.next() {
      describe(section: step.section, prose: step.prose, notes: step.notes)
    }
  }

  /// What stood in the init file runs again with `:save`, and is no part of notes.
  func closeBackground() {
    for index in entries.indices {
      entries[index].isBackground = true
      (entries[index].section, entries[index].prose, entries[index].notes) = (nil, [], [])
    }
    next = Entry()
  }

  /// A statement is about to run.
  func begin(_ code: String, random: RandomState) {
    next.code = code
    before = random
    isRunning = true
  }

  /// Whether what is shown would be kept.
  var takesOutput: Bool { isRunning && !next.isCut }

  /// What the running statement shows.
  func add(_ lines: [String]) {
    guard takesOutput else { return }
    let room = Self.mostLines - (next.output?.count ?? 0)
    next.output?.append(contentsOf: lines.prefix(room))
    next.isCut = lines.count > room
  }

  func end(hasSucceeded: Bool, random: RandomState, expectedError: String? = nil) {
    guard isRunning else { return }
    next.expectedError = expectedError
    next.hasSucceeded = hasSucceeded
    next.needsSeed =
      before.isAtSeed(seed) && !next.code.hasPrefix("seed ")
      && (random.drawn != before.drawn || random.seed != before.seed)
    isRunning = false
    append(next)
    next = Entry()
  }

  /// A line that does more than compute, as `:set` does.
  func note(_ code: String) {
    next.code = code
    append(next)
    next = Entry()
  }

  private func writeProse() {
    guard next.section != nil || !next.prose.isEmpty || !next.notes.isEmpty else { return }
    append(next)
    next = Entry()
  }

  private func append(_ entry: Entry) {
    guard codeBytes + entry.code.utf8.count <= Self.mostCodeBytes else {
      isComplete = false
      return
    }
    entries.append(entry)
    codeBytes += entry.code.utf8.count
    outputBytes += entry.outputBytes
    while firstKept < entries.count,
      outputBytes > Self.mostOutputBytes || entries.count - firstKept > Self.mostOutputs
    {
      outputBytes -= entries[firstKept].outputBytes
      entries[firstKept].output = nil
      firstKept += 1
    }
  }

  // MARK: - Going back

  /// A place to go back to.
  var mark: Int { entries.count }

  /// Forgets what came after `mark`; gives it, to be brought back.
  @discardableResult
  func cut(to mark: Int) -> [Entry] {
    guard mark < entries.count else { return [] }
    let removed = Array(entries[mark...])
    entries.removeSubrange(mark...)
    for entry in removed {
      codeBytes -= entry.code.utf8.count
      outputBytes -= entry.outputBytes
    }
    firstKept = min(firstKept, mark)
    return removed
  }

  func bringBack(_ removed: [Entry]) {
    for entry in removed { append(entry) }
  }

  /// All entries, prose that no statement has followed yet included.
  var allEntries: [Entry] {
    next.section == nil && next.prose.isEmpty && next.notes.isEmpty ? entries : entries + [next]
  }
}

extension RandomState {
  /// Whether it still is the stream that began with `seed` when nobody had chosen one.
  fileprivate func isAtSeed(_ seed: UInt32) -> Bool { self.seed == seed && !isSeedChosen }
}
