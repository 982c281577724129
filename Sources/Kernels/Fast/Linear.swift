import KernelInterface

public typealias FeatureMap = KernelInterface.FeatureMap

/// Attention whose weights are inner products of features: φ(Q) (φ(K)ᵀ V), normalised.
///
///     out_i = Σⱼ (φ(q_i)·φ(k_j)) v_j / (Σⱼ φ(q_i)·φ(k_j) + ε)      [… n dv]
///
/// Where `isCausal`, j runs up to i only. Tokens then come in chunks: within a chunk the weights
/// are a matrix, and what came before is its state S = Σ φ(k) vᵀ, s = Σ φ(k). A row whose
/// normaliser is 0 gives 0. Never an n×m matrix; costs O((n + m) d dv).
/// Source: Katharopoulos et al., Transformers are RNNs, 2020; in chunks: Hua et al., Transformer
/// Quality in Linear Time, 2022.
///
/// - Parameters: `q` [… n d] and `k` [… m d], of which `map` makes features; values `v` [… m dv].
/// - Precondition: the shapes agree; n = m where causal is not needed of either.
public func linearAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, map: FeatureMap = .identity, isCausal: Bool, eps: Double,
  variant: KernelVariant = .current
) throws -> Tensor {
  let (x, y, z) = try inOneDType(q, k, v)
  return try x.dtype == .f32
    ? run(x, y, z, map, isCausal, Float(eps), variant) : run(x, y, z, map, isCausal, eps, variant)
}

private func run<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ map: FeatureMap, _ isCausal: Bool, _ eps: T,
  _ variant: KernelVariant
) throws -> Tensor {
  let shape = AttentionShape(q, k, v)
  let (n, m, d, dv) = (shape.n, shape.m, shape.dk, shape.dv)
  return try Tensor(shape: shape.leading + [n, dv], of: T.self) { out in
    // SAFETY: without keys or features the kernels read nothing behind an empty buffer.
    guard let out = out.baseAddress, n > 0 else { return }
    if m == 0 || d == 0 {
      return out.initialize(repeating: 0, count: shape.leading.reduce(n * dv, *))
    }
    q.withElements(of: T.self) { q in
      k.withElements(of: T.self) { k in
        v.withElements(of: T.self) { v in
          guard let q = q.baseAddress, let k = k.baseAddress, let v = v.baseAddress else { return }
          var planes: [LinearPlane<T>] = []
          Broadcast.forEachRow(shape.leading + [1], shape.strides) { plane, at in
            planes.append(
              LinearPlane(
                kernels: T.kernels(of: variant), q: q + at[0] * n * d, k: k + at[1] * m * d,
                v: v + at[2] * m * dv, out: out + plane * n * dv, n: n, m: m, d: d, dv: dv,
                map: map, eps: eps))
          }
          inParallel(planes.count, work: planes.count * (n + m) * d * dv) { number in
            if isCausal { planes[number].attendCausally() } else { planes[number].attend() }
          }
        }
      }
    }
    try Cancellation.check()
  }
}

/// Products that are worth waking a thread.
private let smallestShare = 1 << 20

private func inParallel(_ tasks: Int, work: Int, _ body: (Int) -> Void) {
  if work / smallestShare < 2 {
    for task in 0..<tasks { body(task) }
  } else {
    Workers.run(tasks, body)
  }
}

/// One sequence of one head. How it is cut up does not depend on the number of threads.
private struct LinearPlane<T: Real> {
  let kernels: any KernelTable<T>.Type
  let q: UnsafePointer<T>
  let k: UnsafePointer<T>
  let v: UnsafePointer<T>
  let out: UnsafeMutablePointer<T>
  let (n, m, d, dv): (Int, Int, Int, Int)
  let map: FeatureMap
  let eps: T

  init(
    kernels: any KernelTable<T>.Type, q: UnsafePointer<T>, k: UnsafePointer<T>, v: UnsafePointer<T>,
    out: UnsafeMutablePointer<T>, n: Int, m: Int, d: Int, dv: Int, map: FeatureMap, eps: T
  ) {
    (self.kernels, self.q, self.k, self.v, self.out) = (kernels, q, k, v, out)
    (self.n, self.m, self.d, self.dv, self.map, self.eps) = (n, m, d, dv, map, eps)
  }

