import Kernels
import Language

let positionFamily = Family(
  "Positions",
  [
    Builtin(
      "rotate x[…,n,d] angles[n,h] layout:{interleaved,half} -> […,n,d]",
      "pairs of entries turned by given angles",
      formula: "(x₂ᵢ, x₂ᵢ₊₁) ↦ (x₂ᵢ cos a − x₂ᵢ₊₁ sin a, x₂ᵢ sin a + x₂ᵢ₊₁ cos a)",
      definition: """
        s = shape(x)[:-1]
        h = shape(angles)[-1]
        if layout == "half" { pairs = reshape(x, [s 2 h])' } else { pairs = reshape(x, [s h 2]) }
        c = cos angles
        w = sin angles
        R = stack(stack(c, -w, axis=-1), stack(w, c, axis=-1), axis=-2)
        turned = einsum("nhij,...nhj->...nhi", R, pairs)
        if layout == "half" { reshape(turned', shape x) } else { reshape(turned, shape x) }
        """,
      parameters: [
        "x": "vectors, one a row", "angles": "for each row one angle for each of its d/2 pairs",
        "layout": "interleaved pairs (2i, 2i+1); half pairs (i, i + d/2), as Llama",
      ],
      keywords: "rotation turn rotary",
      examples: """
        > rotate [1 0; 1 0] [0; π/2]
        2×2
          1.0000  0
           <1e-4  1.0000
        """,
      samples: [
        "rotate (randn 3 4) (randn 3 2)", "rotate (randn 2 3 6) (randn 3 3) layout=half",
      ]
    ) { call -> Tensor in
      let (x, angles) = (try call.real("x"), try call.tensor("angles"))
      guard call.dimensions["d"] == 2 * call.dimensions["h"] else {
        throw Fault(
          "rotate needs one angle for each pair", .arguments(["x", "angles"]),
          detail: "\(call.dimensions["d"]) ≠ 2·\(call.dimensions["h"])")
      }
      return try rope(
        x, cos: try angles.map(.cos), sin: try angles.map(.sin), layout: try layout(call))
    },

    Builtin(
      "rope q[…,n,d] k?[…,m,d] base=10000 offset=0 positions=:tensor kpositions=:tensor layout:{interleaved,half} -> qr[…,n,d], kr[…,m,d] if k",
      "rotary position embedding: pairs of entries turned by an angle that grows with the position",
      formula: "(q₂ᵢ, q₂ᵢ₊₁) turned by p·θᵢ,  θᵢ = base^(−2i/d)",
      definition: """
        d = shape(q)[-1]
        θ = base^(-2 * range(d / 2) / d)
        if positions == none { p = range(shape(q)[-2]) } else { p = positions }
        qr = rotate(q, outer(p + 0 * range(shape(q)[-2]) + offset, θ), layout=layout)
        if k == none { qr } else {
          if positions == none { p = range(shape(k)[-2]) }
          if kpositions != none { p = kpositions }
          (qr, rotate(k, outer(p + 0 * range(shape(k)[-2]) + offset, θ), layout=layout))
        }
        """,
      parameters: [
        "q": "queries, one a row", "k": "keys; with them the result is both, `qr, kr = rope q k`",
        "base": "the longest wavelength is about 2π·base",
        "offset": "added to every position, for a chunk that begins later",
        "positions": "one for each row, or one for all; 0, 1, 2, … unless given",
        "kpositions": "the same for the keys; those of the queries unless given",
        "layout": "interleaved pairs (2i, 2i+1); half pairs (i, i + d/2), as Llama",
      ],
      notes: [
        "a score of turned vectors depends only on the distance of their positions",
        "Su et al. 2021; angles are computed in double precision",
      ],
      keywords: "rotary position embedding rotation relative llama",
      examples: """
        > rope [1 0; 1 0; 1 0]
        3×2
           1.0000   0
           0.5403   0.8415
          -0.4161   0.9093
        """,
      samples: [
        "rope (randn 3 4)", "rope (randn 3 4) (randn 5 4)",
        "rope (randn 2 3 8) layout=half base=100",
        "rope (randn 2 4) (randn 2 4) offset=7", "rope (randn 2 4) positions=[3 9.5]",
        "rope (randn 1 4) (randn 1 4) positions=5 kpositions=3",
      ]
    ) { call in
      let names = ["q", "k"].filter(call.has)
      return try names.map { name in Value(try rotated(name, call)) }
    },

    Builtin(
      "sinusoidal n:int d:int base=10000 positions=range(n):tensor -> [n,d]",
      "sine and cosine position encoding: one row for each position",
      formula: "PE[p, 2i] = sin(p·ωᵢ),  PE[p, 2i+1] = cos(p·ωᵢ),  ωᵢ = base^(−2i/d)",
      definition: """
        h = ceil(d / 2)
        a = outer positions (base^(-2 * range h / d))
        reshape(stack(sin a, cos a, axis=-1), n, 2 * h)[:, :d]
        """,
      parameters: [
        "n": "how many positions", "d": "the width of the model", "base": "10000 in the paper",
        "positions": "which ones, 0 … n−1 unless given",
      ],
      notes: ["an odd d cuts the last cosine off", "Vaswani et al. 2017, section 3.5"],
      keywords: "positional encoding sine cosine absolute",
      examples: """
        > sinusoidal 3 4
        3×4
           0        1.0000   0        1.0000
           0.8415   0.5403   0.0100   1.0000
           0.9093  -0.4161   0.0200   0.9998
        """,
      samples: [
        "sinusoidal 5 8", "sinusoidal 3 5", "sinusoidal 4 2 base=100",
        "sinusoidal 2 4 positions=[7 3.5]",
      ],
      resultShapes: { [[try $0.integer("n"), try $0.integer("d")]] }
    ) { call -> Tensor in
      let (n, d) = (try call.integer("n", atLeast: 0), try call.integer("d", atLeast: 0))
      let positions = try call.tensor("positions")
      guard positions.shape == [n] else {
        throw Fault("sinusoidal needs n positions", .argument("positions"), detail: "n is \(n)")
      }
      return try sinusoidal(positions: positions.doubles, d: d, base: try call.number("base"))
    },
  ])

private func layout(_ call: Call) throws -> RopeLayout {
  try call.string("layout") == "half" ? .half : .interleaved
}

private func rotated(_ name: String, _ call: Call) throws -> Tensor {
  let x = try call.real(name)
  let (n, d) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
  guard d % 2 == 0 else {
    throw Fault(
      "rope turns pairs: the last axis must be even", .argument(name), detail: "\(d) is odd")
  }
  let base = try call.number("base")
  guard base > 0 else { throw Fault("base must be more than 0", .argument("base")) }
  let option = name == "k" && call.has("kpositions") ? "kpositions" : "positions"
  var positions = (0..<n).map(Double.init)
  if let given = try call.optionalTensor(option) {
    guard given.rank <= 1, given.count == n || given.rank == 0 else {
      throw Fault(
        "positions needs one entry for each row of \(name)", .argument(option),
        detail: "\(given.count) ≠ \(n)")
    }
    positions = given.rank == 0 ? positions.map { _ in given[flat: 0] } : given.doubles
  }
  let offset = try call.number("offset")
  return try rope(
    x, base: base, positions: positions.map { $0 + offset }, layout: try layout(call),
    rotaryDim: nil)
}
