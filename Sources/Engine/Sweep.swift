import Kernels
import Language

/// What an expression gives for each of several values of an option or a variable.
struct Sweep {
  /// `tau`, or `tau, heads` where all combinations were taken.
  var name: String
  var labels: [String]
  var values: [Value]
  /// The expression as it was written.
  var text: String
}

extension Sweep {
  /// All results as one value: a tensor with one more axis in front where they have one shape, a
  /// picture of pictures, otherwise a tuple.
  func value() throws -> Value {
    if let figures { return .figure(.panels(figures, title: text)) }
    let tensors = try values.compactMap { try $0.asTensor() }
    if tensors.count == values.count, let first = tensors.first,
      tensors.allSatisfy({ $0.shape == first.shape })
    {
      return Value(try Tensor.stack(tensors, axis: 0))
    }
    return .tuple(Tuple(values, names: named))
  }

  /// How the results are shown: a table with a row for each number or vector, heatmaps of matrices.
  func output() throws -> Output {
    if let figures { return .value(.figure(.panels(figures, title: text)), name: nil) }
    let tensors = try values.compactMap { try $0.asTensor() }
    guard tensors.count == values.count, let first = tensors.first,
      tensors.allSatisfy({ $0.rank == first.rank && $0.count > 0 })
    else { return .results(zip(named, values).map { (name: $0, value: $1) }, extras: []) }
    if first.rank < 2 { return .value(.figure(.strips(table(tensors))), name: nil) }
    return .value(.figure(.panels(heatmaps(tensors), title: text)), name: nil)
  }

  private var named: [String] { labels.map { "\(name) = \($0)" } }

  private func table(_ tensors: [Tensor]) -> Strips {
    let width = tensors.map(\.count).max() ?? 0
    let isVector = tensors[0].rank == 1
    return Strips(
      title: isVector ? text : nil, nameColumn: name,
      columns: isVector ? (0..<width).map(String.init) : [text],
      rows: zip(labels, tensors).map { Strips.Row($0, .none, numbers: $1.doubles) })
  }

  private func heatmaps(_ tensors: [Tensor]) -> [Figure] {
    zip(named, tensors).map { .heat(HeatFigure(values: $1, title: $0)) }.sharingLimits()
  }

  /// Each picture under the value it belongs to.
  private var figures: [Figure]? {
    let figures = zip(named, values).compactMap { name, value -> Figure? in
      guard case .figure(let figure) = value else { return nil }
      return figure.titled(name)
    }
    return figures.count == values.count ? figures.sharingLimits() : nil
  }
}

extension Figure {
  /// With a name in front of its own title.
  fileprivate func titled(_ name: String) -> Figure {
    func joined(_ title: String?) -> String { title.map { "\(name)  \($0)" } ?? name }
    switch self {
    case .heat(var heat):
      heat.title = joined(heat.title)
      return .heat(heat)
    case .chart(var chart):
      chart.title = joined(chart.title)
      return .chart(chart)
    case .strips(var strips):
      strips.title = joined(strips.title)
      return .strips(strips)
    case .panels(let figures, let title): return .panels(figures, title: joined(title))
    }
  }
}

extension Evaluator {
  /// More results than these can not be compared.
  private static let mostSweeps = 64

  /// Evaluates `body` once for each value: as an option of the called function where it takes one of
  /// that name, else as a variable. Each time with the same random state, which stays as it was.
  func sweep(_ options: [Argument], _ body: Expr) throws -> Sweep {
    var sweep = Sweep(name: "", labels: [""], values: [], text: source.line(body.span))
    var expr = body
    var names: [String] = []
    var combinations: [[Value]] = [[]]
    for case .option(let name, let values) in options {
      let function = try calledFunction(expr, taking: name.text)
      let axis = try sweptValues(name.text, values, of: function)
      guard combinations.count * axis.count <= Self.mostSweeps else {
        throw Diagnostic(
          "a sweep takes at most \(Self.mostSweeps) values", in: source, at: values.span)
      }
      if function == nil { try checkIsUsed(name, in: body) }
      // An option gets a name that no variable can have.
      names.append(function == nil ? name.text : "\(name.text)=")
      if function != nil { expr = expr.adding(name, valueOf: names[names.count - 1]) }
      sweep.name += (sweep.name.isEmpty ? "" : ", ") + name.text
      sweep.labels = sweep.labels.flatMap { label in
        axis.map { label.isEmpty ? $0.label : "\(label), \($0.label)" }
      }
      combinations = combinations.flatMap { values in axis.map { values + [$0.value] } }
    }
    sweep.values = try combinations.map { try evaluate(expr, with: Array(zip(names, $0))) }
    return sweep
  }

