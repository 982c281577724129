import KernelInterface

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
/// - Parameters: features `q` [… n d] and `k` [… m d], values `v` [… m dv].
/// - Precondition: the shapes agree; n = m where causal is not needed of either.
public func linearAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, isCausal: Bool, eps: Double,
  variant: KernelVariant = .current
) throws -> Tensor {
  let (x, y, z) = try inOneDType(q, k, v)
  return try x.dtype == .f32
    ? run(x, y, z, isCausal, Float(eps), variant) : run(x, y, z, isCausal, eps, variant)
}

private func run<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ isCausal: Bool, _ eps: T, _ variant: KernelVariant
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
                kernels: variant.kernels, q: q + at[0] * n * d, k: k + at[1] * m * d,
                v: v + at[2] * m * dv, out: out + plane * n * dv, n: n, m: m, d: d, dv: dv,
                eps: eps))
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
  let kernels: any KernelSet.Type
  let q: UnsafePointer<T>
  let k: UnsafePointer<T>
  let v: UnsafePointer<T>
  let out: UnsafeMutablePointer<T>
  let (n, m, d, dv): (Int, Int, Int, Int)
  let eps: T

  init(
    kernels: any KernelSet.Type, q: UnsafePointer<T>, k: UnsafePointer<T>, v: UnsafePointer<T>,
    out: UnsafeMutablePointer<T>, n: Int, m: Int, d: Int, dv: Int, eps: T
  ) {
    (self.kernels, self.q, self.k, self.v, self.out) = (kernels, q, k, v, out)
    (self.n, self.m, self.d, self.dv, self.eps) = (n, m, d, dv, eps)
  }

  private var stateCount: Int { d * dv + d }

  func attend() {
    // At most 64 partial sums, however long the sequence is.
    let share = max(4096, (m + 63) / 64)
    let parts = (m + share - 1) / share
    withStates(parts) { states in
      inParallel(parts, work: m * d * dv) { part in
        sumKeys(part * share..<min((part + 1) * share, m), into: states + part * stateCount)
      }
      for part in 1..<max(parts, 1) { add(states + part * stateCount, to: states) }
      let rows = 256
      inParallel((n + rows - 1) / rows, work: n * d * dv) { block in
        let queries = block * rows..<min((block + 1) * rows, n)
        call(queries, keys: 0..<0, states) { T.linearAttend($0, with: kernels) }
      }
    }
  }

  /// Chunks in groups: first the states of all chunks, then their running sums, then the results.
  func attendCausally() {
    let chunks = (n + linearChunk - 1) / linearChunk
    let group = 32
    withStates(min(chunks, group) + 1) { states in
      states.update(repeating: 0, count: stateCount)
      for first in stride(from: 0, to: chunks, by: group) {
        if Cancellation.isRequested { return }
        let count = min(group, chunks - first)
        let work = count * linearChunk * d * dv
        // Nobody comes after the last chunk.
        let needed = first + count == chunks ? count - 1 : count
        inParallel(needed, work: work) { number in
          sumKeys(keys(first + number), into: states + (number + 1) * stateCount)
        }
        for number in 0..<needed {
          add(states + number * stateCount, to: states + (number + 1) * stateCount)
        }
        inParallel(count, work: work) { number in
          let start = (first + number) * linearChunk
          call(
            start..<min(start + linearChunk, n), keys: keys(first + number),
            states + number * stateCount
          ) { T.linearAttendCausally($0, with: kernels) }
        }
        states.update(from: states + needed * stateCount, count: stateCount)
      }
    }
  }

  private func keys(_ chunk: Int) -> Range<Int> {
    let start = min(chunk * linearChunk, m)
    return start..<min(start + linearChunk, m)
  }

  private func sumKeys(_ keys: Range<Int>, into state: UnsafeMutablePointer<T>) {
    call(0..<0, keys: keys, state) { T.linearSumKeys($0, with: kernels) }
  }

  private func call(
    _ queries: Range<Int>, keys: Range<Int>, _ state: UnsafeMutablePointer<T>,
    _ body: (LinearCall<T>) -> Void
  ) {
    if Cancellation.isRequested { return }
    Scratch.with { scratch in
      Scratch.with { weights in
        body(
          LinearCall(
            q: q + queries.lowerBound * d, k: k + keys.lowerBound * d,
            v: v + keys.lowerBound * dv, queries: queries.count, keys: keys.count, d: d, dv: dv,
            eps: eps, state: state, out: out + queries.lowerBound * dv,
            weights: weights.assumingMemoryBound(to: T.self), scratch: scratch,
            isCancelled: Cancellation.flag.place))
      }
    }
  }

  private func add(_ a: UnsafeMutablePointer<T>, to b: UnsafeMutablePointer<T>) {
    for i in 0..<stateCount { b[i] += a[i] }
  }

  private func withStates(_ count: Int, _ body: (UnsafeMutablePointer<T>) -> Void) {
    Scratch.with(bytes: count * stateCount * MemoryLayout<T>.stride) {
      body($0.assumingMemoryBound(to: T.self))
    }
  }
}
