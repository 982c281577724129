import Kernels

let spark = Builtin(
  "spark y*:any labels=:any columns=:record title=:string -> :any",
  "values as one line of small bars; several rows share one scale",
  parameters: [
    "y": "a vector, or several: arguments, the rows of a matrix, a tuple, a record",
    "labels": "names of the rows: a string of words, or a tuple",
    "columns": "record(name=numbers): more numbers behind the rows",
  ],
  keywords: "plot picture sparkline small trend",
  examples: """
    > spark [1 2 3 5 8 13]
                      min  max
        ▁▁▂▂▂▂▃▃▅▅██    1   13
    """
) { call in
  let isOne = call.variadic.count == 1
  let rows = try call.variadic.enumerated().flatMap { index, value in
    try call.columns(of: value).map {
      (name: $0.name ?? (isOne ? "" : "y\(index)"), numbers: $0.numbers)
    }
  }
  guard rows.contains(where: { !$0.numbers.isEmpty }) else { throw call.nothingToDraw }
  guard rows.count <= 1000 else {
    throw Fault("these are too many rows", detail: "\(rows.count), at most 1000")
  }
  let columns = try call.numberColumns(count: rows.count)
  let labels = try call.labels("labels", count: rows.count) ?? rows.map(\.name)
  let lost = rows.flatMap(\.numbers).count { !$0.isFinite }
  return [
    .figure(
      .strips(
        Strips(
          title: try call.optionalString("title"), columns: ["min", "max"] + columns.map(\.name),
          rows: rows.indices.map { row in
            let finite = rows[row].numbers.filter(\.isFinite)
            return Strips.Row(
              labels[row], .values(rows[row].numbers),
              numbers: [finite.min() ?? .nan, finite.max() ?? .nan]
                + columns.map { $0.numbers[row] })
          },
          notes: lost > 0 ? ["left out: \(Faults.counted(lost, "value")) NaN or ∞"] : [])))
  ]
}
