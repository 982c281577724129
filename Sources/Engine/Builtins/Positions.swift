import Kernels
import Language

let positionFamily = Family(
  "Positions",
  [
    Builtin(
      "turn x[…,n,d] c[…,n,h] s[…,n,h] layout:{interleaved,half} -> […,n,d]",
      "pairs of entries turned, by the cosine and the sine of each angle",
      formula: "(x₂ᵢ, x₂ᵢ₊₁) ↦ (x₂ᵢ c − x₂ᵢ₊₁ s, x₂ᵢ s + x₂ᵢ₊₁ c)",
      definition: """
        h = shape(c)[-1]
        x = x + 0 * sum(c, axis=-1, keep=1)
        parts = split(x, [2 * h], axis=-1)
        rows = shape(x)[:-1]
        if layout == "half" { pairs = reshape(parts[0], [rows 2 h])' } else { pairs = reshape(parts[0], [rows h 2]) }
        R = stack(stack(c, -s, axis=-1), stack(s, c, axis=-1), axis=-2)
        turned = einsum("...nhij,...nhj->...nhi", R, pairs)
        if layout == "half" { turned = turned' }
        concat(reshape(turned, [rows 2 * h]), parts[1], axis=-1)
        """,
      parameters: [
        "x": "vectors, one a row", "c": "cosines, for each row one for each pair",
        "s": "the sines", "layout": layoutMeaning,
      ],
      notes: ["the first 2h entries of a row turn, the others stay as they are"],
      keywords: "rotation rotate rotary cosine sine table 회전 코사인 사인",
      examples: """
        > turn [1 0 7; 1 0 7] [1; 0] [0; 1]
        2×3
          1  0  7
          0  1  7
        """,
      samples: [
        "turn (randn 3 4) (randn 3 2) (randn 3 2)",
        "turn (randn 2 3 7) (randn 3 2) (randn 3 2) layout=half",
        "turn (randn 3 4) (randn 2 3 1) (randn 2 3 1)", "turn (randn 0 4) (randn 0 2) (randn 0 2)",
        "turn (f32 (randn 3 4)) (randn 3 2) (randn 3 2)",
      ]
    ) { call -> Tensor in
      try turned(call, cos: try call.real("c"), sin: try call.real("s"), table: "c")
    },

    Builtin(
      "rotate x[…,n,d] angles[…,n,h] layout:{interleaved,half} -> […,n,d]",
      "pairs of entries turned by given angles",
      formula: "(x₂ᵢ, x₂ᵢ₊₁) ↦ (x₂ᵢ cos a − x₂ᵢ₊₁ sin a, x₂ᵢ sin a + x₂ᵢ₊₁ cos a)",
      definition: "turn(x, cos angles, sin angles, layout=layout)",
      parameters: [
        "x": "vectors, one a row", "angles": "in radians, for each row one for each pair",
        "layout": layoutMeaning,
      ],
      notes: ["the first 2h entries of a row turn, the others stay as they are"],
      keywords: "rotation turn rotary 회전 각도",
      examples: """
        > rotate [1 0; 1 0] [0; π/2]
        2×2
          1.0000  0
           <1e-4  1.0000
        """,
      samples: [
        "rotate (randn 3 4) (randn 3 2)", "rotate (randn 2 3 6) (randn 3 3) layout=half",
        "rotate (randn 2 3 5) (randn 2 3 1)", "rotate (f32 (randn 3 4)) (randn 3 2)",
      ]
    ) { call -> Tensor in
      // Angles stay in double precision, whatever turns.
      let angles = try call.tensor("angles").converted(to: .f64)
      return try turned(call, cos: try angles.map(.cos), sin: try angles.map(.sin), table: "angles")
    },

    Builtin(
      "rope q[…,n,d] k?[…,m,d] base=10000 offset=0 positions=:tensor kpositions=:tensor dims=d:int layout:{interleaved,half} cos=:tensor sin=:tensor -> qr[…,n,d], kr[…,m,d] if k",
      "rotary position embedding: pairs of entries turned by an angle that grows with the position",
      formula: "(q₂ᵢ, q₂ᵢ₊₁) turned by p·θᵢ,  θᵢ = base^(−2i/d)",
      definition: """
        θ = base^(-2 * range(dims / 2) / dims)
        at = (x, p) -> p + offset + 0 * range(shape(x)[-2])
        if cos == none {
          turned = (x, p) -> rotate(x, stack(at(x, p), axis=-1) * θ, layout=layout)
        } else {
          turned = (x, p) -> turn(x, cos[at(x, p)], sin[at(x, p)], layout=layout)
        }
        if positions == none { p = range(shape(q)[-2]) } else { p = positions }
        qr = turned(q, p)
        if k == none { qr } else {
          if positions == none { p = range(shape(k)[-2]) }
          if kpositions != none { p = kpositions }
          (qr, turned(k, p))
        }
        """,
      parameters: [
        "q": "queries, one a row", "k": "keys; with them the result is both, `qr, kr = rope q k`",
        "base": "the longest wavelength is about 2π·base",
        "offset": "added to every position, for a chunk that begins later",
        "positions": "one for each row, or one for all; 0, 1, 2, … unless given",
        "kpositions": "the same for the keys; those of the queries unless given",
        "dims": "how many entries of a row turn, the first ones; θ then has this d",
        "layout": layoutMeaning,
        "cos": "with sin: tables instead of base and dims, row p for position p, one column a pair",
        "sin": "the sines of the same angles",
      ],
      notes: [
        "a score of turned vectors depends only on the distance of their positions",
        "positions of a batch are b×n, with heads b×1×n: they broadcast to the rows",
        "dims=d/4 is GPT-NeoX's partial rotation; tables hold scaled angles as in YaRN (Peng et al. 2023)",
        "Su et al. 2021; angles are computed in double precision",
      ],
      keywords: "rotary position embedding rotation relative llama partial 위치 인코딩 회전 상대 위치 로프",
      examples: """
        > rope [1 0; 1 0; 1 0]
        3×2
           1.0000   0
           0.5403   0.8415
          -0.4161   0.9093
        > seed 42; q = randn 1 8; k = randn 1 8;
        > score = p -> rope(q, positions=p) @ rope(k, positions=p - 3)';
        > close (score 3) (score 1003) tol=1e-12
        1
        """,
      samples: [
        "rope (randn 3 4)", "rope (randn 3 4) (randn 5 4)", "rope (f32 (randn 3 4)) offset=1000",
        "rope (randn 2 3 8) layout=half base=100", "rope (randn 3 6) dims=4 layout=half",
        "rope (randn 2 4) (randn 2 4) offset=7", "rope (randn 2 4) positions=[3 9.5]",
        "rope (randn 1 4) (randn 1 4) positions=5 kpositions=3", "rope (randn 3 5) dims=2",
        "rope (randn 2 3 4) positions=[0 1 2; 5 6 7]",
        "rope (randn 2 2 3 4) positions=reshape([0 1 2 5 6 7],2,1,3)",
        "rope (randn 2 4) offset=1 cos=randn(4,2) sin=randn(4,2)",
        "rope (randn 2 4) (randn 1 4) cos=randn(4,1) sin=randn(4,1) positions=[3 0] kpositions=2",
        "rope (randn 0 4)", "rope (randn 3 0)",
      ],
      explain: explainRope
    ) { call in
      let names = ["q", "k"].filter(call.has)
      return Results(try names.map { name in Value(try embedded(name, call)) })
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
      notes: [
        "an odd d cuts the last cosine off",
        "rows k apart have the same product everywhere: Σᵢ cos(k·ωᵢ); shift_matrix leads from one to the other",
        "Vaswani et al. 2017, section 3.5",
      ],
      keywords: "positional encoding sine cosine absolute 위치 인코딩 사인 코사인 주파수",
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
      resultShapes: { [[try $0.integer("n"), try $0.integer("d")]] },
      explain: explainSinusoidal
    ) { call -> Tensor in
      let (n, d) = (try call.integer("n", atLeast: 0), try call.integer("d", atLeast: 0))
      let positions = try call.tensor("positions")
      guard positions.shape == [n] else {
        throw Fault("sinusoidal needs n positions", .argument("positions"), detail: "n is \(n)")
      }
      return try sinusoidal(positions: positions.doubles, d: d, base: try call.positive("base"))
    },

    Builtin(
      "shift_matrix k:number d:int base=10000 -> [d,d]",
      "the matrix T_k that moves a sine and cosine encoding k positions on",
      formula: "PE[p + k] = T_k PE[p],  with blocks (cos kωᵢ, sin kωᵢ; −sin kωᵢ, cos kωᵢ)",
      definition: """
        a = k * base^(-2 * range(d / 2) / d)
        R = stack(stack(cos a, sin a, axis=-1), stack(-sin(a), cos a, axis=-1), axis=-2)
        reshape(einsum("hij,hg->higj", R, eye(d / 2)), d, d)
        """,
      parameters: [
        "k": "how far, also negative", "d": "the width of the model, even",
        "base": "that of the encoding",
      ],
      notes: [
        "for encodings in rows: PE[k:] = PE[:-k] @ T_k'",
        "a rotation: T_k T_l = T_(k+l), and T_k' = T_(−k)",
        "Vaswani et al. 2017, section 3.5",
      ],
      keywords: "position relative rotation linear sinusoidal translation 위치 상대 회전 행렬 이동",
      examples: """
        > shift_matrix 1 2
        2×2
           0.5403   0.8415
          -0.8415   0.5403
        > PE = sinusoidal 10 8; T = shift_matrix 3 8;
        > close PE[5] (T @ PE[2])
        1
        > close PE[3:] (PE[:-3] @ T')
        1
        """,
      samples: [
        "shift_matrix 1 4", "shift_matrix (-2.5) 6 base=100", "shift_matrix 3 0",
        "shift_matrix 1e6 2",
      ],
      resultShapes: { [[try $0.integer("d"), try $0.integer("d")]] }
    ) { call -> Tensor in
      let d = try call.integer("d", atLeast: 0)
      guard d % 2 == 0 else {
        throw Fault(
          "the last sine has no cosine to turn with: d must be even", .argument("d"),
          detail: "\(d) is odd")
      }
      return try shiftMatrix(by: try call.number("k"), d: d, base: try call.positive("base"))
    },

    Builtin(
      "alibi_slopes h:int -> [h]", "how fast attention with linear biases fades, for each head",
      formula: "mᵢ = 2^(−8i/h),  i = 1 … h",
      definition: """
        p = 2^floor(log2 h)
        own = 2^(-8 * (range(p) + 1) / p)
        between = 2^(-4 * (2 * range(h - p) + 1) / p)
        [own between]
        """,
      parameters: ["h": "how many heads, at least 1"],
      notes: [
        "where h is no power of two: the slopes of the next lower power of two, then every other one of the slopes of twice as many",
        "one head has 1/256", "Press, Smith and Lewis 2022, and their published code",
      ],
      keywords: "linear bias distance position heads 기울기 헤드 거리 선형 바이어스",
      examples: """
        > alibi_slopes 4
        0.2500 0.0625 0.0156 0.0039
        > alibi_slopes 3
        0.0625 0.0039 0.2500
        """,
      samples: (1...17).map { "alibi_slopes \($0)" },
      resultShapes: { [[try $0.integer("h")]] }
    ) { call -> Tensor in
      let h = try call.integer("h", atLeast: 1)
      _ = try Tensor.checkedCount([h], .f64)
      return try alibiSlopes(h)
    },

    Builtin(
      "alibi h right=0:flag -> :bias",
      "bias rule: attention that fades linearly with the distance, at a pace of its own in each head",
      formula: "bᵢⱼ = −m·(i − j),  m = 2^(−8/h), 2^(−16/h), … for the heads in turn",
      parameters: [
        "h": "how many heads, or a vector of their slopes",
        "right": "1: the last query stands at the last key, as with causal_right and a KV cache",
      ],
      notes: [
        "`attn Q K V causal bias=alibi(8)` with Q, K, V of 8 heads, […, h, n, d]; added to the scaled scores, so not divided by √d",
        "the chapter prints its vector m·[0, −1, …, −(i−1)] reversed: the present key has bias 0, the first key −m·(i−1)",
        "without a causal mask it falls on both sides, −m·|i − j|",
        "Press, Smith and Lewis 2022; `bias (alibi h) n` shows its matrices, alibi_slopes the slopes",
      ],
      keywords: "linear bias position distance recency extrapolation 선형 바이어스 거리 위치 외삽 알리바이",
      examples: """
        > bias (alibi [0.5]) 3
        3×3
           0       -0.5000  -1.0000
          -0.5000   0       -0.5000
          -1.0000  -0.5000   0
        > alibi 8
        bias alibi 8
        > Q = zeros 8 4 2; out, A = attn Q Q Q causal bias=alibi(8)
        out 8×4×2  mean 0  sd 0
        A 8×4×4  mean 0.25  sd 0.2633
        > A[0, 3]
        0.1015 0.1674 0.2760 0.4551
        """,
      explain: explainAlibi,
      vjp: .refused("a rule keeps plain slopes; a matrix has a gradient: bias=-s * abs(col t - t)")
    ) { call in
      let h = try call.tensor("h")
      guard h.rank <= 1 else {
        throw Fault("alibi needs a number of heads or a vector of slopes", .argument("h"))
      }
      let slopes = try h.rank == 1 ? h : alibiSlopes(try call.integer("h", atLeast: 1))
      guard slopes.count > 0 else { throw Fault("alibi needs at least one slope", .argument("h")) }
      return [.bias(.alibi(slopes: slopes.doubles, right: try call.flag("right")))]
    },
  ])

