import Kernels

/// How long something takes, from several runs.
struct Timing {
  /// Seconds of one call, in rising order; at least one.
  let seconds: [Double]
  /// Calls in each run: what is short is timed many at once.
  let calls: Int

  var median: Double { quantile(0.5) }
  var lower: Double { quantile(0.25) }
  var upper: Double { quantile(0.75) }

  private func quantile(_ share: Double) -> Double {
    guard let last = seconds.last else { return .nan }
    let place = share * Double(seconds.count - 1)
    let index = Int(place)
    let next = index + 1 < seconds.count ? seconds[index + 1] : last
    return seconds[index] + (next - seconds[index]) * (place - Double(index))
  }
}

/// Runs several things in turn, so that what disturbs the machine disturbs all of them.
struct Stopwatches {
  /// Seconds that all runs of one thing should take together.
  private static let budget = 0.5
  /// What is shorter than this is timed several times at once: clock and loop take time too.
  private static let shortestRun = 100e-6
  private static let mostRuns = 101

  /// - Throws: what a task throws, or `KernelError.cancelled`.
  static func time(_ tasks: [() throws -> Void]) throws -> [Timing] {
    let first = try tasks.map { task in
      // The first call pays for caches and pages that later ones find ready.
      try task()
      return try seconds(of: task, 1)
    }
    let calls = first.map { max(1, Int(min((shortestRun / max($0, 1e-9)).rounded(.up), 10_000))) }
    let slowest = zip(first, calls).map { $0 * Double($1) }.max() ?? 0
    var runs = zip(first, calls).map { $1 == 1 ? [$0] : [] }
    let whole = Stopwatch()
    let fewest = slowest > 1 ? 2 : 5
    for round in 0..<mostRuns {
      if round >= fewest, whole.seconds > budget * Double(tasks.count) { break }
      for index in tasks.indices { runs[index].append(try seconds(of: tasks[index], calls[index])) }
    }
    return zip(runs, calls).map { Timing(seconds: $0.sorted(), calls: $1) }
  }

  /// Of one of so many calls.
  private static func seconds(of task: () throws -> Void, _ calls: Int) throws -> Double {
    try Cancellation.check()
    let watch = Stopwatch()
    for _ in 0..<calls { try task() }
    return watch.seconds / Double(calls)
  }
}

extension Double {
  /// `1.234 ms`: a time with four digits, in the unit that suits it.
  var secondsText: String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
    let (unit, name) = units.first { self >= $0.0 } ?? (1e-9, "ns")
    return "\((self / unit).withDigits(4)) \(name)"
  }

  /// `12.34`, `0.5`: rounded to so many digits; never in powers of ten below 10¹⁵.
  func withDigits(_ digits: Int) -> String {
    guard isFinite, self != 0 else { return plain }
    let exponent = Int(Double.log10(abs(self)).rounded(.down)) - (digits - 1)
    let significand = self / Double.pow(10, Double(exponent))
    // Written and read again, for a power of ten is seldom a binary number.
    return Double("\(significand.rounded().plain)e\(exponent)")?.plain ?? plain
  }
}
