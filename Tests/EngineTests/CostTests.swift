import Kernels
import Render
import Testing

@testable import Engine

/// `cost`: whole pages, and the numbers behind them.
@Suite struct CostTests {
  static let pages = [
    Printed(
      "attention", "cost attn 4096 64",
      """
      cost attn 4096 64                                one head, one sequence, forward
      ────────────────────────────────────────────────────────────────────────────────
        step           formula          operations   share
        Q Kᵀ           2 n² d        2,147,483,648  48.9 %  ████████████▊
        scale          n²               16,777,216   0.4 %  ▏
        softmax        5 n²             83,886,080   1.9 %  ▌
        A V            2 n² d        2,147,483,648  48.9 %  ████████████▊
        total                        4,395,630,592          causal skips 50 % of it

        memory         formula               f16          f32          f64
        Q, K, V, O     4 n d             2.0 MiB      4.0 MiB      8.0 MiB
        scores A       n²               32.0 MiB     64.0 MiB    128.0 MiB
        flash extra    64×64 + 2 n      24.0 KiB     48.0 KiB     96.0 KiB
        linear extra   d² + d            8.1 KiB     16.3 KiB     32.5 KiB
        KV-cache       2 n d             1.0 MiB      2.0 MiB      4.0 MiB

        linear attention  4 n d² = 67,108,864   65.5× fewer; equal at n = d = 64

          operations against n, log-log   x standard   o linear   * overlap
               │                                                       x  slope 2 (n²)
          1e10 ┤                                                x
               │                                         x
           1e9 ┤                                  x
               │                            x                   o      o  slope 1 (n)
           1e8 ┤                     x            o      o
           1e7 ┤              x      o      o
               │       *      o
               │*
               └┬──────┬──────┬──────┬──────┬─────┬──────┬──────┬──────┬
               64     128    256    512    1k    2k     4k     8k     16k
        measure it: bench attn 4096 64      compare: bench linear_attn 4096 64
      """)
  ]

  @Test(arguments: pages) func isPrinted(_ page: Printed) { page.check() }

  @Test func isPrintedInASCII() {
    let bench = Bench()
    bench.view.display.charset = .ascii
    let page = """
      cost attn 4096 64                                one head, one sequence, forward
      --------------------------------------------------------------------------------
        step           formula          operations   share
        Q K^T          2 n^2 d       2,147,483,648  48.9 %  ############=
        scale          n^2              16,777,216   0.4 %  -
        softmax        5 n^2            83,886,080   1.9 %  -
        A V            2 n^2 d       2,147,483,648  48.9 %  ############=
        total                        4,395,630,592          causal skips 50 % of it

        memory         formula               f16          f32          f64
        Q, K, V, O     4 n d             2.0 MiB      4.0 MiB      8.0 MiB
        scores A       n^2              32.0 MiB     64.0 MiB    128.0 MiB
        flash extra    64x64 + 2 n      24.0 KiB     48.0 KiB     96.0 KiB
        linear extra   d^2 + d           8.1 KiB     16.3 KiB     32.5 KiB
        KV-cache       2 n d             1.0 MiB      2.0 MiB      4.0 MiB

        linear attention  4 n d^2 = 67,108,864   65.5x fewer; equal at n = d = 64

          operations against n, log-log   x standard   o linear   * overlap
               |                                                      x  slope 2 (n^2)
          1e10 |                                               x
               |                                         x
           1e9 |                                  x
               |                           x                   o      o  slope 1 (n)
           1e8 |                    x             o      o
           1e7 |              x     o      o
               |       *      o
               |*
               ++------+------+-----+------+------+------+-----+------+
               64     128    256   512    1k     2k     4k    8k     16k
        measure it: bench attn 4096 64      compare: bench linear_attn 4096 64
      """
    #expect(bench.run("cost attn 4096 64").joined(separator: "\n") == page)
  }

  @Test func countsAreParts() {
    let bench = Bench()
    _ = bench.run("c = (cost attn 4096 64)")
    #expect(bench.run("c.operations") == ["4395630592"])
    #expect(bench.run("sum(c.steps) == c.operations") == ["1"])
    #expect(bench.run("c.memory") == ["1048576 16777216 12288 4160 524288"])
  }

  @Test(arguments: Registry.all.filter { $0.cost != nil })
  func isWrittenForEveryEntry(_ builtin: Builtin) throws {
    let cost = try #require(builtin.cost)
    for sizes in ["0 0", "1 1", "7 3", "4096 64", "1e9 4"] {
      let lines = Bench().run("cost \(builtin.name) \(sizes)")
      #expect(lines.first?.hasPrefix("cost \(builtin.name) \(sizes)") == true, "\(lines)")
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    }
    if let rival = cost.rival { #expect(Registry[rival]?.cost?.sizes == cost.sizes) }
  }

  @Test(arguments: [20, 40, 60, 200])
  func fitsTheWindow(_ width: Int) {
    let bench = Bench()
    bench.view.display.width = width
    #expect(bench.run("cost attn 64 16").allSatisfy { $0.count <= max(width, 64) })
  }
}
