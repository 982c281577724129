import KernelInterface

/// Attention and its weights, a task for some queries of a plane.
///
/// - Precondition: the options are ordinary, and all three tensors are of this type.
func weighedAttention<T: Real>(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions, _ variant: KernelVariant,
  of type: T.Type
) throws -> (out: Tensor, weights: Tensor) {
  let shape = AttentionShape(q, k, v)
  var out = try Tensor(uninitialized: shape.leading + [shape.n, shape.dv], of: T.self)
  var weights = try Tensor(uninitialized: shape.leading + [shape.n, shape.m], of: T.self)
  let jobs = WeighedJobs<T>(
    kernels: T.kernels(of: variant), shape: shape, tables: try FlashTables(options, shape),
    q: q.start(of: T.self), k: k.start(of: T.self), v: v.start(of: T.self))
  try out.withMutableElements(of: T.self) { out in
    try weights.withMutableElements(of: T.self) { weights in
      if let out = out.baseAddress, let weights = weights.baseAddress {
        try jobs.run(out, weights)
      }
    }
  }
  return (out, weights)
}

private struct WeighedJobs<T: Real> {
  let kernels: any KernelTable<T>.Type
  let shape: AttentionShape
  let tables: FlashTables<T>
  let (q, k, v): (UnsafePointer<T>, UnsafePointer<T>, UnsafePointer<T>)

  /// Queries for which the keys are packed once.
  private static var queriesOfTask: Int { 512 }

  func run(_ out: UnsafeMutablePointer<T>, _ weights: UnsafeMutablePointer<T>) throws {
    let (n, m) = (shape.n, shape.m)
    let planes = shape.planes
    let parts = (n + Self.queriesOfTask - 1) / Self.queriesOfTask
    let bytes = FlashCall<T>.weighedScratchBytes(keys: m, dk: shape.dk, dv: shape.dv)
    // The sums are left alone.
    let results = FlashResults(out: out, shift: out, total: out)
    func job(_ number: Int) {
      let (plane, part) = (number / parts, number % parts)
      let first = part * Self.queriesOfTask
      Scratch.with(bytes: bytes) { scratch in
        var call = tables.call(
          plane: plane, planes[plane], shape, q, k, v, results, scratch: scratch)
        call.start(at: first, count: min(Self.queriesOfTask, n - first))
        tables.complete(call, plane: plane, first: first) {
          kernels.weigh($0, weights + (plane * n + first) * m)
        }
      }
    }
    try shape.share(planes.count * parts, job)
  }
}
