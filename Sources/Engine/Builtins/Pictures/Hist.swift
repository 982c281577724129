import Kernels

let hist = Builtin(
  """
  hist x*:any bins=:int labels=:any columns=:record title=:string xlabel=:string xlim=:any -> :any
  """,
  "how often values occur: one histogram, or several rows on one shared axis",
  parameters: [
    "x": "one sample, or several: arguments, the rows of a matrix, a tuple, a record",
    "bins":
      "how many equal intervals from the smallest to the largest value; otherwise by the count of values, with an edge at 0",
    "labels": "names of the samples: a string of words, or a tuple",
    "columns": "record(name=numbers): more numbers behind the rows",
    "xlim": "[low high] of the axis",
  ],
  notes: [
    "of several samples each row is as high as its own fullest interval; the line stands at 0",
    "mean and var (biased) are those of the finite values",
  ],
  keywords: "plot picture distribution histogram frequency variance",
  examples: """
    > hist [1 2 2 3 3 3 4 4 5]
    count
    3 ┤                                ████████
      │                                ████████
      │                                ████████
      │                                ████████
      │                                ████████
    2 ┤                ████████        ████████        ████████
      │                ████████        ████████        ████████
      │                ████████        ████████        ████████
      │                ████████        ████████        ████████
      │                ████████        ████████        ████████
    1 ┤████████        ████████        ████████        ████████████████
      │████████        ████████        ████████        ████████████████
      │████████        ████████        ████████        ████████████████
      │████████        ████████        ████████        ████████████████
      │████████        ████████        ████████        ████████████████
    0 └┬───────┬───────┬───────┬───────┬───────┬───────┬───────┬──────┬
      1.0     1.5     2.0     2.5     3.0     3.5     4.0     4.5    5.0
    """
) { call in
  let samples = try samples(of: call)
  let finite = samples.map { $0.numbers.filter(\.isFinite) }
  let all = finite.flatMap { $0 }
  guard !all.isEmpty else { throw call.nothingToDraw }
  let edges = try edges(
    call, all, largest: finite.map(\.count).max() ?? 0, most: samples.count > 1 ? 44 : 34)
  let counts = finite.map { counted($0, edges) }
  let lost = samples.reduce(0) { $0 + $1.numbers.count } - all.count
  let outside = all.count - counts.reduce(0) { $0 + Int($1.reduce(0, +)) }
  let notes =
    (lost > 0 ? ["left out: \(Faults.counted(lost, "value")) NaN or ∞"] : [])
    + (outside > 0 ? ["left out: \(Faults.counted(outside, "value")) beyond the limits"] : [])
  let title = try call.optionalString("title")
  if samples.count == 1 {
    var chart = Chart(
      title: title, x: Chart.Axis(label: try call.optionalString("xlabel")),
      y: Chart.Axis(label: "count", isWhole: true),
      layers: [.init(.steps(edges: edges, heights: counts[0]))], notes: notes)
    chart.x.limits = edges[0]...edges[edges.count - 1]
    if edges[0] < 0 && edges[edges.count - 1] > 0 { chart.layers.append(.init(.vertical(0))) }
    return [.figure(.chart(chart))]
  }
  let columns = try call.numberColumns(count: samples.count)
  let labels = try call.labels("labels", count: samples.count) ?? samples.map { $0.name ?? "" }
  let moments = finite.map(moments)
  return [
    .figure(
      .strips(
        Strips(
          title: title, columns: ["mean", "var"] + columns.map(\.name),
          rows: samples.indices.map { row in
            Strips.Row(
              labels[row], .heights(counts[row]),
              numbers: [moments[row].mean, moments[row].variance] + columns.map { $0.numbers[row] })
          },
          limits: edges[0]...edges[edges.count - 1], notes: notes)))
  ]
}

private func samples(of call: Call) throws -> [(name: String?, numbers: [Double])] {
  let isOne = call.variadic.count == 1
  let samples = try call.variadic.enumerated().flatMap { index, value in
    try call.columns(of: value).map {
      (name: $0.name ?? (isOne ? nil : "x\(index)"), numbers: $0.numbers)
    }
  }
  guard samples.count <= 200 else {
    throw Fault("these are too many samples", detail: "\(samples.count), at most 200")
  }
  return samples
}

/// The bounds of the intervals: NumPy's where their number was asked for, else with one at 0.
private func edges(_ call: Call, _ all: [Double], largest: Int, most: Double) throws -> [Double] {
  let given = try call.limits("xlim")
  var low = given?.lowerBound ?? all.min() ?? 0
  var high = given?.upperBound ?? all.max() ?? 1
  if !(high / 2 - low / 2 > 1e-12 * max(abs(low), abs(high))) {
    // As NumPy: one value has an interval of length 1 around it.
    let room = max(0.5, abs(low) * 1e-3)
    (low, high) = (low - room, high + room)
  }
  guard high.magnitude < 1e300, low.magnitude < 1e300 else {
    throw Fault("these values are too large for a histogram", detail: "beyond 1e300")
  }
  if call.has("bins") || given != nil {
    let bins = call.has("bins") ? try call.integer("bins", atLeast: 1) : 40
    guard bins <= 10_000 else { throw Fault("bins must be at most 10000", .argument("bins")) }
    return (0...bins).map { low + (high - low) * (Double($0) / Double(bins)) }
  }
  let bins = min(max(8, (Double(largest).squareRoot() * 1.4).rounded()), most)
  let width = (high - low) / bins
  // Far from 0 no edge needs to lie there.
  guard abs(low) < 1e6 * width, abs(high) < 1e6 * width else {
    return (0...Int(bins)).map { low + width * Double($0) }
  }
  let (first, last) = ((low / width).rounded(.down), (high / width).rounded(.up))
  return (Int(first)...max(Int(first) + 1, Int(last))).map { Double($0) * width }
}

/// How many values lie in each interval; the last one holds its upper edge too.
private func counted(_ values: [Double], _ edges: [Double]) -> [Double] {
  let bins = edges.count - 1
  var counts = [Double](repeating: 0, count: bins)
  let (low, high) = (edges[0], edges[bins])
  for value in values where value >= low && value <= high {
    var index = min(bins - 1, Int((value - low) / (high - low) * Double(bins)))
    // The division rounds: the edges decide.
    if index > 0 && value < edges[index] { index -= 1 }
    if index + 1 < bins && value >= edges[index + 1] { index += 1 }
    counts[index] += 1
  }
  return counts
}

private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  guard !values.isEmpty else { return (.nan, .nan) }
  let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(values.count) })
}
