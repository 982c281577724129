import Kernels
import Language

private let sharedMeanings: Meanings = [
  "gate": "one column for each expert", "k": "how many experts each token goes to",
]
private let sharedNotes = [
  "ties go to the expert of lower number"
]

private let routingMeanings: Meanings = [
  "renorm": "1: the k weights are divided by their sum, as Mixtral (Jiang et al. 2024)",
  "capacity":
    "c: an expert takes at most ⌈c·n·k/E⌉ tokens of a sequence, in the order of position; for the others its weight is 0",
]

let expertFamily = Family(
  "Mixture of experts",
  [
    Builtin(
      "route X[…,n,d] gate[d,e] k=2:int renorm=0:flag capacity=∞ -> weights[…,n,k], chosen[…,n,k]",
      "which experts each token goes to, and with what weight",
      formula: "G(x) = softmax(x W_g);  TopK(G(x))",
      definition: """
        E = shape(gate)[-1]
        weights, chosen = topk(softmax(X @ gate), k)
        if renorm { weights = weights / sum(weights, axis=-1, keep=1) }
        picks = one_hot(chosen, E)
        place = cumsum(sum(picks, axis=-2), axis=-2)
        queue = sum(picks * stack(place, axis=-2), axis=-1)
        places = ceil(capacity * shape(X)[-2] * k / E)
        (where(queue <= places, weights, 0), chosen)
        """,
      parameters: ["X": "tokens, one a row"] + sharedMeanings + routingMeanings,
      notes: [
        "the weights are the probabilities as they are: the chapter, Switch (Fedus et al. 2022)"
      ] + sharedNotes + ["Shazeer et al. 2017"],
      keywords: "moe mixture experts gating routing top-k switch mixtral 전문가 라우팅 게이팅",
      examples: """
        > gate = [1 0 0; 0 1 0];
        > route [2 1; 0 3] gate
        weights 2×2
          0.6652  0.2447
          0.9094  0.0453
        chosen 2×2
          0  1
          1  0
        > route [2 1; 0 3; 4 0] gate k=1 capacity=1
        weights 3×1
          0.6652
          0.9094
          0
        chosen 3×1
          0
          1
          0
        """,
      samples: [
        "route (randn 5 4) (randn 4 3)", "route (randn 2 6 4) (randn 4 3) k=1 capacity=1",
        "route (randn 7 4) (randn 4 5) k=3 renorm=1 capacity=0.5", "route (randn 0 4) (randn 4 3)",
        "route (f32 (randn 5 4)) (f32 (randn 4 3)) renorm=1", "route (zeros 3 2) (randn 2 4) k=4",
        "route (randn 1 2) (randn 2 1) k=1",
      ],
      resultShapes: { call in
        let shape = call.dimensions.leading + [call.dimensions["n"], try call.integer("k")]
        return [shape, shape]
      }
    ) { call in
      let routing = try routing(call)
      return [Value(routing.weights), Value(routing.chosen)]
    },

    Builtin(
      "moe X[…,n,d] gate[d,e] experts:any k=2:int renorm=0:flag capacity=∞ -> out also gates[…,n,e]",
      "a mixture of experts: each token is worked on by the k experts its gate likes best",
      formula: "out = Σ_{i ∈ TopK(G(x))} G(x)ᵢ · Eᵢ(x),  G(x) = softmax(x W_g)",
      definition: """
        E = shape(gate)[-1]
        weights, chosen = route(X, gate, k=k, renorm=renorm, capacity=capacity)
        G = sum(stack(weights, axis=-1) * one_hot(chosen, E), axis=-2)
        out = 0
        for e in 0:E {
          if kind(experts) == "tuple" { Y = experts[e](X) } else { Y = X @ experts[e] }
          out = out + stack(G @ one_hot(e, E), axis=-1) * Y
        }
        (out, G)
        """,
      parameters: [
        "X": "tokens, one a row", "gate": "one column for each of the E experts",
        "experts": "linear ones as a tensor E×d×f, or a tuple of functions of rows",
        "k": "how many experts each token goes to",
      ] + routingMeanings,
      notes: [
        "`out, G = moe …` gives the gates too: n×E, 0 where an expert has no part",
        "the weights are the probabilities as they are: the chapter, Switch (Fedus et al. 2022)",
      ] + sharedNotes + [
        "a function must treat each row on its own; it is called once, with all rows that it works on",
        "Shazeer et al. 2017",
      ],
      keywords: "moe mixture experts gating routing top-k switch mixtral sparse 전문가 혼합 라우팅 게이팅",
      examples: """
        > gate = [1 0; 0 1];
        > moe [2 1; 0 3] gate (x -> x, x -> 10*x) k=1
        out 2×2
           1.4621   0.7311
           0       28.5772
        gates  2×2
                     c0        c1
          r0  ## 0.7311         ·
          r1          · @@ 0.9526
          scale  .:-=+*#%@  0 .. 0.9526   · masked
        """,
      samples: [
        "moe (randn 5 4) (randn 4 3) (randn 3 4 2)",
        "moe (randn 2 6 4) (randn 4 3) (randn 3 4 4) k=1 capacity=1",
        "moe (randn 7 4) (randn 4 2) (relu,x->x^2) renorm=1",
        "moe (randn 0 4) (randn 4 3) (randn 3 4 2)",
        "moe (f32 (randn 5 4)) (f32 (randn 4 3)) (f32 (randn 3 4 2)) renorm=1",
        "moe (randn 2 3 4) (randn 4 2) (x->x@ones(4,2),x->2*x@ones(4,2)) capacity=0.5",
        "moe (randn 1 2) (randn 2 1) (randn 1 2 3) k=1",
      ],
      resultShapes: { call in
        let rows = call.dimensions.leading + [call.dimensions["n"]]
        return [rows + [try foreseen(call.value("experts")?.shape?[safe: 2])]]
      },
      explain: explainExperts
    ) { call in
      let routing = try routing(call)
      let out = try mixture(call, routing)
      guard call.wantsExtras else { return [Value(out)] }
      return [Value(out), Value(try routing.gates(experts: call.dimensions["e"]))]
    },

    Builtin(
      "load_balance X[…,n,d] gate[d,e] k=2:int -> loss:number also load[e], importance[e]",
      "a loss that leads the gate to give all experts equally many tokens",
      formula: "E · Σᵢ fᵢ Pᵢ,  f the share of tokens an expert gets, P its mean probability",
      definition: """
        E = shape(gate)[-1]
        probs = reshape(softmax(X @ gate), -1, E)
        best = topk(probs, k)
        load = mean(one_hot(reshape(best[1], -1), E), axis=0)
        importance = mean(probs, axis=0)
        (E * sum(load * importance), load, importance)
        """,
      parameters: ["X": "tokens, one a row"] + sharedMeanings,
      notes: [
        "1 when the load is even, E when one expert gets all; only P has a gradient",
        "Fedus et al. 2022 for k = 1; Mixtral's published code does not divide f by k and gives k times this",
      ] + sharedNotes,
      keywords: "moe mixture experts auxiliary loss balance switch 전문가 부하 균형 손실",
      examples: """
        > load_balance [1 0; 0 1] (eye 2) k=1
        loss = 1
        > loss, load, importance = load_balance [1 0; 1 0] (eye 2) k=1
        loss = 1.46212
        load 2  mean 0.5  sd 0.5
        importance 2  mean 0.5  sd 0.2311
        > load
        1 0
        """,
      samples: [
        "load_balance (randn 5 4) (randn 4 3)", "load_balance (randn 2 6 4) (randn 4 3) k=1",
        "load_balance (f32 (randn 5 4)) (f32 (randn 4 3)) k=3",
        "load_balance (randn 0 4) (randn 4 3)",
      ],
      resultShapes: { [[], [$0.dimensions["e"]], [$0.dimensions["e"]]] }
    ) { call in
      let k = try expertsPerToken(call)
      let probabilities = try probabilities(call)
      let e = call.dimensions["e"]
      let rows = probabilities.reshaped([probabilities.count / e, e])
      let chosen = try rows.topk(k, axis: 1).indices.reshaped([rows.shape[0] * k])
      let load = try chosen.oneHot(e).reduce(.mean, axis: 0, keep: false)
      let importance = try rows.reduce(.mean, axis: 0, keep: false)
      let loss = try Tensor.combine(.multiply, load.converted(to: importance.dtype), importance)
        .reduce(.sum, axis: nil, keep: false)
      return [
        Value(try Tensor.combine(.multiply, loss, try Tensor(scalar: Double(e)))), Value(load),
        Value(importance),
      ]
    },
  ])

