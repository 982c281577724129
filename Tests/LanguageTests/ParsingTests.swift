import Testing

@testable import Language

@Suite struct ParsingTests {
  @Test("a line is read as its canonical text", arguments: readings)
  func reads(_ item: Case) {
    #expect(picture(of: item.input) == item.expected)
  }

  @Test("canonical text is read as itself", arguments: readings)
  func isStable(_ item: Case) throws {
    let statements = statementTexts(item.input)
    for text in statements where !text.hasPrefix(":") {
      #expect(statementTexts(text) == [text])
    }
  }

  private func statementTexts(_ text: String) -> [String] {
    var parser = Parser(Source(text: text))
    var texts: [String] = []
    while let item = try? parser.next() {
      if case .statement(let statement) = item { texts.append(statement.description) }
    }
    return texts
  }

  @Test func spansCoverWhatWasWritten() throws {
    let source = Source(text: "y = f (a + b) -c[0]' # end")
    let statement = try #require(try Parser.statements(of: source).first)
    guard case .assign(let names, let value) = statement.form,
      case .call(let head, let arguments, .spaced) = value.form
    else {
      Issue.record("\(statement) is not an assignment of a spaced call")
      return
    }
    #expect(source.slice(statement.span) == "y = f (a + b) -c[0]'")
    #expect(source.slice(names[0].span) == "y")
    #expect(source.slice(value.span) == "f (a + b) -c[0]'")
    #expect(source.slice(head.span) == "f")
    #expect(arguments.map { source.slice($0.value.span) } == ["(a + b)", "-c[0]'"])
    guard case .binary(.add, let left, _, let sign) = arguments[0].value.form else {
      Issue.record("the first argument is no sum")
      return
    }
    #expect(source.slice(left.span) == "a")
    #expect(source.slice(sign) == "+")
  }

  @Test func offsetIsWhereTheNextItemIsLookedFor() throws {
    var parser = Parser(Source(text: "a = 1; b = 2\nc"))
    #expect(parser.offset == 0)
    _ = try parser.next()
    #expect(parser.offset == 7)
    _ = try parser.next()
    #expect(parser.offset == 12)
  }

  @Test func oneExpression() throws {
    #expect(try Parser.expression(" 1/√dk \n").description == "1 / √dk")
    let error = #expect(throws: Diagnostic.self) { try Parser.expression("1; 2") }
    #expect(error?.span == Span(1, 2))
  }

  @Test func colonCommandsAreNoStatements() {
    let error = #expect(throws: Diagnostic.self) {
      try Parser.statements(of: Source(text: "x = 1\n:vars"))
    }
    #expect(error?.message == ": commands work at the prompt, not in this text")
    #expect(error?.span == Span(6, 11))
  }

  @Test(
    "after an error the next statement is found",
    arguments: [
      Case("the next line", "a = )\nb", "b"),
      Case("the rest of the line is lost", "a = ) 1; c\nb", "b"),
      Case("behind a block", "for i in 0:3 {\n  x = )\n  y\n}\nb", "b"),
      Case("behind brackets", "f (1,\n 2 3,\n 4)\nb", "b"),
      Case("a bracket that is never closed", "f (1\nb", "b"),
      Case("nothing is left", "a = )", ""),
    ])
  func recovers(_ item: Case) {
    var parser = Parser(Source(text: item.input))
    #expect(throws: Diagnostic.self) { while try parser.next() != nil {} }
    parser.recover()
    let next = try? parser.next()
    #expect((next.map { picture(of: $0) } ?? "") == item.expected)
  }
}
