/// What Tab offers at a place of the line.
public struct Completion: Sendable, Equatable {
  /// Where the text that a candidate replaces begins, in characters; it ends at the cursor.
  public var replaceFrom: Int
  public var candidates: [Candidate]
  /// Shown on a second Tab: signature and help lines.
  public var hint: [String]

  public init(replaceFrom: Int, candidates: [Candidate], hint: [String] = []) {
    self.replaceFrom = replaceFrom
    self.candidates = candidates
    self.hint = hint
  }
}

/// One way to go on.
public struct Candidate: Sendable, Equatable {
  public var text: String
  /// A dim description, shown where few candidates are listed.
  public var note: String

  public init(text: String, note: String = "") {
    self.text = text
    self.note = note
  }
}

/// What one Tab does, decided without a terminal.
struct CompletionStep: Equatable {
  /// The characters left of the cursor that `insertion` replaces.
  var replaced = 0
  var insertion = ""
  var listed: [Candidate] = []
  var hint: [String] = []

  /// - Parameter isRepeated: the key before was Tab too and nothing has changed since.
  init(_ completion: Completion, left: String, isRepeated: Bool) {
    let start = min(max(completion.replaceFrom, 0), left.count)
    let typed = String(left.dropFirst(start))
    guard let first = completion.candidates.first?.text else {
      hint = completion.hint
      return
    }
    let common = completion.candidates.dropFirst().reduce(first) { Self.commonPrefix($0, $1.text) }
    let isOnly = completion.candidates.count == 1
    // Where the candidates replace the typed text by something else (`\t` by τ or θ), only a
    // lone one may.
    if common != typed, isOnly || common.hasPrefix(typed) {
      replaced = typed.count
      insertion = common
    }
    if isRepeated && !completion.hint.isEmpty || isOnly && insertion.isEmpty {
      hint = completion.hint
    } else if !isOnly {
      listed = completion.candidates
    }
  }

  private static func commonPrefix(_ a: String, _ b: String) -> String {
    String(zip(a, b).prefix { $0 == $1 }.map(\.0))
  }
}
