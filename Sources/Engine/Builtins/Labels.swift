import Kernels
import Language

let labelFamily = Family(
  "Order and labels",
  [
    Builtin(
      "pick A[…,n,m] labels:any -> […,n]", "one entry of each row: the one its label names",
      formula: "pick(A, y)ᵢ = A[i, yᵢ]",
      definition: "sum(where(one_hot(labels % shape(A)[-1], shape(A)[-1]) == 1, A, 0), axis=-1)",
      parameters: ["labels": "one column index for each row, or one for all; -1 is the last"],
      keywords: "gather take select index",
      examples: """
        > pick [1 2 3; 4 5 6] [0 2]
        1 6
        """,
      samples: [
        "pick (randn 3 4) [0 3 1]", "pick (randn 2 3 4) 2", "pick (f32 (randn 2 4)) [-1 0]",
      ],
      vjp: .rearrangement(of: "A")
    ) { call -> Tensor in try picked(try call.tensor("A"), call) },

    Builtin(
      "one_hot labels n?:int -> ?", "vectors with a single 1 at each label",
      formula: "one_hot(y)ᵢⱼ = 1 if j = yᵢ else 0",
      definition: """
        if n == none { n = max(labels) + 1 }
        1 * (stack(labels, axis=-1) == range n)
        """,
      parameters: ["n": "how long each vector is; the largest label + 1 unless given"],
      keywords: "onehot indicator encode 원-핫 원핫",
      examples: """
        > one_hot [2 0] 3
        2×3
          0  0  1
          1  0  0
        """,
      samples: ["one_hot [2 0 1]", "one_hot 1 3", "one_hot [2 0; 1 1] 4", "one_hot (zeros 0) 3"],
      resultShapes: { [try $0.shape("labels") + [try foreseen($0.optionalInteger("n"))]] },
      vjp: .constant
    ) { call -> Tensor in
      let labels = try call.tensor("labels")
      let n = call.has("n") ? try call.integer("n", atLeast: 0) : nil
      let places = try labels.doubles.map { try Labels.place($0, below: n, of: "labels") }
      return try labels.oneHot(n ?? min(places.max() ?? -1, Int.max - 1) + 1)
    },

    Builtin(
      "sort x axis=-1:int descending=0:flag -> ?", "the elements in order along an axis",
      parameters: ["descending": "1: the largest first"], notes: ["NaN come last"],
      keywords: "order rank",
      examples: """
        > sort [3 1 2]
        1 2 3
        """,
      samples: ["sort (randn 3 4)", "sort (randn 3 4) axis=0 descending=1"],
      resultShapes: { [try $0.shape("x")] },
      vjp: .rearrangement(of: "x") { call in
        let x = try call.tensor("x")
        guard x.rank > 0 else { return try Tensor(scalar: 1) }
        let axis = try call.axis(of: x.rank)
        let ordered = try call.flag("descending") ? x : x.map(.negate)
        let indices = try ordered.topk(x.shape[axis], axis: axis).indices
        return try Tensor.places(indices, along: axis, of: x.shape)
      }
    ) { call -> Tensor in
      let x = try call.tensor("x")
      guard x.rank > 0 else { return x }
      return try x.sorted(axis: try call.axis(of: x.rank), descending: try call.flag("descending"))
    },

    Builtin(
      "topk x k:int axis=-1:int -> values, indices",
      "the k largest along an axis, and where they are",
      parameters: ["k": "how many"], notes: ["of equal ones the lower index comes first, NaN last"],
      keywords: "largest best order 상위 최댓값",
      examples: """
        > topk [3 1 4 1 5] 2
        values = 5 4
        indices = 4 2
        """,
      samples: [
        "topk (randn 3 4) 2", "topk (randn 3 4) 1 axis=0", "topk (f32 (randn 2 5)) 5",
        "topk (randn 2 90) 70", "topk (zeros 0 3) 2",
      ],
      resultShapes: { call in
        var shape = try call.shape("x")
        shape[try call.axis(of: shape.count)] = try call.integer("k")
        return [shape, shape]
      },
      vjp: .rearrangement(of: "x") { call in
        let x = try call.tensor("x")
        let axis = try call.axis(of: x.rank)
        let indices = try x.topk(try call.integer("k"), axis: axis).indices
        return try Tensor.places(indices, along: axis, of: x.shape)
      }
    ) { call in
      let x = try call.tensor("x")
      let axis = try call.axis(of: x.rank)
      let k = try call.integer("k", atLeast: 0)
      guard k <= x.shape[axis] else {
        throw Fault("k is larger than the axis", .argument("k"), detail: "\(k) > \(x.shape[axis])")
      }
      let (values, indices) = try x.topk(k, axis: axis)
      return [Value(values), Value(indices)]
    },
  ])

private func picked(_ matrix: Tensor, _ call: Call) throws -> Tensor {
  let labels = try call.tensor("labels")
  let rows = Array(matrix.shape.dropLast())
  guard labels.shape == rows || labels.rank == 0 else {
    throw Fault(
      "pick needs one label for each row", .arguments(["A", "labels"]),
      detail: "\(rows.timesText) ≠ \(labels.shape.timesText)")
  }
  let m = matrix.shape[matrix.rank - 1]
  let places = try (0..<rows.reduce(1, *)).map { row in
    let label = labels[flat: labels.rank == 0 ? 0 : row]
    let fromEnd = label == label.rounded() && (-Double(m)..<0).contains(label)
    return row * m + (try Labels.place(fromEnd ? label + Double(m) : label, below: m, of: "labels"))
  }
  return try matrix.reshaped([matrix.count]).selecting([.gather(places)]).reshaped(rows)
}

/// Labels: whole numbers that name a class.
enum Labels {
  /// A label as a place; `length` nil is no bound.
  static func place(_ label: Double, below length: Int?, of argument: String) throws -> Int {
    guard label >= 0, label == label.rounded(), label < length.map(Double.init) ?? .infinity else {
      throw Fault(message(label, length), .argument(argument))
    }
    return Int(exactly: label) ?? Int.max
  }

  private static func message(_ label: Double, _ length: Int?) -> String {
    if length == 0 { return "there are no classes for the label \(label.plain)" }
    let range = length.map { "from 0 to \($0 - 1)" } ?? "from 0 up"
    return "a label is a whole number \(range), not \(label.plain)"
  }
}
