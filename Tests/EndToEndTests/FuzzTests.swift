import Testing

/// Whatever is typed, loaded or piped: an answer or an error, never a trap and never a hang.
@Suite struct FuzzTests {
  struct Generator {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(limit))
    }
  }

  @Test(arguments: 1...4)
  func arbitraryBytes(_ seed: UInt64) throws {
    var random = Generator(state: seed)
    let input = (0..<20_000).map { _ -> UInt8 in
      random.next(8) == 0 ? 10 : UInt8(random.next(256))
    }
    try survives(input)
  }

  @Test(arguments: 1...8)
  func linesOfTheLanguagesOwnWords(_ seed: UInt64) throws {
    var random = Generator(state: seed)
    let words = [
      "softmax", "attn", "rope", "sum", "randn", "reshape", "concat", "stack", "split", "einsum",
      "one_hot", "pick", "diag", "tril", "sort", "topk", "cumsum", "where", "clip", "mask",
      "causal",
      "window", "padding", "full", "prefix", "heat", "entropy", "norm", "fit", "close", "record",
      "linspace", "range", "eye", "zeros", "argmax", "logsumexp", "sinusoidal", "softmax_jacobian",
      "f32", "bool", "transpose", "outer", "lit", "print", "seed", "randint", "permutation", "help",
      "source", "first", "shape", "x", "y", "A", "B", "f", "ans", "_", "axis=0", "axis=-1",
      "axis=9",
      "tau=0.1", "keep=1", "k=2", "0", "1", "2", "3", "-1", "2.5", "1e308", "-1e-320", "∞", "nan",
      "9007199254740993", "1e300", "\"ij,jk->ik\"", "\"\"", "(", ")", "[", "]", "{", "}", ",", ";",
      ":", "=", "+", "-", "*", "/", "@", "%", "^", "'", "->", "|>", "==", "<", "and", "or", "not",
      "if", "for i in 0:3", "while 0", "def f x = ", "x = ", "A = randn 3 4;", "B = randn 4 3;",
      "x[0]", "A[0, 1]", "A[:, -1]", "A[::-1]", "A[9]", "A[0] =", "p.q = ", "?", "·", "√", "none",
    ]
    let lines = (0..<400).map { _ in
      (0..<1 + random.next(9)).map { _ in words[random.next(words.count)] }.joined(separator: " ")
    }
    try survives(Array(lines.joined(separator: "\n").utf8))
  }

  @Test func deepNestingIsAnError() throws {
    for text in [
      String(repeating: "(", count: 100_000), String(repeating: "[", count: 100_000),
      String(repeating: "-", count: 100_000) + "1",
      "x = " + String(repeating: "1+", count: 50_000) + "1",
      String(repeating: "f(", count: 5_000) + "1" + String(repeating: ")", count: 5_000),
      "1" + String(repeating: "'", count: 50_000), "x" + String(repeating: "[0]", count: 50_000),
      String(repeating: "if 1 {", count: 5_000), "2" + String(repeating: "^2", count: 50_000),
      "y = 1; for i in 0:100000 { y = (y, y); }",
      "g = x -> x; for i in 0:100000 { h = g; g = x -> h(x); }",
      "def f x { if x > 0 { f(x - 1) } else { 0 } }\nf 900\nf 1e9",
    ] {
      try survives(Array(text.utf8))
    }
  }

  private func survives(_ input: [UInt8]) throws {
    let run = try Command.run(["--keep-going"], input: input, seconds: 60)
    #expect((0...1).contains(run.status), "status \(run.status): \(run.errors.suffix(2000))")
  }
}
