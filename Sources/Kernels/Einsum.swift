/// What is wrong with an einsum; one plain sentence each.
public enum EinsumError: Error, Equatable, CustomStringConvertible {
  case operandCount(spec: Int, given: Int)
  case axisCount(term: String, axes: Int)
  case clash(letter: Character, first: Int, second: Int)
  case unknownOutput(Character)
  case repeatedOutput(Character)
  case badCharacter(Character)
  case leading

  public var description: String {
    switch self {
    case .operandCount(let spec, let given): "the spec names \(spec) operands, given are \(given)"
    case .axisCount(let term, let axes): "'\(term)' does not fit an operand with \(axes) axes"
    case .clash(let letter, let first, let second): "axis \(letter) is \(first) and \(second)"
    case .unknownOutput(let letter): "the result names \(letter), which no operand has"
    case .repeatedOutput(let letter): "the result names \(letter) twice"
    case .badCharacter(let character): "'\(character)' is no axis letter"
    case .leading: "the leading axes (...) do not broadcast"
    }
  }
}

/// Sums of products over named axes, as NumPy's einsum.
public enum Einsum {
  /// Reads `ij,jk->ik`; without `->` the result has the letters that stand once, in alphabetical
  /// order, after the leading axes.
  public static func parse(_ spec: String, shapes: [[Int]]) -> Result<EinsumPlan, EinsumError> {
    do {
      return .success(try EinsumPlan(spec, shapes))
    } catch {
      return .failure(error)
    }
  }
}

public struct EinsumPlan: Sendable {
  public let outputShape: [Int]
  /// The lengths of all axes: those of the result first, then the summed ones.
  private let lengths: [Int]
  /// For each operand how far a step along each axis goes.
  private let strides: [[Int]]

  fileprivate init(_ spec: String, _ shapes: [[Int]]) throws(EinsumError) {
    let sides = spec.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard terms.count == shapes.count else {
      throw .operandCount(spec: terms.count, given: shapes.count)
    }
    var named: [Character: Int] = [:]
    var leading: [Int] = []
    var operands: [(letters: [Character], leading: [Int], shape: [Int])] = []
    for (term, shape) in zip(terms, shapes) {
      let (letters, own) = try Self.letters(of: term, shape)
      guard let joined = Broadcast.shape(leading, own) else { throw .leading }
      leading = joined
      let front = term.hasPrefix("...") ? own.count : 0
      let lengths = Array(shape.dropFirst(front))
      for (letter, length) in zip(letters, lengths) {
        if let known = named[letter], known != length {
          throw .clash(letter: letter, first: known, second: length)
        }
        named[letter] = length
      }
      operands.append((letters, own, shape))
    }
    let output = try Self.output(sides.count > 1 ? String(sides[1]) : nil, terms, named)
    let summed = named.keys.filter { !output.contains($0) }.sorted()
    outputShape = leading + output.map { named[$0] ?? 1 }
    lengths = outputShape + summed.map { named[$0] ?? 1 }
    strides = operands.map { operand in
      let places = Broadcast.strides(of: operand.shape, in: operand.shape)
      let front = operand.leading.count
      let stretched = Broadcast.strides(of: operand.leading, in: leading)
      let scale = operand.shape.dropFirst(front).reduce(1, *)
      return stretched.map { $0 * scale }
        + (output + summed).map { letter in
          zip(operand.letters, places.dropFirst(front)).reduce(0) {
            $1.0 == letter ? $0 + $1.1 : $0
          }
        }
    }
  }

  /// The letters of a term, and the lengths of its leading axes.
  private static func letters(of term: String, _ shape: [Int]) throws(EinsumError) -> (
    [Character], [Int]
  ) {
    let hasLeading = term.hasPrefix("...")
    let letters = Array(hasLeading ? term.dropFirst(3) : term[...])
    for letter in letters where !letter.isLetter { throw .badCharacter(letter) }
    guard hasLeading ? shape.count >= letters.count : shape.count == letters.count else {
      throw .axisCount(term: term, axes: shape.count)
    }
    return (letters, hasLeading ? Array(shape.dropLast(letters.count)) : [])
  }

  private static func output(
    _ text: String?, _ terms: [String], _ named: [Character: Int]
  ) throws(EinsumError) -> [Character] {
    guard let text else {
      let all = terms.joined().filter(\.isLetter)
      return named.keys.filter { letter in all.count(where: { $0 == letter }) == 1 }.sorted()
    }
    let letters = Array(text.hasPrefix("...") ? text.dropFirst(3) : text[...])
    for (index, letter) in letters.enumerated() {
      guard letter.isLetter else { throw .badCharacter(letter) }
      guard named[letter] != nil else { throw .unknownOutput(letter) }
      guard !letters[..<index].contains(letter) else { throw .repeatedOutput(letter) }
    }
    return letters
  }

  public func run(_ operands: [Tensor]) throws -> Tensor {
    let isF32 = operands.allSatisfy { $0.dtype == .f32 }
    let tensors = try operands.map { try $0.converted(to: isF32 ? .f32 : .f64) }
    return try isF32 ? sum(tensors, of: Float.self) : sum(tensors, of: Double.self)
  }

  private func sum<T: Real>(_ operands: [Tensor], of type: T.Type) throws -> Tensor {
    let total = outputShape.reduce(1, *)
    let rank = outputShape.count
    let inner = Array(lengths.dropFirst(rank))
    let outerSteps = strides.map { Array($0.prefix(rank)) + [0] }
    let innerSteps = strides.map { Array($0.dropFirst(rank)) }
    return try Tensor(shape: outputShape, of: T.self) { y in
      guard total > 0 else { return }
      try withAll(operands, []) { (pointers: [UnsafePointer<T>]) in
        try Broadcast.forEachRow(outputShape + [1], outerSteps) { place, offsets in
          try Cancellation.check()
          y[place] = product(pointers, offsets, inner, innerSteps)
        }
      }
    }
  }

  private func withAll<T: Real, R>(
    _ operands: [Tensor], _ pointers: [UnsafePointer<T>],
    _ body: ([UnsafePointer<T>]) throws -> R
  ) throws -> R {
    guard pointers.count < operands.count else { return try body(pointers) }
    return try operands[pointers.count].withElements(of: T.self) { buffer in
      guard let base = buffer.baseAddress else { return try withAll(operands, pointers, body) }
      return try withAll(operands, pointers + [base], body)
    }
  }

  /// Σ over the summed axes of the product of one element of each operand.
  private func product<T: Real>(
    _ operands: [UnsafePointer<T>], _ start: [Int], _ lengths: [Int], _ steps: [[Int]]
  ) -> T {
    var sum: T = 0
    let width = lengths.last ?? 1
    Broadcast.forEachRow(lengths, steps.isEmpty ? [] : steps) { _, offsets in
      if operands.count == 2 {
        let (a, b) = (operands[0] + start[0] + offsets[0], operands[1] + start[1] + offsets[1])
        let (p, q) = (steps[0].last ?? 0, steps[1].last ?? 0)
        for i in 0..<width { sum += a[i * p] * b[i * q] }
      } else {
        for i in 0..<width {
          var term: T = 1
          for operand in operands.indices {
            term *=
              operands[operand][start[operand] + offsets[operand] + i * (steps[operand].last ?? 0)]
          }
          sum += term
        }
      }
    }
    return sum
  }
}
