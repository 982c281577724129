// What is said where something is missing or too much.
extension Parser {
  /// A piece of the text for a message: on one line, and not too long for it.
  func excerpt(_ span: Span) -> String {
    let words = source.slice(span).split { $0.isWhitespace }.joined(separator: " ")
    let limit = 48
    return words.count <= limit ? "`\(words)`" : "`\(words.prefix(limit))…`"
  }

  /// Where the last token ends that is more than a line break.
  var lastEnd: Int { lastToken.span.upper }

  private var lastToken: Token {
    var index = max(position - 1, 0)
    while index > 0, tokens[index].kind == .newline { index -= 1 }
    return tokens[index]
  }

  /// An error at the present token; unfinished input says which bracket is open.
  func failure(_ message: String) -> Diagnostic {
    if case .invalid(let index) = token.kind { return problems[index] }
    guard token.kind == .end else { return Diagnostic(message, in: source, at: token.span) }
    guard let bracket = open.last else {
      return Diagnostic(message, in: source, at: lastToken.span, isIncomplete: isAwaiting)
    }
    return Diagnostic(
      "the \(source.slice(bracket.span)) is never closed", in: source, at: bracket.span,
      isIncomplete: true)
  }

  /// Something else than `close` stands where the innermost bracket should be closed.
  func notClosed(by close: Sign) -> Diagnostic {
    guard let bracket = open.last, token.kind != .end else {
      return failure("a \(close) is missing")
    }
    let opened = source.slice(bracket.span)
    var diagnostic: Diagnostic
    switch token.kind {
    case .invalid(let index): return problems[index]
    case .symbol(let sign) where [")", "]", "}"].contains(sign):
      diagnostic = failure("this \(sign) does not close the \(opened)")
    case .symbol("'"): return quote()
    case .symbol(":"): return colon()
    case .symbol("="): diagnostic = failure("= can not stand here", fix: "==", "compares")
    case .semicolon: diagnostic = failure("a ; can not stand inside \(opened) \(close)")
    case .newline: diagnostic = failure("the line ends inside \(opened) \(close)")
    default:
      diagnostic = failure(
        "an operator, a comma or the \(close) is missing before \(source.slice(token.span))")
    }
    diagnostic.marks.append(.init(bracket.span, isPrimary: false))
    return diagnostic
  }

  /// `[1,,2]`: rivals read it as nothing or as an error.
  func refusedSecondComma() -> Diagnostic {
    Diagnostic(
      "an element is missing between the commas", in: source,
      at: previous.span.joined(with: token.span),
      fixes: [Fix(",", replacing: previous.span.joined(with: token.span))])
  }

  /// `(3,)`: a tuple in Python, the number here.
  func refusedTupleOfOne(_ only: Expr, _ span: Span) -> Diagnostic {
    Diagnostic(
      "a tuple has two parts or more", in: source, at: span,
      fixes: [Fix("(\(source.slice(only.span)))", replacing: span)])
  }

  func unexpected() -> Diagnostic {
    let text = source.slice(token.span)
    switch token.kind {
    case .invalid(let index): return problems[index]
    case .end:
      return failure(
        position == 0
          ? "an expression is missing" : "a value is missing after \(source.slice(lastToken.span))")
    case .newline:
      guard let bracket = open.last, !bracket.isSymbol("{") else {
        return Diagnostic(
          "a value is missing after \(source.slice(lastToken.span))", in: source,
          at: lastToken.span)
      }
      return failure("a value is missing")
    case .semicolon: return failure("a value is missing before ;")
    case .symbol("'"): return quote()
    case .symbol(")"), .symbol("]"), .symbol("}"): return unexpectedClosing(text)
    case .symbol("{"): return failure("a block can not stand here")
    case .symbol(":"): return colon()
    case .symbol("="): return failure("= can not stand here", fix: "==", "compares")
    case .keyword(.if):
      var diagnostic = failure("if can not stand here: it begins a statement")
      diagnostic.detail = "where(condition, a, b) chooses between values"
      return diagnostic
    case .keyword(let word):
      return failure("\(word.rawValue) can not stand here")
    default:
      if BinaryOperator(token) != nil || ForeignOperator(token) != nil || token.isSymbol("|>") {
        return failure("a value is missing before \(text)")
      }
      return failure(
        "\(text) can not stand here: an operator or the end of the statement is missing before it")
    }
  }

  private func unexpectedClosing(_ text: String) -> Diagnostic {
    guard let bracket = open.last else { return failure("this \(text) closes nothing") }
    let opened = source.slice(bracket.span)
    guard ["()", "[]", "{}"].contains(opened + text) else { return notClosed(by: Sign(text)) }
    return failure("a value is missing before \(text)")
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
    guard let end = rest.firstIndex(of: "'") else { return looseTranspose() }
    let text = String(rest[..<end])
    let span = Span(token.span.lower, token.span.upper + text.utf8.count + 1)
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return Diagnostic(
      "strings take double quotes; ' transposes", in: source, at: span,
      fixes: [Fix("\"\(escaped)\"", replacing: span)])
  }

  private func looseTranspose() -> Diagnostic {
    guard position > 0, previous.endsValue, previous.span.upper < token.span.lower else {
      return failure("' transposes what stands before it, and nothing does")
    }
    let span = previous.span.joined(with: token.span)
    return Diagnostic(
      "' transposes what it is glued to", in: source, at: token.span,
      fixes: [Fix(source.slice(previous.span) + "'", replacing: span)])
  }

  private func colon() -> Diagnostic {
    failure(
      token.span.lower == statementStart
        ? "a : command stands at the start of a line"
        : "a : stands in an index, a slice or a loop; a block takes { }")
  }

  func refusedComparison(_ command: Name, _ items: [Expr]) -> Diagnostic {
    Diagnostic(
      "compare needs at least two expressions, each in parentheses", in: source,
      at: Span(command.span.lower, lastEnd), detail: "compare (softmax z) (softmax (z/2))")
  }
}
