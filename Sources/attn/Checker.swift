import Engine
import Files
import Kernels
import Language
import Render

/// `attn check` and `attn bless`: the `#>` lines of a script against what it prints.
final class Checker {
  private let session: Session
  private let screen: Screen
  private(set) var passed = 0
  private(set) var failed = 0
  private(set) var isCancelled = false

  init(session: Session, screen: Screen) {
    self.session = session
    self.screen = screen
  }

  /// What one step printed, or how it failed.
  private struct Observation {
    var page = Page(lines: [])
    /// Without powers of ten in headers: every value as it is.
    var unscaled = Page(lines: [])
    /// As it stands in a file, cut to its width and height.
    var onPaper = Page(lines: [])
    var failure: Diagnostic?
    var isCancelled = false
  }

  // MARK: - check

  /// Gives false where something differs.
  func check(_ source: Source) -> Bool {
    var reader = ScriptReader(source)
    let failedBefore = failed
    while let step = reader.next() {
      if step.isStray {
        failed += 1
        screen.show(line: "\(place(of: step, source)): no statement stands above this output")
        continue
      }
      let observation = observe(step, in: source)
      if observation.isCancelled {
        isCancelled = true
        return false
      }
      let expectation = Expectation(lines: step.expected)
      if step.expectedSpan == nil {
        guard let failure = observation.failure else { continue }
        screen.show(error: failure)
        failed += 1
        return false
      }
      if step.measuresTime, observation.failure == nil {
        passed += 1
        continue
      }
      compare(observation, expectation, step, in: source)
      if observation.failure != nil && !expectation.isError { return false }
    }
    return failed == failedBefore
  }

  private func compare(
    _ observation: Observation, _ expectation: Expectation, _ step: ScriptStep, in source: Source
  ) {
    guard !meets(observation, expectation) else {
      passed += 1
      return
    }
    failed += 1
    screen.show(line: "\(place(of: step, source)): the output differs")
    for text in source.slice(step.span).split(separator: "\n") { screen.show(line: "  > \(text)") }
    for text in step.expected { screen.show(line: "  - \(text)") }
    for text in rewritten(step, observation).split(separator: "\n") {
      screen.show(line: "  + \(text.dropFirst(3))")
    }
  }

  private func meets(_ observation: Observation, _ expectation: Expectation) -> Bool {
    if let failure = observation.failure {
      return expectation.isError
        && expectation.matches(failure, screen.completePage(for: failure))
    }
    return [observation.page, observation.unscaled, observation.onPaper].contains {
      expectation.matches($0)
    }
  }

  private func place(of step: ScriptStep, _ source: Source) -> String {
    let line = source.lineNumber(at: step.expectedSpan?.lower ?? step.span.lower)
    return "\(source.name):\(line)"
  }

  private func observe(_ step: ScriptStep, in source: Source) -> Observation {
    var observation = Observation()
    for item in step.items {
      switch item {
      case .statement(let statement):
        do {
          try session.run(statement, in: source) { output in
            guard output.isResult else { return }
            observation.page.append(self.screen.completePage(for: output, mayScale: true))
            observation.unscaled.append(self.screen.completePage(for: output, mayScale: false))
            observation.onPaper.append(layout(output, self.screen.paper))
          }
        } catch let diagnostic as Diagnostic {
          observation.failure = diagnostic
          return observation
        } catch {
          observation.isCancelled = true
          return observation
        }
      case .colon(let command):
        do {
          _ = try PromptCommand.runInFile(command, settings: &screen.settings, in: source)
        } catch {
          observation.failure = error
        }
      }
    }
    observation.failure = step.failure
    return observation
  }

  // MARK: - bless

  /// The text with its `#>` lines rewritten; nil where it was interrupted.
  func blessed(_ source: Source) -> String? {
    var reader = ScriptReader(source)
    var result: [UInt8] = []
    var copied = 0
    while let step = reader.next() {
      let observation = observe(step, in: source)
      if observation.isCancelled { return nil }
      guard let span = step.expectedSpan, !step.isStray else {
        guard let failure = observation.failure else { continue }
        // As when it is replayed: what stands below an error never runs.
        screen.show(error: failure)
        failed += 1
        break
      }
      // What is true already stays as it was written, with its elisions.
      if meets(observation, Expectation(lines: step.expected)) { continue }
      result += source.bytes[copied..<span.lower]
      result += Array(rewritten(step, observation).utf8)
      copied = span.upper
    }
    result += source.bytes[copied...]
    return String(decoding: result, as: UTF8.self)
  }

  /// The new `#>` lines, each number with as many digits as it was written with.
  private func rewritten(_ step: ScriptStep, _ observation: Observation) -> String {
    if let failure = observation.failure {
      return "#> error: \(failure.message)"
    }
    guard !step.expected.joined().allSatisfy(\.isWhitespace) else { return fresh(observation) }
    let tokens = Expectation.tokens(of: observation.page)
    let words = step.expected.map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    let hasElision = words.joined().contains { $0 == "…" || $0 == "..." }
    let offset = tokens.count - words.joined().count
    let isHeaderless =
      offset > 0
      && observation.page.lines.first.map { Expectation.tokens(of: Page(lines: [$0])).count }
        == offset
    guard !hasElision, offset == 0 || isHeaderless else { return fresh(observation) }
    var rest = tokens.dropFirst(offset)
    let lines = step.expected.map { line in
      Self.replacingWords(in: line) { word in
        guard let token = rest.popFirst() else { return word }
        guard let value = token.value, let number = WrittenNumber(word) else { return token.text }
        return number.agrees(with: value) ? word : number.rewritten(value)
      }
    }
    return lines.map { "#> \($0)" }.joined(separator: "\n")
  }

  private func fresh(_ observation: Observation) -> String {
    screen.lines(of: observation.page).map { "#> \($0)" }.joined(separator: "\n")
  }

  private static func replacingWords(in line: String, _ replace: (String) -> String) -> String {
    var result = ""
    var word = ""
    for character in line + " " {
      if character.isWhitespace {
        if !word.isEmpty { result += replace(word) }
        word = ""
        result.append(character)
      } else {
        word.append(character)
      }
    }
    return String(result.dropLast())
  }
}

extension ScriptStep {
  /// What it prints is another text each time it runs.
  fileprivate var measuresTime: Bool {
    items.contains { item in
      guard case .statement(let statement) = item, case .expression(let expr) = statement.form,
        case .command(let command) = expr.form
      else { return false }
      return ["bench", "compare"].contains(command.name.text)
    }
  }
}
