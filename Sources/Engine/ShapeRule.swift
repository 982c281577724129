import Kernels

/// The lengths that a call gave to the dimensions of a signature.
public struct Dimensions: Sendable {
  public internal(set) var leading: [Int] = []
  private var signature: Signature?
  private(set) var known = Signature.DimensionSet()
  /// By the number of the dimension.
  private var lengths = Signature.PerDimension<Int>()
  /// The parameter that gave each first.
  private var origins = Signature.PerDimension<UInt8>()
  /// The parameter that gave the leading axes first.
  private var leadingOrigin: Int?

  init() {}

  init(of signature: Signature) { self.signature = signature }

  public subscript(name: String) -> Int { length(of: name) ?? 0 }

  public func length(of name: String) -> Int? {
    signature?.dimensionNames.place(of: name).flatMap(length(ofNumber:))
  }

  func length(ofNumber number: Int) -> Int? { known.contains(number) ? lengths[number] : nil }

  /// Those that are known.
  var named: [(name: String, length: Int)] {
    let names = signature?.dimensionNames.names ?? []
    return names.enumerated().compactMap { number, name in
      length(ofNumber: number).map { (name, $0) }
    }
  }

  /// Makes the shape of one more parameter fit, or finds what it contradicts.
  fileprivate mutating func fit(
    _ shape: [Int], to layout: Signature.Layout, at place: Int, of signature: Signature
  ) throws(ShapeConflict) {
    let trailing = layout.count
    guard layout.hasLeading ? shape.count >= trailing : shape.count == trailing else {
      throw .rank(
        parameter: signature.parameters[place].name, atLeast: trailing,
        isExact: !layout.hasLeading, shape: shape)
    }
    if layout.hasLeading { try fitLeading(shape, trailing, at: place, of: signature) }
    let first = shape.count - trailing
    for axis in 0..<trailing {
      guard let number = layout[axis] else { continue }
      let length = shape[first + axis]
      if !known.contains(number) {
        known.insert(number)
        (lengths[number], origins[number]) = (length, UInt8(place))
      } else if lengths[number] != length {
        throw .clash(
          dimension: signature.dimensionNames.names[number],
          first: signature.parameters[Int(origins[number])].name, firstLength: lengths[number],
          second: signature.parameters[place].name, secondLength: length)
      }
    }
  }

  private mutating func fitLeading(
    _ shape: [Int], _ trailing: Int, at place: Int, of signature: Signature
  ) throws(ShapeConflict) {
    if shape.count > trailing {
      let axes = Array(shape.dropLast(trailing))
      guard let joined = leading.isEmpty ? axes : Broadcast.shape(leading, axes) else {
        throw .leading(
          first: leadingOrigin.map { signature.parameters[$0].name } ?? "",
          second: signature.parameters[place].name, firstAxes: leading, secondAxes: axes)
      }
      leading = joined
    }
    leadingOrigin = leadingOrigin ?? place
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
    for (parameter, shape) in shapes {
      guard let layout = traits[parameter.place].layout else { continue }
      try dimensions.fit(shape, to: layout, at: parameter.place, of: self)
    }
    return dimensions
  }

  /// The same for a call; `shape` tells that of the parameter at a place, where it has one.
  func unify(_ shape: (_ place: Int) -> [Int]?) throws(ShapeConflict) -> Dimensions {
    var dimensions = Dimensions(of: self)
    for traits in traits {
      guard let layout = traits.layout, let shape = shape(traits.place) else { continue }
      try dimensions.fit(shape, to: layout, at: traits.place, of: self)
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
