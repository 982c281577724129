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

  ] + joining + [
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
        guard let length = x.shape?.first, length > 0 else { return [try firstEntry(call)] }
        return [try call.evaluator.rearranged([x]) { $0[0].subtensor(0) }]
      }
    ) { call in [try firstEntry(call)] },

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

private func firstEntry(_ call: Call) throws -> Value {
  switch try call.required("x") {
  case .tuple(let tuple) where !tuple.items.isEmpty: return tuple.items[0]
  case .tensor(let x) where x.rank > 0 && x.shape[0] > 0: return Value(x.subtensor(0))
  case .number(let number, let dtype): return .number(number, dtype)
  case .traced(let traced) where traced.value.shape == []: return .traced(traced)
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
