extension Help {
  /// What calls cost, take and come from: one page under each of its words.
  static let measuring = ["cost", "bench", "compare", "why"].map {
    Topic(
      name: $0, summary: "what calls cost, how long they take, where values come from",
      document: measuringPage)
  }

  private static let measuringPage = Document([
    .heading("cost, bench, compare, :why"),
    .terms([
      ("cost attn 4096 64", "operations and memory, counted; c = (cost …) has c.operations"),
      ("bench EXPR", "median time of an expression and the quartiles of its runs"),
      (
        "bench attn 1024 64",
        "the same for random arguments of these sizes; with the share of this machine's measured peak"
      ),
      (
        "compare (a) (b)",
        "times of several expressions run in turn, and the L2 distance of their results"
      ),
      (":why x", "the expressions, shapes and random numbers that a variable was made of"),
    ]),
    .paragraph(
      "b = (bench EXPR) has b.seconds, b.low, b.high, b.runs and, where the operations are known, b.gflops, b.peak, b.share; of compare: c.seconds, c.ratio, c.l2, c.relative."
    ),
    .paragraph(
      "Counted: "
        + Registry.all.filter { $0.cost != nil }.map(\.name).joined(separator: " ")
        + ". Random state stays as it is."),
  ])
}
