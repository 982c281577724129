import KernelInterface

/// Attention without a matrix of weights, and the logarithm of each row's normaliser.
///
/// Keys come in blocks. For each query three things are kept: the largest score so far m, the sum
/// ℓ = Σ exp((s − m)/τ), and the output o = Σ exp((s − m)/τ) v. A block with a larger score
/// rescales what was kept:
///
///     m' = max(m, max s)     α  = exp((m − m')/τ)
///     ℓ' = α ℓ + Σ p         p  = exp((s − m')/τ)      [block, block]
///     o' = α o + p V                                    at the end: out = o/ℓ
///
/// The second result is lse = m/τ + log ℓ [… n], what a backward pass needs. Blocks that a mask
/// rule hides from all their queries are skipped. A row without a visible key gives 0 and
/// lse = −∞. Never holds more than a block of scores.
/// Costs O(n m (dk + dv)), without what is hidden.
/// Source: Dao et al., FlashAttention, 2022; Milakov and Gimelshein, Online normalizer calculation
/// for softmax, 2018.
///
/// - Parameter block: for the temperatures that the processor's kernels leave to the reference.
/// - Precondition: as `attention`; `block ≥ 1`.
public func flash(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, block: Int = flashKeys,
  variant: KernelVariant = .current
) throws -> (out: Tensor, logSumExp: Tensor) {
  let (x, y, z) = try inOneDType(q, k, v)
  return try x.dtype == .f32
    ? flash(x, y, z, options, block, variant, of: Float.self)
    : flash(x, y, z, options, block, variant, of: Double.self)
}

/// The first result of `flash` alone.
func flashOutput(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions) throws
  -> Tensor
{
  let (x, y, z) = try inOneDType(q, k, v)
  return try x.dtype == .f32
    ? flashOutput(x, y, z, options, of: Float.self)
    : flashOutput(x, y, z, options, of: Double.self)
}

private func flash<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ block: Int,
  _ variant: KernelVariant, of type: T.Type
) throws -> (out: Tensor, logSumExp: Tensor) {
  guard options.isOrdinary else { return try blockedFlash(q, k, v, options, block, of: T.self) }
  let jobs = try FlashJobs<T>(q, k, v, options, variant)
  let logSumExp = try Tensor(uninitialized: jobs.shape.leading + [jobs.shape.n], of: T.self)
  return (try jobs.run(logSumExp.start(of: T.self)), logSumExp)
}

private func flashOutput<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, of type: T.Type
) throws -> Tensor {
  guard options.isOrdinary else {
    return try blockedFlash(q, k, v, options, flashKeys, of: T.self).out
  }
  return try FlashJobs<T>(q, k, v, options, .current).run(nil)
}

extension AttentionOptions {
  /// Whether the processor's kernels do it.
  fileprivate var isOrdinary: Bool {
    Kernels.isOrdinary(tau) && (softcap.map(Kernels.isOrdinary) ?? true)
  }
}

/// One job for each block of queries of each plane, whoever takes it.
private struct FlashJobs<T: Real> {
  let shape: AttentionShape
  private let (q, k, v): (Tensor, Tensor, Tensor)
  private let kernels: any KernelSet.Type
  private let tables: FlashTables<T>

  /// Products that are worth waking a thread.
  private static var smallestShare: Int { 1 << 20 }

  init(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ variant: KernelVariant
  ) throws {
    shape = AttentionShape(q, k, v)
    (self.q, self.k, self.v) = (q, k, v)
    kernels = variant.kernels
    tables = try FlashTables<T>(options, shape)
  }

