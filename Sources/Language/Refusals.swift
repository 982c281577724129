// What the parser refuses, with the texts together: one plain sentence, and every reading that the
// writer may have meant as a fix that can be put on the line.
extension Parser {
  // MARK: - Something is missing or too much

  /// An error at the present token; unfinished input says which bracket is open.
  func failure(_ message: String) -> Diagnostic {
    if case .invalid(let index) = token.kind { return problems[index] }
    guard token.kind == .end else { return Diagnostic(message, in: source, at: token.span) }
    guard let bracket = open.last else {
      return Diagnostic(message, in: source, at: previous.span, isIncomplete: true)
    }
    return Diagnostic(
      "the \(source.slice(bracket.span)) is never closed", in: source, at: bracket.span,
      isIncomplete: true)
  }

  func unexpected() -> Diagnostic {
    switch token.kind {
    case .invalid(let index): return problems[index]
    case .end:
      return failure(
        position == 0 ? "an expression is missing" : "a value is missing after \(source.slice(lastWritten.span))")
    case .newline:
      return open.isEmpty || open.last?.isSymbol("{") == true
        ? Diagnostic("the line ends where a value should stand", in: source, at: previous.span)
        : failure("a value is missing")
    case .semicolon: return failure("the statement ends where a value should stand")
    case .symbol("'"): return quote()
    case .symbol(let text) where [")", "]", "}"].contains(text):
      let isEmpty = previous.kind == .symbol(text == ")" ? "(" : "[")
      guard let bracket = open.last else {
        return failure("this \(text) closes nothing")
      }
      return failure(
        isEmpty || BinaryOperator(previous) != nil
          ? "a value is missing before \(text)"
          : "this \(text) does not close the \(source.slice(bracket.span))")
    case .symbol("{"): return failure("a block can not stand here")
    case .symbol(":"): return colon()
    case .symbol("="): return failure("= can not stand here", fix: "==", "compares")
    case .name(let name) where Self.keywords.contains(name):
      return failure("\(name) can not stand here")
    default:
      let text = source.slice(token.span)
      if BinaryOperator(token) != nil || token.isSymbol("|>") {
        return failure("a value is missing before \(text)")
      }
      return failure("\(text) can not stand here: an operator or the end of the statement is missing before it")
    }
  }

  private func failure(_ message: String, fix: String, _ note: String) -> Diagnostic {
    var diagnostic = failure(message)
    diagnostic.fixes = [Fix(fix, note: note, replacing: token.span)]
    return diagnostic
  }

  /// A ' where a value should stand: somebody's string.
  private func quote() -> Diagnostic {
    let line = source.lineSpan(source.lineNumber(at: token.span.lower))
    let rest = source.slice(Span(token.span.upper, line.upper))
    guard let end = rest.firstIndex(of: "'") else {
      return failure("' transposes what stands before it, and nothing does")
    }
    let text = String(rest[..<end])
    let span = Span(token.span.lower, token.span.upper + text.utf8.count + 1)
    return Diagnostic(
      "strings take double quotes; ' transposes", in: source, at: span,
      fixes: [Fix("\"\(text)\"", replacing: span)])
  }

  private func colon() -> Diagnostic {
    failure("a : stands in an index, a slice or a loop; a block takes { }")
  }

  func missingBlock() -> Diagnostic {
    guard token.isSymbol(":") else { return failure("a block in { } is missing") }
    let line = source.lineSpan(source.lineNumber(at: token.span.lower))
    let rest = source.slice(Span(token.span.upper, line.upper)).drop { $0 == " " }
    let span = Span(token.span.lower, line.upper)
    return Diagnostic(
      "a block stands in { }, not after a colon", in: source, at: token.span,
      fixes: rest.isEmpty ? [] : [Fix(" { \(rest) }", replacing: span)])
  }

  // MARK: - Other languages

  /// `lambda x: …`, `import numpy`: what people type who come from elsewhere.
  func refuseForeignStatement(_ word: String) throws(Diagnostic) {
    let next = ahead(1)
    guard next.blankBefore, case .name(let name) = next.kind else { return }
    switch word {
    case "import", "from":
      throw Diagnostic(
        "there is nothing to import: help lists what there is", in: source, at: token.span)
    case "let", "var", "const":
      guard ahead(2).isSymbol("=") else { return }
      throw Diagnostic(
        "a name needs no \(word)", in: source, at: token.span,
        fixes: [Fix("\(name) =", replacing: token.span.joined(with: ahead(2).span))])
    case "lambda":
      guard ahead(2).isSymbol(":") else { return }
      throw Diagnostic(
        "a function is written with an arrow", in: source, at: token.span,
        fixes: [Fix("\(name) ->", replacing: token.span.joined(with: ahead(2).span))])
    default: return
    }
  }

