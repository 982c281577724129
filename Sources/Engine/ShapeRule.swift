import Kernels

/// The lengths that a call gave to the dimensions of a signature.
public struct Dimensions: Sendable {
  public var leading: [Int] = []
  public private(set) var named: [Named] = []

  /// Few, so looking through them is quick.
  public struct Named: Sendable {
    public let name: String
    public let length: Int
    /// The parameter that gave it first.
    fileprivate let origin: String
  }

  public subscript(name: String) -> Int { length(of: name) ?? 0 }

  public func length(of name: String) -> Int? { known(name)?.length }

  fileprivate func known(_ name: String) -> Named? { named.first { $0.name == name } }

  fileprivate mutating func add(_ name: String, _ length: Int, from origin: String) {
    named.append(Named(name: name, length: length, origin: origin))
  }
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
    var leadingOrigin: String?
    for (parameter, shape) in shapes {
      guard let pattern = parameter.pattern else { continue }
      let trailing = pattern.first == .leading ? pattern.dropFirst() : pattern[...]
      let hasLeading = trailing.count < pattern.count
      guard hasLeading ? shape.count >= trailing.count : shape.count == trailing.count else {
        throw .rank(
          parameter: parameter.name, atLeast: trailing.count, isExact: !hasLeading, shape: shape)
      }
      if hasLeading {
        let axes = shape.count == trailing.count ? [] : Array(shape.dropLast(trailing.count))
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
        guard let known = dimensions.known(name) else {
          dimensions.add(name, length, from: parameter.name)
          continue
        }
        guard known.length == length else {
          throw .clash(
            dimension: name, first: known.origin, firstLength: known.length,
            second: parameter.name, secondLength: length)
        }
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
        guard let length = dimensions.length(of: name) else { return nil }
        shape.append(length)
      case .product(let factors):
        let lengths = factors.compactMap { Int($0) ?? dimensions.length(of: $0) }
        guard lengths.count == factors.count, let length = product(of: lengths) else { return nil }
        shape.append(length)
      }
    }
    return shape
  }
}
