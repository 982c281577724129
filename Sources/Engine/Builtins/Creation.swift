import Kernels
import Language

let creationFamily = Family(
  "Making tensors",
  [
    Builtin(
      "zeros dims:any* -> ?", "a tensor of zeros",
      parameters: ["dims": "the lengths of its axes, or one vector of them"],
      keywords: "create make empty",
      examples: """
        > zeros 2 3
        2×3
          0  0  0
          0  0  0
        """,
      samples: ["zeros 2 3", "zeros [4 1 2]", "zeros 0 3"],
      resultShapes: { [try $0.lengths()] },
      vjp: .constant
    ) { call -> Tensor in try Tensor(repeating: 0.0, shape: try call.lengths()) },

    Builtin(
      "ones dims:any* -> ?", "a tensor of ones",
      parameters: ["dims": "the lengths of its axes, or one vector of them"],
      keywords: "create make",
      examples: """
        > ones 3
        1 1 1
        """,
      samples: ["ones 2 3", "ones [4 1 2]"],
      resultShapes: { [try $0.lengths()] },
      vjp: .constant
    ) { call -> Tensor in try Tensor(repeating: 1.0, shape: try call.lengths()) },

    Builtin(
      "eye n:int m?:int=n -> [n,m]", "the identity: ones on the diagonal",
      formula: "Iᵢⱼ = 1 if i = j else 0",
      parameters: ["n": "rows", "m": "columns, as many as rows unless given"],
      keywords: "identity unit create",
      examples: """
        > eye 3
        3×3
          1  0  0
          0  1  0
          0  0  1
        """,
      samples: ["eye 3", "eye 2 4"],
      resultShapes: { [[try $0.integer("n"), try $0.integer("m")]] },
      vjp: .constant
    ) { call -> Tensor in
      try Tensor.eye(try call.integer("n", atLeast: 0), try call.integer("m", atLeast: 0))
    },

    Builtin(
      "range a:number b?:number step?:number=1 -> ?",
      "numbers in steps, the end excluded",
      parameters: [
        "a": "the start; alone, the end, and the start is 0", "b": "the end, excluded",
        "step": "may be negative",
      ],
      notes: ["as NumPy's arange"], keywords: "arange sequence count indices",
      examples: """
        > range 5
        0 1 2 3 4
        > range 10 0 (-3)
        10 7 4 1
        """,
      samples: ["range 5", "range 2 9 2", "range 10 0 (-3)", "range 0"],
      resultShapes: { [[try rangeCount($0)]] },
      vjp: .constant
    ) { call -> Tensor in
      let count = try rangeCount(call)
      let from = call.has("b") ? try call.number("a") : 0
      let step = try call.number("step")
      return try Tensor(shape: [count], of: Double.self) { elements in
        for index in elements.indices { elements[index] = from + Double(index) * step }
      }
    },

    Builtin(
      "linspace a:number b:number n?:int=50 -> [n]",
      "n numbers evenly from a to b, both included",
      parameters: ["n": "how many"], keywords: "sequence interval grid",
      examples: """
        > linspace 0 1 5
        0 0.2500 0.5000 0.7500 1.0000
        """,
      samples: ["linspace 0 1 5", "linspace 3 (-3) 4", "linspace 0 1 1"],
      resultShapes: { [[try $0.integer("n")]] },
      vjp: .constant
    ) { call -> Tensor in
      try Tensor.linspace(
        try call.number("a"), try call.number("b"), try call.integer("n", atLeast: 0))
    },

    Builtin(
      "tril A[…,n,m] k?:int=0 -> […,n,m]", "the lower triangle; what is above becomes 0",
      formula: "tril(A)ᵢⱼ = Aᵢⱼ if j ≤ i + k else 0",
      parameters: ["k": "which diagonal still belongs to it"], keywords: "lower triangle mask",
      examples: """
        > tril (ones 3 3)
        3×3
          1  0  0
          1  1  0
          1  1  1
        """,
      vjp: ["A": "tril(g, k)"]
    ) { call -> Tensor in try call.tensor("A").lowerTriangle(try call.integer("k")) },

    Builtin(
      "triu A[…,n,m] k?:int=0 -> […,n,m]", "the upper triangle; what is below becomes 0",
      formula: "triu(A)ᵢⱼ = Aᵢⱼ if j ≥ i + k else 0",
      parameters: ["k": "the first diagonal that belongs to it"], keywords: "upper triangle mask",
      examples: """
        > triu (ones 2 3) 1
        2×3
          0  1  1
          0  0  1
        """,
      vjp: ["A": "triu(g, k)"]
    ) { call -> Tensor in try call.tensor("A").upperTriangle(try call.integer("k")) },

    Builtin(
      "diag A k?:int=0 -> ?", "the diagonal of a matrix, or the matrix with a vector as diagonal",
      parameters: ["A": "a matrix, or a vector", "k": "which diagonal, above 0 is to the right"],
      keywords: "diagonal",
      examples: """
        > diag [1 2 3]
        3×3
          1  0  0
          0  2  0
          0  0  3
        > diag [1 2; 3 4]
        1 4
        """,
      samples: ["diag [1 2 3]", "diag (randn 3 4)", "diag (randn 3 4) 1"],
      resultShapes: { call in
        let shape = try call.shape("A")
        guard shape.count == 1 else { throw NotForeseen() }
        let n = try call.integer("k").magnitude
        guard n <= 1 << 53 else { throw NotForeseen() }
        return [[shape[0] + Int(n), shape[0] + Int(n)]]
      },
      vjp: .rearrangement(of: "A")
    ) { call -> Tensor in
      let tensor = try call.tensor("A")
      let k = try call.integer("k")
      switch tensor.rank {
      case 1: return try Tensor.diagonalMatrix(tensor, k)
      case 2: return try tensor.diagonal(k)
      default: throw Fault("diag needs a vector or a matrix", .argument("A"))
      }
    },

    Builtin(
      "record fields**:any -> :record", "named values held together",
      parameters: ["fields": "name=value, any number of them"],
      notes: ["p.wq reads a field, p.wq = X rebinds p to a changed copy, p[\"wq\"] takes a string"],
      keywords: "struct dictionary parameters",
      examples: """
        > p = record(wq = eye(2), scale = 0.5)
        p = record  wq 2×2  scale 0.5
        > p.scale
        0.5
        """,
      vjp: .handedOn
    ) { call in [.record(Record(call.fields))] },

    Builtin(
      "get record:record name:string default?:any -> :any",
      "a field of a record by its name, or a default where there is none",
      parameters: ["default": "what a record without the field gives; an error unless given"],
      keywords: "field optional key lookup",
      examples: """
        > p = record(w = 2)
        p = record  w 2
        > get p "w" + get(p, "b", 0)
        2
        """,
      vjp: .handedOn
    ) { call in
      guard case .record(let record) = try call.required("record") else { return [] }
      let name = try call.string("name")
      if let value = record[name] ?? call.value("default") { return [value] }
      throw Fault(
        "the record has no '\(name)'", .argument("name"),
        detail: record.keys.isEmpty
          ? "it is empty" : "it has " + record.keys.joined(separator: " "),
        proposals: Suggest.nearest(to: name, among: record.keys).prefix(1).map {
          .write("\"\($0)\"", insteadOf: "name", record[$0]?.shapeText ?? "")
        })
    },

    Builtin(
      "f32 x -> ?", "the same numbers in single precision",
      notes: ["arithmetic of f32 with numbers stays f32, with an f64 tensor it gives f64"],
      keywords: "float single precision convert dtype",
      examples: """
        > dtype (f32 [1 2])
        "f32"
        """,
      samples: ["f32 (randn 2 3)"],
      resultShapes: { [try $0.shape("x")] },
      vjp: ["x": "g"]
    ) { call -> Tensor in try call.tensor("x").converted(to: .f32) },

    Builtin(
      "f64 x -> ?", "the same numbers in double precision", keywords: "double convert dtype",
      examples: """
        > f64 (f32 0.1)
        0.1
        """,
      samples: ["f64 (f32 (randn 2 3))"],
      resultShapes: { [try $0.shape("x")] },
      vjp: ["x": "g"]
    ) { call -> Tensor in try call.tensor("x").converted(to: .f64) },

    Builtin(
      "bool x -> ?", "1 where an element is not 0, else 0", keywords: "truth convert dtype",
      examples: """
        > bool [0 2 -1]
        0 1 1
        """,
      samples: ["bool (randn 2 3)"],
      resultShapes: { [try $0.shape("x")] },
      vjp: .constant
    ) { call -> Tensor in try call.tensor("x").converted(to: .bool) },

    Builtin(
      "dtype x -> :string", "what the elements are: f64, f32 or bool", keywords: "type precision",
      examples: """
        > dtype [1 2]
        "f64"
        """,
      vjp: .constant
    ) { call in [.string(try call.tensor("x").dtype.name)] },

    Builtin(
      "kind x:any -> :string",
      "what a value is: number, tensor, string, tuple, record, function, mask, bias, …",
      keywords: "type class",
      examples: """
        > kind [1 2]
        "tensor"
        > kind relu
        "function"
        """,
      vjp: .constant
    ) { call in [.string((call.value("x") ?? .nothing).kind)] },

    constant("pi", .pi, "π, the half circumference of the unit circle"),
    constant("π", .pi, "the half circumference of the unit circle"),
    constant("inf", .infinity, "∞"),
    constant("nan", .nan, "not a number"),
    constant("NaN", .nan, "not a number"),
    Builtin("none -> :any", "no value: an argument left out") { _ in [.nothing] },
  ])

/// How many numbers `range` gives.
private func rangeCount(_ call: Call) throws -> Int {
  let from = call.has("b") ? try call.number("a") : 0
  let to = try call.number(call.has("b") ? "b" : "a")
  let step = try call.number("step")
  guard step != 0 else { throw Fault("a step can not be 0", .argument("step")) }
  guard from.isFinite, to.isFinite, step.isFinite else {
    throw Fault("range needs finite numbers", .argument("a"))
  }
  let count = max(((to - from) / step).rounded(.up), 0)
  guard count < 0x1p53 else { throw KernelError.memory(needed: .max, limit: Memory.limit) }
  return Int(count)
}

private func constant(_ name: String, _ value: Double, _ summary: String) -> Builtin {
  Builtin("\(name) -> :number", summary) { _ in [.number(value)] }
}
