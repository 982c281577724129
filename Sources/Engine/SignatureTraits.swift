import Language

// What every call asks of a signature, as plain numbers: reading them counts no references.
extension Signature {
  /// A number for each dimension or for each axis of a pattern, of which there are never more; they
  /// take no memory of their own.
  typealias PerDimension<T: SIMDScalar> = SIMD8<T>

  /// Dimensions by number.
  struct DimensionSet: Sendable {
    private var bits: UInt8 = 0

    var isEmpty: Bool { bits == 0 }
    func contains(_ number: Int) -> Bool { bits & 1 << number != 0 }
    func isSubset(of other: Self) -> Bool { bits & ~other.bits == 0 }
    mutating func insert(_ number: Int) { bits |= 1 << number }
  }

  /// A pattern with its dimensions by number.
  struct Layout: Sendable {
    let hasLeading: Bool
    /// Axes that follow the leading ones.
    let count: Int
    /// −1 is a product.
    private var numbers = PerDimension<Int8>(repeating: -1)

    init(_ pattern: Pattern, dimensions known: inout [String]) {
      hasLeading = pattern.first == .leading
      let axes = pattern.dropFirst(hasLeading ? 1 : 0)
      count = axes.count
      for (axis, dimension) in axes.enumerated() {
        guard case .named(let name) = dimension else { continue }
        let number = known.firstIndex(of: name) ?? known.count
        if number == known.count { known.append(name) }
        numbers[axis] = Int8(number)
      }
    }

    /// The dimension of an axis; nil where it is a product.
    subscript(axis: Int) -> Int? { numbers[axis] < 0 ? nil : Int(numbers[axis]) }
  }

  /// What matching asks of a parameter, without a reference to it.
  struct Traits: Sendable {
    let place: Int
    let isOption: Bool
    let isOptional: Bool
    let isVariadic: Bool
    /// Any number or tensor will do.
    let takesEveryTensor: Bool
    /// How many parameters behind it have to be given by place.
    let requiredBehind: Int
    let layout: Layout?

    init(of parameter: Parameter, among all: [Parameter], dimensions: inout [String]) {
      place = parameter.place
      isOption = parameter.isOption
      isOptional = parameter.isOptional
      isVariadic = parameter.isVariadic
      takesEveryTensor = parameter.kind == .tensor || parameter.kind == .any
      requiredBehind = all[(place + 1)...].count { !$0.isOption && !$0.isOptional }
      layout = parameter.pattern.map { Layout($0, dimensions: &dimensions) }
    }
  }

  struct LateDefault: Sendable {
    let place: Int
    let expr: Expr
    /// Where these dimensions are known, there is a formula for it.
    let dimensions: DimensionSet?

    init?(_ default: Default, place: Int) {
      switch `default` {
      case .absent, .value, .constant: return nil
      case .formula(let formula, let expr): (self.expr, dimensions) = (expr, formula.dimensions)
      case .expression(let expr): (self.expr, dimensions) = (expr, nil)
      }
      self.place = place
    }
  }
}
