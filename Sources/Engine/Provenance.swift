import Kernels
import Language

/// A variable as it was at one time.
struct Version: Sendable {
  var symbol: Symbol
  var number: Int
}

/// How one version of a variable came to be.
final class Origin: Sendable {
  /// Rises with every version of any variable.
  let number: Int
  /// The statement as it was typed, or its beginning.
  let text: String
  /// Nil where the statement is too long to be kept.
  private let form: Statement.Form?
  /// Where the text began.
  private let start: Int
  let trace: Trace
  /// The versions of the variables that the statement found under the names in it.
  let reads: [Version]
  /// What the variable was made to be.
  let look: Look

  /// Thousands of statements are remembered, but not long tables of numbers.
  private static let mostBytes = 2000

  init(
    number: Int, _ statement: Statement, _ source: Source, _ trace: Trace,
    reads: [Version], _ look: Look
  ) {
    let span = statement.span
    let isShort = span.upper - span.lower <= Self.mostBytes
    self.number = number
    text = source.slice(Span(span.lower, min(span.upper, span.lower + Self.mostBytes)))
    form = isShort ? statement.form : nil
    start = span.lower
    self.trace = trace
    self.reads = reads
    self.look = look
  }

  /// The version of a variable that the statement found.
  func read(_ name: String) -> Int? {
    let symbol = Symbol(name)
    return reads.first { $0.symbol == symbol }?.number
  }

  /// Whether `text` is all of the statement.
  var isWhole: Bool { form != nil }

  /// The expression behind it; nil where a loop or a condition made it.
  var expr: Expr? {
    switch form {
    case .assign(_, let expr)?, .expression(let expr)?, .update(_, _, _, let expr)?: expr
    default: nil
    }
  }

  /// The variable that the statement changed a part of.
  var changed: String? {
    if case .update(let name, _, _, _)? = form { name.text } else { nil }
  }

  /// Whether it is an expression, whose value nobody named.
  var isUnnamed: Bool { if case .expression? = form { true } else { false } }

  /// A part of the statement's text.
  func slice(_ span: Span) -> String {
    let bytes = text.utf8
    let lower = min(max(span.lower - start, 0), bytes.count)
    let upper = min(max(span.upper - start, lower), bytes.count)
    return String(decoding: bytes.dropFirst(lower).prefix(upper - lower), as: UTF8.self)
  }
}

/// Random numbers that were drawn, counted from the seed.
struct Draws: Sendable {
  let random: RandomState
  let first: Int

  /// Nil where nothing was drawn; from the seed on where the statement set one.
  init?(from before: RandomState, to after: RandomState) {
    let first = before.seed == after.seed && before.drawn <= after.drawn ? before.drawn : 0
    guard after.drawn > first else { return nil }
    (random, self.first) = (after, first)
  }

  /// `seed 42, draws 0…31`
  var text: String {
    let seed = random.isSeedChosen ? "seed \(random.seed)" : "seed \(random.seed) (by the system)"
    let last = random.drawn - 1
    return last == first ? "\(seed), draw \(first)" : "\(seed), draws \(first)…\(last)"
  }
}

/// The shapes of an expression's parts, as they were when it was evaluated.
struct Trace: Sendable {
  struct Note: Sendable {
    fileprivate let part: ObjectIdentifier
    var look: Look
    var draws: Draws?
  }

  /// Longer expressions are no longer read as trees.
  private static let mostNotes = 256

  private var notes: [Note] = []
  /// What the whole statement drew.
  var draws: Draws?
  private var random: RandomState?

  subscript(expr: Expr) -> Note? { place(of: expr).map { notes[$0] } }

  private func place(of expr: Expr) -> Int? {
    let part = ObjectIdentifier(expr)
    return notes.firstIndex { $0.part == part }
  }

  mutating func add(_ expr: Expr, _ look: Look, _ random: RandomState) {
    // What stands in the text itself needs no note.
    switch expr.form {
    case .number, .string, .name: return
    default: break
    }
    let draws = self.random.flatMap { Draws(from: $0, to: random) }
    if draws != nil { self.random = random }
    let note = Note(part: ObjectIdentifier(expr), look: look, draws: draws)
    if let place = place(of: expr) {
      notes[place] = note
    } else if notes.count < Self.mostNotes {
      notes.append(note)
    }
  }

