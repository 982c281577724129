import Kernels
import Language

// Calls as they are written: evaluating the arguments, and saying what is wrong with them in the
// user's own words.
extension Evaluator {
  func call(
    _ head: Expr, _ arguments: [Argument], _ style: CallStyle, at expr: Expr, wanted: Wanted
  ) throws -> Value {
    let callee = try evaluate(head)
    guard case .function(let function) = callee else {
      throw notAFunction(callee, head, arguments, at: expr)
    }
    let given = try evaluate(arguments, for: function)
    do {
      let value = try apply(callee, given, wanted: wanted)
      if !tapes.isEmpty { placeConstant(at: expr.span) }
      return value
    } catch let fault as Fault {
      let site = CallSite(
        function: function, head: head, arguments: arguments, given: given, style: style,
        expr: expr)
      throw diagnose(fault, at: site)
    } catch let error as KernelError {
      throw diagnose(error, at: expr.span)
    } catch var diagnostic as Diagnostic {
      if case .user(let user) = function, !user.isDefinitionOfBuiltin {
        diagnostic.callers.append(
          .init(source: source, span: expr.span, function: function.name))
      }
      throw diagnostic
    }
  }

  func evaluate(_ arguments: [Argument], for function: Function) throws -> Arguments {
    var given = Arguments(capacity: arguments.count)
    for index in arguments.indices {
      switch arguments[index] {
      case .positional(let expr):
        do { given.append(try evaluate(expr)) } catch let diagnostic as Diagnostic {
          throw withOptions(diagnostic, of: function, insteadOf: index, of: arguments)
        }
      case .option(let name, let expr):
        given.append(try option(name.text, expr, of: function), named: name.text)
      }
    }
    return given
  }

  /// An unknown name may be an option without its value, `save x "x.npy" force`, or without its `=`:
  /// `softmax z tau 2`.
  private func withOptions(
    _ diagnostic: Diagnostic, of function: Function, insteadOf number: Int,
    of arguments: [Argument]
  ) -> Diagnostic {
    let expr = arguments[number].value
    guard case .name(let word) = expr.form, lookUp(word) == nil,
      case .builtin(let builtin) = function
    else { return diagnostic }
    let meaning = Faults.parameterMeaning(word, builtin)
    var fixes = Faults.options(named: word, of: builtin).map {
      Fix($0, note: meaning, replacing: expr.span)
    }
    if fixes.isEmpty, case .positional(let value)? = arguments.dropFirst(number + 1).first,
      builtin.signature.options.contains(where: { $0.name == word })
    {
      let span = expr.span.joined(with: value.span)
      fixes = [Fix("\(word)=\(source.slice(value.span))", note: meaning, replacing: span)]
    }
    var diagnostic = diagnostic
    if !fixes.isEmpty { diagnostic.fixes = fixes }
    return diagnostic
  }

  /// A word option takes its word as it stands, `layout=half` never evaluates half; a name that is
  /// none of the words may hold one of them.
  func option(_ name: String, _ expr: Expr, of function: Function) throws -> Value {
    if case .builtin(let builtin) = function,
      case .word(let words)? = builtin.signature.parameter(name)?.kind,
      case .name(let word) = expr.form
    {
      if !words.contains(word), case .string(let held)? = lookUp(word) { return .string(held) }
      return .string(word)
    }
    return try evaluate(expr)
  }

  func diagnose(_ error: KernelError, at span: Span) -> any Error {
    switch error {
    case .cancelled: return error
    case .memory(let needed, let limit):
      return Diagnostic(
        "this needs more memory than the limit", in: source, at: span,
        detail: "\(ByteCount(needed)) needed, limit \(ByteCount(limit))",
        notes: [":set memory changes the limit"])
    }
  }

  func notAFunction(
    _ value: Value, _ head: Expr, _ arguments: [Argument], at expr: Expr
  ) -> Diagnostic {
    let text = source.slice(head.span)
    var fixes: [Fix] = []
    if arguments.count == 1, case .positional(let argument) = arguments[0] {
      let argumentText = source.slice(argument.span)
      switch (argument.form, value) {
      case (.matrix(let rows), _) where rows.count == 1:
        let items = rows[0].map { source.slice($0.span) }.joined(separator: ", ")
        return Diagnostic(
          "\(text) is \(value.shapeText), not a function: remove the space to index it",
          in: source, at: expr.span, marks: [.init(head.span)],
          fixes: [Fix("\(text)[\(items)]", replacing: expr.span)])
      case (.unary(.negate, let operand, _), .number), (.unary(.negate, let operand, _), .tensor):
        return Diagnostic(
          "\(text) is \(value.kindName), not a function: write \(text) - \(source.slice(operand.span))",
          in: source, at: expr.span, marks: [.init(head.span)],
          fixes: [Fix("\(text) - \(source.slice(operand.span))", replacing: expr.span)])
      case (_, .number), (_, .tensor):
        fixes = [Fix("\(text) * \(argumentText)", replacing: expr.span)]
      default: break
      }
    }
    return Diagnostic(
      "\(text) is \(value.kindName), not a function", in: source, at: expr.span,
      marks: [.init(head.span)], detail: "\(text) \(value.shapeText)", fixes: fixes)
  }
}

/// A call as it was written, for the text of an error.
struct CallSite {
  let function: Function
  let head: Expr
  let arguments: [Argument]
  let given: Arguments
  let style: CallStyle
  let expr: Expr

  struct Place {
    var span: Span
    var value: Value
    /// The span of the argument's value alone, without `name=`.
    var valueSpan: Span
  }

