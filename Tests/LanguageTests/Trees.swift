@testable import Language

/// A small generator with a fixed seed (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A tree without its spans, to compare; how a call was written does not count.
func shape(_ expr: Expr) -> String {
  switch expr.form {
  case .number(let number): "\(number)"
  case .string(let text): "\"\(text)\""
  case .hole: "?"
  case .name(let name): name
  case .function(let names, let body): "(fn \(names.map(\.text)) \(shape(body)))"
  case .tuple(let items): "(tuple \(items.map(shape)))"
  case .matrix(let rows): "(matrix \(rows.map { $0.map(shape) }))"
  case .call(let head, let arguments, _): "(call \(shape(head)) \(arguments.map(shape)))"
  case .unary(let op, let operand, _): "(\(op) \(shape(operand)))"
  case .binary(let op, let left, let right, _): "(\(op) \(shape(left)) \(shape(right)))"
  case .index(let base, let items): "(index \(shape(base)) \(items.map(shape)))"
  case .member(let base, let name): "(member \(shape(base)) \(name.text))"
  case .transpose(let base): "(transpose \(shape(base)))"
  case .command(let command): "(command \(command.name.text) \(shape(command.operand)))"
  }
}

private func shape(_ argument: Argument) -> String {
  switch argument {
  case .positional(let value): shape(value)
  case .option(let name, let value): "\(name.text):\(shape(value))"
  }
}

private func shape(_ item: IndexItem) -> String {
  switch item {
  case .at(let expr): shape(expr)
  case .slice(let from, let to, let step, _):
    "(slice \([from, to, step].map { $0.map(shape) ?? "-" }))"
  }
}

private func shape(_ operand: Command.Operand) -> String {
  switch operand {
  case .word(let word): "\"\(word.text)\""
  case .expression(let expr): shape(expr)
  case .sweep(let options, let expr): "\(options.map(shape)) \(shape(expr))"
  case .alternatives(let items): "\(items.map(shape))"
  case .sizes(let name, let sizes, let options):
    "\(name.text) \(sizes.map(shape)) \(options.map(shape))"
  }
}

func shape(_ statement: Statement) -> String {
  (statement.isHidden ? "hidden " : "") + shape(statement.form)
}

private func shape(_ block: Block) -> String { "{\(block.statements.map(shape))}" }

private func shape(_ form: Statement.Form) -> String {
  switch form {
  case .expression(let expr): shape(expr)
  case .assign(let names, let value): "(assign \(names.map(\.text)) \(shape(value)))"
  case .update(let name, let path, let index, let value):
    "(update \(name.text) \(path.map(\.text)) \(index?.map(shape) ?? []) \(shape(value)))"
  case .define(let definition):
    "(def \(definition.name.text) "
      + "\(definition.parameters.map { $0.name.text + ($0.defaultValue.map(shape) ?? "") }) "
      + shape(definition.body) + ")"
  case .forLoop(let names, let domain, let body):
    "(for \(names.map(\.text)) \(shape(domain)) \(shape(body)))"
  case .whileLoop(let condition, let body): "(while \(shape(condition)) \(shape(body)))"
  case .ifElse(let condition, let then, let otherwise):
    "(if \(shape(condition)) \(shape(then)) \(otherwise.map(shape) ?? "-"))"
  case .breakLoop: "break"
  }
}

/// Random trees of every form.
struct TreeMaker {
  var random: SeededGenerator
  private let here = Span(0, 0)

  init(seed: UInt64) { random = SeededGenerator(seed) }

  mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  mutating func name() -> Name {
    let names = ["a", "b", "f", "softmax", "질의", "θ₁", "W_q", "T1", "e", "e5"]
    return Name(names[pick(names.count)], here)
  }

  private mutating func several<Element>(
    _ range: ClosedRange<Int>, _ make: (inout TreeMaker) -> Element
  ) -> [Element] {
    let count = Int.random(in: range, using: &random)
    return (0..<count).map { _ in make(&self) }
  }

