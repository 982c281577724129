import KernelInterface

/// Functions of two numbers, applied element by element with broadcasting.
public enum BinaryFunction: String, CaseIterable, Sendable {
  case add, subtract, multiply, divide
  /// With the sign of the divisor, as Python's %.
  case remainder
  case power
  /// NaN if either is.
  case maximum, minimum
  case atan2
  /// x·y, and 0 where the weight x is 0, whatever y: 0 log 0 is 0.
  case weighted
  /// x log(x/y), 0 where x is 0, ∞ where y alone is 0.
  case relativeEntropy
  /// These give bool.
  case equal, notEqual, less, lessEqual, greater, greaterEqual, and, or

  public var givesBool: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .and, .or: true
    default: false
    }
  }
}

/// A function of two numbers; the bool ones give 1 or 0.
public func scalar(_ function: BinaryFunction, _ x: Double, _ y: Double) -> Double {
  function.givesBool ? (test(function, x, y) ? 1 : 0) : value(function, x, y)
}

/// Of fewer a loop is done before the kernel with its wider vectors is found.
private let fewElements = 1 << 8

@inline(__always)
private func value<T: Real>(_ function: BinaryFunction, _ x: T, _ y: T) -> T {
  switch function {
  case .add: return x + y
  case .subtract: return x - y
  case .multiply: return x * y
  case .divide: return x / y
  case .remainder:
    guard y != 0, x.isFinite, !y.isNaN else { return .nan }
    let remainder = x.truncatingRemainder(dividingBy: y)
    return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder
  // The common powers exactly as products.
  case .power: return y == 2 ? x * x : y == 0.5 && x >= 0 ? x.squareRoot() : T.pow(x, y)
  case .maximum: return x.isNaN ? x : y.isNaN ? y : Swift.max(x, y)
  case .minimum: return x.isNaN ? x : y.isNaN ? y : Swift.min(x, y)
  case .atan2: return T.atan2(x, y)
  case .weighted: return x == 0 ? 0 : x * y
  case .relativeEntropy: return relativeEntropy(x, y)
  default: return test(function, x, y) ? 1 : 0
  }
}

private func relativeEntropy<T: Real>(_ x: T, _ y: T) -> T {
  if x == 0 { return 0 * y }
  guard x >= 0, y >= 0 else { return .nan }
  let ratio = x / y
  return ratio.isNormal || y == 0 ? x * T.log(ratio) : x * (T.log(x) - T.log(y))
}

@inline(__always)
private func test<T: Real>(_ function: BinaryFunction, _ x: T, _ y: T) -> Bool {
  switch function {
  case .equal: return x == y
  case .notEqual: return x != y
  case .less: return x < y
  case .lessEqual: return x <= y
  case .greater: return x > y
  case .greaterEqual: return x >= y
  case .and: return x != 0 && y != 0
  case .or: return x != 0 || y != 0
  default: return false
  }
}

extension Tensor {
  /// The dtype of arithmetic: f32 with f64 gives f64, rank 0 is weak beside rank ≥ 1, bool counts
  /// as f64.
  public static func resultDType(_ a: Tensor, _ b: Tensor) -> DType {
    let (x, y) = (a.dtype == .bool ? DType.f64 : a.dtype, b.dtype == .bool ? DType.f64 : b.dtype)
    if a.rank == 0, b.rank > 0 { return b.dtype == .bool ? x : y }
    if b.rank == 0, a.rank > 0 { return a.dtype == .bool ? y : x }
    if a.dtype == .bool { return y }
    if b.dtype == .bool { return x }
    return x == y ? x : .f64
  }

  /// What nobody else holds of `a` and `b` is overwritten with the result where it fits.
  ///
  /// - Precondition: the shapes broadcast.
  public static func combine(
    _ function: BinaryFunction, _ a: consuming Tensor, _ b: consuming Tensor
  ) throws -> Tensor {
    let dtype = resultDType(a, b)
    if a.dtype != dtype { a = try a.converted(to: dtype) }
    if b.dtype != dtype { b = try b.converted(to: dtype) }
    if dtype == .f32 { return try combined(function, a, b, of: Float.self) }
    return try combined(function, a, b, of: Double.self)
  }

  /// The same with a number instead of `b`, or instead of `a` where it comes first.
  ///
  /// - Precondition: `rank ≥ 1`.
  public static func combine(
    _ function: BinaryFunction, _ a: consuming Tensor, number: Double, _ type: DType,
    comesFirst: Bool
  ) throws -> Tensor {
    if a.dtype == .bool { a = try a.converted(to: type == .f32 ? .f32 : .f64) }
    if function == .power, !comesFirst, let fast = VectorFunction(power: number) {
      return try a.map(vector: fast)
    }
    if a.dtype == .f32 { return try combined(function, a, Float(number), comesFirst) }
    return try combined(function, a, number, comesFirst)
  }

