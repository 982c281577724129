/// `linearAttention` for readers and tests: products of whole matrices, or a state that grows key by
/// key.
func plainLinearAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, isCausal: Bool, eps: Double
) throws -> Tensor {
  let (x, y, z) = try inOneDType(q, k, v)
  if isCausal {
    return try x.dtype == .f32
      ? runningSums(x, y, z, Float(eps)) : runningSums(x, y, z, eps)
  }
  let numerator = try matmul(x, try matmul(try y.transposed(), z))
  let total = try y.reduce(.sum, axis: y.rank - 2, keep: true)  // [… 1 d]
  let normaliser = try matmul(x, try total.transposed())  // [… n 1]
  let isEmpty = try Tensor.combine(.equal, normaliser, try Tensor(scalar: 0))
  let safe = try Tensor.combine(
    .add, try Tensor.combine(.add, normaliser, try Tensor(scalar: eps)),
    try isEmpty.converted(to: x.dtype))
  return try Tensor.combine(.divide, numerator, safe)
}

/// The state after key j is S = Σ φ(k) vᵀ [d, dv] and s = Σ φ(k) [d]; out_i = φ(q_i) S / φ(q_i)·s.
private func runningSums<T: Real>(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ eps: T) throws -> Tensor
{
  let shape = AttentionShape(q, k, v)
  let (n, m, d, dv) = (shape.n, shape.m, shape.dk, shape.dv)
  // The normaliser rides along as one more column of values, all ones.
  var state = try Tensor(repeating: T(0), shape: [d, dv + 1])
  return try Tensor(shape: shape.leading + [n, dv], of: T.self) { out in
    out.initialize(repeating: 0)
    try q.withElements(of: T.self) { q in
      try k.withElements(of: T.self) { k in
        try v.withElements(of: T.self) { v in
          try state.withMutableElements(of: T.self) { state in
            try Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, offsets in
              state.update(repeating: 0)
              for i in 0..<n {
                if i & 15 == 0 { try Cancellation.check() }
                let key = offsets[1] * m + i
                if i < m {
                  add(
                    UnsafeBufferPointer(rebasing: k[key * d..<(key + 1) * d]),
                    UnsafeBufferPointer(
                      rebasing: v[(offsets[2] * m + i) * dv..<(offsets[2] * m + i + 1) * dv]),
                    1, to: state)
                }
                let query = offsets[0] * n + i
                let row = plane * n + i
                read(
                  UnsafeBufferPointer(state),
                  UnsafeBufferPointer(rebasing: q[query * d..<(query + 1) * d]), eps,
                  into: UnsafeMutableBufferPointer(rebasing: out[row * dv..<(row + 1) * dv]))
              }
            }
          }
        }
      }
    }
  }
}

/// Grows the state by k (v, last)ᵀ.
private func add<T: Real>(
  _ k: UnsafeBufferPointer<T>, _ v: UnsafeBufferPointer<T>, _ last: T,
  to state: UnsafeMutableBufferPointer<T>
) {
  let width = v.count + 1
  for (c, feature) in k.enumerated() {
    let row = c * width
    for j in v.indices { state[row + j] += feature * v[j] }
    state[row + v.count] += feature * last
  }
}

private func read<T: Real>(
  _ state: UnsafeBufferPointer<T>, _ q: UnsafeBufferPointer<T>, _ eps: T,
  into out: UnsafeMutableBufferPointer<T>
) {
  let width = out.count + 1
  var normaliser: T = 0
  for (c, feature) in q.enumerated() {
    let row = c * width
    for j in out.indices { out[j] += feature * state[row + j] }
    normaliser += feature * state[row + out.count]
  }
  if normaliser == 0 { return out.update(repeating: 0) }
  for j in out.indices { out[j] /= normaliser + eps }
}

