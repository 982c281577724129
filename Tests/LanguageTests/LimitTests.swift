import Testing

@testable import Language

@Suite struct LimitTests {
  private static let nestings = [
    ("parentheses", "(", ")"), ("calls", "f(", ")"), ("arguments", "f (", ")"),
    ("matrices", "[0 ", "]"),
    ("indices", "a[", "]"), ("signs", "-", ""), ("powers", "2^", ""), ("functions", "x -> ", ""),
    ("negations", "not ", ""), ("blocks", "if x { ", " }"), ("definitions", "def f x { ", " }"),
  ]

  @Test("nesting is bounded", arguments: nestings)
  func nesting(_ name: String, _ open: String, _ close: String) throws {
    let inside = 90
    let text =
      String(repeating: open, count: inside) + "1" + String(repeating: close, count: inside)
    #expect(firstError(in: text) == nil)
    for count in [101, 20_000] {
      let deep =
        String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
      let error = try #require(firstError(in: deep))
      #expect(error.message == "this is nested too deeply (more than 100 levels)")
      #expect(!error.isIncomplete)
    }
  }

  @Test(
    "chains are bounded",
    arguments: [
      "1+", "a@", "a and ", "a |> ",
    ])
  func chains(_ link: String) throws {
    #expect(firstError(in: String(repeating: link, count: 2_900) + "a") == nil)
    let error = try #require(firstError(in: String(repeating: link, count: 50_000) + "a"))
    #expect(error.message == "this expression is too long (more than 3000 operations in a chain)")
  }

  @Test("chains of what is glued on are bounded", arguments: ["'", ".b", "[0]", "(0)"])
  func gluedChains(_ link: String) throws {
    #expect(firstError(in: "a" + String(repeating: link, count: 2_900)) == nil)
    let error = try #require(firstError(in: "a" + String(repeating: link, count: 50_000)))
    #expect(error.message == "this expression is too long (more than 3000 operations in a chain)")
  }

  @Test(
    "a long text of one refusal in another is read in time",
    arguments: [
      "f x-", "f x/(", "a < ", "a b = ", "a = ", "lambda x: ", "a ** ", "!", "+", "f a=b ", "2(",
      "f (x, a=", "a <- ", "f x, ", "x += ", "[[1,", "\"", "'", "“",
    ])
  func refusalsInRefusals(_ link: String) {
    #expect(firstError(in: String(repeating: link, count: 3_000)) != nil)
  }

  @Test func manyArguments() {
    #expect(firstError(in: "f" + String(repeating: " x", count: 20_000)) == nil)
    #expect(firstError(in: "[" + String(repeating: "1 ", count: 20_000) + "]") == nil)
    #expect(firstError(in: String(repeating: "x\n", count: 20_000)) == nil)
  }
}
