import Testing

@testable import Language

@Suite struct ScriptTests {
  private func steps(_ text: String) -> [ScriptStep] {
    var reader = ScriptReader(Source(text: text))
    var steps: [ScriptStep] = []
    while let step = reader.next() { steps.append(step) }
    return steps
  }

  /// Each step on a line: what stands above it, its items, its output.
  private func outline(_ text: String) -> [String] {
    let source = Source(text: text)
    return steps(text).map { step in
      var parts: [String] = []
      if let section = step.section { parts.append("## \(section)") }
      if !step.prose.isEmpty { parts.append("# " + step.prose.joined(separator: "/")) }
      if !step.notes.isEmpty { parts.append("#| " + step.notes.joined(separator: "/")) }
      parts += step.items.map { picture(of: $0) }
      if let failure = step.failure { parts.append("error: \(failure.message)") }
      if !step.items.isEmpty || step.failure != nil {
        parts.append("‹\(source.slice(step.span))›")
      }
      if !step.expected.isEmpty {
        parts.append("#> " + step.expected.joined(separator: "/"))
        parts.append("‹\(step.expectedSpan.map(source.slice) ?? "")›")
      }
      return parts.joined(separator: " · ")
    }
  }

  @Test func markdownIsAScriptLineForLine() {
    let text = """
      # Title
      Some prose.

      ## Section
      ```attn
      > z = [1
      ... 2]
      > softmax z
      0.5 0.5

      ```
      ```sh
      > no code
      ```
      ````attn
      > "```"
      ````
      """
    #expect(
      script(ofMarkdown: text) == """
        # Title
        # Some prose.

        ## Section

        z = [1
        2]
        softmax z
        #> 0.5 0.5
        #>


        # > no code


        "```"

        """)
  }

  @Test func aLecture() {
    let text = """
      # Attention, in small
      ## Softmax
      # The weights are positive
      # and sum to 1.
      #| pause here
      z = [1 2 3]; softmax z  # not prose
      #> 0.0900 0.2447 0.6652
      #>
      #>   indented

      sum(softmax z)
      # The end.
      """
    #expect(
      outline(text) == [
        "# Attention, in small",
        "## Softmax · # The weights are positive/and sum to 1. · #| pause here · "
          + "z = [1, 2, 3]; · softmax(z) · ‹z = [1 2 3]; softmax z› · "
          + "#> 0.0900 0.2447 0.6652//  indented · "
          + "‹#> 0.0900 0.2447 0.6652\n#>\n#>   indented›",
        "sum(softmax(z)) · ‹sum(softmax z)›",
        "# The end.",
      ])
  }

  @Test(
    "steps",
    arguments: [
      Case("nothing", "\n\n", ""),
      Case("one line", "x", "x · ‹x›"),
      Case("over lines", "f(1,\n  2)\n#> 3", "f(1, 2) · ‹f(1,\n  2)› · #> 3 · ‹#> 3›"),
      Case(
        "output after a blank line belongs to the code above", "x\n\n#> 3\ny",
        "x · ‹x› · #> 3 · ‹#> 3›|y · ‹y›"),
      Case(
        "a statement that ends a longer one's line", "f(1,\n2); y\nz",
        "f(1, 2); · y · ‹f(1,\n2); y›|z · ‹z›"),
      Case("colon command", ":set digits 6\nx", ":set «digits 6» · ‹:set digits 6›|x · ‹x›"),
      Case("question", "?softmax\nx", "help softmax · ‹?softmax›|x · ‹x›"),
      Case(
        "error", "a = 1; b = )\nc", "a = 1; · error: this ) closes nothing · ‹a = 1; b = )›|c · ‹c›"
      ),
      Case(
        "error with its output", "3 -1\n#> error: …\nc",
        "error: `3` is a value, not a function: write `3 - 1` · ‹3 -1› · #> error: … · ‹#> error: …›|c · ‹c›"
      ),
      Case("hidden", "x = 1;\n#> nothing", "x = 1; · ‹x = 1;› · #> nothing · ‹#> nothing›"),
      Case("a lonely ;", ";\n# prose\nx", "# prose · x · ‹x›"),
      Case("byte order mark", "\u{FEFF}# prose\nx", "# prose · x · ‹x›"),
      Case("CRLF", "x\r\n#> 1\r\ny\r\n", "x · ‹x› · #> 1 · ‹#> 1›|y · ‹y›"),
      Case("indented signs", "  # prose\n  x\n  #> 1", "# prose · x · ‹x› · #> 1 · ‹  #> 1›"),
      Case(
        "comment in a block", "for i in 0:2 {\n  # why\n  i\n}\ny",
        "for i in 0:2 {\n  i\n} · ‹for i in 0:2 {\n  # why\n  i\n}›|y · ‹y›"),
    ])
  func cuts(_ item: Case) {
    #expect(outline(item.input).joined(separator: "|") == item.expected)
  }
}