private func expertsPerToken(_ call: Call) throws -> Int {
  let (k, e) = (try call.integer("k", atLeast: 1), call.dimensions["e"])
  guard k <= e else {
    throw Fault(
      "a token can not go to more experts than there are", .arguments(["gate", "k"]),
      detail: "k \(k) > \(Faults.counted(e, "expert"))")
  }
  return k
}

/// softmax(X W_g), [… n E].
private func probabilities(_ call: Call) throws -> Tensor {
  let logits = try matmul(try call.real("X"), try call.real("gate"))
  return try softmax(logits, axis: logits.rank - 1, tau: 1)
}

private func routing(_ call: Call) throws -> Routing {
  try route(
    try probabilities(call), k: try expertsPerToken(call), renormalized: try call.flag("renorm"),
    capacity: try call.positive("capacity"))
}

private func mixture(_ call: Call, _ routing: Routing) throws -> Tensor {
  let x = try call.real("X")
  let (rows, d, e) = (x.shape.dropLast().reduce(1, *), call.dimensions["d"], call.dimensions["e"])
  let expert = try expert(call, d: d, e: e)
  let out = try mixture(x.reshaped([rows, d]), routing, experts: e, expert: expert)
  return out.reshaped(x.shape.dropLast() + [out.shape[1]])
}

