import KernelInterface

/// Elements in a row, or one number in the place of all of them.
struct Operand<T: Real> {
  private let start: UnsafePointer<T>
  private let repeats: Bool

  @inline(__always)
  init(_ start: UnsafePointer<T>, repeats: Bool) { (self.start, self.repeats) = (start, repeats) }

  /// Whether it is this number in the place of all elements.
  @inline(__always)
  func stands(for number: T) -> Bool { repeats && start[0] == number }

  var ofChain: ChainOperand<T> { repeats ? .number(start[0]) : .elements(start) }

  /// Elements and a number, or the number and the elements.
  @inline(__always)
  static func pair(
    _ elements: UnsafePointer<T>, _ number: UnsafePointer<T>, isReversed: Bool
  ) -> (Operand, Operand) {
    let (x, y) = (Operand(elements, repeats: false), Operand(number, repeats: true))
    return isReversed ? (y, x) : (x, y)
  }

  /// - Precondition: `z` overlaps neither operand.
  @inline(__always)
  static func each<R: Element>(
    _ x: Operand, _ y: Operand, _ count: Int, into z: UnsafeMutablePointer<R>,
    _ transform: (T, T) -> R
  ) throws {
    let (p, q) = (x.start, y.start)
    try blocks(count) { block in
      // Each case is a loop of its own that the compiler can turn into vector code.
      if x.repeats {
        let number = p[0]
        for i in block { z[i] = transform(number, q[i]) }
      } else if y.repeats {
        let number = q[0]
        for i in block { z[i] = transform(p[i], number) }
      } else {
        for i in block { z[i] = transform(p[i], q[i]) }
      }
    }
  }

  /// The same where one operand may be overwritten with the result. Reading it through `z` shows
  /// the compiler that no element is written before it was read.
  @inline(__always)
  static func overwriting(
    _ x: Operand, _ y: Operand, _ count: Int, into z: UnsafeMutablePointer<T>,
    _ transform: (T, T) -> T
  ) throws {
    let (p, q, own) = (x.start, y.start, UnsafePointer(z))
    guard p == own || q == own else { return try each(x, y, count, into: z, transform) }
    try blocks(count) { block in
      if x.repeats {
        let number = p[0]
        for i in block { z[i] = transform(number, z[i]) }
      } else if y.repeats {
        let number = q[0]
        for i in block { z[i] = transform(z[i], number) }
      } else if p == own {
        for i in block { z[i] = transform(z[i], q[i]) }
      } else {
        for i in block { z[i] = transform(p[i], z[i]) }
      }
    }
  }

  @inline(__always)
  private static func blocks(_ count: Int, _ body: (Range<Int>) -> Void) throws {
    var first = 0
    while first < count {
      try Cancellation.check()
      let last = min(first + cancellationBlock, count)
      body(first..<last)
      first = last
    }
  }
}
