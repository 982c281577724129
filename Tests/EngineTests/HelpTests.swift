import Render
import Testing

@testable import Engine

@Suite struct HelpTests {
  private let bench = Bench()

  @Test func theGuideFitsInASmallWindow() {
    let lines = bench.run("help")
    #expect(lines.count <= 22, "\(lines.count) lines")
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test(arguments: Help.topics.map(\.name))
  func topicsAreTrue(_ name: String) throws {
    let topic = try #require(Help.topics.first { $0.name == name })
    for case .example(let text) in topic.document.blocks {
      let transcript = Transcript(text)
      for (written, real) in zip(transcript.steps, transcript.recorded()) {
        #expect(written.output == real.output, "\(real.output.joined(separator: "\n"))")
      }
    }
  }

  @Test(arguments: Help.topics.map(\.name) + Registry.all.map(\.name) + ["builtins", ""])
  func fitsInEightyColumns(_ name: String) {
    let lines = bench.run("help \(name)")
    #expect(!lines.isEmpty)
    #expect(lines.allSatisfy { $0.columns <= 80 }, "\(lines.filter { $0.columns > 80 })")
  }

  /// Complete: usage, what it is, and every parameter that needs words.
  @Test(arguments: Registry.all)
  func saysWhatEveryParameterIs(_ builtin: Builtin) {
    let text = bench.run("help \(builtin.name)").joined(separator: "\n")
    for parameter in builtin.signature.parameters where !parameter.isVariadic {
      #expect(text.contains(parameter.name), "\(parameter.name)")
    }
  }

  @Test(arguments: [
    ("position", ["rope", "sinusoidal", "alibi", "shift_matrix"]),
    ("average", ["mean"]), ("backprop", ["grad", "vjp"]), ("hide the future", ["causal"]),
    ("probability", ["softmax"]), ("undo", ["help session"]), ("lecture", ["help lecture"]),
    ("positions", ["rope"]), ("위치", ["rope"]), ("learn", ["minimize"]),
  ])
  func aproposSearchesByMeaning(_ words: String, _ wanted: [String]) {
    let lines = bench.run("apropos \(words)")
    for name in wanted {
      #expect(lines.contains { $0.hasPrefix("  \(name) ") }, "\(name) in \(lines)")
    }
  }

  @Test(arguments: [
    ("apropos positoin", "  nothing is about 'positoin'; did you mean apropos position?"),
    ("apropos xyzzy", "  nothing is about 'xyzzy'; help builtins lists everything"),
  ])
  func aproposFindsNothing(_ line: String, _ answer: String) {
    #expect(bench.run(line) == [answer])
  }

  @Test func helpAsksWhetherAnotherWasMeant() {
    #expect(
      bench.run("help sofmax") == [
        "error: there is no help on 'sofmax'", "1 │ help sofmax", "  │      ^^^^^^",
        "fix 1: softmax",
        "         turns scores into probabilities: positive, in the order of the scores,",
        "         with sum 1",
        "note: apropos sofmax searches the descriptions",
      ])
  }
}
