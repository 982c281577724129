import KernelInterface

/// Functions of one number, applied to each element.
public enum UnaryFunction: String, CaseIterable, Sendable {
  case negate, exp, log, sqrt, abs, sin, cos, tan, tanh, sinh, cosh, asin, acos, atan
  case sign, floor, ceil
  /// To the nearest whole number, halves to the even one.
  case round
  case log2, log10, log1p, expm1, erf
  case relu, sigmoid, softplus, silu, gelu, geluTanh, elu
  /// These give bool.
  case isnan, isinf, isfinite, not

  /// What the processor's kernels compute for many numbers at once.
  var vectorFunction: VectorFunction? {
    switch self {
    case .exp: .exp
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .silu: .silu
    case .geluTanh: .geluTanh
    case .elu: .elu
    case .log: .log
    case .sin: .sin
    case .cos: .cos
    case .erf: .erf
    case .gelu: .gelu
    case .floor: .floor
    case .ceil: .ceil
    case .round: .round
    case .expm1: .expm1
    case .log1p: .log1p
    case .log2: .log2
    case .softplus: .softplus
    case .sqrt: .sqrt
    default: nil
    }
  }

  public var givesBool: Bool {
    switch self {
    case .isnan, .isinf, .isfinite, .not: true
    default: false
    }
  }
}

/// A function of one number.
public func scalar(_ function: UnaryFunction, _ x: Double) -> Double { value(function, x) }

@inline(__always)
private func value<T: Real>(_ function: UnaryFunction, _ x: T) -> T {
  switch function {
  case .negate: return -x
  case .exp: return T.exp(x)
  case .log: return T.log(x)
  case .sqrt: return x.squareRoot()
  case .abs: return Swift.abs(x)
  case .sin: return T.sin(x)
  case .cos: return T.cos(x)
  case .tan: return T.tan(x)
  case .tanh: return T.tanh(x)
  case .sinh: return T.sinh(x)
  case .cosh: return T.cosh(x)
  case .asin: return T.asin(x)
  case .acos: return T.acos(x)
  case .atan: return T.atan(x)
  case .sign: return x > 0 ? 1 : x < 0 ? -1 : x
  case .floor: return x.rounded(.down)
  case .ceil: return x.rounded(.up)
  case .round: return x.rounded(.toNearestOrEven)
  case .log2: return T.log2(x)
  case .log10: return T.log10(x)
  case .log1p: return T.log1p(x)
  case .expm1: return T.expm1(x)
  case .erf: return T.erf(x)
  case .relu: return x <= 0 ? 0 : x
  case .sigmoid: return sigmoid(x)
  // max(x, 0) + log(1 + e^-|x|): neither side overflows.
  case .softplus: return x.isNaN ? x : max(x, 0) + T.log1p(T.exp(-Swift.abs(x)))
  case .silu: return gated(x, by: x)
  case .gelu: return gelu(x)
  case .geluTanh:
    let inner = (2 / T.pi).squareRoot() * (x + T(0.044715) * x * x * x)
    // (1 + tanh y)/2 = σ(2y), which keeps its digits far to the left.
    return gated(x, by: 2 * inner)
  case .elu: return x > 0 || x.isNaN ? x : T.expm1(x)
  case .isnan: return x.isNaN ? 1 : 0
  case .isinf: return x.isInfinite ? 1 : 0
  case .isfinite: return x.isFinite ? 1 : 0
  case .not: return x == 0 ? 1 : 0
  }
}

@inline(__always)
private func sigmoid<T: Real>(_ x: T) -> T {
  // The exponential of a negative number only: no overflow on either side.
  if x >= 0 { return 1 / (1 + T.exp(-x)) }
  let e = T.exp(x)
  return e / (1 + e)
}

/// x·σ(y) for x and y of one sign, with the digits that σ(y) alone loses where it is subnormal.
@inline(__always)
private func gated<T: Real>(_ x: T, by y: T) -> T {
  if y >= 0 { return x / (1 + T.exp(-y)) }
  if y == -.infinity { return 0 }
  let e = T.exp(y)
  if e >= .leastNormalMagnitude || e.isNaN { return x * e / (1 + e) }
  let root = T.exp(y / 2)
  return x * root * root
}

/// x·Φ(x), with Φ(x) = erfc(−x/√2)/2 to the left, where 1 + erf would cancel.
@inline(__always)
private func gelu<T: Real>(_ x: T) -> T {
  let root = T(0.5).squareRoot()
  guard x < -1 else { return x / 2 * (1 + T.erf(x * root)) }
  guard x > -.infinity else { return 0 }
  let t = -x * root
  // erfc magnifies the rounding of its argument: what t lost comes back by the derivative.
  let rootLost = T(0.5).addingProduct(-root, root) / (2 * root)
  let lost = (-t).addingProduct(-x, root) - x * rootLost
  return x / 2 * (T.erfc(t) - 2 / T.pi.squareRoot() * T.exp(-t * t) * lost)
}