  // MARK: - Two readings

  /// (1) An operator glued to the last argument of a spaced call: `softmax z/tau`.
  mutating func refuseGluedOperator(after call: Expr, _ arguments: [Argument]) throws(Diagnostic) {
    guard BinaryOperator(token) != nil || token.isSymbol("|>"), !token.blankBefore,
      case .call(let head, _, _) = call.form
    else { return }
    if ahead(1).isSymbol("="), !ahead(1).blankBefore { return }
    let opToken = token
    let operatorText = source.slice(opToken.span)
    // Read on as one tight argument: that is the first reading.
    position += 1
    guard let right = try? tightOperand() else {
      throw Diagnostic(
        "\(operatorText) is glued to the last argument", in: source, at: opToken.span,
        fixes: [
          Fix(" \(operatorText) ", note: "with blanks it takes the whole call", replacing: opToken.span)
        ])
    }
    let last = arguments[arguments.count - 1]
    let lastValue = last.value
    let inner = source.slice(Span(lastValue.span.lower, right.upper))
    let before = source.slice(Span(call.span.lower, lastValue.span.lower))
    let headText = source.slice(head.span)
    let list = arguments.map { argument in
      switch argument {
      case .positional(let value): source.slice(value.span)
      case .option(let name, let value): "\(name.text)=\(source.slice(value.span))"
      }
    }
    let rest = source.slice(Span(opToken.span.upper, right.upper))
    let whole = Span(call.span.lower, right.upper)
    var fixes = [
      Fix("\(before)(\(inner))", note: "the argument is \(inner)", replacing: whole),
      Fix(
        "\(headText)(\(list.joined(separator: ", "))) \(operatorText) \(rest)",
        note: "the result is changed", replacing: whole),
    ]
    // `randn 2*n d`: more arguments follow, so only the first reading makes a whole call.
    var end = whole
    while startsArgument(token), let more = try? argumentValue() { end = end.joined(with: more.span) }
    if end != whole {
      let tail = source.slice(Span(whole.upper, end.upper))
      fixes = [Fix("\(before)(\(inner))\(tail)", note: "the argument is \(inner)", replacing: end)]
    }
    throw Diagnostic(
      "\(source.slice(whole)) could mean two things", in: source, at: whole,
      marks: [.init(opToken.span)],
      detail: "blanks separate arguments, and \(operatorText) has none before it", fixes: fixes)
  }

  /// What stands right of a glued operator, as far as no blank comes; gives where it ends.
  private mutating func tightOperand() throws(Diagnostic) -> Span {
    let outer = mode
    mode = .tight
    defer { mode = outer }
    return try expression(from: .sum).span
  }

  /// (2) `=` after something that can not be assigned to.
  func refusedAssignment(to target: Expr) -> Diagnostic {
    let span = target.span
    guard case .call(let head, let arguments, let style) = target.form,
      case .name(let function) = head.form
    else {
      return Diagnostic(
        "only names, fields and elements can be assigned to", in: source, at: span,
        marks: [.init(token.span)], fixes: [Fix("==", note: "compares", replacing: token.span)])
    }
    let names = arguments.compactMap { argument -> String? in
      if case .positional(let value) = argument, case .name(let name) = value.form { name } else { nil }
    }
    var fixes: [Fix] = []
    let toSign = Span(span.lower, token.span.upper)
    if names.count == arguments.count {
      if names.count >= 2, case .number = ahead(1).kind, style == .spaced {
        let option = names[names.count - 1]
        let number = source.slice(ahead(1).span)
        let words = ([function] + names.dropLast()).joined(separator: " ")
        fixes.append(
          Fix(
            "\(words) \(option)=\(number)", note: "an option has no blanks around =",
            replacing: span.joined(with: ahead(1).span)))
      }
      let parameters = names.joined(separator: style == .spaced ? " " : ", ")
      let definition = style == .spaced ? "def \(function) \(parameters) =" : "def \(function)(\(parameters)) ="
      fixes.append(Fix(definition, note: "defines a function", replacing: toSign))
      if style == .spaced {
        fixes.append(
          Fix(
            ([function] + names).joined(separator: ", ") + " =", note: "takes several results",
            replacing: toSign))
      }
    }
    return Diagnostic(
      "a call can not be assigned to", in: source, at: span, marks: [.init(token.span)], fixes: fixes)
  }

  func refusedChainedAssignment() -> Diagnostic {
    Diagnostic(
      "one assignment a statement", in: source, at: token.span,
      fixes: [Fix("==", note: "compares", replacing: token.span)])
  }