/// What the experts make of rows, once they are known to fit.
private func expert(_ call: Call, d: Int, e: Int) throws -> (Int, Tensor) throws -> Tensor {
  let given = try call.required("experts")
  if case .tuple(let tuple) = given {
    guard tuple.items.count == e else {
      throw Fault(
        "moe needs one expert for each column of gate", .arguments(["gate", "experts"]),
        detail: "\(Faults.counted(tuple.items.count, "function")) ≠ \(e)")
    }
    for (number, item) in tuple.items.enumerated() {
      if case .function = item { continue }
      throw Fault("expert \(number) is \(item.kindName), not a function", .argument("experts"))
    }
    var width: Int?
    return { number, rows in
      guard let out = try call.apply(tuple.items[number], [Value(rows)]).asTensor(), out.rank == 2,
        out.shape[0] == rows.shape[0], out.shape[1] == width ?? out.shape[1]
      else {
        throw Fault(
          "expert \(number) must give one row for each that it gets, as wide as the others'",
          .argument("experts"))
      }
      width = out.shape[1]
      return out
    }
  }
  guard let matrices = try given.asTensor() else {
    throw Fault(
      "moe needs experts as a tensor E×d×f or a tuple of functions, not \(given.kindName)",
      .argument("experts"))
  }
  guard matrices.rank == 3, matrices.shape[0] == e, matrices.shape[1] == d else {
    throw Fault(
      "the experts do not fit", .arguments(["X", "gate", "experts"]),
      detail: "E×d×f with E = \(e), d = \(d)")
  }
  return { number, rows in try matmul(rows, matrices.subtensor(number)) }
}
