import Kernels
import Language

/// What a statement shows, in the order in which it happens.
public enum Output: Sendable {
  /// A bare expression; named where it is a variable.
  case value(Value, name: String?)
  /// A bare call with several results: the main ones, and those after `also`.
  case results([(name: String, value: Value)], extras: [(name: String, value: Value)])
  case assigned([(name: String, value: Value)])
  /// `print`
  case printed([Value])
  case note(String)
  /// How far a long computation has come: only for somebody who waits.
  case progress(Progress)
  /// How a line was read where precedence mattered.
  case reading(String)
}

extension Output {
  /// Results belong to every place; hints and the reading line only to a prompt.
  public var isResult: Bool {
    switch self {
    case .note, .reading, .progress: false
    default: true
    }
  }
}

/// What builtins may do outside the session: the executable provides it.
public protocol Effects: Sendable {
  func load(_ path: String) throws -> Value
  /// The path's ending chooses the format.
  func save(_ value: Value, to path: String, options: SaveOptions) throws
  /// A value as it is printed in full (`show`).
  func text(of value: Value) -> String
}

/// How a value is written to a file.
public struct SaveOptions: Sendable {
  /// An existing file is replaced.
  public var force = false
  /// What is shown is laid out in so many columns.
  public var width = 100
  public var isDark = false
}

/// Walks the tree. One for a session; its state is what a statement may change.
final class Evaluator {
  struct State {
    var variables = Variables()
    var random = RandomState()
  }

  var state = State()
  var effects: (any Effects)?
  var emit: (Output) -> Void = { _ in }
  /// Hints that are given once a session.
  var notesGiven: Set<String> = []
  var machine = Machine()
  let provenance = Provenance()

  /// The text that spans refer to.
  var source = Source(text: "")
  var frame: Frame?
  /// Who looks on.
  var observer: Observer?
  /// What `explain` explained last, to be asked again for another cell.
  var explained: (expr: Expr, source: Source)?
  /// The words of the registry that mean a value, as far as they were met, by symbol.
  private var constants: [Value?] = []
  private(set) var stack = StackBound(bytes: 0)
  var callDepth = 0

  /// Of the gradients that are being computed, the outermost first.
  var tapes: [Tape] = []
  var tapeCount = 0

  static let recursionLimit = 1000

  /// The names of one running function.
  final class Frame {
    var locals: Locals
    let function: UserFunction
    init(_ function: UserFunction, _ locals: Locals) {
      self.function = function
      self.locals = locals
    }
  }

  /// Must be called on the thread that will evaluate.
  func prepareForThisThread(stackBytes: Int) { stack = StackBound(bytes: stackBytes) }

  // MARK: - Names

  func lookUp(_ name: String) -> Value? { lookUp(Symbol(name)) }

  func lookUp(_ symbol: Symbol) -> Value? {
    if let frame {
      if let value = frame.locals[symbol] ?? frame.function.captured[symbol] { return value }
      if frame.function.isDefinitionOfBuiltin { return builtin(symbol) }
    }
    return state.variables[symbol] ?? builtin(symbol)
  }

  /// What a word of the registry means, whatever the user calls so.
  func builtin(_ symbol: Symbol) -> Value? {
    if symbol.number < constants.count, let value = constants[symbol.number] { return value }
    guard let builtin = Registry[symbol] else { return nil }
    return builtin.isConstant ? constant(builtin, symbol) : .function(.builtin(builtin))
  }

  private func constant(_ builtin: Builtin, _ symbol: Symbol) -> Value? {
    let value = try? results(
      of: Call(builtin, Arguments([]), wanted: .one, evaluator: self)
    ).first
    while constants.count <= symbol.number { constants.append(nil) }
    constants[symbol.number] = value
    return value
  }

  private static let discarded = Symbol("_")

  func bind(_ name: Name, to value: consuming Value) throws {
    guard name.symbol != Self.discarded else { return }
    if value.holdsOthers, value.extent.isTooLarge {
      throw Diagnostic(
        "this value holds too many others, or too deeply", in: source, at: name.span,
        detail: "limits: \(Extent.depthLimit) levels, \(Extent.partsLimit) parts")
    }
    if let frame {
      frame.locals[name.symbol] = value
    } else {
      if !state.variables.holds(name.symbol), Registry[name.symbol] != nil {
        note("\(name.text) now hides the builtin of that name", once: "shadow \(name.text)")
      }
      state.variables[name.symbol] = value
    }
  }

