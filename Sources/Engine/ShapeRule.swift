import Kernels

/// The lengths that a call gave to the dimensions of a signature.
public struct Dimensions: Sendable {
  public var leading: [Int] = []
  public var named: [String: Int] = [:]

  public subscript(name: String) -> Int { named[name] ?? 0 }
}

/// How given shapes contradict a signature.
public enum ShapeConflict: Error, Equatable {
  case rank(parameter: String, atLeast: Int, isExact: Bool, shape: [Int])
  case clash(dimension: String, first: String, firstLength: Int, second: String, secondLength: Int)
  case leading(first: String, second: String, firstAxes: [Int], secondAxes: [Int])
}

extension Signature {
  /// Finds the dimensions that make all the given shapes fit.
  public func unify(_ shapes: [(parameter: Parameter, shape: [Int])]) throws(ShapeConflict)
    -> Dimensions
  {
    var dimensions = Dimensions()
    var origin: [String: String] = [:]
    var leadingOrigin: String?
    for (parameter, shape) in shapes {
      guard let pattern = parameter.pattern else { continue }
      let trailing = pattern.filter { $0 != .leading }
      let hasLeading = trailing.count < pattern.count
      guard hasLeading ? shape.count >= trailing.count : shape.count == trailing.count else {
        throw .rank(
          parameter: parameter.name, atLeast: trailing.count, isExact: !hasLeading, shape: shape)
      }
      if hasLeading {
        let axes = Array(shape.dropLast(trailing.count))
        guard let joined = Broadcast.shape(dimensions.leading, axes) else {
          throw .leading(
            first: leadingOrigin ?? "", second: parameter.name, firstAxes: dimensions.leading,
            secondAxes: axes)
        }
        dimensions.leading = joined
        leadingOrigin = leadingOrigin ?? parameter.name
      }
      for (dimension, length) in zip(trailing, shape.suffix(trailing.count)) {
        guard case .named(let name) = dimension else { continue }
        if let known = dimensions.named[name], known != length {
          throw .clash(
            dimension: name, first: origin[name] ?? "", firstLength: known,
            second: parameter.name, secondLength: length)
        }
        dimensions.named[name] = length
        origin[name] = parameter.name
      }
    }
    return dimensions
  }

  /// The shape that a pattern means once the dimensions are known.
  public static func shape(of pattern: Pattern, _ dimensions: Dimensions) -> [Int]? {
    var shape: [Int] = []
    for dimension in pattern {
      switch dimension {
      case .leading: shape += dimensions.leading
      case .named(let name):
        guard let length = dimensions.named[name] else { return nil }
        shape.append(length)
      case .product(let factors):
        let lengths = factors.compactMap { Int($0) ?? dimensions.named[$0] }
        guard lengths.count == factors.count, let length = product(of: lengths) else { return nil }
        shape.append(length)
      }
    }
    return shape
  }
}