private let layoutMeaning = "interleaved pairs (2i, 2i+1); half pairs (i, i + d/2), as Llama"

extension Call {
  fileprivate var ropeLayout: RopeLayout {
    get throws { try string("layout") == "half" ? .half : .interleaved }
  }
}

/// x of `turn` and `rotate`, stretched to the leading axes of the tables.
private func turned(_ call: Call, cos: Tensor, sin: Tensor, table: String) throws -> Tensor {
  let (n, d, h) = (call.dimensions["n"], call.dimensions["d"], call.dimensions["h"])
  guard 2 * h <= d else {
    throw Fault(
      "there are more angles than pairs", .arguments(["x", table]), detail: "2·\(h) > \(d)")
  }
  let x = try call.real("x").broadcast(to: call.dimensions.leading + [n, d])
  let shape = Broadcast.shape(cos.shape, sin.shape) ?? cos.shape
  return try rope(
    x, cos: try cos.broadcast(to: shape), sin: try sin.broadcast(to: shape),
    layout: try call.ropeLayout)
}

/// q or k of `rope`.
private func embedded(_ name: String, _ call: Call) throws -> Tensor {
  let x = try call.real(name)
  let positions = try positions(of: name, call, rows: Array(x.shape.dropLast()))
  let (cos, sin) =
    try call.has("cos") || call.has("sin")
    ? tables(call, rows: positions, d: x.shape[x.rank - 1]) : angles(call, positions, x.dtype)
  let tableRows = Array(cos.shape.dropLast())
  guard let rows = Broadcast.shape(tableRows, Array(x.shape.dropLast())) else { return x }
  return try rope(
    x.broadcast(to: rows + [x.shape[x.rank - 1]]), cos: cos, sin: sin,
    layout: try call.ropeLayout)
}

