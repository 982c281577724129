/// A transcript: lines that begin with `> ` are typed, what follows is shown.
struct Transcript {
  struct Step {
    var input: String
    var output: [String]
  }

  let steps: [Step]

  init(_ text: String) {
    var steps: [Step] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("> ") {
        steps.append(Step(input: String(line.dropFirst(2)), output: []))
      } else if line.hasPrefix("... "), !steps.isEmpty {
        steps[steps.count - 1].input += "\n" + line.dropFirst(4)
      } else if !steps.isEmpty {
        steps[steps.count - 1].output.append(line)
      }
    }
    self.steps = steps
  }

  /// Help indents the examples of a builtin by four columns.
  static let widthInHelp = 76

  /// The transcript as it really runs in a window of so many columns.
  func recorded(width: Int = 80) -> [Step] {
    let bench = Bench()
    bench.view.display.width = width
    return steps.map { step in
      let output = bench.run(step.input)
      // An error is shown by its first sentence unless the transcript has all of it.
      let isShort = output.first?.hasPrefix("error:") == true && step.output.count == 1
      return Step(input: step.input, output: isShort ? [output[0]] : output)
    }
  }
}
