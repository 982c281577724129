import Kernels

let heat = Builtin(
  """
  heat A:any rows=:any cols=:any names=:any title=:string map:{auto,viridis,magma,diverging,gray} \
  center=:number scale:{linear,row,sqrt,log} values=:flag mask=:mask -> :any
  """,
  "a heatmap: coloured cells with their values",
  parameters: [
    "A": "a matrix; of rank 3, one picture for each entry of the first axis",
    "rows": "names of the rows: a string of words, or a tuple of strings",
    "cols": "names of the columns, likewise",
    "names": "of rank 3: what stands above each picture", "title": "what stands above it",
    "map": "auto is diverging where numbers are negative, otherwise magma",
    "center": "the number in the middle of a diverging map; 0 unless given",
    "scale": "row compares only within a row; sqrt and log show small numbers",
    "values": "0 leaves numbers out of the cells, 1 asks for them beyond 12 columns",
    "mask": "cells where it is 0 stay unpainted: a rule such as causal, or a 0/1 matrix",
  ],
  notes: [
    "what does not fit is downsampled by the maximum (with signs: the largest magnitude), and the header says how many values a cell stands for and where the maximum is",
    "without colour (in a pipe, with --plain) the cells show a ramp of characters",
  ],
  keywords: "plot picture matrix colour color map show image attention weights viridis magma",
  examples: """
    > heat (softmax [1 2; 3 1]) rows="q0 q1" cols="k0 k1"
    2×2
                 k0        k1
      q0  -- 0.2689 %% 0.7311
      q1  @@ 0.8808 .. 0.1192
      scale  .:-=+*#%@  0 .. 0.8808
    """
) { call in
  let tensor: Tensor
  switch try call.required("A") {
  case .tensor(let given) where given.rank >= 2: tensor = given
  case .tensor(let vector): tensor = vector.reshaped([1, vector.count])
  case let other:
    throw Fault("heat needs a matrix, not \(other.kindName)", .argument("A"))
  }
  guard tensor.count > 0 else {
    throw Fault("there is nothing to draw", .argument("A"), detail: "A has no elements")
  }
  let (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
  var figure = HeatFigure(values: tensor, title: try call.optionalString("title"))
  figure.rows = try call.labels("rows", count: rows)
  figure.columns = try call.labels("cols", count: columns)
  figure.names = try call.labels("names", count: tensor.count / (rows * columns))
  figure.visible = try visibility(call, of: tensor)
  figure.map = HeatFigure.Map(rawValue: try call.string("map")) ?? .auto
  figure.scale = HeatFigure.Scale(rawValue: try call.string("scale")) ?? .linear
  figure.center = try call.optionalNumber("center")
  if let center = figure.center, !center.isFinite {
    throw Fault("center must be a finite number", .argument("center"))
  }
  if call.has("values") { figure.showsValues = try call.flag("values") }
  return [.figure(.heat(figure))]
}

private func visibility(_ call: Call, of tensor: Tensor) throws -> Tensor? {
  guard let value = call.value("mask") else { return nil }
  let (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
  let mask: Tensor
  if case .mask(let rule) = value {
    mask = try rule.matrix(n: rows, m: columns)
  } else {
    mask = try call.tensor("mask")
  }
  guard mask.count > 0, mask.rank <= tensor.rank,
    tensor.shape.suffix(mask.rank).elementsEqual(mask.shape)
  else {
    throw Fault(
      "the mask does not fit the picture", .argument("mask"), detail: "A \(tensor.shape.timesText)")
  }
  return mask
}
