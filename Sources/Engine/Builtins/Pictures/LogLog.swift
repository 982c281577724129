import Kernels

let loglog = Builtin(
  """
  loglog data*:any labels=:any title=:string xlabel=:string ylabel=:string xlim=:any ylim=:any \
  guides=:any n=50:int -> :any
  """,
  "points on two logarithmic axes with their fitted slopes: y ∝ xᵏ is a straight line of slope k",
  parameters: [
    "data": "x y · x y z · a matrix, whose rows are series · a tuple or a record of vectors",
    "labels": "names of the series in the legend: a string of words, or a tuple",
    "xlim": "[low high] of the axis",
    "guides": "slopes of lines to compare with; [1 2] unless given, [] for none",
    "n": "at how many places functions are drawn",
  ],
  notes: [
    "the slope in the legend is the least-squares line through the logarithms",
    "each guide goes through the last point of the series whose slope is nearest to it",
  ],
  keywords: "plot picture logarithmic complexity scaling power law slope time",
  examples: """
    > loglog [1 2 4 8] [1 4 16 64]
       │                                                           ··::•
    50 ┤                                                  ·······::::
       │                                         ·········  :::::
       │                                ·········       ::::
    20 ┤                       ·········           :::::
       │              ·········                :::•
    10 ┤     ·········                    :::::
       │·····                         ::::
       │                         :::::
     5 ┤                     •:::
       │                :::::
       │            ::::
     2 ┤       :::::
       │   ::::
     1 ┤•::
       └┬────────────────────┬───────────────────────────┬──────────────
        1                    2                           5
        • data  slope 2   · slope 1   : slope 2
    """
) { call in
  let series = try call.series()
  var chart = Chart(
    title: try call.optionalString("title"), x: try call.axis("x"), y: try call.axis("y"))
  (chart.x.isLogarithmic, chart.y.isLogarithmic) = (true, true)
  let fits = series.map { PowerLaw($0.points) }
  chart.layers = zip(series, fits).map { one, fit in
    let isNamed = one.name != nil || fit != nil
    return Chart.Layer(
      .points(one.points), name: isNamed ? one.name ?? "data" : nil,
      numbers: fit.map { [("slope", $0.slope)] } ?? [])
  }
  let slopes = call.has("guides") ? try call.tensor("guides").doubles : [1, 2]
  let guides = slopes.filter(\.isFinite).compactMap { slope -> Chart.Layer? in
    let near = fits.compactMap { $0 }.min { abs($0.slope - slope) < abs($1.slope - slope) }
    return near.map { .init(.slope(slope, through: $0.last), name: "slope \(slope.plain)") }
  }
  chart.layers += guides
  chart.notes = series.notes(isXLogarithmic: true, isYLogarithmic: true)
  return [.figure(.chart(chart))]
}

/// y = c·x^slope through points by least squares on the logarithms.
private struct PowerLaw {
  let slope: Double
  let last: Chart.Point

  /// Nil where no two points differ in x.
  init?(_ points: [Chart.Point]) {
    let drawable = points.filter { $0.x > 0 && $0.y > 0 && $0.x.isFinite && $0.y.isFinite }
    guard let last = drawable.max(by: { $0.x < $1.x }) else { return nil }
    let logarithms = drawable.map { (x: Double.log($0.x), y: Double.log($0.y)) }
    let count = Double(logarithms.count)
    let meanX = logarithms.reduce(0) { $0 + $1.x } / count
    let meanY = logarithms.reduce(0) { $0 + $1.y } / count
    let spread = logarithms.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    guard spread > 1e-12 else { return nil }
    slope = logarithms.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
    self.last = last
  }
}
