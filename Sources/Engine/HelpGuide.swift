extension Help {
  /// What a beginner sees first: it fits in a window of 24 lines.
  static let guide = Document([
    .heading("attn: type a formula, press Enter, read the answer"),
    .terms([
      ("softmax [1 2 3]", "a call; numbers stand in brackets"),
      ("softmax z tau=0.5", "options by name, at the end"),
      ("Q = randn 4 8", "a random 4×8 matrix with a name"),
      ("Q @ K'", "the matrix product; ' transposes"),
      ("attn Q K V causal", "attention and its weights under a mask"),
      ("explain attn Q K V", "every step with your numbers"),
      ("grad f x", "the gradient of a function"),
    ]),
    .heading("Where to go on"),
    .terms([
      ("tour", "learn it in ten minutes, step by step"),
      ("help attn", "all about a builtin; ?attn is the same"),
      ("help builtins", "every builtin, by family"),
      ("apropos position", "search by meaning"),
      (":help", "the session: :undo, :save, :load, :history, :edit, …"),
      ("help TOPIC", topicNames),
    ]),
    .paragraph("ans is the last result. Tab completes, Ctrl-C cancels, Ctrl-D leaves."),
  ])

  private static var topicNames: String { topics.map(\.name).joined(separator: " ") }

  /// Every builtin under its family.
  static var list: Document {
    Document(
      Registry.families.map { family in
        .terms([(family.title, family.builtins.map(\.name).joined(separator: " "))])
      } + [.terms([("Topics", topicNames)])])
  }
}