  func note(_ text: String, once key: String) {
    guard frame == nil, notesGiven.insert(key).inserted else { return }
    emit(.note(text))
  }

  // MARK: - Expressions

  func evaluate(_ expr: Expr, wanted: Wanted = .one) throws -> Value {
    guard stack.hasRoom else {
      throw Diagnostic("this is nested too deeply", in: source, at: expr.span)
    }
    let value = try value(of: expr, wanted)
    if let observer { observer.told(expr, value) }
    return value
  }

  private func value(of expr: Expr, _ wanted: Wanted) throws -> Value {
    // Of a name nothing else is looked at.
    if let symbol = expr.symbol, let value = lookUp(symbol) { return value }
    switch expr.form {
    case .number(let number): return .number(number)
    case .string(let text): return .string(text)
    case .name(let name): return try value(ofUnknown: name, at: expr.span)
    case .hole:
      throw Diagnostic(
        "a hole ? has no value yet: put something in its place", in: source, at: expr.span)
    case .function(let parameters, let body): return lambda(parameters, body, expr.span)
    case .tuple(let items): return .tuple(Tuple(try items.map { try evaluate($0) }))
    case .matrix(let rows): return try matrix(rows, at: expr)
    case .call(let head, let arguments, let style):
      if let value = try chain(expr) { return value }
      return try call(head, arguments, style, at: expr, wanted: wanted)
    case .unary(let op, let operand, let opSpan):
      if let value = try chain(expr) { return value }
      return try unary(op, evaluate(operand), operand, at: expr, opSpan)
    case .binary(let op, let left, let right, let opSpan):
      if let number = arithmetic(expr) { return .number(number) }
      if let value = try chain(expr) { return value }
      return try binary(op, left, right, at: expr, opSpan)
    case .index(let base, let items): return try index(evaluate(base), base, items, at: expr)
    case .member(let base, let name): return try member(evaluate(base), base, name, at: expr)
    case .transpose(let operand): return try transpose(evaluate(operand), operand, at: expr)
    case .command(let command): return try run(command, at: expr)
    }
  }

  private func value(ofUnknown name: String, at span: Span) throws -> Value {
    let known = Set(state.variables.all.map(\.name)).union(frame?.locals.names ?? [])
      .union(Registry.all.map(\.name))
    // Any other letter is one slip away from a name of one letter.
    let near = name.count == 1 ? [] : Suggest.nearest(to: name, among: known)
    let fixes = near.prefix(3).map { near in
      Fix(near, note: meaning(ofName: near), replacing: span)
    }
    throw Diagnostic("no name '\(name)'", in: source, at: span, fixes: Array(fixes))
  }

  /// What stands behind a name that is offered: a variable's shape, a builtin's summary.
  private func meaning(ofName name: String) -> String {
    guard let value = lookUp(name) else { return "" }
    if case .function(.builtin(let builtin)) = value { return builtin.summary }
    if state.variables[name] == nil, let builtin = Registry[name] { return builtin.summary }
    return value.shapeText
  }

  func lambda(_ parameters: [Name], _ body: Expr, _ span: Span) -> Value {
    var captured = Locals()
    for symbol in FreeNames.of(body, bound: parameters.map(\.symbol)) {
      captured[symbol] =
        frame?.locals[symbol] ?? frame?.function.captured[symbol] ?? state.variables[symbol]
    }
    return .function(
      .user(
        UserFunction(
          name: nil, parameters: parameters.map { Parameter($0) },
          body: Block([Statement(.expression(body), body.span)], body.span), source: source,
          span: span, captured: captured,
          isDefinitionOfBuiltin: frame?.function.isDefinitionOfBuiltin ?? false)))
  }
}

/// The names in an expression that it does not bind itself, each once.
enum FreeNames {
  static func of(_ expr: Expr, bound: [Symbol] = []) -> [Symbol] {
    var names: [Symbol] = []
    collect(expr, bound, &names)
    return names
  }

  private static func collect(_ expr: Expr, _ bound: [Symbol], _ names: inout [Symbol]) {
    switch expr.form {
    case .number, .string, .hole: break
    case .name:
      if let name = expr.symbol, !bound.contains(name), !names.contains(name) { names.append(name) }
    case .function(let parameters, let body):
      collect(body, bound + parameters.map(\.symbol), &names)
    case .binary(_, let left, let right, _):
      collect(left, bound, &names)
      collect(right, bound, &names)
    default: for part in expr.form.parts { collect(part, bound, &names) }
    }
  }
}
