import Kernels
import Language

/// Tensors joined along axes, and cut apart.
let joining: [Builtin] = [
  Builtin(
    "concat parts*:any axis=0:int -> ?", "tensors joined along one of their axes",
    parameters: ["axis": "which axis grows; the others must agree"],
    keywords: "join append cat",
    examples: """
      > concat [1 2] [3]
      1 2 3
      > concat (ones 2 1) (zeros 2 2) axis=1
      2×3
        1  0  0
        1  0  0
      """,
    samples: ["concat (randn 2 3) (randn 1 3)", "concat (randn 2 3) (randn 2 1) axis=1"],
    resultShapes: { [try concatenated(try shapes(of: $0), $0)] },
    vjp: .rearrangement(of: "parts")
  ) { call -> Tensor in
    let parts = try tensors(of: call)
    _ = try concatenated(parts.map(\.shape), call)
    return try Tensor.concat(parts, axis: try call.axis(of: parts[0].rank))
  },

  Builtin(
    "stack parts*:any axis=0:int -> ?", "tensors of one shape laid along a new axis",
    parameters: ["axis": "where the new axis stands in the result"], keywords: "join pile",
    examples: """
      > stack [1 2] [3 4]
      2×2
        1  2
        3  4
      """,
    samples: ["stack (randn 2 3) (randn 2 3)", "stack (randn 2 3) (randn 2 3) axis=-1"],
    resultShapes: { [try stacked(try shapes(of: $0), $0)] },
    vjp: .rearrangement(of: "parts")
  ) { call -> Tensor in
    let parts = try tensors(of: call)
    _ = try stacked(parts.map(\.shape), call)
    return try Tensor.stack(parts, axis: try call.axis(of: parts[0].rank + 1))
  },

  Builtin(
    "repeat x n:int axis=0:int -> ?", "each entry along an axis n times, one beside the other",
    parameters: ["n": "how often", "axis": "along which axis"],
    notes: [
      "as NumPy's repeat; the whole one after the other is concat x x",
      "the key heads of grouped-query attention are repeated so (axis=-3)",
    ],
    keywords: "copy tile duplicate repeat_interleave",
    examples: """
      > repeat [1 2 3] 2
      1 1 2 2 3 3
      """,
    samples: [
      "repeat (randn 3) 2", "repeat (randn 2 3) 3 axis=1", "repeat (randn 2 1 3) 0 axis=-2",
    ],
    resultShapes: { call in
      var shape = try call.shape("x")
      let axis = try call.axis(of: shape.count)
      shape[axis] = try foreseen(product(of: [shape[axis], try call.integer("n")]))
      return [shape]
    },
    vjp: .rearrangement(of: "x")
  ) { call -> Tensor in
    let x = try call.tensor("x")
    return try x.repeated(try call.integer("n", atLeast: 0), axis: try call.axis(of: x.rank))
  },

  Builtin(
    "split x n:any axis=0:int -> :any", "a tensor cut into parts along an axis, as a tuple",
    parameters: [
      "n": "how many equal parts, or a vector of the places to cut"
    ],
    keywords: "chunk parts heads",
    examples: """
      > a, b = split (range 6) 2
      a 3  mean 1  sd 0.8165
      b 3  mean 4  sd 0.8165
      """,
    vjp: .rearrangement(of: "x")
  ) { call in [try split(call)] },
]

// MARK: - The longer forwards

private func tensors(of call: Call) throws -> [Tensor] {
  var tensors: [Tensor] = []
  for value in call.variadic {
    if case .tuple(let tuple) = value {
      for item in tuple.items {
        guard let tensor = try item.asTensor() else {
          throw Fault("\(call.builtin.name) joins tensors, not \(item.kindName)")
        }
        tensors.append(tensor)
      }
    } else if let tensor = try value.asTensor() {
      tensors.append(tensor)
    } else {
      throw Fault("\(call.builtin.name) joins tensors, not \(value.kindName)")
    }
  }
  guard !tensors.isEmpty else { throw Fault("\(call.builtin.name) needs at least one tensor") }
  return tensors
}

/// The shapes of a variadic parameter's tensors.
private func shapes(of call: Call) throws -> [[Int]] {
  let values = call.variadic.flatMap { value in
    if case .tuple(let tuple) = value { tuple.items } else { [value] }
  }
  guard !values.isEmpty else { throw Fault("\(call.builtin.name) needs at least one tensor") }
  return try values.map { try foreseen($0.shape) }
}

private func concatenated(_ shapes: [[Int]], _ call: Call) throws -> [Int] {
  let axis = try call.axis(of: shapes[0].count)
  for shape in shapes.dropFirst() {
    let agrees =
      shape.count == shapes[0].count
      && shape.indices.allSatisfy { $0 == axis || shape[$0] == shapes[0][$0] }
    guard agrees else {
      throw Fault(
        "concat needs the same lengths on every axis but axis \(axis)",
        detail: "\(shapes[0].timesText) with \(shape.timesText)")
    }
  }
  var result = shapes[0]
  result[axis] = shapes.reduce(0) { $0 + $1[axis] }
  return result
}

private func stacked(_ shapes: [[Int]], _ call: Call) throws -> [Int] {
  for shape in shapes where shape != shapes[0] {
    throw Fault(
      "stack needs equal shapes", detail: "\(shapes[0].timesText) with \(shape.timesText)")
  }
  var result = shapes[0]
  result.insert(shapes.count, at: try call.axis(of: result.count + 1))
  return result
}

private func split(_ call: Call) throws -> Value {
  let x = try call.tensor("x")
  let axis = try call.axis(of: x.rank)
  let length = x.shape[axis]
  var cuts: [Int]
  switch try call.required("n") {
  case .tensor(let places) where places.rank == 1:
    cuts = try places.doubles.map { place in
      guard let cut = Int(exactly: place), (0...length).contains(cut) else {
        throw Fault("a place to cut is a whole number from 0 to \(length)", .argument("n"))
      }
      return cut
    }
  default:
    let parts = try call.integer("n", atLeast: 1)
    guard length % parts == 0 else {
      throw Fault(
        "the axis does not divide into equal parts", .argument("n"), detail: "\(length) / \(parts)")
    }
    cuts = (1..<parts).map { $0 * (length / parts) }
  }
  cuts = [0] + cuts + [length]
  guard cuts == cuts.sorted() else {
    throw Fault("the places to cut must ascend", .argument("n"))
  }
  let parts = try zip(cuts, cuts.dropFirst()).map { from, to in
    var selections = x.shape.map { AxisSelection.slice(start: 0, step: 1, count: $0) }
    selections[axis] = .slice(start: from, step: 1, count: to - from)
    return Value(try x.selecting(selections))
  }
  return .tuple(Tuple(parts))
}