  private var stateCount: Int { d * dv + d }

  func attend() {
    // At most 64 partial sums, however long the sequence is.
    let share = max(4096, (m + 63) / 64)
    let parts = (m + share - 1) / share
    withRoom(parts * stateCount) { states in
      inParallel(parts, work: m * d * dv) { part in
        let keys = part * share..<min((part + 1) * share, m)
        withRoom(linearBlock * d) { features in
          call(keys: keys, features, states + part * stateCount) {
            kernels.linearSumKeys($0)
          }
        }
      }
      for part in 1..<max(parts, 1) { add(states + part * stateCount, to: states) }
      let rows = 256
      inParallel((n + rows - 1) / rows, work: n * d * dv) { block in
        let queries = block * rows..<min((block + 1) * rows, n)
        call(queries, keys: 0..<0, states, states) { kernels.linearAttend($0) }
      }
    }
  }

  /// Chunks in groups: first the states of all chunks, then their running sums, then the results.
  func attendCausally() {
    let chunks = (n + linearChunk - 1) / linearChunk
    let featureCount = linearChunk * d
    // As many as leave something in the second-level cache.
    let group = min(
      chunks, max(4, min(32, (1 << 20) / ((stateCount + featureCount) * MemoryLayout<T>.size))))
    withRoom((group + 1) * stateCount + group * featureCount) { states in
      let features = states + (group + 1) * stateCount
      states.update(repeating: 0, count: stateCount)
      for first in stride(from: 0, to: chunks, by: group) {
        if Cancellation.isRequested { return }
        let count = min(group, chunks - first)
        let work = count * linearChunk * d * dv
        // Nobody comes after the last chunk.
        let needed = first + count == chunks ? count - 1 : count
        inParallel(needed, work: work) { number in
          call(
            keys: keys(first + number), features + number * featureCount,
            states + (number + 1) * stateCount
          ) { kernels.linearSumKeys($0) }
        }
        for number in 0..<needed {
          add(states + number * stateCount, to: states + (number + 1) * stateCount)
        }
        inParallel(count, work: work) { number in
          let start = (first + number) * linearChunk
          call(
            start..<min(start + linearChunk, n), keys: keys(first + number),
            features + number * featureCount, states + number * stateCount
          ) { plain in
            var call = plain
            if number < needed, map != .identity {
              call.k = UnsafePointer(call.keyFeatures)
              call.keyMap = .identity
            }
            kernels.linearAttendCausally(call)
          }
        }
        states.update(from: states + needed * stateCount, count: stateCount)
      }
    }
  }

  private func keys(_ chunk: Int) -> Range<Int> {
    let start = min(chunk * linearChunk, m)
    return start..<min(start + linearChunk, m)
  }

  private func call(
    _ queries: Range<Int> = 0..<0, keys: Range<Int>, _ keyFeatures: UnsafeMutablePointer<T>,
    _ state: UnsafeMutablePointer<T>, _ body: (LinearCall<T>) -> Void
  ) {
    if Cancellation.isRequested { return }
    Scratch.with { scratch in
      withRoom(LinearCall<T>.roomCount(d: d)) { room in
        body(
          LinearCall(
            q: q + queries.lowerBound * d, k: k + keys.lowerBound * d,
            v: v + keys.lowerBound * dv, queries: queries.count, keys: keys.count, d: d, dv: dv,
            queryMap: map, keyMap: map, eps: eps, state: state,
            out: out + queries.lowerBound * dv, keyFeatures: keyFeatures, room: room,
            scratch: scratch, isCancelled: Cancellation.flag.place))
      }
    }
  }

  private func add(_ a: UnsafeMutablePointer<T>, to b: UnsafeMutablePointer<T>) {
    for i in 0..<stateCount { b[i] += a[i] }
  }

  private func withRoom(_ count: Int, _ body: (UnsafeMutablePointer<T>) -> Void) {
    Scratch.with(bytes: count * MemoryLayout<T>.stride) {
      body($0.assumingMemoryBound(to: T.self))
    }
  }
}
