import Foundation
import Kernels

@testable import Engine

/// One case of a file in `Tests/Fixtures`; `Tests/Fixtures/README.md` shows the format.
struct Fixture: Sendable {
  enum Step: Sendable {
    case bind(String, Tensor)
    case run(String)
    case expect(Expectation)
  }

  struct Expectation: Sendable {
    var expression: String
    var value: Tensor
    var agreement: Agreement
  }

  let name: String
  var steps: [Step] = []

  /// Text that is no fixture, and where.
  struct Malformed: Error, Equatable, CustomStringConvertible {
    let file: String
    let line: Int
    let message: String
    var description: String { "\(file):\(line): \(message)" }
  }
}

/// How near a number must be to the one that stands in a fixture; NaN agrees with NaN alone.
enum Agreement: Equatable, Sendable {
  /// Bit for bit.
  case exact
  /// A part of the number where it is above 1, else as it is.
  case tolerance(Double)
  /// A part of the number, however small that is.
  case relative(Double)

  func holds(_ x: Double, _ expected: Double) -> Bool {
    if x.isNaN || expected.isNaN { return x.isNaN && expected.isNaN }
    if self == .exact { return x.bitPattern == expected.bitPattern }
    if x == expected { return true }
    guard x.isFinite, expected.isFinite else { return false }
    return abs(x - expected) <= allowed(abs(expected))
  }

  private func allowed(_ size: Double) -> Double {
    switch self {
    case .exact: 0
    case .tolerance(let part): part * max(1, size)
    case .relative(let part): part * size
    }
  }
}

// MARK: - Reading

extension Fixture {
  static func read(_ text: String, file: String) throws(Malformed) -> [Fixture] {
    var reader = FixtureReader(text, file: file)
    return try reader.fixtures()
  }
}

private struct FixtureReader {
  private let file: String
  private var lines: ArraySlice<(number: Int, words: [String])>
  private var number = 0

  init(_ text: String, file: String) {
    self.file = file
    let numbered = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    let words = numbered.map { (number: $0 + 1, words: $1.split(separator: " ").map(String.init)) }
    lines = words.filter { $0.words.first.map { !$0.hasPrefix("#") } ?? false }[...]
  }

  mutating func fixtures() throws(Fixture.Malformed) -> [Fixture] {
    var fixtures: [Fixture] = []
    var agreement: Agreement?
    while let words = next() {
      let rest = words.dropFirst()
      switch words[0] {
      case "case":
        let name = rest.joined(separator: " ")
        try check(!name.isEmpty, "a case needs a name")
        try check(!fixtures.contains { $0.name == name }, "there is a case '\(name)' already")
        try check(fixtures.last?.isChecked ?? true, "the case before this one expects nothing")
        fixtures.append(Fixture(name: name))
        agreement = nil
      case "exact", "tolerance", "relative": agreement = try self.agreement(words)
      default:
        try check(!fixtures.isEmpty, "a file begins with a case")
        fixtures[fixtures.count - 1].steps.append(try step(words, agreement))
      }
    }
    try check(fixtures.last?.isChecked ?? false, "the last case expects nothing")
    return fixtures
  }

  private mutating func next() -> [String]? {
    guard let line = lines.popFirst() else { return nil }
    number = line.number
    return line.words
  }

  private func check(_ condition: Bool, _ message: String) throws(Fixture.Malformed) {
    guard condition else {
      throw Fixture.Malformed(file: file, line: number, message: message)
    }
  }

  private func malformed(_ message: String) -> Fixture.Malformed {
    Fixture.Malformed(file: file, line: number, message: message)
  }

  private func agreement(_ words: [String]) throws(Fixture.Malformed) -> Agreement {
    if words == ["exact"] { return .exact }
    guard words.count == 2, let part = Double(words[1]), part > 0, part < 0.1 else {
      throw malformed("'\(words[0])' needs one small number")
    }
    return words[0] == "relative" ? .relative(part) : .tolerance(part)
  }

