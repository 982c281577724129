import Kernels
import Language
import Render

import Testing

@testable import Engine

/// A session that shows everything as plain text, as a pipe would see it.
final class Bench {
  let session = Session()
  var view = View()

  init() { Memory.limit = 4 << 30 }

  /// What a text shows, line by line; it stops at the first error.
  func run(_ text: String, name: String = "") -> [String] {
    let source = Source(name: name, text: text)
    var parser = Parser(source)
    var page = Page()
    do {
      while let item = try parser.next() {
        guard case .statement(let statement) = item else { continue }
        try session.run(statement, in: source) { output in
          switch output {
          case .note, .reading, .progress: break
          default: page.append(layout(output, self.view))
          }
        }
      }
    } catch let diagnostic as Diagnostic {
      page.append(layout(diagnostic, options: view.display))
    } catch {
      page.append(Page("\(error)"))
    }
    return page.lines.map { plain($0) }
  }

  func value(_ name: String) -> Value? { session[name] }
}

/// A line of code and all that it prints.
struct Printed: CustomTestStringConvertible {
  let name: String
  let code: String
  let output: String
  var testDescription: String { name }

  init(_ name: String, _ code: String, _ output: String) {
    (self.name, self.code, self.output) = (name, code, output)
  }

  func check() {
    #expect(Bench().run(code).joined(separator: "\n") == output)
  }
}