  @inline(__always)
  private static func combined<T: Real>(
    _ function: BinaryFunction, _ a: consuming Tensor, _ b: consuming Tensor, of type: T.Type
  ) throws -> Tensor {
    // Without stretching all axes are one row.
    let isFlat = a.shape == b.shape || a.count == 1 && b.count > 0 || b.count == 1 && a.count > 0
    guard isFlat, let shape = Broadcast.shape(a.shape, b.shape) else {
      if !function.givesBool, b.rank == 1, b.count > 0, a.shape.last == b.count, a.isUniquelyHeld {
        try overwriteRows(function, of: a, b, as: T.self)
        return a
      }
      return try stretched(function, a, b, of: T.self)
    }
    let count = max(a.count, b.count)
    // SAFETY: what the operands point to lives as long as a and b.
    let x = Operand(a.start(of: T.self), repeats: a.count < count)
    let y = Operand(b.start(of: T.self), repeats: b.count < count)
    if !function.givesBool, a.count == count, a.isUniquelyHeld {
      try flat(function, x, y, count, into: a.start(of: T.self))
      withExtendedLifetime(b) {}
      return a.shaped(shape)
    }
    if !function.givesBool, b.count == count, b.isUniquelyHeld {
      try flat(function, x, y, count, into: b.start(of: T.self))
      withExtendedLifetime(a) {}
      return b.shaped(shape)
    }
    let result = try flat(function, x, y, shape, count)
    withExtendedLifetime(a) {}
    withExtendedLifetime(b) {}
    return result
  }

  @inline(__always)
  private static func combined<T: Real>(
    _ function: BinaryFunction, _ a: consuming Tensor, _ number: T, _ comesFirst: Bool
  ) throws -> Tensor {
    // SAFETY: what the operands point to lives as long as a, or in these calls.
    let (own, count) = (a.start(of: T.self), a.count)
    if !function.givesBool, a.isUniquelyHeld {
      try withUnsafePointer(to: number) { number in
        let (x, y) = Operand.pair(own, number, isReversed: comesFirst)
        try flat(function, x, y, count, into: own)
      }
      return a
    }
    let shape = a.shape
    let result = try withUnsafePointer(to: number) { number in
      let (x, y) = Operand.pair(own, number, isReversed: comesFirst)
      return try flat(function, x, y, shape, count)
    }
    withExtendedLifetime(a) {}
    return result
  }

  @inline(__always)
  private static func flat<T: Real>(
    _ function: BinaryFunction, _ x: Operand<T>, _ y: Operand<T>, _ shape: [Int], _ count: Int
  ) throws -> Tensor {
    if function.givesBool {
      let result = try Tensor(uninitialized: shape, of: Bool.self)
      let z = result.start(of: Bool.self)
      try tested(function, x, y, count, into: z)
      return result
    }
    let result = try Tensor(uninitialized: shape, of: T.self)
    try flat(function, x, y, count, into: result.start(of: T.self))
    return result
  }

  @inline(__always)
  private static func tested<T: Real>(
    _ function: BinaryFunction, _ x: Operand<T>, _ y: Operand<T>, _ count: Int,
    into z: UnsafeMutablePointer<Bool>
  ) throws {
    // The comparisons as loops of their own too.
    switch function {
    case .equal: try Operand.each(x, y, count, into: z) { $0 == $1 }
    case .notEqual: try Operand.each(x, y, count, into: z) { $0 != $1 }
    case .less: try Operand.each(x, y, count, into: z) { $0 < $1 }
    case .lessEqual: try Operand.each(x, y, count, into: z) { $0 <= $1 }
    case .greater: try Operand.each(x, y, count, into: z) { $0 > $1 }
    case .greaterEqual: try Operand.each(x, y, count, into: z) { $0 >= $1 }
    default: try Operand.each(x, y, count, into: z) { test(function, $0, $1) }
    }
  }

  /// - Parameter z: where one of the operands lies, when nobody will ask for it again.
  @inline(__always)
  private static func flat<T: Real>(
    _ function: BinaryFunction, _ x: Operand<T>, _ y: Operand<T>, _ count: Int,
    into z: UnsafeMutablePointer<T>
  ) throws {
    if count >= fewElements, let step = ChainFunction(best: function) {
      return try step.run(x.ofChain, y.ofChain, count, into: z)
    }
    // The common ones as loops of their own, so that each becomes vector code.
    switch function {
    case .add: try Operand.overwriting(x, y, count, into: z) { $0 + $1 }
    case .subtract: try Operand.overwriting(x, y, count, into: z) { $0 - $1 }
    case .multiply: try Operand.overwriting(x, y, count, into: z) { $0 * $1 }
    case .divide: try Operand.overwriting(x, y, count, into: z) { $0 / $1 }
    case .power where y.stands(for: 2):
      try Operand.overwriting(x, y, count, into: z) { x, _ in x * x }
    default: try Operand.overwriting(x, y, count, into: z) { value(function, $0, $1) }
    }
  }