/// f'(x) of an activation.
@inline(__always)
private func slope<T: Real>(_ function: UnaryFunction, _ x: T) -> T {
  switch function {
  case .relu: return x > 0 ? 1 : 0
  case .tanh:
    let y = T.tanh(x)
    return 1 - y * y
  case .sigmoid:
    let y = sigmoid(x)
    return y * (1 - y)
  case .silu:
    let y = sigmoid(x)
    return y + (y == 0 || y == 1 ? 0 : x * y * (1 - y))
  case .gelu:
    // Φ(x) + x φ(x)
    let density = T.exp(-x * x / 2) / (2 * T.pi).squareRoot()
    return (1 + T.erf(x * T(0.5).squareRoot())) / 2 + (density == 0 ? 0 : x * density)
  case .geluTanh:
    let root = (2 / T.pi).squareRoot()
    let y = T.tanh(root * (x + T(0.044715) * x * x * x))
    let bend = 1 - y * y
    return (1 + y + (bend == 0 ? 0 : x * bend * root * (1 + T(0.134145) * x * x))) / 2
  default: return .nan
  }
}

extension UnaryFunction {
  /// Whether `Tensor.activationGradient` knows it.
  public var isActivation: Bool {
    switch self {
    case .relu, .tanh, .sigmoid, .silu, .gelu, .geluTanh: true
    default: false
    }
  }
}

extension Tensor {
  /// g · f'(x) in one pass, x being these elements; 0 where f' is, whatever g.
  ///
  /// - Precondition: f is an activation, and `upstream` has this shape.
  public func activationGradient(_ function: UnaryFunction, upstream: Tensor) throws -> Tensor {
    let g = try upstream.converted(to: dtype)
    return try dtype == .f32
      ? gradient(function, g, of: Float.self) : gradient(function, g, of: Double.self)
  }

  private func gradient<T: Real>(_ function: UnaryFunction, _ g: Tensor, of type: T.Type) throws
    -> Tensor
  {
    if function == .relu { return try Self.zipped(self, g) { (x: T, g: T) in x > 0 ? g : 0 } }
    return try Self.zipped(self, g) { (x: T, g: T) in
      let slope = slope(function, x)
      return slope == 0 ? 0 : slope * g
    }
  }
}

/// How many elements a loop handles between two looks at Ctrl-C.
let cancellationBlock = 1 << 15

/// A loop that looks at Ctrl-C after each block of its steps, each of which handles some elements.
@inline(__always)
func inBlocks(_ count: Int, times elements: Int = 1, _ body: (Int) throws -> Void) throws {
  let block = max(1, cancellationBlock / max(elements, 1))
  var first = 0
  while first < count {
    try Cancellation.check()
    let end = min(first + block, count)
    for index in first..<end { try body(index) }
    first = end
  }
}

extension Tensor {
  public init(scalar: Double, dtype: DType = .f64) throws {
    switch dtype {
    case .f64: try self.init([scalar], shape: [])
    case .f32: try self.init([Float(scalar)], shape: [])
    case .bool: try self.init([scalar != 0], shape: [])
    }
  }

  /// The same elements in another dtype; bool is 1 where an element is not 0.
  public func converted(to dtype: DType) throws -> Tensor {
    switch (self.dtype, dtype) {
    case (let from, let to) where from == to: return self
    case (.f64, .f32): return try each { (x: Double) in Float(x) }
    case (.f64, .bool): return try each { (x: Double) in x != 0 }
    case (.f32, .f64): return try each { (x: Float) in Double(x) }
    case (.f32, .bool): return try each { (x: Float) in x != 0 }
    case (.bool, .f64): return try each { (x: Bool) in x ? 1.0 : 0.0 }
    default: return try each { (x: Bool) in x ? Float(1) : Float(0) }
    }
  }

  /// A function of each element; bool elements count as 0 and 1.
  public func map(_ function: UnaryFunction) throws -> Tensor {
    if let fast = function.vectorFunction, dtype != .bool { return try map(vector: fast) }
    switch dtype {
    case .bool: return try converted(to: .f64).map(function)
    case .f32: return try mapped(function, of: Float.self)
    case .f64: return try mapped(function, of: Double.self)
    }
  }

  @inline(__always)
  private func mapped<T: Real>(_ function: UnaryFunction, of type: T.Type) throws -> Tensor {
    // The cheap ones as loops of their own, so that each becomes vector code.
    switch function {
    case .negate: return try each { (x: T) in -x }
    case .abs: return try each { (x: T) in Swift.abs(x) }
    // NaN is not ≤ 0 and stays; one comparison, so that there is no branch to guess.
    case .relu: return try each { (x: T) in x <= 0 ? 0 : x }
    case _ where function.givesBool: return try each { (x: T) in value(function, x) != 0 }
    default: return try each { (x: T) in value(function, x) }
    }
  }

  /// - Precondition: the dtype is not bool.
  func map(vector function: VectorFunction) throws -> Tensor {
    try dtype == .f32 ? map(function, of: Float.self) : map(function, of: Double.self)
  }

  private func map<T: Real>(_ function: VectorFunction, of type: T.Type) throws -> Tensor {
    let kernels = T.kernels(of: .current)
    let share = 1 << 16
    return try Tensor(shape: shape, of: T.self) { y in
      try withElements(of: T.self) { x in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        Workers.run((count + share - 1) / share) { part in
          if Cancellation.isRequested { return }
          let first = part * share
          kernels.map(function, x + first, y + first, count: min(share, count - first))
        }
        try Cancellation.check()
      }
    }
  }

  @inline(__always)
  func each<From: Element, To: Element>(_ transform: (From) -> To) throws -> Tensor {
    try Tensor(shape: shape, of: To.self) { y in
      try withElements(of: From.self) { x in
        try inBlocks(x.count) { y[$0] = transform(x[$0]) }
      }
    }
  }
}
