import Kernels
import Language

/// A place of a line in which nothing stands yet: what it needs, and what could stand there.
struct MissingOperand: Error {
  /// `needs 8×n`, `V needs 5×dv`
  let needs: String
  /// What has been typed of a name there.
  let typed: String
  var meaning = ""
  /// A variable of this name comes first.
  var name: String?
  var kind = Signature.Kind.tensor
  /// The called function, which also takes options.
  var builtin: Builtin?
  /// Something stands there that does not fit.
  var isMismatch = false
  let fits: @Sendable (Value) -> Bool
}

extension MissingOperand {
  /// One side of an operator.
  init(_ op: BinaryOperator, beside other: Value, isLeft: Bool, _ typed: String) throws {
    let shape = try foreseen(other.shape)
    if op.isProduct(shape, [1]) {
      self.init(factor: shape, isLeft: isLeft, typed)
      return
    }
    let needs =
      shape.isEmpty ? "needs a number or a tensor" : "needs what broadcasts with \(shape.kindText)"
    self.init(needs: needs, typed: typed) { value in
      value.shape.map { Broadcast.shape($0, shape) != nil } ?? false
    }
  }

  /// `Q @ K` whose shapes do not multiply.
  init(product operation: Evaluator.Operation, _ evaluator: Evaluator) {
    self.init(factor: operation.l.shape ?? [], isLeft: false, "")
    isMismatch = true
  }

  /// One factor of a matrix product.
  private init(factor other: [Int], isLeft: Bool, _ typed: String) {
    let inner = isLeft ? other.dropLast(other.count > 1 ? 1 : 0).last : other.last
    let needs =
      inner.map { isLeft ? "needs n×\($0)" : "needs \($0)×n" }
      ?? "needs no number on the other side"
    self.init(needs: needs, typed: typed) { value in
      guard let shape = value.shape else { return false }
      return (isLeft ? OperatorShape.matmul(shape, other) : OperatorShape.matmul(other, shape))
        != nil
    }
  }

  /// A parameter of a call.
  init(
    _ parameter: Signature.Parameter, of builtin: Builtin,
    beside given: ShapeInference.GivenArguments, _ open: [Signature.Parameter], _ typed: String
  ) throws {
    let known = given.shapes(open, of: builtin.signature)
    let dimensions: Dimensions
    do {
      dimensions = try builtin.signature.unify(known)
    } catch {
      throw Faults.shapes(error, of: builtin)
    }
    let shape = parameter.pattern.map { Self.text($0, dimensions) } ?? ""
    let wanted = shape.isEmpty ? Faults.wanted(parameter.kind) : shape
    self.init(needs: "\(parameter.name) needs \(wanted)", typed: typed) { value in
      Self.fits(value, parameter, of: builtin, beside: known, dimensions)
    }
    meaning = Faults.parameterMeaning(parameter.name, builtin)
    name = parameter.name
    kind = parameter.kind
    self.builtin = builtin
  }

  /// The beginning of an option's name, where all other arguments are given.
  init(optionOf builtin: Builtin, _ typed: String) {
    self.init(needs: Help.usage(of: builtin.signature), typed: typed) { _ in false }
    self.builtin = builtin
  }

  private static func fits(
    _ value: Value, _ parameter: Signature.Parameter, of builtin: Builtin,
    beside known: [(parameter: Signature.Parameter, shape: [Int])], _ dimensions: Dimensions
  ) -> Bool {
    do { _ = try MatchedArguments.coerce(value, to: parameter, builtin) } catch { return false }
    guard let shape = value.shape else { return true }
    switch parameter.kind {
    case .mask, .bias:
      guard let n = dimensions.length(of: "n"), let m = dimensions.length(of: "m"), !shape.isEmpty
      else {
        return false
      }
      if parameter.kind == .mask, case .outline(let outline) = value, outline.dtype != .bool {
        return false
      }
      return Broadcast.shape(shape, dimensions.leading + [n, m]) != nil
        && shape.suffix(2) == [n, m]
    case .tensor where parameter.pattern != nil:
      return (try? builtin.signature.unify(known + [(parameter: parameter, shape: shape)])) != nil
    default: return true
    }
  }

  /// `5×dv`: lengths that are known, names for the others.
  private static func text(_ pattern: Signature.Pattern, _ dimensions: Dimensions) -> String {
    let lengths = pattern.flatMap { dimension -> [String] in
      switch dimension {
      case .leading: dimensions.leading.map(String.init)
      case .named(let name): [dimensions.length(of: name).map(String.init) ?? name]
      case .product(let factors): [factors.joined(separator: "·")]
      }
    }
    return lengths.count == 1 ? "vector \(lengths[0])" : lengths.joined(separator: "×")
  }
}

extension ShapeInference.GivenArguments {
  /// The shapes given so far, with the parameters that they are for.
  func shapes(_ open: [Signature.Parameter], of signature: Signature) -> [(
    parameter: Signature.Parameter, shape: [Int]
  )] {
    var places = open[...]
    if case .positional(let index)? = hole?.place, index < open.count { places.remove(at: index) }
    let positional = zip(places, arguments.positional).map { ($0, $1) }
    let options = arguments.options.compactMap { option in
      signature.parameter(option.name).map { ($0, option.value) }
    }
    return (positional + options).compactMap { parameter, value in
      value.shape.map { (parameter: parameter, shape: $0) }
    }
  }
}

// MARK: - What could stand there

extension ShapeInference {
  struct Candidate {
    /// `K'`
    var text: String
    var value: Value
  }

  /// The variables that fit, as they are and transposed: the parameter's namesake first.
  func candidates(for missing: MissingOperand) -> [Candidate] {
    let variables = evaluator.state.variables.byName.filter { $0.key != "ans" }.sorted { a, b in
      let (first, second) = (a.key == missing.name, b.key == missing.name)
      return first != second ? first : a.key < b.key
    }
    var direct: [Candidate] = []
    var turned: [Candidate] = []
    for (name, value) in variables {
      guard name.hasPrefix(missing.typed), let value = try? value.outlined() else { continue }
      if missing.fits(value) {
        direct.append(Candidate(text: name, value: value))
      } else if let shape = value.shape, shape.count >= 2,
        let outline = try? Outline(OperatorShape.transposed(shape)), missing.fits(.outline(outline))
      {
        turned.append(Candidate(text: name + "'", value: .outline(outline)))
      }
    }
    return direct + turned
  }

  /// The words of the registry that may stand in such a place: rules for a mask.
  func words(for missing: MissingOperand) -> [Builtin] {
    guard missing.kind == .mask || missing.kind == .bias else { return [] }
    return Registry.all.filter {
      $0.signature.results.first?.kind == missing.kind && $0.name.hasPrefix(missing.typed)
    }
  }
}
