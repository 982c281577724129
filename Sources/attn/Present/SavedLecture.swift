import Files

/// Where a lecture stands and how it came there, as a small file: enough to go on at the same step
/// with the same values.
struct SavedLecture: Equatable {
  struct Entry: Equatable {
    enum Kind: String {
      /// Typed before the statement of the step ran, the statement itself, typed after it.
      case before, own, after
      /// A statement as the speaker has changed it.
      case edit
    }

    var step: Int
    var kind: Kind
    var code: String
  }

  /// From the root.
  var file: String
  /// Of the file's text.
  var digest: String
  /// Where it is recorded; empty for nowhere.
  var record = ""
  var seed: UInt32
  var elapsedMilliseconds: Int64 = 0
  var step = 0
  var phase = Player.Phase.waiting
  var entries: [Entry] = []
  /// The files that its statements have written, from the root.
  var wrote: [String] = []

  // MARK: - Text

  private static let headline = "attn lecture 1"

  var text: String {
    let fields = [
      "file \(Self.escaped(file))", "digest \(digest)", "record \(Self.escaped(record))",
      "seed \(seed)", "elapsed \(elapsedMilliseconds)", "step \(step)", "phase \(phase.rawValue)",
    ]
    let lines = entries.map { "\($0.kind.rawValue) \($0.step) \(Self.escaped($0.code))" }
    let files = wrote.map { "wrote \(Self.escaped($0))" }
    return ([Self.headline] + fields + files + lines).map { $0 + "\n" }.joined()
  }

  /// Nil for what is no such text.
  init?(_ text: String) {
    var lines = text.split(separator: "\n").map(String.init)[...]
    guard lines.popFirst() == Self.headline else { return nil }
    var fields: [String: String] = [:]
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      let rest = words.count > 1 ? String(words[1]) : ""
      if let kind = Entry.Kind(rawValue: String(words[0])) {
        guard let entry = Self.entry(kind, rest) else { return nil }
        entries.append(entry)
      } else if words[0] == "wrote" {
        wrote.append(Self.unescaped(rest))
      } else {
        fields[String(words[0])] = rest
      }
    }
    guard let file = fields["file"], let digest = fields["digest"],
      let seed = fields["seed"].flatMap({ UInt32($0) }),
      let step = fields["step"].flatMap({ Int($0) }), step >= 0,
      let phase = fields["phase"].flatMap(Player.Phase.init)
    else { return nil }
    (self.file, self.digest, self.seed) = (Self.unescaped(file), digest, seed)
    (self.step, self.phase) = (step, phase)
    record = Self.unescaped(fields["record"] ?? "")
    elapsedMilliseconds = fields["elapsed"].flatMap { Int64($0) } ?? 0
  }

  init(file: String, digest: String, seed: UInt32) {
    (self.file, self.digest, self.seed) = (file, digest, seed)
  }

  private static func entry(_ kind: Entry.Kind, _ rest: String) -> Entry? {
    let words = rest.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, let step = Int(words[0]), step >= 0 else { return nil }
    return Entry(step: step, kind: kind, code: unescaped(String(words[1])))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\r", with: "").replacing("\n", with: "\\n")
  }

  private static func unescaped(_ text: String) -> String {
    text.split(separator: "\\\\", omittingEmptySubsequences: false)
      .map { $0.replacing("\\n", with: "\n") }.joined(separator: "\\")
  }

  /// FNV-1a: tells texts apart, no secret.
  static func digest(of text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return String(hash, radix: 16)
  }
}

/// The file of a lecture's state.
struct LectureFile {
  let path: String

  /// - Parameter lecture: the lecture's own file, from the root.
  init(folder: String, lecture: String, name: String) {
    path = "\(folder)/\(name)-\(SavedLecture.digest(of: lecture))"
  }

  func read() -> SavedLecture? {
    guard FileAccess.exists(path), let bytes = try? FileAccess.read(path) else { return nil }
    return SavedLecture(String(decoding: bytes, as: UTF8.self))
  }

  /// The old or the new state, never a half one.
  func write(_ state: SavedLecture) throws(FileFault) {
    try FileAccess.write(Array(state.text.utf8), to: path, force: true)
  }

  func remove() { FileAccess.remove(path) }
}