  /// - Parameter lse: where the logarithms of the normalisers go, if they are asked for.
  func run(_ lse: UnsafeMutablePointer<T>?) throws -> Tensor {
    let result = try Tensor(uninitialized: shape.out, of: T.self)
    let (n, m, dk, dv) = (shape.n, shape.m, shape.dk, shape.dv)
    if n == 0 { return result }
    // SAFETY: the operands live as long as self, the result is held here, and all the offsets below
    // are those of matrices that lie in them.
    let (q, k, v) = (q.start(of: T.self), k.start(of: T.self), v.start(of: T.self))
    let out = result.start(of: T.self)
    let planes = shape.planes
    let blocks = (n + flashQueries - 1) / flashQueries
    func job(_ number: Int) {
      // Of a causal mask the last queries have most to do: they come first.
      let (plane, block) = (number % planes.count, blocks - 1 - number / planes.count)
      let first = block * flashQueries
      let (place, row) = (planes[plane], plane * n + first)
      Scratch.with(bytes: FlashCall<T>.scratchBytes(dk: dk, dv: dv) + 2 * rowBytes) { scratch in
        let kept = (scratch + rowBytes).assumingMemoryBound(to: T.self)
        let call = FlashCall(
          q: q + (place.q * n + first) * dk, k: k + place.k * m * dk, v: v + place.v * m * dv,
          queries: min(flashQueries, n - first), keys: m, dk: dk, dv: dv, scale: tables.scale,
          inverseTau: T(1 / tables.tau), softcap: tables.softcap, out: out + row * dv,
          shift: lse.map { $0 + row } ?? kept, total: scratch.assumingMemoryBound(to: T.self),
          scratch: scratch + 2 * rowBytes, isCancelled: Cancellation.flag.place)
        tables.attend(call, plane: plane, first: first, with: kernels)
        if lse != nil { finish(call) }
      }
    }
    let products = planes.count * n * m * (dk + dv)
    if products / Self.smallestShare < 2 {
      for number in 0..<planes.count * blocks { job(number) }
    } else {
      Workers.run(planes.count * blocks, job)
    }
    try Cancellation.check()
    return result
  }

  /// Of one number for each query of a job.
  private var rowBytes: Int { flashQueries * MemoryLayout<T>.size }

  /// lse = m ln 2 + log ℓ, in the place of m.
  private func finish(_ call: FlashCall<T>) {
    for i in 0..<call.queries {
      let (m, l) = (call.shift[i], call.total[i])
      call.shift[i] = l == 0 ? -.infinity : T(Double(m) * 0.693_147_180_559_945_3) + T.log(l)
    }
  }
}

/// What the kernels ask about masks and biases, laid out in memory.
private struct FlashTables<T: Real> {
  let scale: T
  let tau: Double
  let softcap: T
  private let runs: KeyRunTable?
  private let visible: PlacedRows?
  private let bias: PlacedRows?
  private let biasRule: BiasRule?
  private let planes: PlaneNumbers
  private let (n, m): (Int, Int)

  init(_ options: AttentionOptions, _ shape: AttentionShape) throws {
    scale = T(options.scale ?? 1 / Double(shape.dk).squareRoot())
    tau = options.tau
    softcap = T(options.softcap ?? 0)
    planes = PlaneNumbers(leading: shape.leading)
    (n, m) = (shape.n, shape.m)
    switch options.mask {
    case .rule(.full), nil: (runs, visible) = (nil, nil)
    case .rule(let rule): (runs, visible) = (try KeyRunTable(rule, n: n, m: m), nil)
    case .matrix(let matrix):
      (runs, visible) = (nil, PlacedRows(try matrix.converted(to: .bool), in: shape.weights))
    }
    switch options.bias {
    case nil: (bias, biasRule) = (nil, nil)
    case .rule(let rule): (bias, biasRule) = (nil, rule)
    case .tensor(let tensor):
      (bias, biasRule) = (PlacedRows(try tensor.converted(to: T.dtype), in: shape.weights), nil)
    }
  }

  /// Runs a call for the queries from `first` on with what the tables say about them.
  func attend(
    _ plain: FlashCall<T>, plane: Int, first: Int, with kernels: any KernelSet.Type
  ) {
    var call = plain
    if case .alibi(let slopes, let right) = biasRule {
      call.slope = T(slopes[slopes.count == 1 ? 0 : planes.head(of: plane)])
      call.position = right ? first + m - n : first
    }
    if let bias {
      (call.biasRow, call.biasStep) = (bias.rowStep, bias.step)
      bias.tensor.withElements(of: T.self) { all in
        call.bias = all.baseAddress.map { $0 + bias.start(plane: plane, row: first) }
        attendMasked(call, plane: plane, first: first, with: kernels)
      }
    } else {
      attendMasked(call, plane: plane, first: first, with: kernels)
    }
  }

  private func attendMasked(
    _ plain: FlashCall<T>, plane: Int, first: Int, with kernels: any KernelSet.Type
  ) {
    var call = plain
    if let runs {
      call.runCount = runs.runsOfQuery
      runs.bounds.withUnsafeBufferPointer { bounds in
        let start = runs.start(query: first, sequence: planes.sequence(of: plane))
        call.runs = bounds.baseAddress.map { $0 + start }
        T.flash(call, with: kernels)
      }
    } else if let visible {
      (call.visibleRow, call.visibleStep) = (visible.rowStep, visible.step)
      visible.tensor.withElements(of: Bool.self) { all in
        call.visible = all.baseAddress.map { $0 + visible.start(plane: plane, row: first) }
        T.flash(call, with: kernels)
      }
    } else {
      T.flash(call, with: kernels)
    }
  }
}
