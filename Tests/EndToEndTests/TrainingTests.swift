import Testing

/// `minimize` and gradients as a whole run of the program meets them.
@Suite struct TrainingTests {
  private static func training(steps: Int) -> [String] {
    [
      "-e",
      """
      seed 1
      X = randn 8 3
      p, history = minimize (p -> mean((X @ p.w - 1)^2)) record(w = zeros 3) steps=\(steps) with=sgd lr=0.001
      """,
    ]
  }

  @Test func memoryDoesNotGrowWithSteps() throws {
    let few = try Command.run(Self.training(steps: 1_000), seconds: 120)
    let many = try Command.run(Self.training(steps: 10_000), seconds: 120)
    #expect(few.status == 0 && many.status == 0)
    // The history alone is 72 KB longer; a step that kept its tape would be megabytes.
    #expect(many.peak < few.peak + 2048, "\(few.peak) KiB, then \(many.peak) KiB")
  }

  @Test func aPipeGetsAFewPlainLines() throws {
    let run = try Command.run(Self.training(steps: 1_000))
    let lines = run.errors.split(separator: "\n")
    #expect((2...8).contains(lines.count), "\(run.errors)")
    #expect(lines.allSatisfy { $0.hasPrefix("step ") && !$0.utf8.contains(0x1B) })
  }

  @Test func aLossThatIsNoNumberIsReported() throws {
    let run = try Command.run(["-e", "p = minimize (x -> sqrt x) 0.001 with=sgd lr=1"])
    #expect(run.status == 1)
    #expect(run.errors.contains("error: the loss is NaN at step 1"))
    #expect(run.errors.contains("a smaller lr or clip=1 may help"))
  }

  /// Where an n×m matrix would need more than the limit, it is not made.
  @Test(arguments: [
    (
      "flash", "40",
      "grad (p -> sum(flash p.q p.k p.v causal tau=p.t softcap=p.c)) record(q=Q, k=Q, v=Q, t=2, c=3)"
    ),
    ("attention without its weights", "40", "grad (q -> sum(attn q Q Q causal_right)) Q"),
    ("linear attention", "60", "grad ((q, k, v) -> sum(linear_attn q k v causal)) Q Q Q"),
    ("features of a function", "60", "grad ((q, k, v) -> sum(linear_attn q k v phi=exp)) Q Q Q"),
  ])
  func longSequencesNeedNoSquare(_ name: String, _ limit: String, _ code: String) throws {
    let script = try ScratchFile(
      "long.attn", ":set memory \(limit)MB\nQ = randn 3000 16;\ng = \(code);\nprint 1\n")
    let run = try Command.run([script.url.path], seconds: 120)
    #expect(run.output.hasSuffix("1\n"), "\(name): \(run.errors)")
  }
}
