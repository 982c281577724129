import KernelInterface

/// The gradients of attention by Q, K and V in tiles, from what the forward pass has found.
///
/// A task takes some keys of a plane and all its queries. Where there are few planes their keys are
/// cut into slices, each of which sums ∂Q for itself; these are added in their order. How the work
/// is cut depends on the shapes alone, and so do the results.
struct FlashGradients<T: Real> {
  private let (q, k, v): (Tensor, Tensor, Tensor)
  private let shape: AttentionShape
  private let tables: FlashTables<T>
  private let wanted: Set<AttentionOperand>
  private let kernels: any KernelTable<T>.Type

  init(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ options: AttentionOptions,
    _ wanted: Set<AttentionOperand>, _ variant: KernelVariant
  ) throws {
    (self.q, self.k, self.v, self.wanted) = (q, k, v, wanted)
    shape = AttentionShape(q, k, v)
    tables = try FlashTables(options, shape)
    kernels = T.kernels(of: variant)
  }

  func run(_ upstream: AttentionUpstream, _ record: AttentionRecord) throws
    -> [AttentionOperand: Tensor]
  {
    let sources = try FlashGradientSources<T>(upstream, record, shape)
    var dq = try zeros(q.shape, .q)
    var dk = try zeros(k.shape, .k)
    var dv = try zeros(v.shape, .v)
    try dq.withMutableElements(of: T.self) { dq in
      try dk.withMutableElements(of: T.self) { dk in
        try dv.withMutableElements(of: T.self) { dv in
          // SAFETY: nothing is written to what is not wanted.
          try run(
            sources, wanted.contains(.q) ? dq.baseAddress : nil,
            wanted.contains(.k) ? dk.baseAddress : nil, wanted.contains(.v) ? dv.baseAddress : nil)
        }
      }
    }
    return [.q: dq, .k: dk, .v: dv].filter { wanted.contains($0.key) }
  }

  private func zeros(_ shape: [Int], _ operand: AttentionOperand) throws -> Tensor {
    try Tensor(repeating: T(0), shape: wanted.contains(operand) ? shape : [0])
  }

  private func run(
    _ sources: FlashGradientSources<T>, _ dq: UnsafeMutablePointer<T>?,
    _ dk: UnsafeMutablePointer<T>?, _ dv: UnsafeMutablePointer<T>?
  ) throws {
    let planes = shape.planes
    if shape.n == 0 || shape.m == 0 || planes.count == 0 { return }
    let targets = FlashGradientTargets(shape: shape, dq: dq, dk: dk, dv: dv)
    // Planes that share an operand add to the same gradient, one after the other.
    let isApart = [q, k, v].allSatisfy { $0.shape.dropLast(2).elementsEqual(shape.leading) }
    let batches =
      isApart ? [0..<planes.count] : (0..<planes.count).map { $0..<$0 + 1 }
    for batch in batches {
      try run(batch, planes, sources, targets)
    }
  }

  /// More planes than this are not cut.
  private static var fewPlanes: Int { 4 }
  private static var slices: Int { 4 }

  private func run(
    _ batch: Range<Int>, _ planes: AttentionPlanes, _ sources: FlashGradientSources<T>,
    _ targets: FlashGradientTargets<T>
  ) throws {
    let blocks = (shape.m + gradientKeys - 1) / gradientKeys
    let slices = batch.count < Self.fewPlanes ? min(Self.slices, blocks) : 1
    let keysOfSlice = (blocks + slices - 1) / slices * gradientKeys
    let length = shape.n * shape.dk
    let isCut = slices > 1 && targets.dq != nil
    var partial = try Tensor(
      repeating: T(0), shape: [isCut ? batch.count * slices * length : 0])
    try partial.withMutableElements(of: T.self) { partial in
      func task(_ number: Int) {
        let (plane, slice) = (batch.lowerBound + number / slices, number % slices)
        let first = min(slice * keysOfSlice, shape.m)
        let keys = first..<min(first + keysOfSlice, shape.m)
        let own = partial.baseAddress.map { $0 + number * length }
        attend(
          plane, planes[plane], keys, sources, targets.of(planes[plane], dq: isCut ? own : nil))
      }
      try shape.share(batch.count * slices, task)
      guard isCut, let partial = partial.baseAddress else { return }
      for number in 0..<batch.count * slices {
        guard let dq = targets.of(planes[batch.lowerBound + number / slices]).dq else { continue }
        for i in 0..<length { dq[i] += partial[number * length + i] }
      }
    }
  }