  func refusedCompoundAssignment(_ left: Expr, _ op: BinaryOperator) -> Diagnostic {
    let target = source.slice(left.span)
    let span = left.span.joined(with: ahead(1).span)
    return Diagnostic(
      "\(op.rawValue)= does not exist: values never change in place", in: source,
      at: token.span.joined(with: ahead(1).span),
      fixes: [Fix("\(target) = \(target) \(op.rawValue)", replacing: span)])
  }

  func refusedBareTuple(from expr: Expr) -> Diagnostic {
    let line = source.lineSpan(source.lineNumber(at: expr.span.lower))
    let rest = source.slice(Span(expr.span.lower, line.upper))
    let isSimple = !rest.contains("#") && !rest.contains(";") && !rest.contains("{")
    return Diagnostic(
      "several values are held together by parentheses", in: source, at: token.span,
      fixes: isSimple
        ? [Fix("(\(rest))", replacing: Span(expr.span.lower, line.upper))] : [])
  }

  /// (3) A number, a matrix or a postfix value as the head of a spaced call.
  mutating func refusedHead(_ head: Expr) -> Diagnostic {
    let argument = token
    let text = source.slice(head.span)
    if argument.isSymbol("-") {
      position += 1
      guard let operand = try? tightOperand() else { return unexpected() }
      let right = source.slice(operand)
      return Diagnostic(
        "\(text) is a value, not a function: write \(text) - \(right)", in: source,
        at: head.span.joined(with: operand), marks: [.init(argument.span)],
        fixes: [Fix("\(text) - \(right)", replacing: head.span.joined(with: operand))])
    }
    guard !isOptionAhead(0), let value = try? argumentValue() else { return unexpected() }
    let right = source.slice(value.span)
    let whole = head.span.joined(with: value.span)
    var fixes = [Fix("\(text) * \(right)", replacing: whole)]
    if case .member = head.form { fixes = [Fix("\(text)(\(right))", replacing: whole)] }
    if case .matrix(let rows) = value.form, rows.count == 1, case .index = head.form {
      let items = rows[0].map { source.slice($0.span) }.joined(separator: ", ")
      fixes = [Fix("\(text)[\(items)]", replacing: whole)]
    }
    return Diagnostic(
      "\(text) is a value, not a function: an operator is missing", in: source, at: whole,
      marks: [.init(value.span)], fixes: fixes)
  }

  /// (4) NumPy's rows or MATLAB's row?
  func refuseNestedBrackets(_ rows: [[Expr]], hasComma: Bool, _ bracket: Token) throws(Diagnostic) {
    guard rows.count == 1, let row = rows.first, hasComma || row.count == 1 else { return }
    var inner: [[Expr]] = []
    for element in row {
      guard case .matrix(let innerRows) = element.form, innerRows.count <= 1,
        source.bytes[element.span.lower] == UInt8(ascii: "[")
      else { return }
      inner.append(innerRows.first ?? [])
    }
    let span = bracket.span.joined(with: token.span)
    let texts = inner.map { $0.map { source.slice($0.span) }.joined(separator: " ") }
    let elements = inner.joined().count
    let isRectangular = Set(inner.map(\.count)).count == 1
    var fixes: [Fix] = []
    if isRectangular, row.count > 1 {
      fixes.append(
        Fix(
          "[" + texts.joined(separator: "; ") + "]",
          note: "as NumPy: a \(inner.count)×\(inner[0].count) matrix", replacing: span))
    } else if row.count == 1 {
      fixes.append(
        Fix("row([\(texts[0])])", note: "as NumPy: a 1×\(elements) matrix", replacing: span))
    }
    fixes.append(
      Fix(
        "[" + texts.joined(separator: " ") + "]",
        note: "as MATLAB: side by side, a vector of \(elements)", replacing: span))
    throw Diagnostic(
      "brackets in brackets could mean rows or one row", in: source, at: span,
      marks: [.init(bracket.span)], fixes: fixes)
  }

  /// (5) `a < b < c`
  mutating func refusedChainedComparison(_ left: Expr, _ second: BinaryOperator) -> Diagnostic {
    let opToken = token
    guard case .binary(_, _, let middle, _) = left.form else { return unexpected() }
    position += 1
    let right = try? expression(from: .sum)
    let whole = right.map { left.span.joined(with: $0.span) } ?? left.span
    let rightText = right.map { source.slice($0.span) } ?? ""
    return Diagnostic(
      "comparisons do not chain", in: source, at: whole, marks: [.init(opToken.span)],
      fixes: right == nil
        ? []
        : [
          Fix(
            "\(source.slice(left.span)) and \(source.slice(middle.span)) \(second.rawValue) \(rightText)",
            replacing: whole)
        ])
  }
}
