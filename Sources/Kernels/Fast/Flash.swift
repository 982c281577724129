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
  func run<T: Real>(_ type: T.Type) throws -> (out: Tensor, logSumExp: Tensor) {
    guard options.areOrdinary else { return try blockedFlash(x, y, z, options, block, of: T.self) }
    let sums = try FlashSums(x, y, z, options, variant, of: T.self)
    return (sums.out, try sums.logSumExp(of: T.self))
  }
  return try x.dtype == .f32 ? run(Float.self) : run(Double.self)
}

/// `flash` with its sums apart.
///
/// - Precondition: the options are ordinary.
func flashSums(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions
) throws -> FlashSums {
  let (x, y, z) = try inOneDType(q, k, v)
  return try x.dtype == .f32
    ? FlashSums(x, y, z, options, .current, of: Float.self)
    : FlashSums(x, y, z, options, .current, of: Double.self)
}

extension AttentionOptions {
  /// Whether the processor's kernels take its temperature and softcap.
  var areOrdinary: Bool { isOrdinary(tau) && softcap.map(isOrdinary) ?? true }
}

/// Attention alone: what is summed on the way is not kept.
///
/// - Precondition: the options are ordinary, and all three tensors are of this type.
func flashOutput<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ variant: KernelVariant,
  of type: T.Type
) throws -> Tensor {
  let shape = AttentionShape(q, k, v)
  let out = try Tensor(uninitialized: shape.out, of: T.self)
  let start = out.start(of: T.self)
  // Neither shift nor total is used.
  try FlashJobs<T>(
    q, k, v, options, shape, variant, FlashResults(out: start, shift: start, total: start),
    keepsSums: false
  ).run()
  // SAFETY: what the jobs point to lives until they are done.
  withExtendedLifetime(q) { withExtendedLifetime(k) { withExtendedLifetime(v) {} } }
  return out
}

/// What the kernels find of each query.
struct FlashSums {
  let out: Tensor  // [… n dv]
  let shift: Tensor  // m of scores as exponents of 2  [… n]
  let total: Tensor  // ℓ  [… n]

  /// - Precondition: the options are ordinary, and all three tensors are of this type.
  init<T: Real>(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ variant: KernelVariant,
    of type: T.Type
  ) throws {
    let shape = AttentionShape(q, k, v)
    let rows = shape.leading + [shape.n]
    out = try Tensor(uninitialized: shape.out, of: T.self)
    shift = try Tensor(uninitialized: rows, of: T.self)
    total = try Tensor(uninitialized: rows, of: T.self)
    let results = FlashResults(
      out: out.start(of: T.self), shift: shift.start(of: T.self), total: total.start(of: T.self))
    try FlashJobs(q, k, v, options, shape, variant, results, keepsSums: true).run()
    // SAFETY: what the jobs point to lives until they are done.
    withExtendedLifetime(q) { withExtendedLifetime(k) { withExtendedLifetime(v) {} } }
  }

  /// lse = m ln 2 + log ℓ
  fileprivate func logSumExp<T: Real>(of type: T.Type) throws -> Tensor {
    try Tensor(shape: shift.shape, of: T.self) { lse in
      shift.withElements(of: T.self) { m in
        total.withElements(of: T.self) { l in
          for i in lse.indices {
            lse[i] =
              l[i] == 0 ? -.infinity : T(Double(m[i]) * 0.693_147_180_559_945_3) + T.log(l[i])
          }
        }
      }
    }
  }
}

struct FlashResults<T> {
  let out: UnsafeMutablePointer<T>
  let shift: UnsafeMutablePointer<T>
  let total: UnsafeMutablePointer<T>
}

/// One job for each block of queries of each plane, whoever takes it.
private struct FlashJobs<T: Real> {
  let kernels: any KernelTable<T>.Type
  let shape: AttentionShape
  let tables: FlashTables<T>
  let (q, k, v): (UnsafePointer<T>, UnsafePointer<T>, UnsafePointer<T>)
  let results: FlashResults<T>
  /// Otherwise shift and total lie in scratch memory, and those of the results are left alone.
  let keepsSums: Bool

  /// - Precondition: operands and results live until `run` is done.
  init(
    _ q: borrowing Tensor, _ k: borrowing Tensor, _ v: borrowing Tensor,
    _ options: borrowing AttentionOptions, _ shape: AttentionShape, _ variant: KernelVariant,
    _ results: FlashResults<T>, keepsSums: Bool
  ) throws {
    kernels = T.kernels(of: variant)
    tables = try FlashTables(options, shape)
    (self.shape, self.results, self.keepsSums) = (shape, results, keepsSums)
    self.q = UnsafePointer(q.start(of: T.self))
    self.k = UnsafePointer(k.start(of: T.self))
    self.v = UnsafePointer(v.start(of: T.self))
  }

  func run() throws {
    let (n, dk, dv) = (shape.n, shape.dk, shape.dv)
    if n == 0 { return }
    let planes = shape.planes
    // One block alone would leave all but one thread idle; one of wide queries would take memory, and
    // time between two looks at Ctrl-C.
    let (isAlone, isWide) = (planes.count == 1 && n <= flashQueries, dk + dv > 1 << 14)
    let most = flashQueries / (isWide ? 4 : isAlone ? 2 : 1)
    let blocks = (n + most - 1) / most
    let bytes = FlashCall<T>.scratchBytes(dk: dk, dv: dv)
    let bytesOfSums = keepsSums ? 0 : 2 * most * MemoryLayout<T>.size
    func job(_ number: Int) {
      // One plane after the other: its keys stay in the cache. Of a causal mask the last queries have
      // most to do: they come first.
      let (plane, block) = (number / blocks, blocks - 1 - number % blocks)
      let first = block * most
      Scratch.with(bytes: bytes + bytesOfSums) { scratch in
        var call = tables.call(
          plane: plane, planes[plane], shape, q, k, v, results, scratch: scratch)
        call.start(at: first, count: min(most, n - first))
        if !keepsSums {
          call.shift = (scratch + bytes).assumingMemoryBound(to: T.self)
          call.total = call.shift + most
        }
        tables.complete(call, plane: plane, first: first) { kernels.flash($0) }
      }
    }
    try shape.share(planes.count * blocks, job)
  }
}

extension AttentionShape {
  /// Products that are worth waking a thread.
  private static var smallestShare: Int { 1 << 20 }

  /// Runs so many tasks, here alone where the whole attention is small.
  func share(_ tasks: Int, _ task: (_ number: Int) -> Void) throws {
    if leading.reduce(n * m * (dk + dv), *) / Self.smallestShare < 2 {
      for number in 0..<tasks { task(number) }
    } else {
      Workers.run(tasks, task)
    }
    try Cancellation.check()
  }
}

extension FlashCall {
  /// Of all queries only some.
  mutating func start(at first: Int, count: Int) {
    (q, out) = (q + first * dk, out + first * dv)
    (shift, total, queries) = (shift + first, total + first, count)
  }
}