  private func evaluate(_ expr: Expr, with bindings: [(String, Value)]) throws -> Value {
    let random = state.random
    func exchange(_ symbol: Symbol, _ value: Value?) -> Value? {
      guard let frame else { return state.variables.exchange(symbol, value) }
      defer { frame.locals[symbol] = value }
      return frame.locals[symbol]
    }
    let outer = bindings.map { name, value in (Symbol(name), exchange(Symbol(name), value)) }
    defer {
      state.random = random
      for (symbol, value) in outer { _ = exchange(symbol, value) }
    }
    return try evaluate(expr)
  }

  // MARK: - Which function takes the option

  private func calledFunction(_ expr: Expr, taking option: String) throws -> Function? {
    guard case .call(let head, let arguments, _) = expr.form,
      !arguments.contains(where: { $0.isOption(option) }),
      case .function(let function) = try evaluate(head), function.takes(option)
    else { return nil }
    return function
  }

  private func checkIsUsed(_ name: Name, in body: Expr) throws {
    guard !FreeNames.of(body).contains(name.symbol) else { return }
    let call = innerCall(in: body, taking: name.text)
    throw Diagnostic(
      "nothing here takes '\(name.text)'", in: source, at: name.span,
      detail: "neither an option of the called function nor a name in \(source.slice(body.span))",
      fixes: call.map { [Fix($0.text, replacing: $0.span)] } ?? [])
  }

  /// A call further inside that takes the option, with the option written into it.
  private func innerCall(in expr: Expr, taking option: String) -> (text: String, span: Span)? {
    for part in expr.form.parts {
      if let found = innerCall(in: part, taking: option) { return found }
    }
    guard case .call(let head, _, _) = expr.form, case .name(let name) = head.form,
      case .function(let function)? = lookUp(name), function.takes(option)
    else { return nil }
    let text = source.slice(expr.span)
    return text.hasSuffix(")") && text.hasPrefix(name + "(")
      ? ("\(text.dropLast()), \(option)=\(option))", expr.span)
      : ("\(text) \(option)=\(option)", expr.span)
  }

  // MARK: - The values

  private func sweptValues(_ name: String, _ expr: Expr, of function: Function?) throws
    -> [(label: String, value: Value)]
  {
    if case .tuple(let items) = expr.form {
      return try items.map { item in
        let value = try function.map { try option(name, item, of: $0) } ?? evaluate(item)
        return (value.sweepLabel ?? source.line(item.span), value)
      }
    }
    let value = try function.map { try option(name, expr, of: $0) } ?? evaluate(expr)
    let items: [Value]
    switch value {
    case .tensor(let tensor): items = (0..<tensor.shape[0]).map { Value(tensor.subtensor($0)) }
    case .tuple(let tuple): items = tuple.items
    default: items = [value]
    }
    guard !items.isEmpty else {
      throw Diagnostic("a sweep needs at least one value", in: source, at: expr.span)
    }
    return items.map { ($0.sweepLabel ?? $0.shapeText, $0) }
  }
}

extension Value {
  /// A short text for a value that has one.
  fileprivate var sweepLabel: String? {
    switch self {
    case .number(let number, _): number.plain
    case .string(let text): text
    case .mask(let rule): "\(rule)"
    case .function(let function): function.name == "function" ? nil : function.name
    default: nil
    }
  }
}

extension Function {
  func takes(_ option: String) -> Bool {
    switch self {
    case .builtin(let builtin): builtin.signature.parameter(option) != nil
    case .user(let user): user.parameters.contains { $0.name.text == option }
    }
  }
}

extension Argument {
  fileprivate func isOption(_ name: String) -> Bool {
    if case .option(let given, _) = self { given.text == name } else { false }
  }
}

extension Expr {
  /// A call with one more option, whose value a variable holds.
  fileprivate func adding(_ option: Name, valueOf variable: String) -> Expr {
    guard case .call(let head, let arguments, let style) = form else { return self }
    let value = Expr(.name(variable), option.span)
    return Expr(.call(head, arguments + [.option(option, value)], style), span)
  }
}
