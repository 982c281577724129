import Testing

/// What attention holds at most, over its inputs: the scores are never there as a whole.
@Suite struct MemoryTests {
  struct Attention: CustomTestStringConvertible {
    let n: Int
    let d: Int
    let call: String
    var dtype = ""
    var testDescription: String { "\(call) n=\(n) d=\(d) \(dtype)" }

    var inputs: String { "q = \(dtype)(zeros(\(n), \(d))); k = q*1; v = q*1;" }
    var outputBytes: Int { n * d * (dtype == "f32" ? 4 : 8) }
  }

  /// The scores of these would be 512 MB and more.
  @Test(arguments: [
    Attention(n: 12288, d: 8, call: "attn q k v", dtype: "f32"),
    Attention(n: 8192, d: 8, call: "attn q k v"),
    Attention(n: 65536, d: 64, call: "attn q k v (window 64)"),
    Attention(n: 12288, d: 8, call: "attn q k v causal"),
    Attention(n: 8192, d: 8, call: "attn q k v bias=alibi(1)"),
    Attention(n: 65536, d: 64, call: "linear_attn q k v causal"),
  ])
  func attentionHoldsNoScores(_ attention: Attention) throws {
    // Time for a last look at what the program holds.
    let pause = " for i in 0:30000 { t = i; }"
    let without = try Command.run(["-e", attention.inputs + pause])
    let with = try Command.run(
      ["-e", "\(attention.inputs) y = \(attention.call);" + pause], seconds: 120)
    #expect(with.status == 0, "\(with.errors)")
    // The peak of each is that of a run of its own, whose pages differ by some.
    let over = (with.peak - without.peak) * 1024 - attention.outputBytes
    #expect(over < 8 << 20, "\(over >> 10) KiB beside the result")
    #expect(with.peak < 300 << 10, "\(with.peak) KiB")
  }
}
