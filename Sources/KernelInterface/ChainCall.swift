/// What a step of a chain does to each element.
public enum ChainFunction: Sendable {
  case add, subtract, multiply, divide, maximum, minimum
  /// Of the left operand alone.
  case negate, square, magnitude, relu
  case map(VectorFunction)
}

public enum ChainOperand<T> {
  case elements(UnsafePointer<T>)
  /// In the place of all elements.
  case number(T)
  /// What an earlier step has left there.
  case slot(Int)
}

public struct ChainStep<T> {
  public let function: ChainFunction
  public let left: ChainOperand<T>
  public let right: ChainOperand<T>
  /// Where the result goes; of the last step it is the chain's.
  public let slot: Int

  public init(
    _ function: ChainFunction, _ left: ChainOperand<T>, _ right: ChainOperand<T>, slot: Int
  ) {
    (self.function, self.left, self.right, self.slot) = (function, left, right, slot)
  }
}

/// Steps for the elements of a range, some at a time: what lies between two steps stays in the
/// first-level cache.
public struct ChainCall<T> {
  /// How many elements a slot holds: half a page. Processors fetch ahead up to the end of a page:
  /// while one operand's half is at work, the other halves of all operands come.
  public static var block: Int { 2048 / MemoryLayout<T>.size }

  public let steps: UnsafeBufferPointer<ChainStep<T>>
  public let slots: UnsafeMutablePointer<T>
  public let to: UnsafeMutablePointer<T>
  public let range: Range<Int>

  public init(
    steps: UnsafeBufferPointer<ChainStep<T>>, slots: UnsafeMutablePointer<T>,
    to: UnsafeMutablePointer<T>, range: Range<Int>
  ) {
    (self.steps, self.slots, self.to, self.range) = (steps, slots, to, range)
  }
}
