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

  /// - Precondition: the shapes broadcast.
  public static func combine(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor) throws -> Tensor
  {
    let dtype = resultDType(a, b)
    let (x, y) = (try a.converted(to: dtype), try b.converted(to: dtype))
    if dtype == .f32 { return try combined(function, x, y, of: Float.self) }
    return try combined(function, x, y, of: Double.self)
  }

  @inline(__always)
  private static func combined<T: Real>(
    _ function: BinaryFunction, _ a: Tensor, _ b: Tensor, of type: T.Type
  ) throws -> Tensor {
    if function.givesBool {
      return try zipped(a, b) { (x: T, y: T) in test(function, x, y) }
    }
    // The four operations as loops of their own, so that each becomes vector code.
    switch function {
    case .add: return try zipped(a, b) { (x: T, y: T) in x + y }
    case .subtract: return try zipped(a, b) { (x: T, y: T) in x - y }
    case .multiply: return try zipped(a, b) { (x: T, y: T) in x * y }
    case .divide: return try zipped(a, b) { (x: T, y: T) in x / y }
    default: return try zipped(a, b) { (x: T, y: T) in value(function, x, y) }
    }
  }

  @inline(__always)
  static func zipped<T: Element, R: Element>(
    _ a: Tensor, _ b: Tensor, _ transform: (T, T) -> R
  ) throws -> Tensor {
    let shape = Broadcast.shape(a.shape, b.shape) ?? []
    // Without stretching all axes are one row.
    let isFlat = a.shape == b.shape || a.count == 1 && b.count > 0 || b.count == 1 && a.count > 0
    let walked = isFlat ? [shape.reduce(1, *)] : shape
    let strides = [
      isFlat ? [a.count == 1 ? 0 : 1] : Broadcast.strides(of: a.shape, in: shape),
      isFlat ? [b.count == 1 ? 0 : 1] : Broadcast.strides(of: b.shape, in: shape),
    ]
    let width = walked.last ?? 1
    let (stepA, stepB) = (strides[0].last ?? 0, strides[1].last ?? 0)
    return try Tensor(shape: shape, of: R.self) { z in
      try a.withElements(of: T.self) { x in
        try b.withElements(of: T.self) { y in
          try Broadcast.forEachRow(walked, strides) { row, offsets in
            var start = 0
            while start < width {
              try Cancellation.check()
              let end = min(start + cancellationBlock, width)
              let (p, q) = (offsets[0], offsets[1])
              if stepA == 1 && stepB == 1 {
                for i in start..<end { z[row + i] = transform(x[p + i], y[q + i]) }
              } else {
                for i in start..<end { z[row + i] = transform(x[p + i * stepA], y[q + i * stepB]) }
              }
              start = end
            }
          }
        }
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
    let steps = strides.map { $0.last ?? 0 }
    let width = walked.last ?? 1
    return try Tensor(shape: shape, of: E.self) { z in
      try condition.withElements(of: Bool.self) { c in
        try a.withElements(of: E.self) { x in
          try b.withElements(of: E.self) { y in
            try Broadcast.forEachRow(walked, strides) { row, offsets in
              for start in stride(from: 0, to: width, by: cancellationBlock) {
                try Cancellation.check()
                for i in start..<min(start + cancellationBlock, width) {
                  z[row + i] =
                    c[offsets[0] + i * steps[0]]
                    ? x[offsets[1] + i * steps[1]] : y[offsets[2] + i * steps[2]]
                }
              }
            }
          }
        }
      }
    }
  }
}
