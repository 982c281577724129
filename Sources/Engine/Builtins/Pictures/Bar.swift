import Kernels

let bar = Builtin(
  "bar y:any labels=:any names=:any title=:string -> :any",
  "bars from 0 with their values",
  parameters: [
    "y": "a vector, a record of numbers, or a matrix whose rows are groups of bars",
    "labels": "names of the bars, of a matrix those of its rows: a string of words, or a tuple",
    "names": "of a matrix: names of the bars in each group",
  ],
  keywords: "plot picture chart column compare",
  examples: """
    > bar (softmax [1 2 3 4]) labels="a b c d"
      a  0.0321 ██▍
      b  0.0871 ██████▌
      c  0.2369 █████████████████▋
      d  0.6439 ████████████████████████████████████████████████
    """
) { call in
  let rows: [(name: String?, numbers: [Double])]
  let value = try call.required("y")
  if case .tensor(let tensor) = value, tensor.rank == 2 {
    rows = try call.columns(of: value)
  } else {
    rows = try call.columns(of: value).flatMap { name, numbers in
      numbers.enumerated().map {
        (numbers.count > 1 || name == nil ? "\($0.offset)" : name, [$0.element])
      }
    }
  }
  guard rows.contains(where: { !$0.numbers.isEmpty }) else { throw call.nothingToDraw }
  guard rows.count <= 1000 else {
    throw Fault("these are too many bars", .argument("y"), detail: "\(rows.count), at most 1000")
  }
  let labels = try call.labels("labels", count: rows.count) ?? rows.map { $0.name ?? "" }
  let width = rows[0].numbers.count
  let lost = rows.flatMap(\.numbers).count { !$0.isFinite }
  return [
    .figure(
      .strips(
        Strips(
          title: try call.optionalString("title"),
          members: try call.labels("names", count: width)
            ?? (width == 1 ? [""] : (0..<width).map(String.init)),
          rows: zip(labels, rows).map { Strips.Row($0, .bars($1.numbers)) },
          notes: lost > 0 ? ["no bar: \(Faults.counted(lost, "value")) NaN or ∞"] : [])))
  ]
}
