import Kernels
import Language

/// `explain grad f x`: what f computes, step by step, then the gradient on its way back.
func explainGradient(_ x: ExplainedCall) throws -> Explanation? {
  guard !x.call.variadic.isEmpty else { return nil }
  let evaluator = x.call.evaluator
  let (observer, random) = (evaluator.observer, evaluator.state.random)
  defer { evaluator.observer = observer }
  return try evaluator.withTape { tape in
    let arguments = x.call.variadic.map(\.untraced)
    let f = try x.call.required("f")
    let names = parameterNames(f, arguments.count)
    var recording: GradientRecording?
    let run = try Differentiated(x.call, arguments, on: tape) { watched in
      let leaves = zip(watched, names).flatMap { $0.leaves(named: $1) }
      let started = GradientRecording(tape, evaluator, leaves: leaves)
      evaluator.observer = Observer(looksInside: true, told: started.observe)
      recording = started
    }
    evaluator.observer = observer
    guard let recording else { return nil }
    recording.finish(f, run.watched, run.result)
    return try GradientExplanation(x, tape, run, recording, names, random).explanation()
  }
}

/// Those of the function, where it has some.
private func parameterNames(_ f: Value, _ count: Int) -> [String] {
  if case .function(.user(let user)) = f, user.parameters.count >= count {
    return user.parameters.prefix(count).map(\.name.text)
  }
  return count == 1 ? ["x"] : (0..<count).map { "x\($0)" }
}

private struct GradientExplanation {
  let x: ExplainedCall
  let tape: Tape
  let run: Differentiated
  let recording: GradientRecording
  let names: [String]
  /// As it was when f ran.
  let random: RandomState
  private var visits: [Int: Tape.Visit] = [:]
  private var typed: TypedNames

  /// Longer vectors stand under their places.
  private static let mostInline = 6

  init(
    _ x: ExplainedCall, _ tape: Tape, _ run: Differentiated, _ recording: GradientRecording,
    _ names: [String], _ random: RandomState
  ) throws {
    self.random = random
    (self.x, self.tape, self.run, self.recording, self.names) = (x, tape, run, recording, names)
    typed = TypedNames(x.call.evaluator)
    var visits: [Int: Tape.Visit] = [:]
    _ = try run.gradientsOfNumber { visits[$0.step] = $0 }
    self.visits = visits
  }

  // MARK: - The whole

  func explanation() throws -> Explanation {
    var work = self
    let forward = try work.forward()
    let backward = try work.backward()
    var explanation = x.explanation(
      facts,
      formula: [
        Prose(head), "dv = ∂f/∂v, in the shape of v",
        "in a rule: g the gradient that comes in, out the result, a and b the two sides",
      ])
    explanation.parts = forward + backward + (try work.logits()) + [try work.checks()]
    explanation.definitions = work.typed.definitions
    return explanation
  }

  private var facts: [String] {
    zip(names, run.watched).compactMap { name, value in
      value.shape.flatMap { $0.isEmpty ? nil : "\(name) \($0.timesText)" }
    }
  }

  /// `f(x) = sum(x^2)`, of a longer function its first line.
  private var head: String {
    let result = "f(\(names.joined(separator: ", ")))"
    guard case .function(let f)? = x.call.value("f") else { return result }
    switch f {
    case .builtin(let builtin):
      return "\(result) = \(builtin.name)(\(names.joined(separator: ", ")))"
    case .user(let user):
      let body = user.name == nil ? user.body.span : user.span
      let lines = user.source.slice(body).split(separator: "\n").map(String.init)
      let text = (lines.first ?? "") + (lines.count > 1 ? " …" : "")
      return user.name == nil ? "\(result) = \(text)" : text
    }
  }

  // MARK: - Forwards

  private mutating func forward() throws -> [Explanation.Part] {
    for (name, value) in zip(names, run.watched) { typed.constant(name, value.untraced) }
    for (name, value) in recording.constants { typed.constant(name, value) }
    var rows: [[Prose]] = []
    var grids: [Explanation.Part] = []
    for (path, value) in zip(names, run.watched).flatMap({ $1.leaves(named: $0) }) {
      show(path, "", value.untraced, &rows, &grids)
    }
    for step in recording.steps {
      let text = recording.text(step.pieces)
      for node in step.nodes.prefix(1) where step.nodes.count > 1 {
        let whole = String(recording.name(of: node).prefix { $0 != "[" })
        typed.define(whole, step.value.untraced, as: nil)
        rows.append([Prose(whole), Prose("= \(text)"), Prose(step.value.shapeText), ""])
      }
      for node in step.nodes where step.nodes.count == 1 {
        let name = recording.name(of: node)
        typed.define(name, step.value.untraced, as: text)
        show(name, "= \(text.oneLine)", step.value.untraced, &rows, &grids)
      }
    }
    let table = Explanation.Table(
      ["", "", "shape", "value"], [.left, .left, .left, .left], rows: rows, optional: [2])
    return [.section([.lines(["forwards"]), .table(table)])] + grids
  }

