import Foundation
import Testing

/// Ctrl-C in the middle of everything that may take long: how much the program still computes.
@Suite(.serialized) struct InterruptTests {
  struct Work: CustomTestStringConvertible {
    let name: String
    /// Runs to its end.
    let setup: String
    /// Runs too long to be waited for.
    let work: String
    var testDescription: String { name }

    init(_ name: String, _ setup: String, _ work: String) {
      (self.name, self.setup, self.work) = (name, setup, "for t in 0:1000 { \(work) }")
    }
  }

  private static let long = "x = zeros 30000000;"
  private static let square = "x = zeros 4096 4096;"

  static let works: [Work] = [
    Work("matmul", "a = randn 2000 2000;", "y = a @ a;"),
    Work("batched matmul", "a = zeros 100000 16 16;", "y = a @ a;"),
    Work("einsum", "a = zeros 200 200 200;", "y = einsum \"ijk,jil->kl\" a a;"),
    Work("softmax", square, "y = softmax x;"),
    Work("softmax of one row", long, "y = softmax x;"),
    Work("softmax of columns", square, "y = softmax x axis=0;"),
    Work("softmax of two columns", "x = zeros 15000000 2;", "y = softmax x axis=0;"),
    Work("log_softmax of one row", long, "y = log_softmax x;"),
    Work("attn", "q = zeros 32768 64;", "y = attn q q q;"),
    Work("attn causal", "q = zeros 65536 64;", "y = attn q q q causal;"),
    Work("attn window", "q = zeros 65536 64;", "y = attn q q q (window 4096);"),
    Work(
      "attn with a matrix mask", "q = zeros 4096 64; m = zeros 4096 4096 > 1;",
      "y = attn q q q mask=m;"),
    Work(
      "attn with a bias", "q = zeros 4096 64; m = zeros 4096 4096;", "y = attn q q q bias=m;"),
    Work("attn alibi", "q = zeros 8 8192 64;", "y = attn q q q bias=alibi(8);"),
    Work("attn of wide rows", "q = zeros 512 100000;", "y = attn q q q;"),
    Work(
      "mha", "x = zeros 4096 512; w = zeros 512 512; p = record(wq=w, wk=w, wv=w, wo=w);",
      "y = mha x x x p heads=8;"),
    Work(
      "moe", "x = zeros 20000 256; g = zeros 256 2; w = zeros 256 256; e = x -> x @ w @ w;",
      "y = moe x g (e, e) k=1;"),
    Work("gradient of attn", "q = zeros 4096 64;", "g = grad (q -> sum(attn(q, q, q))) q;"),
    Work("linear_attn", "q = ones 300000 64;", "y = linear_attn q q q;"),
    Work("linear_attn causal", "q = ones 300000 64;", "y = linear_attn q q q causal;"),
    Work(
      "decode", "q = zeros 1 64; k = zeros 500000 64; c = kvcache k k;", "o, d = decode q q q c;"),
    Work("variances of columns", square, "y = var x axis=0;"),
    Work("deviations of two long rows", "x = zeros 2 20000000;", "y = std x axis=0;"),
    Work("few runs moved", "x = zeros 2 200000 64;", "y = transpose(x, 1, 0, 2);"),
    Work("layernorm", square, "y = layernorm x;"),
    Work("layernorm of one row", long, "y = layernorm x;"),
    Work("rope", "q = zeros 200000 128;", "a, b = rope q q;"),
    Work("sinusoidal", "", "y = sinusoidal 100000 512;"),
    Work("exp", long, "y = exp x;"),
    Work("power", long, "y = x^1.5;"),
    Work("comparison", long, "y = where (x > 0.5) x 0;"),
    Work("conversion", long, "y = f32 x;"),
    Work("random numbers", "", "y = randn 30000000;"),
    Work("norm", long, "y = norm x;"),
    Work("variance", long, "y = var x;"),
    Work("cumsum", long, "y = cumsum x;"),
    Work("cumsum of columns", square, "y = cumsum x axis=0;"),
    Work("sort", "x = rand 3000000;", "y = sort x;"),
    Work("topk", long, "y = topk x 5;"),
    Work("argmax", long, "y = argmax x;"),
    Work("transpose", square, "y = x' * 1;"),
    Work("gather", long + " i = zeros 10000000;", "y = x[i];"),
    Work("selection", long, "y = x[x > 0.5];"),
    Work("mask", "", "y = mask causal 20000;"),
    Work("one_hot", "i = zeros 30000;", "y = one_hot i 1000;"),
    Work("a loop", "x = 1;", "while 1 > 0 { x = x + 1; };"),
  ]

  @Test(arguments: works)
  func endsWithinABlink(_ work: Work) throws {
    var best = Interrupted.Seconds(own: .infinity, system: .infinity)
    // A busy machine disturbs one run or another.
    for _ in 0..<3 where best.own + best.system > 0.1 {
      let run = try Interrupted(work.setup, work.work, after: 0.2)
      #expect(run.errors.contains("interrupted"), "\(run.errors)")
      if run.computed.own < best.own { best = run.computed }
    }
    let milliseconds = [best.own, best.system].map { Int(($0 * 1000).rounded()) }
    print("\(work.name): \(milliseconds[0]) ms, of the system \(milliseconds[1]) ms")
    #expect(best.own < 0.1, "\(work.name)")
    // Memory given back: on a machine that runs short of it that alone took a second.
    #expect(best.system < 3, "\(work.name)")
  }

  @Test func savingAndLoading() throws {
    let file = try ScratchFile("x.npy")
    let path = file.url.path
    let setup = "x = zeros 30000000;"
    for work in ["save x \"\(path)\" force=1", "y = load \"\(path)\";"] {
      let run = try Interrupted(
        setup + (work.hasPrefix("save") ? "" : " save x \"\(path)\" force=1;"),
        "for t in 0:100 { \(work) }", after: 0.3)
      #expect(run.errors.contains("interrupted"), "\(work): \(run.errors)")
      #expect(run.computed.own < 0.25, "\(work)")
    }
    // No half of a file is left behind.
    let folder = file.url.deletingLastPathComponent().path
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.npy"])
  }
}

/// A run of the program that got Ctrl-C in the middle of some work.
private struct Interrupted {
  struct Seconds {
    var own: Double
    var system: Double
  }

  /// What it computed after the signal, by all threads together, and what the system did for it;
  /// where the system does not tell, the seconds until it ended.
  private(set) var computed = Seconds(own: 0, system: 0)
  let errors: String

  init(_ setup: String, _ work: String, after delay: Double) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.program)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"]
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    process.standardError = errors
    try process.run()
    let lines = "\(setup)\nprint \"ready\"\n\(work)\n"
    try input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
    try input.fileHandleForWriting.close()
    _ = output.fileHandleForReading.availableData
    usleep(UInt32(delay * 1e6))
    let (before, start) = (Self.processorSeconds(of: process.processIdentifier), Date())
    kill(process.processIdentifier, SIGINT)
    while process.isRunning, -start.timeIntervalSinceNow < 20 {
      if let before, let now = Self.processorSeconds(of: process.processIdentifier) {
        computed.own = max(computed.own, now.own - before.own)
        computed.system = max(computed.system, now.system - before.system)
      }
      usleep(1000)
    }
    if before == nil || process.isRunning { computed.own = -start.timeIntervalSinceNow }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    self.errors = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  private static func processorSeconds(of process: Int32) -> Seconds? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return nil
    }
    // The fields behind the program's name, which may hold anything.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let own = Double(fields[12]), let system = Double(fields[13]) else {
      return nil
    }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    return Seconds(own: own / ticks, system: system / ticks)
  }
}
