import Kernels
import Language

/// What a function did with the values that a tape follows, in the user's own expressions.
///
/// Every step has a name: the one that the function gives it, else v1, v2, …; so each can be
/// written as a line that stands alone, loops and calls unrolled: `v2 = h @ p.w`.
final class GradientRecording {
  /// A piece of a step's text.
  enum Piece {
    case text(String)
    /// What a node of the tape is called.
    case node(Int)
  }

  struct Step {
    let pieces: [Piece]
    let form: Expr.Form
    /// The steps of the tape that it consists of.
    let entries: Range<Int>
    let value: Value
    /// The nodes of its results.
    let nodes: [Int]
    /// The function that it calls.
    let function: Function?
    /// The pieces of each part of a call or an operation.
    let operands: [[Piece]]
    let values: [Value?]

    var shapes: [[Int]?] { values.map { $0?.shape } }
  }

  private(set) var steps: [Step] = []
  private(set) var names: [Int: String] = [:]
  /// What names other than those of the steps stand for.
  private(set) var constants: [(name: String, value: Value)] = []
  private var isNamedByUser: Set<Int> = []
  private var taken: Set<String> = []
  private var claimed = 0
  private let tape: Tape
  unowned let evaluator: Evaluator
  /// The latest value of each expression, by its frame and place.
  private var seen: [Place: Value] = [:]

  private struct Place: Hashable {
    let frame: ObjectIdentifier?
    let source: ObjectIdentifier
    let span: Span
  }

  /// In front of the number of a step; no variable begins so.
  private let prefix: String

