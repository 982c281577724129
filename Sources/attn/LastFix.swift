import Language

// `:fix`: the last error's entry as one of its fixes would have it, ready for Enter.
extension Runner {
  func fix(_ invocation: PromptCommand.Invocation) throws(Diagnostic) -> Outcome {
    let entry: String
    do {
      entry = try fixedEntry(invocation)
    } catch {
      screen.show(error: error, isToBeFixed: false)
      return .failed
    }
    guard runEntry != nil else { return invocation.show([entry]) }
    prefill = entry
    return .done
  }

  private func fixedEntry(_ invocation: PromptCommand.Invocation) throws(Diagnostic) -> String {
    guard let error = screen.lastError else {
      throw invocation.failure("there is no error to fix")
    }
    guard !error.fixes.isEmpty else {
      throw invocation.failure("no fix is known for the last error", detail: error.message)
    }
    let number = invocation.text.isEmpty ? 1 : Int(invocation.text) ?? 0
    guard (1...error.fixes.count).contains(number) else {
      throw invocation.failure(":fix takes a number", detail: "1 to \(error.fixes.count)")
    }
    guard error.source.name.isEmpty else {
      throw invocation.failure(
        "the last error is in \(error.source.name), not in a line typed here")
    }
    let fix = error.fixes[number - 1]
    guard let span = fix.span else {
      throw invocation.failure("this fix can not be typed for you", detail: fix.text)
    }
    let (source, end) = (error.source, error.source.bytes.count)
    return source.slice(Span(0, span.lower)) + mended(source.slice(span), fix.text)
      + source.slice(Span(span.upper, end))
  }

  /// The span of an operand holds its parentheses, the text of a fix does not.
  private func mended(_ old: String, _ new: String) -> String {
    old.hasPrefix("(") && old.hasSuffix(")") && new.contains(" ") && !new.hasPrefix("(")
      ? "(\(new))" : new
  }
}
