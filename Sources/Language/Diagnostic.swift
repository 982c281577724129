/// One proposal that would make the line work, already proved by whoever offers it.
public struct Fix: Hashable, Sendable {
  /// What to write instead of `span`, as the user would type it.
  public var text: String
  /// What it gives or means: `4×8 @ 8×5 → 4×5`.
  public var note: String
  /// What `text` replaces; nil where the fix is advice that no edit can carry out.
  public var span: Span?

  public init(_ text: String, note: String = "", replacing span: Span? = nil) {
    self.text = text
    self.note = note
    self.span = span
  }
}

/// An error as the user sees it: one plain sentence, where, with what, and the way out.
public struct Diagnostic: Error, Sendable {
  /// A mark under the source line.
  public struct Mark: Hashable, Sendable {
    public var span: Span
    /// `^` under what is wrong, `─` under what it clashes with.
    public var isPrimary: Bool

    public init(_ span: Span, isPrimary: Bool = true) {
      self.span = span
      self.isPrimary = isPrimary
    }
  }

  /// A line through which the failing one was called.
  public struct Caller: Sendable {
    public var source: Source
    public var span: Span
    /// The function that was called there.
    public var function: String

    public init(source: Source, span: Span, function: String) {
      self.source = source
      self.span = span
      self.function = function
    }
  }

  /// One sentence without `error: ` and without a full stop.
  public var message: String
  public var source: Source
  /// What the location `file:line:col` names.
  public var span: Span
  public var marks: [Mark]
  /// What stands right of the marks: `Q 4×8   K 5×8   inner 8 ≠ 5`.
  public var detail: String
  public var fixes: [Fix]
  public var notes: [String]
  /// Innermost first.
  public var callers: [Caller] = []
  /// The text ended inside a bracket, a block or after an operator: a prompt asks for more.
  public var isIncomplete: Bool

  public init(
    _ message: String, in source: Source, at span: Span, marks: [Mark]? = nil,
    detail: String = "", fixes: [Fix] = [], notes: [String] = [], isIncomplete: Bool = false
  ) {
    self.message = message
    self.source = source
    self.span = span
    self.marks = marks ?? [Mark(span)]
    self.detail = detail
    self.fixes = fixes
    self.notes = notes
    self.isIncomplete = isIncomplete
  }
}
