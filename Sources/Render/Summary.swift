import Kernels

/// The line an assignment prints: `Q 4×8  mean -0.1126  sd 0.9337`, `x = 3`.
///
/// Mean and biased standard deviation are those of the finite elements; how many others there
/// are stands behind them: `(3 NaN)`.
public func summary(
  _ tensor: Tensor, name: String, options: DisplayOptions = DisplayOptions()
) -> Line {
  let numbers = options.numbers
  if tensor.rank == 0 { return summary(tensor[flat: 0], name: name, options: options) }
  var line = title(tensor, name: name, options: options)
  let census = Census(tensor)
  if let (mean, deviation) = census.moments(of: tensor) {
    line += [Run("  mean ", .dim), numbers.statisticRun(mean)]
    line += [Run("  sd ", .dim), numbers.statisticRun(deviation)]
  }
  let others = [
    (census.nanCount, "NaN"), (census.positiveInfinityCount, options.charset.infinity),
    (census.negativeInfinityCount, "-" + options.charset.infinity),
  ].filter { $0.0 > 0 }
  if !others.isEmpty {
    let text = others.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    line.append(Run("  (\(text))", .dim))
  }
  return line
}

/// `x = 3`
public func summary(
  _ number: Double, name: String, options: DisplayOptions = DisplayOptions()
) -> Line {
  [
    Run(options.charset.text(name), .name), Run(" = ", .dim), options.numbers.loneRun(number),
  ]
}