/// The gradients of `linearAttention` by its features, its values and ε.
///
/// With the normaliser z = φ(q)·s as one more column of values, v' = (v, 1):
///
///     g'_i = (g_i, −g_i·out_i)/(z_i + ε)
///     ∂φ(q_i) = S_i g'_i                        S_i = Σ φ(k_j) v'_jᵀ for j up to i, or for all
///     ∂φ(k_j) = T_j v'_j,  ∂v_j = T_jᵀ φ(k_j)   T_j = Σ φ(q_i) g'_iᵀ for i from j on, or for all
///     ∂ε = −Σ g_i·out_i/(z_i + ε)
///
/// A row whose normaliser is 0 has the gradient 0. Never an n×m matrix; costs O((n + m) d dv).
/// Source: Katharopoulos et al., Transformers are RNNs, 2020, supplement.
///
/// - Precondition: as `linearAttention`; `upstream` is [… n dv].
public func linearAttentionGradients(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, isCausal: Bool, eps: Double, upstream: Tensor
) throws -> (q: Tensor, k: Tensor, v: Tensor, eps: Double) {
  let (x, y, z) = try inOneDType(q, k, v)
  return try x.dtype == .f32
    ? LinearBackward<Float>(isCausal: isCausal, eps: Float(eps)).run(x, y, z, upstream)
    : LinearBackward<Double>(isCausal: isCausal, eps: eps).run(x, y, z, upstream)
}

private struct LinearBackward<T: Real> {
  let isCausal: Bool
  let eps: T

