import Kernels
import Language

/// The loop of `minimize`.
struct Training {
  private let call: Call
  private let steps: Int
  private let clip: Double
  private let decay: Double
  private let isDecoupled: Bool
  private let optimiser: Optimiser
  private let schedule: Schedule
  private let passesStep: Bool
  private var parameters: Value
  private var memories: [Optimiser.Memory] = []
  private(set) var losses: [Double] = []

  init(_ call: Call) throws {
    self.call = call
    steps = try call.integer("steps", atLeast: 0)
    clip = try call.positive("clip")
    let kind = try call.string("with")
    isDecoupled = kind == "adamw"
    decay = call.has("decay") ? try call.number("decay") : isDecoupled ? 0.01 : 0
    optimiser =
      kind == "sgd"
      ? .sgd(momentum: try call.number("momentum"))
      : .adam(
        beta1: try call.number("beta1"), beta2: try call.number("beta2"),
        eps: try call.number("eps"))
    schedule = try Schedule(call, steps: steps)
    parameters = try call.required("p").untraced
    if case .function(.user(let loss)) = try call.required("f") {
      passesStep = loss.parameters.filter { $0.defaultValue == nil }.count == 2
    } else {
      passesStep = false
    }
  }

  /// All steps, or as many as Ctrl-C lets it do.
  mutating func run() throws -> Value {
    let clock = ContinuousClock()
    let start = clock.now
    var shown = start
    do {
      for step in 0..<steps {
        if Cancellation.isRequested { throw KernelError.cancelled }
        try advance(step)
        let isMilestone = step == 0 || (step + 1) * 5 / steps != step * 5 / steps
        guard isMilestone || clock.now - shown > .milliseconds(100) else { continue }
        shown = clock.now
        report(step + 1, (shown - start).inSeconds, isMilestone)
      }
    } catch KernelError.cancelled {
      // The step that was interrupted left nothing: the parameters are those before it.
      Cancellation.reset()
      call.evaluator.emit(
        .note(
          "stopped after \(Faults.counted(losses.count, "step")); the parameters so far are kept"))
    }
    return parameters
  }

  private mutating func advance(_ step: Int) throws {
    var (tensors, gradients) = (try numbers(parameters), [Tensor?]())
    let loss = try call.evaluator.withTape { tape in
      let arguments = passesStep ? [.number(Double(step))] : [Value]()
      let f = try Differentiated(call, [parameters], constants: arguments, on: tape)
      gradients = try f.leafGradients().map { try $0?.asTensor() }
      return f.value.asNumber ?? .nan
    }
    guard loss.isFinite else {
      throw Fault(
        "the loss is \(loss.plain) at step \(step)", .argument("f"),
        detail: "a smaller lr or clip=1 may help")
    }
    gradients = try clipped(gradients)
    if memories.isEmpty { memories = tensors.map { _ in Optimiser.Memory() } }
    let rate = try schedule.rate(at: step)
    for (index, gradient) in gradients.enumerated() {
      guard let gradient else { continue }
      tensors[index] = try optimiser.step(
        tensors[index], gradient, &memories[index], rate: rate, count: step + 1, decay: decay,
        isDecoupled: isDecoupled)
    }
    var rest = tensors[...]
    parameters = try parameters.mapNumbers { old in rest.popFirst().map { Value($0) } ?? old }
    losses.append(loss)
  }

  private func numbers(_ value: Value) throws -> [Tensor] {
    try value.leaves(named: "p").compactMap { try $0.value.asTensor() }
  }

  /// All gradients scaled together so that their norm is at most `clip`.
  private func clipped(_ gradients: [Tensor?]) throws -> [Tensor?] {
    guard clip < .infinity else { return gradients }
    let norm = try gradients.reduce(0.0) { sum, gradient in
      let length = try gradient?.reduce(.norm, axis: nil, keep: false)[flat: 0] ?? 0
      return sum + length * length
    }.squareRoot()
    guard norm > clip else { return gradients }
    // PyTorch's clip_grad_norm_.
    let factor = try Tensor(scalar: clip / (norm + 1e-6))
    return try gradients.map { try $0.map { try Tensor.combine(.multiply, $0, factor) } }
  }

  private func report(_ step: Int, _ seconds: Double, _ isMilestone: Bool) {
    guard let loss = losses.last else { return }
    let width = 24
    let curve =
      losses.count <= width
      ? losses : (0..<width).map { losses[$0 * (losses.count - 1) / (width - 1)] }
    call.evaluator.emit(
      .progress(
        Progress(
          step: step, steps: steps, loss: loss, curve: curve,
          stepsPerSecond: seconds > 0 ? Double(step) / seconds : 0, isMilestone: isMilestone)))
  }
}

/// The learning rate of each step.
private struct Schedule {
  private let call: Call
  private let rate: Value
  private let shape: String
  private let warmup: Int
  private let steps: Int

  init(_ call: Call, steps: Int) throws {
    (self.call, self.steps) = (call, steps)
    rate = try call.required("lr")
    shape = try call.string("schedule")
    warmup = try call.integer("warmup", atLeast: 0)
    switch rate {
    case .function: break
    default:
      guard let number = rate.asNumber, number >= 0, number.isFinite else {
        throw Fault("lr is a number or a function of the step", .argument("lr"))
      }
    }
  }

  func rate(at step: Int) throws -> Double {
    var rate = rate.asNumber ?? 0
    if case .function = self.rate {
      guard let number = try call.apply(self.rate, [.number(Double(step))]).asNumber else {
        throw Fault("lr must give one number for a step", .argument("lr"))
      }
      rate = number
    }
    if step < warmup { return rate * Double(step + 1) / Double(warmup) }
    let share = Double(step - warmup) / Double(max(steps - warmup, 1))
    switch shape {
    case "linear": return rate * (1 - share)
    case "cosine": return rate * (1 + Double.cos(.pi * share)) / 2
    default: return rate
    }
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
