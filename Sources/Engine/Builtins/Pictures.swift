import Kernels
import Language

let pictureFamily = Family(
  "Pictures",
  [
    Builtin(
      "heat A:any rows=:any cols=:any title=:string -> :any",
      "a heatmap: coloured cells with their values",
      parameters: [
        "A": "a matrix; of rank 3, one picture for each entry of the first axis",
        "rows": "names of the rows: a string of words or a tuple of strings",
        "cols": "names of the columns, likewise", "title": "what stands above it",
      ],
      notes: ["without colour (in a pipe, with --plain) the cells show a ramp of characters"],
      keywords: "plot picture matrix colour color map show image"
    ) { call in
      let tensor: Tensor
      switch try call.required("A") {
      case .tensor(let given) where given.rank >= 2: tensor = given
      case .tensor(let vector): tensor = vector.reshaped([1, vector.count])
      case let other:
        throw Fault("heat needs a matrix, not \(other.kindName)", .argument("A"))
      }
      var figure = HeatFigure(values: tensor)
      if call.has("title") { figure.title = try call.string("title") }
      figure.rows = try labels(call, "rows", count: tensor.shape[tensor.rank - 2])
      figure.columns = try labels(call, "cols", count: tensor.shape[tensor.rank - 1])
      return [.figure(.heat(figure))]
    }
  ])

private func labels(_ call: Call, _ name: String, count: Int) throws -> [String]? {
  guard let value = call.value(name) else { return nil }
  let labels: [String]
  switch value {
  case .string(let text): labels = text.split(separator: " ").map(String.init)
  case .tuple(let tuple):
    labels = try tuple.items.map { item in
      guard case .string(let text) = item else {
        throw Fault("\(name) needs strings, not \(item.kindName)", .argument(name))
      }
      return text
    }
  default: throw Fault("\(name) needs a string or strings", .argument(name))
  }
  guard labels.count == count else {
    throw Fault(
      "\(name) needs one name for each", .argument(name), detail: "\(labels.count) ≠ \(count)")
  }
  return labels
}
