import Engine

/// One line: `step 300/1000  loss 0.4312  ▇▅▃▂▁  210/s  3 s left`.
///
/// - Parameter isLive: for a line that is rewritten; what changes from run to run is left out
///   elsewhere.
public func layout(_ progress: Progress, isLive: Bool = false, _ view: View) -> Line {
  let number = NumberStyle(digits: view.display.digits, charset: view.charset)
  var line: Line = [
    Run("step \(progress.step)/\(progress.steps)", .dim), Run("  loss ", .dim),
    number.loneRun(progress.loss),
  ]
  guard isLive else { return line }
  // A line that wraps can not be rewritten: what does not fit is left out.
  func add(_ part: Run) {
    if (line + [part]).columns < view.display.width { line.append(part) }
  }
  let finite = progress.curve.filter(\.isFinite)
  if let low = finite.min(), let high = finite.max(), high > low {
    let levels = progress.curve.map { ($0 - low) / (high - low) }
    add(Run("  " + Blocks(charset: view.charset).spark(levels)))
  }
  if progress.stepsPerSecond > 0 {
    add(Run("  \(rounded(progress.stepsPerSecond))/s", .dim))
  }
  if progress.secondsLeft >= 0.5 {
    add(Run("  \(rounded(progress.secondsLeft)) s left", .dim))
  }
  return line
}

private func rounded(_ number: Double) -> String {
  guard number.isFinite, number < 1e12 else { return "?" }
  return number < 10 ? "\((number * 10).rounded() / 10)" : "\(Int(number.rounded()))"
}