  private mutating func step(_ words: [String], _ agreement: Agreement?)
    throws(Fixture.Malformed) -> Fixture.Step
  {
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "run" where !rest.isEmpty: return .run(rest.joined(separator: " "))
    case "let":
      let (name, value) = try value(rest)
      return .bind(name, value)
    case "is":
      guard let agreement else { throw malformed("say how exact before the first 'is'") }
      let (expression, value) = try value(rest)
      return .expect(
        Fixture.Expectation(expression: expression, value: value, agreement: agreement))
    default: throw malformed("'\(words[0])' begins no line of a fixture")
    }
  }

  /// `NAME f32 4 8` and, on the lines that follow, as many numbers.
  private mutating func value(_ words: [String]) throws(Fixture.Malformed) -> (String, Tensor) {
    let lengths = Array(words.reversed().prefix { Int($0) != nil }.reversed())
    var subject = words.dropLast(lengths.count)
    let dtype = DType.allCases.first { $0.name == subject.last }
    if dtype != nil { subject.removeLast() }
    try check(!subject.isEmpty, "a value needs a name")
    let shape = lengths.compactMap { Int($0) }
    try check(shape.allSatisfy { (0...1_000_000).contains($0) }, "a length is out of range")
    let tensor = try numbers(shape, dtype ?? .f64)
    return (subject.joined(separator: " "), tensor)
  }

  private mutating func numbers(_ shape: [Int], _ dtype: DType) throws(Fixture.Malformed) -> Tensor
  {
    let count = shape.reduce(1, *)
    let start = number
    var values: [Double] = []
    while values.count < count, let words = next() {
      for word in words { values.append(try value(word, dtype)) }
    }
    guard values.count == count else {
      throw Fixture.Malformed(
        file: file, line: start, message: "\(count) numbers are promised, \(values.count) given")
    }
    guard let tensor = try? Tensor(values, shape: shape).converted(to: dtype) else {
      throw malformed("too large")
    }
    return tensor
  }

  /// A decimal or hexadecimal number, read in the precision in which it is wanted.
  private func value(_ word: String, _ dtype: DType) throws(Fixture.Malformed) -> Double {
    let value = dtype == .f32 ? Float(word).map(Double.init) : Double(word)
    guard let value, dtype != .bool || value == 0 || value == 1 else {
      throw malformed("'\(word)' is no number")
    }
    return value
  }
}

extension Fixture {
  fileprivate var isChecked: Bool {
    if case .expect = steps.last { true } else { false }
  }
}

// MARK: - Running

extension Fixture {
  /// What is not as the fixture says; empty when all is.
  func problems() -> [String] {
    let bench = Bench()
    for step in steps {
      switch step {
      case .bind(let name, let value): bench.session[name] = Value(value)
      case .run(let text):
        let shown = bench.run(text + ";")
        if !shown.isEmpty { return ["run \(text)"] + shown }
      case .expect(let expectation):
        let problem = expectation.problem(in: bench)
        if !problem.isEmpty { return problem }
      }
    }
    return []
  }
}

extension Fixture.Expectation {
  fileprivate func problem(in bench: Bench) -> [String] {
    let shown = bench.run("is_ = \(expression);")
    guard shown.isEmpty, let result = bench.value("is_") else { return [expression] + shown }
    guard let given = try? result.asTensor() else {
      return ["\(expression) is \(result.kindName)"]
    }
    guard given.shape == value.shape, given.dtype == value.dtype else {
      return [
        "\(expression) is \(given.dtype.name) \(given.shape), not \(value.dtype.name) \(value.shape)"
      ]
    }
    return difference(given.doubles, value.doubles)
  }

  private func difference(_ given: [Double], _ expected: [Double]) -> [String] {
    let wrong = given.indices.filter { !agreement.holds(given[$0], expected[$0]) }
    guard !wrong.isEmpty else { return [] }
    let shown = wrong.prefix(3).map { "[\($0)] is \(given[$0]), not \(expected[$0])" }
    return ["\(expression): \(wrong.count) of \(given.count) differ (\(agreement))"] + shown
  }
}