  func run(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ upstream: Tensor) throws -> (
    q: Tensor, k: Tensor, v: Tensor, eps: Double
  ) {
    let shape = AttentionShape(q, k, v)
    let (n, m, d, dv) = (shape.n, shape.m, shape.dk, shape.dv)
    let upstream = try upstream.converted(to: T.dtype)
    var (dQ, dK, dV) = (
      try Tensor(repeating: T(0), shape: q.shape), try Tensor(repeating: T(0), shape: k.shape),
      try Tensor(repeating: T(0), shape: v.shape)
    )
    // The state, one line of it, and g' of all queries.
    var scratch = try Tensor(repeating: T(0), shape: [(d + 1 + n) * (dv + 1)])
    var dEps = 0.0
    try dQ.withMutableElements(of: T.self) { dQ in
      try dK.withMutableElements(of: T.self) { dK in
        try dV.withMutableElements(of: T.self) { dV in
          try scratch.withMutableElements(of: T.self) { scratch in
            try q.withElements(of: T.self) { q in
              try k.withElements(of: T.self) { k in
                try v.withElements(of: T.self) { v in
                  try upstream.withElements(of: T.self) { g in
                    try Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, at in
                      let lengths = (queries: n, keys: m, width: dv)
                      let keys = Rows(k, at[1] * m, d)
                      let values = Rows(v, at[2] * m, dv)
                      let queries = Rows(q, at[0] * n, d)
                      dEps += try throughQueries(
                        lengths, queries, keys, values, Rows(g, plane * n, dv), scratch,
                        into: MutableRows(dQ, at[0] * n, d))
                      try throughKeys(
                        lengths, queries, keys, values, scratch, d,
                        into: MutableRows(dK, at[1] * m, d), MutableRows(dV, at[2] * m, dv))
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return (dQ, dK, dV, dEps)
  }

  private typealias Lengths = (queries: Int, keys: Int, width: Int)

  /// Leaves g' behind the state in `scratch`; gives ∂ε.
  private func throughQueries(
    _ lengths: Lengths, _ q: Rows, _ k: Rows, _ v: Rows, _ g: Rows,
    _ scratch: UnsafeMutableBufferPointer<T>, into dQ: MutableRows
  ) throws -> Double {
    let (width, d) = (lengths.width + 1, q.width)
    let state = UnsafeMutableBufferPointer(rebasing: scratch[0..<d * width])
    let line = UnsafeMutableBufferPointer(rebasing: scratch[d * width..<(d + 1) * width])
    state.update(repeating: 0)
    if !isCausal { try addAll(k, v, lengths.keys, to: state) }
    var dEps = 0.0
    for i in 0..<lengths.queries {
      if i & 15 == 0 { try Cancellation.check() }
      if isCausal, i < lengths.keys { add(k[i], v[i], 1, to: state) }
      line.update(repeating: 0)
      for (c, feature) in q[i].enumerated() {
        for j in 0..<width { line[j] += feature * state[c * width + j] }
      }
      let first = (d + 1 + i) * width
      let slope = UnsafeMutableBufferPointer(rebasing: scratch[first..<first + width])
      slopes(g[i], line, into: slope)
      dEps += Double(slope[width - 1])
      let target = dQ[i]
      for c in 0..<d {
        target[c] += dot(
          UnsafeBufferPointer(rebasing: state[c * width..<(c + 1) * width]),
          UnsafeBufferPointer(slope))
      }
    }
    return dEps
  }

  /// g' = (g, −g·out)/(z + ε), where `line` is the numerator and z.
  private func slopes(
    _ g: UnsafeBufferPointer<T>, _ line: UnsafeMutableBufferPointer<T>,
    into slope: UnsafeMutableBufferPointer<T>
  ) {
    let z = line[g.count]
    guard z != 0 else { return slope.update(repeating: 0) }
    let inverse = 1 / (z + eps)
    var along: T = 0
    for j in g.indices {
      slope[j] = g[j] * inverse
      along += slope[j] * line[j]
    }
    slope[g.count] = -along * inverse
  }

  private func throughKeys(
    _ lengths: Lengths, _ q: Rows, _ k: Rows, _ v: Rows,
    _ scratch: UnsafeMutableBufferPointer<T>, _ d: Int, into dK: MutableRows, _ dV: MutableRows
  ) throws {
    let width = lengths.width + 1
    let state = UnsafeMutableBufferPointer(rebasing: scratch[0..<d * width])
    state.update(repeating: 0)
    func addQuery(_ i: Int) {
      let first = (d + 1 + i) * width
      let slope = scratch[first..<first + width]
      add(
        q[i], UnsafeBufferPointer(rebasing: slope.dropLast()), slope[first + width - 1], to: state)
    }
    if !isCausal {
      for i in 0..<lengths.queries {
        if i & 15 == 0 { try Cancellation.check() }
        addQuery(i)
      }
    }
    for i in stride(from: max(lengths.queries, lengths.keys) - 1, through: 0, by: -1) {
      if i & 15 == 0 { try Cancellation.check() }
      if isCausal, i < lengths.queries { addQuery(i) }
      guard i < lengths.keys else { continue }
      let (key, value) = (k[i], v[i])
      let (dKey, dValue) = (dK[i], dV[i])
      for c in 0..<d {
        let row = c * width
        dKey[c] +=
          state[row + width - 1]
          + dot(UnsafeBufferPointer(rebasing: state[row..<row + width - 1]), value)
        let feature = key[c]
        for j in 0..<width - 1 { dValue[j] += feature * state[row + j] }
      }
    }
  }

  private func addAll(
    _ k: Rows, _ v: Rows, _ count: Int, to state: UnsafeMutableBufferPointer<T>
  ) throws {
    for j in 0..<count {
      if j & 15 == 0 { try Cancellation.check() }
      add(k[j], v[j], 1, to: state)
    }
  }

  /// Neighbouring rows of a tensor.
  struct Rows {
    private let elements: UnsafeBufferPointer<T>
    private let first: Int
    let width: Int

    init(_ elements: UnsafeBufferPointer<T>, _ first: Int, _ width: Int) {
      (self.elements, self.first, self.width) = (elements, first, width)
    }

    subscript(i: Int) -> UnsafeBufferPointer<T> {
      UnsafeBufferPointer(rebasing: elements[(first + i) * width..<(first + i + 1) * width])
    }
  }

  struct MutableRows {
    private let elements: UnsafeMutableBufferPointer<T>
    private let first: Int
    private let width: Int

    init(_ elements: UnsafeMutableBufferPointer<T>, _ first: Int, _ width: Int) {
      (self.elements, self.first, self.width) = (elements, first, width)
    }

    subscript(i: Int) -> UnsafeMutableBufferPointer<T> {
      UnsafeMutableBufferPointer(rebasing: elements[(first + i) * width..<(first + i + 1) * width])
    }
  }
}

/// The positive random features of FAVOR+: exp(x Ωᵀ − |x|²/2) with x = `x`/d^¼, [… n d] → [… n r].
///
/// Inner products of such features of q and k have the mean exp(q·k/√d). The common factor 1/√r
/// is left out, and so is a shift of the exponents that keeps them from overflowing (of each row,
/// or of all rows where `isKey`): attention divides both away.
/// Source: Choromanski et al., Rethinking Attention with Performers, 2021.
///
/// - Precondition: `projection` Ω is [r d].
public func performerFeatures(_ x: Tensor, projection: Tensor, isKey: Bool) throws -> Tensor {
  let d = Double(x.shape[x.rank - 1])
  let small = try Tensor.combine(
    .multiply, x, try Tensor(scalar: 1 / d.squareRoot().squareRoot()))
  let square = try Tensor.combine(.multiply, small, small).reduce(
    .sum, axis: x.rank - 1, keep: true)
  let exponent = try Tensor.combine(
    .subtract, try matmul(small, try projection.converted(to: small.dtype).transposed()),
    try Tensor.combine(.multiply, square, try Tensor(scalar: 0.5)))
  guard exponent.count > 0 else { return exponent }
  var shift = try exponent.reduce(.max, axis: exponent.rank - 1, keep: true)
  if isKey { shift = try shift.reduce(.max, axis: exponent.rank - 2, keep: true) }
  return try Tensor.combine(.subtract, exponent, shift).map(.exp)
}

extension RandomState {
  /// Directions [count d] that are normal one by one and orthogonal in blocks of d.
  ///
  /// Each block is a Gaussian matrix made orthogonal by Gram and Schmidt, its rows then stretched to
  /// the lengths of fresh Gaussian vectors.
  /// Source: Yu et al., Orthogonal Random Features, 2016.
  public mutating func orthogonalDirections(_ count: Int, _ d: Int) throws -> Tensor {
    var state = self
    let result = try Tensor(shape: [count, d], of: Double.self) { y in
      for first in stride(from: 0, to: count, by: max(d, 1)) {
        try Cancellation.check()
        let rows = min(d, count - first)
        for index in first * d..<(first + rows) * d { y[index] = state.normal() }
        orthogonalize(UnsafeMutableBufferPointer(rebasing: y[first * d..<(first + rows) * d]), d)
        for row in first..<first + rows {
          let length = (0..<d).reduce(0.0) { sum, _ in
            let x = state.normal()
            return sum + x * x
          }
          for c in 0..<d { y[row * d + c] *= length.squareRoot() }
        }
      }
    }
    self = state
    return result
  }
}

/// Rows of length `d` become orthonormal, twice over so that rounding does not matter.
private func orthogonalize(_ y: UnsafeMutableBufferPointer<Double>, _ d: Int) {
  for row in 0..<(d == 0 ? 0 : y.count / d) {
    for _ in 0..<2 {
      for other in 0..<row {
        let along = (0..<d).reduce(0.0) { $0 + y[row * d + $1] * y[other * d + $1] }
        for c in 0..<d { y[row * d + c] -= along * y[other * d + c] }
      }
      let length = (0..<d).reduce(0.0) { $0 + y[row * d + $1] * y[row * d + $1] }.squareRoot()
      if length > 0 { for c in 0..<d { y[row * d + c] /= length } }
    }
  }
}
