import Synchronization
import Testing

@testable import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that share work: every task runs once, and nothing depends on how many there are.
@Suite(.serialized) struct WorkersTests {
  @Test func manySmallJobsRunEveryTaskOnce() {
    let sum = Atomic<Int>(0)
    var expected = 0
    for job in 0..<20_000 {
      let tasks = 2 + job % 4
      Workers.run(tasks) { sum.wrappingAdd(job + $0, ordering: .relaxed) }
      expected += tasks * job + tasks * (tasks - 1) / 2
      // What the others did must be seen here when the job is over.
      if sum.load(ordering: .relaxed) != expected { break }
      // Longer than they look out for the next job.
      if job % 5000 == 0 { usleep(2000) }
    }
    #expect(sum.load(ordering: .relaxed) == expected)
  }

  @Test func jobsOfSeveralThreadsDoNotMix() async {
    let sums = await withTaskGroup(of: Int.self) { group in
      for first in [0, 1_000_000] {
        group.addTask {
          let sum = Atomic<Int>(0)
          for job in 0..<5000 {
            Workers.run(3) { sum.wrappingAdd(first + job + $0, ordering: .relaxed) }
          }
          return sum.load(ordering: .relaxed) - 15_000 * first
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let expected = (0..<5000).reduce(0) { $0 + 3 * $1 + 3 }
    #expect(sums == [expected, expected])
  }

  @Test(arguments: [DType.f32, .f64])
  func threadsChangeNothing(_ dtype: DType) throws {
    var samples = Samples(seed: 21)
    let works: [(String, () throws -> Tensor)] = try {
      let (tall, wide) = (
        try samples.normal([1025, 70], dtype), try samples.normal([70, 613], dtype)
      )
      let heads = try samples.normal([3, 300, 24], dtype)
      let one = try samples.normal([128, 64], dtype)
      let rows = try samples.normal([1030, 64], dtype)
      return [
        ("tall product", { try matmul(tall, wide) }),
        ("wide product", { try matmul(wide, tall, transposing: (true, true)) }),
        ("heads", { try attention(heads, heads, heads, AttentionOptions()).out }),
        ("one block", { try attention(one, one, one, AttentionOptions()).out }),
        ("softmax", { try softmax(rows, axis: 1, tau: 1) }),
      ]
    }()
    let before = Workers.count
    defer { Workers.count = before }
    for (name, work) in works {
      let results = try [1, 2, 3, 5].map { count in
        Workers.count = count
        return try work().doubles
      }
      for result in results.dropFirst() { #expect(result == results[0], "\(name)") }
    }
  }

  #if os(Linux)
    @Test func processorsAreThoseThatMayBeUsed() throws {
      let file = try #require(fopen("/proc/self/status", "r"))
      defer { fclose(file) }
      var text: [UInt8] = []
      while case let byte = fgetc(file), byte >= 0 { text.append(UInt8(truncatingIfNeeded: byte)) }
      let line = try #require(
        String(decoding: text, as: UTF8.self).split(separator: "\n").first {
          $0.hasPrefix("Cpus_allowed:")
        })
      let bits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
      #expect(Workers.processors == bits.reduce(0) { $0 + $1.nonzeroBitCount })
    }
  #endif
}
