import Kernels
import Language

let shapeFamily = Family(
  "Shapes, parts and order",
  [
    Builtin(
      "shape x -> ?", "the lengths of the axes, as a vector", keywords: "size dimensions length",
      examples: """
        > shape (zeros 4 8)
        4 8
        """,
      samples: ["shape (randn 2 3)"],
      looksAtShapesOnly: true,
      vjp: .constant
    ) { call -> Tensor in try Tensor(try call.shape("x").map(Double.init)) },

    Builtin(
      "reshape x dims:any* -> ?", "the same elements under other lengths",
      parameters: ["dims": "the new lengths; one of them may be -1 and is then computed"],
      keywords: "view flatten",
      examples: """
        > reshape (range 6) 2 3
        2×3
          0  1  2
          3  4  5
        > reshape [1 2; 3 4] (-1)
        1 2 3 4
        """,
      samples: ["reshape (randn 2 6) 3 4", "reshape (randn 2 6) (-1) 2"],
      resultShapes: { [try reshapedLengths($0)] },
      vjp: ["x": "reshape(g, shape x)"]
    ) { call -> Tensor in
      let x = try call.tensor("x")
      let lengths = try reshapedLengths(call)
      _ = try Tensor.checkedCount(lengths, x.dtype)
      return x.reshaped(lengths)
    },

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
    ) { call in try split(call) },

    Builtin(
      "transpose x axes:any* -> ?", "the last two axes swapped, or all axes in a new order",
      formula: "(Aᵀ)ᵢⱼ = Aⱼᵢ",
      parameters: ["axes": "the old axes in their new order"],
      notes: ["A' is the same for the last two axes"], keywords: "permute swap axes",
      examples: """
        > transpose [1 2; 3 4]
        2×2
          1  3
          2  4
        > shape (transpose (zeros 2 3 4) 2 0 1)
        4 2 3
        """,
      samples: ["transpose (randn 2 3)", "transpose (randn 2 3 4) 2 0 1"],
      resultShapes: { call in
        let shape = try call.shape("x")
        return [try newOrder(of: shape.count, call).map { shape[$0] }]
      },
      vjp: .rearrangement(of: "x")
    ) { call -> Tensor in
      let x = try call.tensor("x")
      let order = try newOrder(of: x.rank, call)
      return call.variadic.isEmpty ? try x.transposed() : try x.permuted(order)
    },

    Builtin(
      "col v[n] -> [n,1]", "a vector as a column", keywords: "column reshape",
      examples: """
        > col [1 2]
        2×1
          1
          2
        """,
      vjp: ["v": "reshape(g, shape v)"]
    ) { call -> Tensor in
      let v = try call.tensor("v")
      return v.reshaped([v.count, 1])
    },

    Builtin(
      "row v[n] -> [1,n]", "a vector as a matrix of one row", keywords: "reshape",
      examples: """
        > row [1 2]
        1×2
          1  2
        """,
      vjp: ["v": "reshape(g, shape v)"]
    ) { call -> Tensor in
      let v = try call.tensor("v")
      return v.reshaped([1, v.count])
    },

    Builtin(
      "first x:any -> :any", "the first entry: of a tuple, or along the first axis",
      keywords: "head",
      examples: """
        > first [7 8 9]
        7
        """,
      vjp: .steps { call in
        let x = try call.required("x")
        guard let length = x.shape?.first, length > 0 else { return try firstEntry(call) }
        return [try call.evaluator.rearranged([x]) { $0[0].subtensor(0) }]
      }
    ) { call in try firstEntry(call) },

    Builtin(
      "where condition:any a b -> ?", "a where the condition holds, else b; all broadcast",
      parameters: ["condition": "a tensor of 0 and 1, or a mask rule over the last two axes"],
      keywords: "select choose if mask",
      examples: """
        > where ([1 -2 3] > 0) [1 -2 3] 0
        1 0 3
        > where causal (ones 2 2) (-∞)
        2×2
           1  -∞
           1   1
        """,
      samples: ["where (randn 3 > 0) (randn 3) 0", "where (randn 2 3 > 0) (randn 3) (randn 2 1)"],
      resultShapes: { call in
        let condition = try foreseen(call.value("condition")?.shape)
        return [
          try foreseen(
            Broadcast.shape([condition, try call.shape("a"), try call.shape("b")]))
        ]
      },
      vjp: ["a": "where(condition, g, 0)", "b": "where(condition, 0, g)"]
    ) { call -> Tensor in
      let (a, b) = (try call.tensor("a"), try call.tensor("b"))
      guard let shape = Broadcast.shape(a.shape, b.shape) else {
        throw Fault("a and b do not broadcast", .arguments(["a", "b"]))
      }
      let condition = try conditionTensor(call, shape)
      guard Broadcast.shape([condition.shape, a.shape, b.shape]) != nil else {
        throw Fault(
          "the condition does not broadcast with a and b", .arguments(["condition", "a"]))
      }
      return try Tensor.select(condition, a, b)
    },

    Builtin(
      "clip x low high -> ?", "every element brought between two bounds",
      formula: "min(max(x, low), high)", definition: "minimum(maximum(x, low), high)",
      notes: ["at a bound its gradient is 0, as relu's at 0"], keywords: "clamp bound limit",
      examples: """
        > clip [-2 0.5 3] 0 1
        0 0.5000 1.0000
        """,
      samples: ["clip (randn 2 3) (-0.5) 0.5"],
      resultShapes: { call in
        let shapes = try ["x", "low", "high"].map { try call.shape($0) }
        return [try foreseen(Broadcast.shape(shapes))]
      },
      vjp: [
        "x": "where((x > low) and (x < high), g, 0)", "low": "where(x < low, g, 0)",
        "high": "where(x > high, g, 0)",
      ]
    ) { call -> Tensor in
      let x = try call.tensor("x")
      let (low, high) = (try call.tensor("low"), try call.tensor("high"))
      guard Broadcast.shape([x.shape, low.shape, high.shape]) != nil else {
        throw Fault("x and its bounds do not broadcast", .arguments(["x", "low"]))
      }
      return try Tensor.combine(.minimum, Tensor.combine(.maximum, x, low), high)
    },

  ])

