let scatter = Builtin(
  """
  scatter data*:any labels=:any title=:string xlabel=:string ylabel=:string xlim=:any ylim=:any \
  xlog=0:flag ylog=0:flag n=200:int -> :any
  """,
  "points without lines between them",
  parameters: [
    "data": "x y · x y z · a matrix, whose rows are series · a tuple or a record of vectors",
    "labels": "names of the series in the legend: a string of words, or a tuple",
    "xlim": "[low high] of the axis", "xlog": "1: a logarithmic axis",
    "n": "at how many places functions are drawn",
  ],
  keywords: "plot picture points cloud embedding",
  examples: """
    > scatter [0 1 2 3] [1 3 2 4]
    4 ┤                                                                •
      │
      │
      │
    3 ┤                     •
      │
      │
      │
    2 ┤                                           •
      │
      │
      │
    1 ┤•
      └┬──────────┬─────────┬──────────┬──────────┬─────────┬──────────┬
      0.0        0.5       1.0        1.5        2.0       2.5        3.0
    """
) { call in
  let series = try call.series()
  var chart = Chart(
    title: try call.optionalString("title"), x: try call.axis("x"), y: try call.axis("y"))
  chart.layers = series.map { Chart.Layer(.points($0.points), name: $0.name) }
  chart.notes = series.notes(
    isXLogarithmic: chart.x.isLogarithmic, isYLogarithmic: chart.y.isLogarithmic)
  return [.figure(.chart(chart))]
}
