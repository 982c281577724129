import Kernels

/// What every kind of attention takes besides its tensors: mask, bias, scale, τ and softcap.
///
///     Builtin(
///       "flash Q[…,n,dk] K[…,m,dk] V[…,m,dv] \(AttentionCall.parameters) block=64 -> out[…,n,dv]",
///       …
///       parameters: ["Q": "queries"] + AttentionCall.meanings,
///       …
///     ) { call in
///       let options = try call.attentionOptions(weights: call.weightsShape)
///
/// All but the mask are options, and their defaults are those of `AttentionOptions`: a call that
/// gives none of them reads none.
enum AttentionCall {
  /// For a signature whose dimensions have dk.
  static let parameters = parameters(scale: "1/√dk")
  /// For one in which dk is known only later: `scale` may be absent.
  static let parametersWithoutWidth = parameters(scale: ":number")

  static func parameters(mask: String = "full", scale: String) -> String {
    "mask?:mask=\(mask) scale=\(scale) bias=0:bias tau=1 softcap=∞"
  }

  /// The weights of attention, for its gradients.
  static let weights = """
    scores(Q, K, mask, scale=scale, bias=bias, tau=tau, softcap=softcap)
    blind = all(A == -∞, axis=-1, keep=1)
    A = where(blind, 0, softmax(where(blind, 0, A)))
    """

  /// The parameters that attention has a gradient by.
  static let operands = ["Q", "K", "V", "scale", "bias", "tau", "softcap"]

  static func gradients(_ step: KernelStep, _ upstream: AttentionUpstream) throws
    -> [String: Tensor]
  {
    let call = step.call
    var options = try call.attentionOptions(weights: call.weightsShape)
    // A bias of 0 changes nothing and still has a gradient.
    if step.wanted.contains("bias") { options.bias = .tensor(try call.real("bias")) }
    let found = try attentionGradients(
      try call.real("Q"), try call.real("K"), try call.real("V"), options, upstream,
      of: Set(step.wanted.compactMap(AttentionOperand.init)),
      record: step.record as? AttentionRecord)
    return Dictionary(uniqueKeysWithValues: found.map { ($0.key.rawValue, $0.value) })
  }

  static let meanings: Meanings = [
    "mask": "a rule (causal, window 3, …) or a 0/1 matrix, 1 = may attend",
    "scale": "what the scores are multiplied by; 1/√dk unless given",
    "bias": "added to the scaled scores: alibi(8), or any matrix that broadcasts to them",
    "tau": "temperature τ > 0 of the softmax: small sharpens, ∞ is uniform",
    "softcap": "c squeezes the scaled scores to ±c by c·tanh(s/c), before bias and mask",
  ]
}

extension Call {
  /// […, n, m] of a call whose signature names these dimensions.
  var weightsShape: [Int] { dimensions.leading + [dimensions["n"], dimensions["m"]] }

  /// Mask, bias, scale, τ and softcap, each of which fits the weights; `wantsWeights` as the call
  /// wants them.
  func attentionOptions(weights shape: @autoclosure () -> [Int]) throws -> AttentionOptions {
    let mask = try attentionMask(shape())
    // The defaults of the others are those of `AttentionOptions`.
    guard arguments.holdsOptions else {
      return AttentionOptions(mask: mask, wantsWeights: wantsExtras)
    }
    let bias = try attentionBias(shape())
    let (scale, tau) = (try optionalNumber("scale"), try attentionTemperature())
    let softcap = try positive("softcap")
    return AttentionOptions(
      mask: mask, bias: bias, scale: scale, tau: tau,
      softcap: softcap == .infinity ? nil : softcap, wantsWeights: wantsExtras)
  }

  /// τ; the way out of τ = 0 is one that no two different scores survive.
  private func attentionTemperature() throws -> Double {
    do {
      return try temperature()
    } catch var fault as Fault {
      if try number("tau") == 0 {
        fault.proposals = [.write("tau=1e-30", insteadOf: "tau", "the largest score alone")]
      }
      throw fault
    }
  }

  /// The mask in a parameter; its sequences lie along the leading axes of the call.
  func attentionMask(_ weights: @autoclosure () -> [Int], _ name: String = "mask") throws
    -> AttentionMask
  {
    guard case .mask(let rule) = try required(name) else {
      let matrix = try tensor(name)
      try checkFit(matrix.shape, weights(), name)
      return .matrix(matrix)
    }
    try rule.checkSequences(along: dimensions.leading, name)
    return .rule(rule)
  }

  func attentionBias(_ weights: @autoclosure () -> [Int]) throws -> AttentionBias? {
    switch try required("bias") {
    case .number(0, _): return nil
    case .bias(let rule):
      let heads = weights().dropLast(2).last ?? 1
      guard rule.headCount == 1 || rule.headCount == heads else {
        throw Fault(
          "the bias does not fit the heads", .argument("bias"),
          detail: "\(Faults.counted(rule.headCount, "slope")) for \(Faults.counted(heads, "head"))",
          notes: ["the heads are the last axis before queries and keys: weights […, h, n, m]"])
      }
      return .rule(rule)
    default:
      let bias = try real("bias")
      try checkFit(bias.shape, weights(), "bias")
      return .tensor(bias)
    }
  }

  /// A mask or bias must broadcast to the weights' shape.
  func checkFit(_ shape: [Int], _ weights: [Int], _ name: String) throws {
    func fits(_ shape: [Int]) -> Bool { Broadcast.shape(shape, weights) == weights }
    guard !fits(shape) else { return }
    let transposed = OperatorShape.transposed(shape)
    var proposals: [Fault.Proposal] = []
    if fits(transposed) {
      proposals.append(
        .instead(of: .argument(name), transposed.timesText) {
          $0(name).isPostfixText ? "\(name)=\($0(name))'" : "\(name)=(\($0(name)))'"
        })
    }
    if shape.count == 3, weights.count == 4 {
      let perSequence = [shape[0], 1] + shape.suffix(2)
      if fits(perSequence) {
        let lengths = perSequence.map(String.init).joined(separator: ", ")
        proposals.append(
          .instead(of: .argument(name), "the same for every head") {
            "\(name)=reshape(\($0(name)), \(lengths))"
          })
      }
    }
    throw Fault(
      "the \(name) does not fit the weights", .argument(name),
      detail: "weights \(weights.timesText)", proposals: proposals)
  }
}