  mutating func atom() -> Expr {
    let numbers = [0, 1, 2.5, 1e-9, 1e21, 0.1, 3e300, .infinity, 1_234_567, .leastNonzeroMagnitude]
    switch pick(8) {
    case 0...2: return Expr(.number(numbers[pick(numbers.count)]), here)
    case 3: return Expr(.string(["", "a b", "\"\\\n\t\u{1B}#;'é"][pick(3)]), here)
    case 4: return Expr(.hole, here)
    default: return Expr(.name(name().text), here)
    }
  }

  mutating func expr(_ depth: Int) -> Expr {
    guard depth > 0 else { return atom() }
    let below = depth - 1
    switch pick(15) {
    case 0: return atom()
    case 1:
      return Expr(.function(several(0...3) { $0.name() }, body: expr(below)), here)
    case 2: return Expr(.tuple(several(2...3) { $0.expr(below) }), here)
    case 3:
      return Expr(.matrix(several(0...3) { $0.several(1...3) { $0.expr(below) } }), here)
    case 4, 5:
      let style: CallStyle = [.spaced, .parenthesized, .piped][pick(3)]
      return Expr(.call(expr(below), several(0...3) { $0.argument(below) }, style), here)
    case 6, 7:
      let op = UnaryOperator.allCases[pick(UnaryOperator.allCases.count)]
      return Expr(.unary(op, expr(below), operator: here), here)
    case 8...10:
      let op = BinaryOperator.allCases[pick(BinaryOperator.allCases.count)]
      return Expr(.binary(op, expr(below), expr(below), operator: here), here)
    case 11: return Expr(.index(expr(below), several(1...3) { $0.item(below) }), here)
    case 12: return Expr(.member(expr(below), name()), here)
    case 13: return Expr(.transpose(expr(below)), here)
    default: return Expr(.command(command(below)), here)
    }
  }

  private mutating func option(_ depth: Int) -> Argument { .option(name(), expr(depth)) }

  private mutating func argument(_ depth: Int) -> Argument {
    pick(4) == 0 ? option(depth) : .positional(expr(depth))
  }

  private mutating func item(_ depth: Int) -> IndexItem {
    guard pick(2) == 0 else { return .at(expr(depth)) }
    let part = { (maker: inout TreeMaker) -> Expr? in maker.pick(2) == 0 ? nil : maker.expr(depth) }
    return .slice(from: part(&self), to: part(&self), step: part(&self), span: here)
  }

  private mutating func command(_ depth: Int) -> Command {
    switch pick(4) {
    case 0: Command(Name("explain", here), .expression(expr(depth)))
    case 1:
      Command(Name("sweep", here), .sweep(several(1...2) { $0.option(depth) }, expr(depth)))
    case 2: Command(Name("compare", here), .alternatives(several(2...3) { $0.expr(depth) }))
    default:
      Command(
        Name("cost", here),
        .sizes(name(), several(0...2) { $0.expr(depth) }, several(0...2) { $0.option(depth) }))
    }
  }

  mutating func statement(_ depth: Int) -> Statement {
    var statement = Statement(form(depth), here, isHidden: pick(4) == 0)
    statement.isTimed = pick(8) == 0
    return statement
  }

  private mutating func block(_ depth: Int) -> Block {
    Block(several(0...3) { $0.statement(depth - 1) }, here)
  }

  private mutating func form(_ depth: Int) -> Statement.Form {
    guard depth > 0 else { return .expression(expr(2)) }
    switch pick(9) {
    case 0, 1: return .expression(expr(3))
    case 2: return .assign(several(1...3) { $0.name() }, expr(3))
    case 3: return .update(name(), path: several(1...2) { $0.name() }, index: nil, expr(3))
    case 4: return .update(name(), path: several(0...2) { $0.name() }, index: [item(1)], expr(2))
    case 5:
      let parameters = several(0...3) {
        Parameter($0.name(), defaultValue: $0.pick(2) == 0 ? nil : $0.expr(1))
      }
      return .define(Definition(name(), parameters, body: block(depth), span: here))
    case 6: return .forLoop(several(1...2) { $0.name() }, in: item(1), block(depth))
    case 7: return .whileLoop(expr(2), block(depth))
    default:
      return .ifElse(expr(2), then: block(depth), otherwise: pick(2) == 0 ? nil : block(depth))
    }
  }
}