private func angles(
  _ call: Call, _ positions: Tensor, _ dtype: DType
) throws -> (cos: Tensor, sin: Tensor) {
  let (d, dims) = (call.dimensions["d"], try call.integer("dims", atLeast: 0))
  guard dims % 2 == 0 else {
    throw Fault(
      "rope turns pairs: an even number of entries", .argument(dims == d ? "q" : "dims"),
      detail: "\(dims) is odd",
      proposals: dims == d && d > 1
        ? [.instead(of: .call, "the last entry stays") { "rope \($0("q")) dims=\(d - 1)" }] : [])
  }
  guard dims <= d else {
    throw Fault("dims is more than there is", .argument("dims"), detail: "\(dims) > \(d)")
  }
  return try rotaryTables(
    positions: positions, d: dims, base: try call.positive("base"), dtype: dtype)
}

/// The rows of the given tables that belong to the positions.
private func tables(_ call: Call, rows: Tensor, d: Int) throws -> (cos: Tensor, sin: Tensor) {
  guard let cos = try call.optionalTensor("cos"), let sin = try call.optionalTensor("sin") else {
    throw Fault("rope needs both tables, cos= and sin=", .arguments(["cos", "sin"]))
  }
  guard cos.rank == 2, sin.shape == cos.shape else {
    throw Fault(
      "the tables are two matrices of one shape, positions × pairs", .arguments(["cos", "sin"]))
  }
  let (length, h) = (cos.shape[0], cos.shape[1])
  guard 2 * h <= d else {
    throw Fault(
      "a table has one column for each pair", .argument("cos"), detail: "2·\(h) > \(d)",
      proposals: [.instead(of: .argument("cos")) { "cos=\($0("cos"))[:, :\(d / 2)]" }])
  }
  let places = try rows.doubles.map { position in
    guard let place = Int(exactly: position), (0..<length).contains(place) else {
      throw Fault(
        "the tables have no row for position \(position.plain)", .arguments(["cos", "sin"]),
        detail: "\(length) rows")
    }
    return place
  }
  let all = AxisSelection.slice(start: 0, step: 1, count: h)
  return (
    try cos.selecting([.gather(places), all]).reshaped(rows.shape + [h]),
    try sin.selecting([.gather(places), all]).reshaped(rows.shape + [h])
  )
}

/// The position of each row, offset included; [… n], to broadcast over the rows of x.
private func positions(of name: String, _ call: Call, rows: [Int]) throws -> Tensor {
  let n = rows[rows.count - 1]
  let option = name == "k" && call.has("kpositions") ? "kpositions" : "positions"
  var positions = try Tensor.linspace(0, Double(n - 1), n)
  if let given = try call.optionalTensor(option) {
    guard let shape = Broadcast.shape(given.shape, [n]), shape.last == n,
      Broadcast.shape(shape, rows) != nil
    else {
      throw Fault(
        "\(option) needs one entry for each row of \(name)", .argument(option),
        detail: "\(given.shape.timesText) for rows \(rows.timesText)")
    }
    positions = try given.broadcast(to: shape)
  }
  return try Tensor.combine(.add, positions, try Tensor(scalar: try call.number("offset")))
}
