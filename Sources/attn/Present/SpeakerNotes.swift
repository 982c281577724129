import Files
import Render

/// The speaker's notes of the present step in a file, for a second terminal:
/// `watch -n1 cat notes.txt`.
struct SpeakerNotes {
  let path: String

  private static let headline = "attn notes"

  /// - Throws: where something else stands in the file.
  init(_ path: String) throws(FileFault) {
    self.path = path
    guard FileAccess.exists(path) else { return }
    let text = String(decoding: try FileAccess.read(path), as: UTF8.self)
    guard text.isEmpty || text.hasPrefix(Self.headline) else {
      throw FileFault("\(path) exists already and holds no notes of a lecture")
    }
  }

  func write(_ lecture: Lecture, step: Int, clock: String) throws(FileFault) {
    try FileAccess.write(
      Array(Self.text(lecture, step: step, clock: clock).utf8), to: path, force: true)
  }

  static func text(_ lecture: Lecture, step: Int, clock: String) -> String {
    let text = { (line: String) in Sanitise.text(line) }
    let section = lecture.section(of: step).map { "  " + text(lecture.sections[$0].title) } ?? ""
    let notes = lecture.steps[step].notes
    let next = step + 1 < lecture.steps.count ? lecture.steps[step + 1].name : "the end"
    return """
      \(headline)  \(step + 1)/\(lecture.steps.count)\(section)  \(clock)

      \(notes.isEmpty ? "(no notes for this step)" : notes.map(text).joined(separator: "\n"))

      now: \(text(lecture.steps[step].name))
      next: \(text(next))

      """
  }
}
