import Kernels

let plot = Builtin(
  """
  plot data*:any labels=:any title=:string xlabel=:string ylabel=:string xlim=:any ylim=:any \
  xlog=0:flag ylog=0:flag n=200:int -> :any
  """,
  "lines over an axis: values, y over x, or functions between two limits",
  parameters: [
    "data":
      "y · x y · x y z · a matrix, whose rows are series · a tuple or a record of vectors · functions and two limits",
    "labels": "names of the series in the legend: a string of words, or a tuple",
    "xlim": "[low high] of the axis", "xlog": "1: a logarithmic axis",
    "n": "at how many places functions are drawn",
  ],
  notes: [
    "each series has a marker of its own, * is where several meet; faint dots lead from one point of a sparse line to the next"
  ],
  keywords: "picture line curve graph chart function draw",
  examples: """
    > plot [1 4 9 16]
    20 ┤
       │
       │                                                               •
    15 ┤                                                          ·····
       │                                                     ·····
       │                                                ·····
    10 ┤                                           ·····
       │                                    ······•
       │                             ·······
     5 ┤                      ·······
       │           ··········•
       │•··········
     0 ┤
       └┬────────────────────┬────────────────────┬────────────────────┬
        0                    1                    2                    3
    > plot (x -> softmax [x 0] |> first) -3 3
    1.0 ┤
        │                                                     ••••••••••
        │                                               •••••••
        │                                          ••••••
        │                                       ••••
        │                                    ••••
        │                                 •••
    0.5 ┤                              •••
        │                           •••
        │                       ••••
        │                    ••••
        │               ••••••
        │         •••••••
        │••••••••••
    0.0 ┤
        └┬─────────┬──────────┬─────────┬─────────┬──────────┬─────────┬
        -3        -2         -1         0         1          2         3
    """
) { call in
  let series = try call.series()
  var chart = Chart(
    title: try call.optionalString("title"), x: try call.axis("x"), y: try call.axis("y"))
  chart.x.isWhole = call.isOverIndex
  chart.layers = series.map { one in
    // Where several curves end is what one wants to read off.
    let end = call.drawsFunctions && series.count > 1 ? one.points.last?.y : nil
    return Chart.Layer(
      .line(one.points), name: one.name, numbers: end.map { [("ends", $0)] } ?? [])
  }
  chart.notes = series.notes(
    isXLogarithmic: chart.x.isLogarithmic, isYLogarithmic: chart.y.isLogarithmic)
  return [.figure(.chart(chart))]
}