// MARK: - The longer forwards

private func firstEntry(_ call: Call) throws -> [Value] {
  switch try call.required("x") {
  case .tuple(let tuple) where !tuple.items.isEmpty: return [tuple.items[0]]
  case .tensor(let x) where x.rank > 0 && x.shape[0] > 0: return [Value(x.subtensor(0))]
  case .number(let number, let dtype): return [.number(number, dtype)]
  case .traced(let traced) where traced.value.shape == []: return [.traced(traced)]
  default: throw Fault("first needs a tuple or a tensor with entries", .argument("x"))
  }
}

/// Whole numbers from a variadic parameter, negative ones allowed.
private func numbers(of call: Call) throws -> [Int] {
  var numbers: [Int] = []
  for value in call.variadic {
    guard let tensor = try value.asTensor(), tensor.rank <= 1 else {
      throw Fault("\(call.builtin.name) takes whole numbers, not \(value.kindName)")
    }
    for number in tensor.doubles {
      guard let integer = Int(exactly: number) else {
        throw Fault("\(call.builtin.name) takes whole numbers, not \(number.plain)")
      }
      numbers.append(integer)
    }
  }
  return numbers
}

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

/// The old axes in their new order; the last two swapped where none are given.
private func newOrder(of rank: Int, _ call: Call) throws -> [Int] {
  let axes = try numbers(of: call)
  guard !axes.isEmpty else {
    guard rank >= 2 else { throw Fault("transpose needs at least two axes", .argument("x")) }
    return Array(0..<rank - 2) + [rank - 1, rank - 2]
  }
  let order = axes.map { $0 < 0 ? $0 &+ rank : $0 }
  guard order.sorted() == Array(0..<rank) else {
    throw Fault("transpose needs each axis once", detail: "x has \(Faults.counted(rank, "axis"))")
  }
  return order
}

private func reshapedLengths(_ call: Call) throws -> [Int] {
  let count = try foreseen(product(of: try call.shape("x")))
  var lengths = try numbers(of: call)
  let open = lengths.indices.filter { lengths[$0] == -1 }
  guard open.count <= 1, lengths.allSatisfy({ $0 >= -1 }) else {
    throw Fault("reshape needs lengths that are not negative; one may be -1")
  }
  let known = lengths.filter { $0 >= 0 }.reduce((product: 1, overflow: false)) { state, length in
    let (product, overflow) = state.product.multipliedReportingOverflow(by: length)
    return (product, state.overflow || overflow)
  }
  if let place = open.first, known.product > 0, count % known.product == 0 {
    lengths[place] = count / known.product
  }
  guard !known.overflow, !lengths.contains(-1), lengths.reduce(1, *) == count else {
    throw Fault(
      "reshape keeps the number of elements",
      detail:
        known.overflow || lengths.contains(-1)
        ? "\(Faults.counted(count, "element")) for \(lengths.timesText)"
        : "\(count) ≠ \(lengths.reduce(1, *))"
    )
  }
  return lengths
}

private func split(_ call: Call) throws -> [Value] {
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
  return [.tuple(Tuple(parts))]
}

/// A condition as a tensor; a rule becomes its matrix over the last two axes of `shape`.
private func conditionTensor(_ call: Call, _ shape: [Int]) throws -> Tensor {
  let value = try call.required("condition")
  if case .mask(let rule) = value {
    guard shape.count >= 2 else {
      throw Fault("a mask rule needs two axes to mask", .argument("condition"))
    }
    return try rule.matrix(over: shape)
  }
  guard let tensor = try value.asTensor() else {
    throw Fault("where needs a condition of 0 and 1, not \(value.kindName)", .argument("condition"))
  }
  return try tensor.converted(to: .bool)
}