  private func show(
    _ name: String, _ text: String, _ value: Value, _ rows: inout [[Prose]],
    _ grids: inout [Explanation.Part]
  ) {
    let inline = numbers(value, name)
    rows.append([Prose(name), Prose(text), Prose(value.shapeName), inline ?? ""])
    if inline == nil, let grid = grid(value, name) {
      grids.append(.step(.init(Prose("\(name)   \(value.shapeName)"), grid)))
    }
  }

  // MARK: - Backwards

  /// What has come in for each node so far, with what one types for it.
  private typealias Sums = [Int: (value: Value, text: String)]

  private mutating func backward() throws -> [Explanation.Part] {
    var sums: Sums = [:]
    var parts: [Explanation.Part] = []
    if let last = run.result.node(on: tape.id) {
      let name = "d" + recording.name(of: last)
      typed.define(name, .number(1), as: "1")
      parts.append(
        .section([.lines(["backwards, from the result to \(list(names)): \(name) = 1"])]))
    }
    for step in recording.steps.reversed() where step.entries.contains(where: isVisited) {
      parts += try backward(through: step, &sums)
    }
    let unused = zip(names, run.watched).flatMap { $1.leaves(named: $0) }.filter {
      $0.value.node(on: tape.id).map { sums[$0] == nil } ?? false
    }.map(\.path)
    if !unused.isEmpty {
      let text = unused.map { "d\($0)" }.joined(separator: ", ")
      parts.append(.section([.lines(["the result does not depend on it: \(text) = 0"])]))
    }
    return parts
  }

  private func isVisited(_ entry: Int) -> Bool { visits[entry] != nil }

  private mutating func backward(through step: GradientRecording.Step, _ sums: inout Sums) throws
    -> [Explanation.Part]
  {
    let inner = Set(step.entries.flatMap { visits[$0].map { Array($0.nodes) } ?? [] })
    var found: [(node: Int, value: Value)] = []
    for entry in step.entries.reversed() {
      for part in visits[entry]?.parts ?? [] where !inner.contains(part.node) {
        if let index = found.firstIndex(where: { $0.node == part.node }) {
          found[index].value = try x.call.evaluator.combine(
            .add, found[index].value, part.gradient)
        } else {
          found.append((part.node, part.gradient))
        }
      }
    }
    let result = step.nodes.first.map(recording.name) ?? ""
    let lines = GradientRuleText(recording: recording, step: step).lines(
      "d\(result), \(step.value.shapeName)")
    var parts: [Explanation.Part] = []
    for (index, item) in found.enumerated() {
      parts.append(try part(item, of: step, result, &sums, rule: index == 0 ? lines : []))
    }
    return parts
  }

  private mutating func part(
    _ item: (node: Int, value: Value), of step: GradientRecording.Step, _ result: String,
    _ sums: inout Sums, rule: [String]
  ) throws -> Explanation.Part {
    let operand = recording.name(of: item.node)
    let name = "d" + operand
    let value = item.value.untraced
    let part =
      typed.pullback(
        operand, recording.text(step.pieces, [item.node: TypedNames.moving]), result, value)
      ?? (try? Literal.text(of: value)) ?? TypedNames.variable(name)
    let earlier = sums[item.node]
    let total =
      try earlier.map { try x.call.evaluator.combine(.add, $0.value, value).untraced } ?? value
    let text = earlier.map { "\($0.text) + \(part)" } ?? part
    sums[item.node] = (total, text)
    typed.define(name, total, as: text)
    var lines = rule.map { Prose($0) }
    if earlier != nil { lines.append("\(operand) was used more than once: the gradients add up") }
    let inline = numbers(total, "(\(text))")
    if let inline {
      let sum = earlier.flatMap { self.sum(($0.value, $0.text), (value, part)) } ?? ""
      lines.append("\(name) = " + sum + inline)
    }
    return .step(
      .init(
        Prose("\(name)   \(value.shapeName)   back through  \(result) = ")
          + Prose(recording.text(step.pieces).oneLine),
        inline == nil ? grid(total, "(\(text))") : nil, lines: lines))
  }

  /// `3 + 4 = `, `(1  2) + (3  4) = `
  private func sum(_ a: (Value, String), _ b: (Value, String)) -> Prose? {
    guard let first = numbers(a.0, "(\(a.1))"), let second = numbers(b.0, "(\(b.1))") else {
      return nil
    }
    return a.0.shape == [] ? "\(first) + \(second) = " : "(\(first)) + (\(second)) = "
  }