  /// Rows that all meet the same vector, as those of a linear map its bias.
  private static func overwriteRows<T: Real>(
    _ function: BinaryFunction, of a: borrowing Tensor, _ vector: borrowing Tensor,
    as type: T.Type
  ) throws {
    // SAFETY: the caller holds both.
    let (rows, width) = (a.start(of: T.self), vector.count)
    let y = Operand(vector.start(of: T.self), repeats: false)
    for row in stride(from: 0, to: a.count, by: width) {
      let x = Operand(UnsafePointer(rows + row), repeats: false)
      try flat(function, x, y, width, into: rows + row)
    }
  }

  private static func stretched<T: Real>(
    _ function: BinaryFunction, _ a: Tensor, _ b: Tensor, of type: T.Type
  ) throws -> Tensor {
    if function.givesBool {
      return try zipped(a, b) { (x: T, y: T) in test(function, x, y) }
    }
    switch function {
    case .add: return try zipped(a, b) { (x: T, y: T) in x + y }
    case .subtract: return try zipped(a, b) { (x: T, y: T) in x - y }
    case .multiply: return try zipped(a, b) { (x: T, y: T) in x * y }
    case .divide: return try zipped(a, b) { (x: T, y: T) in x / y }
    default: return try zipped(a, b) { (x: T, y: T) in value(function, x, y) }
    }
  }

  @inline(__always)
  static func zipped<T: Real, R: Element>(
    _ a: Tensor, _ b: Tensor, _ transform: (T, T) -> R
  ) throws -> Tensor {
    let shape = Broadcast.shape(a.shape, b.shape) ?? []
    let strides = [a, b].map { Broadcast.strides(of: $0.shape, in: shape) }
    let width = shape.last ?? 1
    let (repeatsA, repeatsB) = (strides[0].last == 0, strides[1].last == 0)
    return try Tensor(shape: shape, of: R.self) { z in
      guard let z = z.baseAddress else { return }
      let (x, y) = (a.start(of: T.self), b.start(of: T.self))
      // Rows that all meet the same vector, as those of a linear map its bias.
      if a.shape == shape, b.rank == 1, b.count == width, width > 0 {
        for row in stride(from: 0, to: a.count, by: width) {
          try Operand.each(
            Operand(x + row, repeats: false), Operand(y, repeats: width == 1), width,
            into: z + row, transform)
        }
        return
      }
      try Broadcast.forEachRow(shape, strides) { row, offsets in
        try Operand.each(
          Operand(x + offsets[0], repeats: repeatsA), Operand(y + offsets[1], repeats: repeatsB),
          width, into: z + row, transform)
      }
    }
  }

  /// `a` where the condition is not 0, else `b`; all three broadcast.
  public static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let dtype = a.dtype == .bool && b.dtype == .bool ? .bool : resultDType(a, b)
    let shape = Broadcast.shape([condition.shape, a.shape, b.shape]) ?? []
    let test = try condition.converted(to: .bool)
    let (x, y) = (try a.converted(to: dtype), try b.converted(to: dtype))
    switch dtype {
    case .f64: return try selected(test, x, y, shape, of: Double.self)
    case .f32: return try selected(test, x, y, shape, of: Float.self)
    case .bool: return try selected(test, x, y, shape, of: Bool.self)
    }
  }

  private static func selected<E: Element>(
    _ condition: Tensor, _ a: Tensor, _ b: Tensor, _ shape: [Int], of type: E.Type
  ) throws -> Tensor {
    let operands = [condition, a, b]
    // Without stretching all axes are one row.
    let isFlat = operands.allSatisfy { $0.shape == shape || $0.count == 1 }
    let walked = isFlat ? [shape.reduce(1, *)] : shape
    let strides = operands.map {
      isFlat ? [$0.count == 1 ? 0 : 1] : Broadcast.strides(of: $0.shape, in: shape)
    }
    let (stepC, stepA, stepB) = (
      strides[0].last ?? 0, strides[1].last ?? 0, strides[2].last ?? 0
    )
    let width = walked.last ?? 1
    return try Tensor(shape: shape, of: E.self) { z in
      guard let z = z.baseAddress else { return }
      let (c, x, y) = (condition.start(of: Bool.self), a.start(of: E.self), b.start(of: E.self))
      try Broadcast.forEachRow(walked, strides) { row, offsets in
        let (c, x, y, z) = (c + offsets[0], x + offsets[1], y + offsets[2], z + row)
        // Both are read, so that there is no branch to guess; the common cases as loops of their own.
        @inline(__always)
        func choose(_ i: Int, _ a: E, _ b: E) { z[i] = c[i] ? a : b }
        switch (stepC, stepA, stepB) {
        case (1, 1, 1): try inBlocks(width) { choose($0, x[$0], y[$0]) }
        case (1, 1, 0): try inBlocks(width) { choose($0, x[$0], y[0]) }
        case (1, 0, 1): try inBlocks(width) { choose($0, x[0], y[$0]) }
        default:
          try inBlocks(width) { z[$0] = c[$0 * stepC] ? x[$0 * stepA] : y[$0 * stepB] }
        }
      }
      // SAFETY: the operands live until all is read.
      withExtendedLifetime(operands) {}
    }
  }
}
