import Kernels

/// The lengths that a call gave to the dimensions of a signature.
public struct Dimensions: Sendable {
  public internal(set) var leading: [Int] = []
  private var names: NameTable?
  /// By the number of the dimension.
  private var known: [Known] = []
  /// The parameter that gave the leading axes first.
  private var leadingOrigin: Int?

  private struct Known {
    var length = -1
    /// The parameter that gave it first.
    var origin = 0
  }

  init() {}

  init(of signature: Signature) {
    names = signature.dimensionNames
    // `Array(repeating:)` is not made for this type alone, and slow.
    known.reserveCapacity(signature.dimensionNames.names.count)
    for _ in signature.dimensionNames.names { known.append(Known()) }
  }

  public subscript(name: String) -> Int { length(of: name) ?? 0 }

  public func length(of name: String) -> Int? {
    names?.place(of: name).flatMap(length(ofNumber:))
  }

  func length(ofNumber number: Int) -> Int? {
    known[number].length >= 0 ? known[number].length : nil
  }

  /// Those that are known.
  var named: [(name: String, length: Int)] {
    zip(names?.names ?? [], known).filter { $1.length >= 0 }.map { ($0, $1.length) }
  }

  /// Makes the shape of one more parameter fit, or finds what it contradicts.
  fileprivate mutating func fit(
    _ shape: [Int], to parameter: Signature.Parameter, of signature: Signature
  ) throws(ShapeConflict) {
    guard let layout = parameter.layout else { return }
    let trailing = layout.dimensions.count
    guard layout.hasLeading ? shape.count >= trailing : shape.count == trailing else {
      throw .rank(
        parameter: parameter.name, atLeast: trailing, isExact: !layout.hasLeading, shape: shape)
    }
    if layout.hasLeading { try fitLeading(shape, trailing, to: parameter, of: signature) }
    let first = shape.count - trailing
    for axis in 0..<trailing {
      guard let number = layout.dimensions[axis] else { continue }
      let length = shape[first + axis]
      if known[number].length < 0 {
        known[number] = Known(length: length, origin: parameter.place)
      } else if known[number].length != length {
        throw .clash(
          dimension: signature.dimensionNames.names[number],
          first: signature.parameters[known[number].origin].name,
          firstLength: known[number].length, second: parameter.name, secondLength: length)
      }
    }
  }

  private mutating func fitLeading(
    _ shape: [Int], _ trailing: Int, to parameter: Signature.Parameter, of signature: Signature
  ) throws(ShapeConflict) {
    if shape.count > trailing {
      let axes = Array(shape.dropLast(trailing))
      guard let joined = Broadcast.shape(leading, axes) else {
        throw .leading(
          first: leadingOrigin.map { signature.parameters[$0].name } ?? "",
          second: parameter.name, firstAxes: leading, secondAxes: axes)
      }
      leading = joined
    }
    leadingOrigin = leadingOrigin ?? parameter.place
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
    var dimensions = Dimensions(of: self)
    for (parameter, shape) in shapes { try dimensions.fit(shape, to: parameter, of: self) }
    return dimensions
  }

  /// The same for the arguments of a call, one for each parameter.
  func unify(_ values: [Value?]) throws(ShapeConflict) -> Dimensions {
    var dimensions = Dimensions(of: self)
    for parameter in parameters where parameter.layout != nil {
      guard let shape = values[parameter.place]?.shape else { continue }
      try dimensions.fit(shape, to: parameter, of: self)
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