  init(_ tape: Tape, _ evaluator: Evaluator, leaves: [(path: String, value: Value)]) {
    (self.tape, self.evaluator) = (tape, evaluator)
    let used = Set(evaluator.state.variables.all.map(\.name)).union(leaves.map(\.path))
    prefix =
      ["v", "h", "u", "step"].first { prefix in
        !used.contains {
          $0.hasPrefix(prefix) && $0.dropFirst(prefix.count).first?.isNumber == true
        }
      } ?? "_"
    for (path, value) in leaves {
      guard let node = value.node(on: tape.id) else { continue }
      names[node] = path
      isNamedByUser.insert(node)
      taken.insert(String(path.prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
    }
  }

  func name(of node: Int) -> String { names[node] ?? "…" }

  func text(_ pieces: [Piece], _ replaced: [Int: String] = [:]) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .node(let node): replaced[node] ?? name(of: node)
      }
    }.joined()
  }

  // MARK: - Watching

  /// Told of each expression and its value, as soon as that is known.
  func observe(_ expr: Expr, _ value: Value) {
    seen[place(expr)] = value
    if tape.stepCount > claimed { claim(expr, value) }
    if case .name(let name) = expr.form { rename(value, name) }
  }

  /// The rest of the tape: what a builtin given as the function did itself.
  func finish(_ function: Value, _ arguments: [Value], _ result: Value) {
    guard tape.stepCount > claimed, case .function(let f) = function else { return }
    var pieces: [Piece] = [.text(f.name + "(")]
    for (index, argument) in arguments.enumerated() {
      if index > 0 { pieces.append(.text(", ")) }
      pieces.append(argument.node(on: tape.id).map { .node($0) } ?? .text("…"))
    }
    let operands = arguments.map { $0.node(on: tape.id).map { [Piece.node($0)] } ?? [] }
    add(
      pieces + [.text(")")], .hole, result, function: f, operands: operands, values: arguments)
  }

  private func claim(_ expr: Expr, _ value: Value) {
    var function: Function?
    var parts = expr.form.parts
    if case .call(let head, let arguments, _) = expr.form {
      if case .function(let called)? = seen[place(head)] { function = called }
      parts = arguments.map(\.value)
    }
    var isName = false
    if case .name = expr.form { isName = true }
    add(
      isName ? origins : pieces(of: expr, whole: true), expr.form, value, function: function,
      operands: parts.map { pieces(of: $0) }, values: parts.map { seen[place($0)] })
  }

  /// What a statement, `y[0] = x` or `a, b = y`, made the steps since the last from.
  private var origins: [Piece] {
    let nodes = tape.operands(of: claimed..<tape.stepCount).filter { names[$0] != nil }
    return [.text("from ")]
      + nodes.enumerated().flatMap { $0 == 0 ? [Piece.node($1)] : [.text(", "), .node($1)] }
  }

  private func add(
    _ pieces: [Piece], _ form: Expr.Form, _ value: Value, function: Function?,
    operands: [[Piece]], values: [Value?]
  ) {
    var nodes: [Int] = []
    _ = try? value.mapNumbers { part in
      if let node = part.node(on: tape.id) { nodes.append(node) }
      return part
    }
    let fresh = nodes.filter { names[$0] == nil }
    steps.append(
      Step(
        pieces: pieces, form: form, entries: claimed..<tape.stepCount, value: value, nodes: fresh,
        function: function, operands: operands, values: values))
    claimed = tape.stepCount
    for (index, node) in fresh.enumerated() {
      names[node] = "\(prefix)\(steps.count)" + (fresh.count > 1 ? "[\(index)]" : "")
    }
  }

  /// The first name that the function gives to a step, where nothing else has it.
  private func rename(_ value: Value, _ name: String) {
    guard let node = value.node(on: tape.id), !isNamedByUser.contains(node), !taken.contains(name),
      names[node]?.contains("[") != true, Registry[name] == nil,
      evaluator.state.variables[name] == nil,
      name.dropFirst().contains(where: { !$0.isNumber })
        || !name.hasPrefix(prefix) || name.count == 1
    else { return }
    names[node] = name
    taken.insert(name)
    isNamedByUser.insert(node)
  }

  // MARK: - Text

  private func place(_ expr: Expr) -> Place {
    Place(
      frame: evaluator.frame.map { ObjectIdentifier($0) },
      source: ObjectIdentifier(evaluator.source), span: expr.span)
  }

  private func pieces(of expr: Expr, whole: Bool = false) -> [Piece] {
    if !whole, let node = seen[place(expr)]?.node(on: tape.id), names[node] != nil {
      return [.node(node)]
    }
    if case .name(let name) = expr.form { return [constant(name, seen[place(expr)])] }
    if case .function = expr.form { return [.text(evaluator.source.slice(expr.span))] }
    var pieces: [Piece] = []
    var start = expr.span.lower
    for part in expr.form.parts.sorted(by: { $0.span.lower < $1.span.lower }) {
      pieces.append(.text(evaluator.source.slice(Span(start, part.span.lower))))
      pieces += self.pieces(of: part)
      start = part.span.upper
    }
    pieces.append(.text(evaluator.source.slice(Span(start, expr.span.upper))))
    return pieces
  }

  /// A name whose value does not move: as it is where the prompt knows it too.
  private func constant(_ name: String, _ value: Value?) -> Piece {
    guard let value, !value.isTraced else { return .text(name) }
    let known = evaluator.state.variables[name]
    if evaluator.frame?.locals[name] == nil, evaluator.frame?.function.captured[name] == nil {
      taken.insert(name)
      return .text(name)
    }
    if let known, known.isSame(as: value) {
      taken.insert(name)
      return .text(name)
    }
    if case .number = value, let text = try? Literal.text(of: value) { return .text(text) }
    guard value.shape != nil else { return .text(name) }
    if let found = constants.first(where: { $0.value.isSame(as: value) }) {
      return .text(found.name)
    }
    var free = name
    var count = 1
    while taken.contains(free) || Registry[free] != nil || evaluator.state.variables[free] != nil {
      count += 1
      free = "\(name)\(count)"
    }
    taken.insert(free)
    constants.append((free, value))
    return .text(free)
  }
}

extension Value {
  /// The same number, or tensor element by element.
  func isSame(as other: Value) -> Bool {
    guard let a = try? untraced.asTensor(), let b = try? other.untraced.asTensor(),
      a.shape == b.shape, a.dtype == b.dtype
    else { return false }
    return a.distance(to: b) == 0
  }
}
