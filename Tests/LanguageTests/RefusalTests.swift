import Testing

@testable import Language

@Suite struct RefusalTests {
  @Test("a doubtful line is refused with its fixes", arguments: refusals)
  func refuses(_ item: Case) {
    #expect(picture(of: item.input) == item.expected)
  }

  @Test("a fix gives a line that can be read", arguments: refusals)
  func fixesCanBeRead(_ item: Case) throws {
    let error = try #require(firstError(in: item.input))
    for fix in error.fixes {
      let text = try #require(applied(fix, to: error.source))
      // Where something else is wrong as well, at least this error is gone.
      let next = firstError(in: text)
      #expect(next == nil || next?.message != error.message || text.count != item.input.count)
    }
  }

  @Test("an error has a place and is no wish for more", arguments: refusals)
  func hasPlace(_ item: Case) throws {
    let error = try #require(firstError(in: item.input))
    #expect(error.marks.contains { $0.isPrimary })
    #expect(!error.isIncomplete)
    for mark in error.marks {
      #expect(mark.span.lower >= 0 && mark.span.upper <= error.source.bytes.count)
    }
  }

  @Test("unfinished input asks for more", arguments: unfinished)
  func asksForMore(_ item: Case) throws {
    #expect(picture(of: item.input) == item.expected)
    #expect(try #require(firstError(in: item.input)).isIncomplete)
  }
}
