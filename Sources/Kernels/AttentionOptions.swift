/// How the scores of attention become weights.
public struct AttentionOptions: Sendable {
  /// nil is `full`.
  public var mask: AttentionMask?
  /// Added to the scaled scores.
  public var bias: AttentionBias?
  /// 1/√dₖ unless given.
  public var scale: Double?
  /// The temperature τ of the softmax, more than 0.
  public var tau: Double
  /// c·tanh(s/c), applied before bias and mask.
  public var softcap: Double?
  /// Whether the weights are wanted as a result.
  public var wantsWeights: Bool

  public init(
    mask: AttentionMask? = nil, bias: AttentionBias? = nil, scale: Double? = nil,
    tau: Double = 1, softcap: Double? = nil, wantsWeights: Bool = true
  ) {
    (self.mask, self.bias, self.scale) = (mask, bias, scale)
    (self.tau, self.softcap, self.wantsWeights) = (tau, softcap, wantsWeights)
  }

  /// Whether neither mask nor bias changes a score.
  var leavesScores: Bool {
    guard bias == nil else { return false }
    return switch mask {
    case nil, .rule(.full): true
    default: false
    }
  }
}

public enum AttentionMask: Sendable {
  case rule(MaskRule)
  /// Bool, broadcasts to the weights; 1 = may attend.
  case matrix(Tensor)
}

public enum AttentionBias: Sendable {
  case rule(BiasRule)
  /// Broadcasts to the weights.
  case tensor(Tensor)
}

/// Scale, softcap, bias and mask of rows of raw scores Q Kᵀ, in this order.
struct ScoreAdjustment<T: Real> {
  let tau: Double
  private let scale: T
  private let softcap: T?
  private let rule: MaskRule?
  private let visible: PlacedRows?
  private let biasRule: BiasRule?
  private let bias: PlacedRows?
  private let planes: PlaneNumbers
  private let (n, m): (Int, Int)

  /// - Parameter shape: of the weights, [… n m].
  init(_ options: AttentionOptions, _ shape: [Int], dk: Int) throws {
    tau = options.tau
    scale = T(options.scale ?? 1 / Double(dk).squareRoot())
    softcap = options.softcap.map { T($0) }
    planes = PlaneNumbers(leading: Array(shape.dropLast(2)))
    (n, m) = (shape[shape.count - 2], shape[shape.count - 1])
    switch options.mask {
    case .rule(.full), nil: (rule, visible) = (nil, nil)
    case .rule(let rule): (self.rule, visible) = (rule, nil)
    case .matrix(let matrix):
      (rule, visible) = (nil, PlacedRows(try matrix.converted(to: .bool), in: shape))
    }
    switch options.bias {
    case nil: (biasRule, bias) = (nil, nil)
    case .rule(let rule): (biasRule, bias) = (rule, nil)
    case .tensor(let bias):
      (biasRule, self.bias) = (nil, PlacedRows(try bias.converted(to: T.dtype), in: shape))
    }
  }

  /// Raw scores of one query become those that softmax(·/τ) takes; hidden ones become −∞.
  ///
  /// - Parameters:
  ///   - plane: which matrix among the leading axes.
  ///   - firstKey: the key of the first score; the others follow it.
  ///   - seen: what `keys(seenBy:plane:)` gave for this query, where that is known already.
  func adjust(
    _ scores: UnsafeMutableBufferPointer<T>, plane: Int, row: Int, firstKey: Int = 0,
    seen: KeyRuns? = nil
  ) {
    for j in scores.indices { scores[j] *= scale }
    if let softcap { for j in scores.indices { scores[j] = softcap * T.tanh(scores[j] / softcap) } }
    addBias(to: scores, plane, row, firstKey)
    hide(scores, plane, row, firstKey, seen)
  }

  /// The keys that a rule opens to a query; nil where no rule hides any.
  func keys(seenBy row: Int, plane: Int) -> KeyRuns? {
    rule?.keys(seenBy: row, n: n, m: m, batch: planes.sequence(of: plane))
  }

  private func addBias(
    to scores: UnsafeMutableBufferPointer<T>, _ plane: Int, _ row: Int, _ firstKey: Int
  ) {
    if let bias {
      let step = bias.step
      let place = bias.start(plane: plane, row: row) + firstKey * step
      bias.tensor.withElements(of: T.self) { bias in
        for j in scores.indices { scores[j] += bias[place + j * step] }
      }
    } else if let biasRule {
      let head = biasRule.headCount == 1 ? 0 : planes.head(of: plane)
      biasRule.add(to: scores, head: head, row, firstKey: firstKey, n: n, m: m)
    }
  }

  private func hide(
    _ scores: UnsafeMutableBufferPointer<T>, _ plane: Int, _ row: Int, _ firstKey: Int,
    _ seen: KeyRuns?
  ) {
    if let seen = seen ?? keys(seenBy: row, plane: plane) {
      let here = firstKey..<firstKey + scores.count
      if seen.contains(here) { return }
      for run in seen.complement(in: m).runs where run.overlaps(here) {
        let hidden = run.clamped(to: here)
        scores[hidden.lowerBound - firstKey..<hidden.upperBound - firstKey]
          .update(repeating: -.infinity)
      }
    } else if let visible {
      let step = visible.step
      let place = visible.start(plane: plane, row: row) + firstKey * step
      visible.tensor.withElements(of: Bool.self) { visible in
        for j in scores.indices where !visible[place + j * step] { scores[j] = -.infinity }
      }
    }
  }
}

/// What the number of a plane among the leading axes means: the last of them are the heads, the
/// first the sequences of a batch.
struct PlaneNumbers {
  private let heads: Int
  private let planesOfSequence: Int

  init(leading: [Int]) {
    heads = max(leading.last ?? 1, 1)
    planesOfSequence = max(leading.dropFirst().reduce(1, *), 1)
  }

  func head(of plane: Int) -> Int { plane % heads }
  func sequence(of plane: Int) -> Int { plane / planesOfSequence }
}

/// A tensor that broadcasts to the weights, and where each of their rows lies in it.
struct PlacedRows {
  let tensor: Tensor
  private let shape: [Int]
  private let strides: [Int]
  /// From one key to the next.
  let step: Int

  init(_ tensor: Tensor, in weights: [Int]) {
    self.tensor = tensor
    shape = weights
    strides = Broadcast.strides(of: tensor.shape, in: weights)
    step = strides.last ?? 0
  }

  /// From one query to the next.
  var rowStep: Int { strides[shape.count - 2] }

  func start(plane: Int, row: Int) -> Int {
    var place = row * strides[shape.count - 2]
    var rest = plane
    for axis in stride(from: shape.count - 3, through: 0, by: -1) {
      place += rest % shape[axis] * strides[axis]
      rest /= shape[axis]
    }
    return place
  }
}