  // MARK: - Softmax and cross-entropy

  private func logits() throws -> [Explanation.Part] {
    recording.steps.compactMap { step in
      guard let entry = step.entries.last(where: { visits[$0] != nil }), step.nodes.count == 1,
        let g = visits[entry]?.upstream.first ?? nil
      else { return nil }
      return SoftmaxGradient(recording, step, typed, g: g.untraced)?.part
    }
  }

  // MARK: - Checks

  private func checks() throws -> Explanation.Part {
    let gradients = try run.gradientsOfNumber().map(\.untraced)
    let leaves = try gradients.flatMap { try $0.leaves(named: "").map { try $0.value.asTensor() } }
    let square = leaves.reduce(0) { $0 + ($1?.doubles.reduce(0) { $0 + $1 * $1 } ?? 0) }
    guard square.isFinite else { return .section([.lines(["the gradient is not finite here"])]) }
    let size = square.squareRoot()
    let directions = try size > 0 ? gradients : gradients.map { try $0.mapNumbers(ones) }
    let slope = try slope(along: directions, unit: size > 0 ? 1 / size : 1)
    let isSingle = run.result.dtype == .f32
    let error = abs(slope - size) / max(size, 1)
    guard error < (isSingle ? 1e-2 : 1e-5) else {
      let said: Prose =
        "differences along the gradient give \(Quantity(slope), as: .significant(4)),"
      return .section([
        .lines([
          said + " the chain \(Quantity(size), as: .significant(4)):"
            + " a corner, or a gradient that was chosen (straight_through)"
        ])
      ])
    }
    let text = size > 0 ? "f grows along the gradient by its length" : "f stays as it is nearby"
    // The last digits of a difference are another processor's other ones.
    let check =
      error < 1e-9
      ? Explanation.Check("\(text), to 9 digits", holds: true)
      : Explanation.Check(text, error: error, within: 1)
    return .section([.checks([check])])
  }

  private func ones(_ value: Value) throws -> Value {
    try x.call.evaluator.combine(.add, .number(1), try value.zeros())
  }

  /// df/dh at h = 0 of f(x + h · unit · direction), from differences.
  private func slope(along directions: [Value], unit: Double) throws -> Double {
    let arguments = run.watched.map(\.untraced)
    let evaluator = x.call.evaluator
    func value(_ h: Double) throws -> Double {
      let moved = try zip(arguments, directions).map { argument, direction in
        var rest = direction.leaves(named: "").map(\.value)[...]
        return try argument.mapNumbers { leaf in
          guard let direction = rest.popFirst() else { return leaf }
          let change = try evaluator.combine(.multiply, .number(h * unit), direction)
          return try evaluator.fitted(try evaluator.combine(.add, leaf, change), like: leaf)
        }
      }
      evaluator.state.random = random
      return try x.call.apply(try x.call.required("f"), moved).asNumber ?? .nan
    }
    func slope(_ h: Double) throws -> Double { try (value(h) - value(-h)) / (2 * h) }
    let h = run.result.dtype == .f32 ? 1.0 / 64 : 1.0 / 1024
    return try (4 * slope(h / 2) - slope(h)) / 3
  }

  // MARK: - Numbers

  /// A number or a short vector in one line.
  private func numbers(_ value: Value, _ expression: String?) -> Prose? {
    if value.shape == [], let number = value.asNumber {
      return "\(Quantity(number, expression: expression), as: .significant(6))"
    }
    guard let tensor = try? value.asTensor(), tensor.rank == 1,
      (1...Self.mostInline).contains(tensor.count)
    else { return nil }
    let quantities = tensor.doubles.enumerated().map { index, number in
      Quantity(number, expression: expression.map { "\($0)[\(index)]" })
    }
    let isWhole = tensor.doubles.allSatisfy { $0 == $0.rounded() }
    return quantities.map { "\($0, isWhole ? 0 : 4)" as Prose }.joined(separator: "  ")
  }

  private func grid(_ value: Value, _ expression: String) -> Explanation.Grid? {
    guard let followed = try? Followed(.nothing, [:]) else { return nil }
    return ShownValue(value, name: expression, followed).grid
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}

extension String {
  /// Its first line.
  fileprivate var oneLine: String {
    let lines = split(separator: "\n")
    return (lines.first.map(String.init) ?? self) + (lines.count > 1 ? " …" : "")
  }
}

extension Value {
  /// `number`, `4×8`; of a vector its length.
  fileprivate var shapeName: String {
    shape.map { $0.isEmpty ? "number" : $0.timesText } ?? shapeText
  }
}
