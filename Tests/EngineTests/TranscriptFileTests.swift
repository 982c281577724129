import Foundation
import Testing

/// Every transcript that stands in a file of the project runs as it is printed there.
///
/// A transcript begins with a line `> input` inside a fenced block of a Markdown file or inside a
/// multi-line string `examples: """` of the registry; `ATTN_BLESS=1` rewrites the files and fails.
@Suite struct TranscriptFileTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static var files: [String] {
    let builtins = root.appendingPathComponent("Sources/Engine/Builtins")
    let swift = (try? FileManager.default.subpathsOfDirectory(atPath: builtins.path)) ?? []
    return ["README.md"]
      + swift.filter { $0.hasSuffix(".swift") }.sorted().map { "Sources/Engine/Builtins/\($0)" }
  }

  @Test(arguments: files)
  func isTrue(_ file: String) throws {
    let url = Self.root.appendingPathComponent(file)
    let text = try String(contentsOf: url, encoding: .utf8)
    let width = file.hasSuffix(".swift") ? Transcript.widthInHelp : 80
    let recorded = Self.recorded(text, width: width)
    if ProcessInfo.processInfo.environment["ATTN_BLESS"] != nil, recorded != text {
      try recorded.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(recorded == text)
  }

  /// The text with the output of each transcript as it really is.
  static func recorded(_ text: String, width: Int) -> String {
    var result: [String] = []
    var block: [String] = []
    var indent: String?
    for line in text.components(separatedBy: "\n") {
      if let open = indent {
        let isEnd = line.hasPrefix(open + "\"\"\"") || line.hasPrefix(open + "```")
        if !isEnd {
          block.append(line.hasPrefix(open) ? String(line.dropFirst(open.count)) : line)
          continue
        }
        result += rewritten(block, width).map { $0.isEmpty ? "" : open + $0 }
        (block, indent) = ([], nil)
      } else if line.hasSuffix("examples: \"\"\"") {
        indent = String(line.prefix { $0 == " " }) + "  "
      } else if line.hasPrefix("```attn") {
        indent = ""
      }
      result.append(line)
    }
    return (result + block).joined(separator: "\n")
  }

  private static func rewritten(_ block: [String], _ width: Int) -> [String] {
    // Swift's escapes in string literals.
    let text = block.joined(separator: "\n").replacingOccurrences(of: "\\\\", with: "\\")
    return Transcript(text).recorded(width: width).flatMap { step in
      let lines = step.input.components(separatedBy: "\n")
      return ["> " + lines[0]] + lines.dropFirst().map { "... " + $0 } + step.output
    }
  }
}