  init(from random: RandomState) { self.random = random }
}

/// What a value was like; becomes a text only when somebody asks.
enum Look: Sendable {
  case number(Double)
  case tensor(shape: [Int])
  case other(String)

  /// `4×8`; numbers are themselves.
  var text: String {
    switch self {
    case .number(let number): number.withDigits(6)
    case .tensor(let shape): shape.count == 1 ? "vector \(shape[0])" : shape.timesText
    case .other(let text): text
    }
  }
}

extension Value {
  fileprivate var look: Look {
    switch self {
    case .number(let number, _): .number(number)
    case .tensor(let tensor): .tensor(shape: tensor.shape)
    default: .other(shapeText)
    }
  }
}

/// The latest versions of variables; what an older one was made of is remembered for a while.
final class Provenance {
  /// Versions that no variable has any more, and that are remembered nevertheless.
  private static let mostOld = 512

  private var recent: [Origin?] = Array(repeating: nil, count: mostOld)
  private var count = 0

  func add(
    _ statement: Statement, _ source: Source, _ trace: Trace,
    reads: [Version], _ value: Value
  ) -> Origin {
    let origin = Origin(number: count, statement, source, trace, reads: reads, value.look)
    recent[count % Self.mostOld] = origin
    count += 1
    return origin
  }

  subscript(number: Int) -> Origin? {
    guard let origin = recent[number % Self.mostOld], origin.number == number else { return nil }
    return origin
  }
}

extension Evaluator {
  /// Runs a statement of the user and remembers what it made its variables of.
  func runRemembering(_ statement: Statement, in source: Source) throws -> Flow {
    let random = state.random
    var trace = Trace(from: random)
    defer { observer = nil }
    // A loop would tell the same parts again and again.
    if statement.isOneExpression {
      observer = Observer { [unowned self] expr, value in
        trace.add(expr, value.look, state.random)
      } toldOfShape: { [unowned self] expr, shape in
        trace.add(expr, .tensor(shape: shape), state.random)
      }
    }
    let flow = try run(statement)
    let changed = state.variables.changed
    guard !changed.isEmpty else { return flow }
    trace.draws = Draws(from: random, to: state.random)
    let reads = statement.namesRead.compactMap { symbol in
      state.variables.origin(of: symbol).map { Version(symbol: symbol, number: $0.number) }
    }
    for symbol in changed {
      guard let value = state.variables[symbol] else { continue }
      let origin = provenance.add(statement, source, trace, reads: reads, value)
      state.variables.setOrigin(of: symbol, origin)
    }
    return flow
  }
}

extension Statement {
  fileprivate var isOneExpression: Bool {
    switch form {
    case .expression, .assign, .update: true
    default: false
    }
  }

  /// The names in it that may be variables from before.
  var namesRead: [Symbol] {
    switch form {
    case .expression(let expr), .assign(_, let expr): FreeNames.of(expr)
    case .update(let name, _, let index, let expr):
      Array(([expr] + (index ?? []).flatMap(\.parts)).namesRead.union([name.symbol]))
    case .define(let definition):
      Array(
        definition.parameters.compactMap(\.defaultValue).namesRead
          .union(definition.body.namesRead)
          .subtracting(definition.parameters.map(\.name.symbol)))
    case .forLoop(let names, let domain, let body):
      Array(domain.parts.namesRead.union(body.namesRead.subtracting(names.map(\.symbol))))
    case .whileLoop(let condition, let body):
      Array([condition].namesRead.union(body.namesRead))
    case .ifElse(let condition, let then, let otherwise):
      Array(
        [condition].namesRead.union(then.namesRead).union(otherwise?.namesRead ?? []))
    case .breakLoop: []
    }
  }
}

extension Block {
  fileprivate var namesRead: Set<Symbol> {
    statements.reduce(into: []) { $0.formUnion($1.namesRead) }
  }
}

extension [Expr] {
  fileprivate var namesRead: Set<Symbol> {
    reduce(into: []) { $0.formUnion(FreeNames.of($1)) }
  }
}
