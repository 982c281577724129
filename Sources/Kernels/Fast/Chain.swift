import KernelInterface

/// Arithmetic of tensors of one shape and numbers in one pass over the elements: what stays between
/// two steps is never in memory. The result is, bit for bit but for the sign of NaN, that of the
/// steps one by one.
public struct ElementChain {
  public enum Operand {
    case tensor(Tensor)
    case number(Double)
    /// The result of a step.
    case step(Int)
  }

  private struct Step {
    let function: ChainFunction
    let left: Operand
    let right: Operand
  }

  public let shape: [Int]
  public let dtype: DType
  private var steps: [Step] = []

  /// - Parameter dtype: f32 or f64.
  public init(shape: [Int], dtype: DType) { (self.shape, self.dtype) = (shape, dtype) }

  public var stepCount: Int { steps.count }

  /// Nil where the kernels have no such step.
  ///
  /// - Precondition: one operand is no number, tensors have the chain's shape and dtype, and no
  ///   step is an operand of two others.
  public mutating func add(
    _ function: BinaryFunction, _ left: Operand, _ right: Operand
  ) -> Operand? {
    switch function {
    case .add: append(.add, left, right)
    case .subtract: append(.subtract, left, right)
    case .multiply: append(.multiply, left, right)
    case .divide: append(.divide, left, right)
    case .maximum: append(.maximum, left, right)
    case .minimum: append(.minimum, left, right)
    case .power:
      switch right {
      case .number(2): append(.square, left, left)
      case .number(let number):
        VectorFunction(power: number).flatMap {
          append(.map($0), left, left)
        }
      default: nil
      }
    default: nil
    }
  }

  /// The same of one operand that is no number.
  public mutating func add(_ function: UnaryFunction, _ operand: Operand) -> Operand? {
    switch function {
    case .negate: append(.negate, operand, operand)
    case .abs: append(.magnitude, operand, operand)
    case .relu: append(.relu, operand, operand)
    default: function.vectorFunction.flatMap { append(.map($0), operand, operand) }
    }
  }

  private mutating func append(
    _ function: ChainFunction, _ left: Operand, _ right: Operand
  ) -> Operand? {
    steps.append(Step(function: function, left: left, right: right))
    return .step(steps.count - 1)
  }

  /// What the last step gives.
  ///
  /// - Precondition: there is a step.
  public func run() throws -> Tensor { try run(on: .current) }

  func run(on variant: KernelVariant) throws -> Tensor {
    try dtype == .f32 ? run(on: variant, of: Float.self) : run(on: variant, of: Double.self)
  }

  private func run<T: Real>(on variant: KernelVariant, of type: T.Type) throws -> Tensor {
    let (compiled, slotCount) = compiled(of: T.self)
    let count = shape.reduce(1, *)
    // Enough to be worth a thread, and done in a blink.
    let share = 1 << 16
    let kernels = T.kernels(of: variant)
    return try withExtendedLifetime(self) {
      try Tensor(shape: shape, of: T.self) { to in
        guard let to = to.baseAddress else { return }
        compiled.withUnsafeBufferPointer { steps in
          Workers.run((count + share - 1) / share) { part in
            if Cancellation.isRequested { return }
            let range = part * share..<min((part + 1) * share, count)
            let bytes = slotCount * ChainCall<T>.block * MemoryLayout<T>.size
            Scratch.with(bytes: bytes) { scratch in
              let slots = scratch.assumingMemoryBound(to: T.self)
              kernels.chain(ChainCall(steps: steps, slots: slots, to: to, range: range))
            }
          }
        }
        try Cancellation.check()
      }
    }
  }

  /// The slots of operands are free again for the result.
  private func compiled<T: Real>(
    of type: T.Type
  ) -> (steps: [ChainStep<T>], slotCount: Int) {
    var free: [Int] = []
    var slotCount = 0
    var slots: [Int] = []
    func source(_ operand: Operand) -> ChainOperand<T> {
      switch operand {
      // SAFETY: the chain holds its tensors as long as it runs.
      case .tensor(let tensor): return .elements(tensor.start(of: T.self))
      case .number(let number): return .number(T(number))
      case .step(let step): return .slot(slots[step])
      }
    }
    let compiled = steps.map { step in
      let (left, right) = (source(step.left), source(step.right))
      if case .slot(let slot) = left { free.append(slot) }
      if case .slot(let slot) = right, !free.contains(slot) { free.append(slot) }
      if free.isEmpty {
        free.append(slotCount)
        slotCount += 1
      }
      slots.append(free.removeLast())
      return ChainStep(step.function, left, right, slot: slots[slots.count - 1])
    }
    return (compiled, slotCount)
  }
}

extension ChainFunction {
  /// Functions that take longer than memory does, unless vectors are wide.
  init?(best function: BinaryFunction) {
    switch function {
    case .divide: self = .divide
    case .maximum: self = .maximum
    case .minimum: self = .minimum
    default: return nil
    }
  }

  /// A step by itself; an operand may lie where the result goes.
  func run<T: Real>(
    _ left: ChainOperand<T>, _ right: ChainOperand<T>, _ count: Int,
    into to: UnsafeMutablePointer<T>
  ) throws {
    let share = 1 << 16
    let kernels = T.kernels(of: .current)
    try withUnsafePointer(to: ChainStep(self, left, right, slot: 0)) { step in
      let steps = UnsafeBufferPointer(start: step, count: 1)
      Workers.run((count + share - 1) / share) { part in
        if Cancellation.isRequested { return }
        // There are no results between steps.
        kernels.chain(
          ChainCall(
            steps: steps, slots: to, to: to,
            range: part * share..<min((part + 1) * share, count)))
      }
      try Cancellation.check()
    }
  }
}

extension VectorFunction {
  /// Powers with kernels of their own.
  init?(power: Double) {
    switch power {
    case 0.5: self = .root
    case 3: self = .cube
    default: return nil
    }
  }
}