  private func attend(
    _ plane: Int, _ place: AttentionShape.Plane, _ keys: Range<Int>,
    _ sources: FlashGradientSources<T>, _ targets: FlashGradientTargets<T>
  ) {
    let bytes = FlashGradientCall<T>.scratchBytes(dk: shape.dk, dv: shape.dv)
    Scratch.with(bytes: bytes) { scratch in
      let call = tables.call(
        plane: plane, place, shape, q.start(of: T.self), k.start(of: T.self),
        v.start(of: T.self), sources.results, scratch: scratch)
      tables.complete(call, plane: plane, first: 0) { call in
        kernels.flashGradient(sources.call(call, plane: plane, keys, shape, targets))
      }
    }
  }
}

/// What a gradient is made from besides the operands of attention.
struct FlashGradientSources<T: Real> {
  private let g: Tensor
  private let gLogSum: Tensor?
  private let record: AttentionRecord

  init(_ upstream: AttentionUpstream, _ record: AttentionRecord, _ shape: AttentionShape) throws {
    self.record = record
    g =
      try upstream.out?.converted(to: T.dtype)
      ?? Tensor(repeating: T(0), shape: shape.leading + [shape.n, shape.dv])
    gLogSum = try upstream.logSumExp?.converted(to: T.dtype)
  }

  /// The sums are not read where there are weights.
  var results: FlashResults<T> {
    let out = record.out.start(of: T.self)
    guard case .sums(let shift, let total) = record.weights else {
      return FlashResults(out: out, shift: out, total: out)
    }
    return FlashResults(
      out: out, shift: shift.start(of: T.self), total: total.start(of: T.self))
  }

  func call(
    _ forward: FlashCall<T>, plane: Int, _ keys: Range<Int>, _ shape: AttentionShape,
    _ targets: FlashGradientTargets<T>
  ) -> FlashGradientCall<T> {
    var weights: UnsafePointer<T>?
    if case .whole(let tensor) = record.weights {
      weights = UnsafePointer(tensor.start(of: T.self) + plane * shape.n * shape.m)
    }
    return FlashGradientCall(
      forward: forward, keys: keys, g: g.start(of: T.self) + plane * shape.n * shape.dv,
      gLogSum: gLogSum.map { UnsafePointer($0.start(of: T.self) + plane * shape.n) },
      weights: weights, dq: targets.dq, dk: targets.dk, dv: targets.dv)
  }
}

/// Where gradients go; nil for those that are not wanted.
struct FlashGradientTargets<T> {
  let shape: AttentionShape
  let (dq, dk, dv): (UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?)

  init(
    shape: AttentionShape, dq: UnsafeMutablePointer<T>?, dk: UnsafeMutablePointer<T>?,
    dv: UnsafeMutablePointer<T>?
  ) {
    self.shape = shape
    (self.dq, self.dk, self.dv) = (dq, dk, dv)
  }

  /// Those of a plane, ∂Q elsewhere where a place is given.
  func of(_ plane: AttentionShape.Plane, dq own: UnsafeMutablePointer<T>? = nil) -> Self {
    Self(
      shape: shape, dq: own ?? dq.map { $0 + plane.q * shape.n * shape.dk },
      dk: dk.map { $0 + plane.k * shape.m * shape.dk },
      dv: dv.map { $0 + plane.v * shape.m * shape.dv })
  }
}
