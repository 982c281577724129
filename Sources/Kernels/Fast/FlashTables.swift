import KernelInterface

/// What the kernels ask about the options of attention.
struct FlashTables<T: Real> {
  let scale: T
  let tau: Double
  let softcap: T
  /// Nil where masks and biases leave every score as it is.
  private let scores: ScoreTables?

  init(_ options: borrowing AttentionOptions, _ shape: borrowing AttentionShape) throws {
    scale = T(options.scale ?? 1 / Double(shape.dk).squareRoot())
    tau = options.tau
    softcap = T(options.softcap ?? 0)
    scores = options.leavesScores ? nil : try ScoreTables(copy options, copy shape, T.dtype)
  }

  /// Attention of all queries of a plane; what masks and biases say is not in it yet.
  func call(
    plane: Int, _ place: AttentionShape.Plane, _ shape: AttentionShape, _ q: UnsafePointer<T>,
    _ k: UnsafePointer<T>, _ v: UnsafePointer<T>, _ results: FlashResults<T>,
    scratch: UnsafeMutableRawPointer
  ) -> FlashCall<T> {
    let (n, m) = (shape.n, shape.m)
    return FlashCall(
      q: q + place.q * n * shape.dk, k: k + place.k * m * shape.dk, v: v + place.v * m * shape.dv,
      queries: n, keys: m, dk: shape.dk, dv: shape.dv, scale: scale, inverseTau: T(1 / tau),
      softcap: softcap, out: results.out + plane * n * shape.dv,
      shift: results.shift + plane * n, total: results.total + plane * n, scratch: scratch,
      isCancelled: Cancellation.flag.place)
  }

  /// Completes a call for the queries from `first` on with what masks and biases say about them.
  func complete(
    _ plain: FlashCall<T>, plane: Int, first: Int, _ body: (FlashCall<T>) -> Void
  ) {
    guard let scores else { return body(plain) }
    scores.complete(plain, plane: plane, first: first, body)
  }
}

/// What masks and biases say about the scores, laid out in memory; a reference, so that the many
/// calls without them carry nothing of it.
private final class ScoreTables {
  private let runs: KeyRunTable?
  private let visible: PlacedRows?
  private let bias: PlacedRows?
  private let biasRule: BiasRule?
  private let planes: PlaneNumbers
  private let (n, m): (Int, Int)

  init(_ options: AttentionOptions, _ shape: AttentionShape, _ dtype: DType) throws {
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
      (bias, biasRule) = (PlacedRows(try tensor.converted(to: dtype), in: shape.weights), nil)
    }
  }

  /// - Precondition: T is the dtype that it was made for.
  func complete<T: Real>(
    _ plain: FlashCall<T>, plane: Int, first: Int, _ body: (FlashCall<T>) -> Void
  ) {
    var call = plain
    if case .alibi(let slopes, let right) = biasRule {
      call.slope = T(slopes[slopes.count == 1 ? 0 : planes.head(of: plane)])
      call.position = right ? first + m - n : first
    }
    guard let bias else { return mask(&call, plane: plane, first: first, body) }
    (call.biasRow, call.biasStep) = (bias.rowStep, bias.step)
    bias.tensor.withElements(of: T.self) { all in
      call.bias = all.baseAddress.map { $0 + bias.start(plane: plane, row: first) }
      mask(&call, plane: plane, first: first, body)
    }
  }

  private func mask<T: Real>(
    _ call: inout FlashCall<T>, plane: Int, first: Int, _ body: (FlashCall<T>) -> Void
  ) {
    if let runs {
      call.runCount = runs.runsOfQuery
      runs.bounds.withUnsafeBufferPointer { bounds in
        let start = runs.start(query: first, sequence: planes.sequence(of: plane))
        call.runs = bounds.baseAddress.map { $0 + start }
        body(call)
      }
    } else if let visible {
      (call.visibleRow, call.visibleStep) = (visible.rowStep, visible.step)
      visible.tensor.withElements(of: Bool.self) { all in
        call.visible = all.baseAddress.map { $0 + visible.start(plane: plane, row: first) }
        body(call)
      }
    } else {
      body(call)
    }
  }
}