  /// Where the argument of each parameter was written.
  var places: [String: Place] {
    var places: [String: Place] = [:]
    var optionIndex = 0
    for case .option(let name, let expr) in arguments {
      places[name.text] = Place(
        span: name.span.joined(with: expr.span), value: given.options[optionIndex].value,
        valueSpan: expr.span)
      optionIndex += 1
    }
    var positional = zip(positionalExprs, given.positional).makeIterator()
    for name in parameterNames where places[name] == nil {
      guard let (expr, value) = positional.next() else { break }
      places[name] = Place(span: expr.span, value: value, valueSpan: expr.span)
    }
    return places
  }

  var positionalExprs: [Expr] {
    arguments.compactMap {
      if case .positional(let expr) = $0 { expr } else { nil }
    }
  }

  private var parameterNames: [String] {
    switch function {
    case .builtin(let builtin): builtin.signature.positionals.map(\.name)
    case .user(let user): user.parameters.filter { $0.defaultValue == nil }.map(\.name.text)
    }
  }
}

extension Evaluator {
  func diagnose(_ fault: Fault, at site: CallSite) -> Diagnostic {
    if case .step(let source, let span) = fault.blame {
      return diagnosis(of: fault, inside: source, span, site)
    }
    let places = site.places
    let blamed = spans(of: fault.blame, at: site, places)
    var diagnostic = Diagnostic(
      fault.message, in: source, at: blamed.isWholeCall ? site.expr.span : blamed.spans[0],
      marks: blamed.spans.map { Diagnostic.Mark($0) },
      detail: detail(of: fault, at: site, places), notes: fault.notes)
    diagnostic.fixes =
      fault.proposals.map { fix($0, at: site, places) } + provedFixes(for: fault, at: site)
    return diagnostic
  }

  private func spans(of blame: Fault.Blame, at site: CallSite, _ places: [String: CallSite.Place])
    -> (spans: [Span], isWholeCall: Bool)
  {
    switch blame {
    case .head: return ([site.head.span], false)
    case .call: return ([site.head.span], true)
    case .argument(let name):
      return (places[name].map { [$0.span] } ?? [site.head.span], places[name] == nil)
    case .arguments(let names):
      let spans = names.compactMap { places[$0]?.span }
      return (spans.isEmpty ? [site.head.span] : spans, true)
    case .step(_, let span): return ([span], false)
    }
  }

  /// Where it happened; the call too, unless it stands around that.
  private func diagnosis(of fault: Fault, inside source: Source, _ span: Span, _ site: CallSite)
    -> Diagnostic
  {
    var diagnostic = Diagnostic(
      fault.message, in: source, at: span, detail: fault.detail ?? "", notes: fault.notes)
    let own = site.expr.span
    guard source !== self.source || span.lower < own.lower || span.upper > own.upper else {
      return diagnostic
    }
    diagnostic.callers.append(
      .init(source: self.source, span: own, function: site.function.name))
    return diagnostic
  }

  /// The operands with their shapes, then what clashes.
  private func detail(of fault: Fault, at site: CallSite, _ places: [String: CallSite.Place])
    -> String
  {
    var parts: [String] = []
    let names: [String] =
      switch fault.blame {
      case .argument(let name): [name]
      case .arguments(let names): names
      default: []
      }
    for name in names {
      guard let place = places[name] else { continue }
      if let text = operandText(place.valueSpan, place.value) { parts.append(text) }
    }
    if let detail = fault.detail { parts.append(detail) }
    return parts.joined(separator: "   ")
  }

  /// `Q 4×8`; nothing for a literal, whose value can be seen.
  func operandText(_ span: Span, _ value: Value) -> String? {
    let text = source.slice(span)
    guard text.count <= 24, !text.contains("\n") else { return value.shapeText }
    if case .number = value { return nil }
    if case .string = value { return nil }
    // A rule says itself what it is.
    if case .mask = value, text.isPartOf(value) { return nil }
    if case .bias = value, text.isPartOf(value) { return nil }
    return text == value.shapeText ? nil : "\(text) \(value.shapeText)"
  }

  private func fix(
    _ proposal: Fault.Proposal, at site: CallSite, _ places: [String: CallSite.Place]
  ) -> Fix {
    let text = proposal.text { name in
      places[name].map { self.source.slice($0.valueSpan) } ?? name
    }
    let span: Span? =
      switch proposal.place {
      case .head: site.head.span
      case .call: site.expr.span
      case .argument(let name): places[name]?.span
      }
    return Fix(text, note: proposal.note, replacing: span)
  }
}

extension String {
  /// Whether `(padding 2)` or `alibi(8)` stands in `mask padding 2`, `bias alibi 8`.
  fileprivate func isPartOf(_ value: Value) -> Bool {
    func letters(_ text: String) -> String { text.filter { !"() ".contains($0) } }
    return letters(value.shapeText).hasSuffix(letters(self))
  }
}

/// A number of bytes for people.
struct ByteCount: CustomStringConvertible {
  private let bytes: Int
  init(_ bytes: Int) { self.bytes = bytes }

  var description: String {
    let (value, unit) = scaled
    return bytes == Int.max ? "more than 8 EiB" : "\(value.plain) \(unit)"
  }

  /// `2.0 MiB`, for columns of such numbers; bytes are whole.
  var withTenths: String {
    let (value, unit) = scaled
    let text = value == value.rounded() && bytes >= 1024 ? "\(value.plain).0" : value.plain
    return bytes == Int.max ? description : "\(text) \(unit)"
  }

  private var scaled: (value: Double, unit: String) {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return ((value * 10).rounded() / 10, units[unit])
  }
}
