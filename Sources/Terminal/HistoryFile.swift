import CEdit

/// The entries of all sessions, one to a line; two sessions may append at the same time.
struct HistoryFile {
  let path: String

  /// What is read of a long file: its end.
  private static let mostBytesRead: Int64 = 1 << 20
  private static let mostBytesOfLine = 64 << 10

  /// The entries, oldest first; none where the file cannot be read.
  func load() -> [String] {
    let descriptor = cedit_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var size: Int64 = 0
    guard cedit_is_regular_file(descriptor, &size) != 0 else { return [] }
    let start = max(0, size - Self.mostBytesRead)
    var lines = Self.bytes(of: descriptor, from: start).split(separator: UInt8(ascii: "\n"))[...]
    if start > 0 { lines = lines.dropFirst() }
    return lines.map { Self.unescaped(String(decoding: $0, as: UTF8.self)) }
  }

  /// Appends with one write; gives false where that is not possible.
  @discardableResult
  func append(_ entry: String) -> Bool {
    var line = Array(Self.escaped(entry).utf8)
    guard !line.isEmpty, line.count < Self.mostBytesOfLine else { return false }
    line.append(UInt8(ascii: "\n"))
    let descriptor = cedit_open(
      path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if Self.endsInMidLine(descriptor) { line.insert(UInt8(ascii: "\n"), at: 0) }
    return write(descriptor, line, line.count) == line.count
  }

  /// A line that was cut off (a full disk) must not swallow the next one.
  private static func endsInMidLine(_ descriptor: Int32) -> Bool {
    var size: Int64 = 0
    guard cedit_is_regular_file(descriptor, &size) != 0, size > 0 else { return false }
    var last: UInt8 = 0
    return pread(descriptor, &last, 1, off_t(size - 1)) == 1 && last != UInt8(ascii: "\n")
  }

  private static func bytes(of descriptor: Int32, from start: Int64) -> [UInt8] {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var offset = off_t(start)
    while result.count < 2 * mostBytesRead {
      let count = pread(descriptor, &chunk, chunk.count, offset)
      guard count > 0 else { break }
      result += chunk[..<count]
      offset += off_t(count)
    }
    return result
  }

  /// `\` and line ends are escaped; other control characters are left out.
  static func escaped(_ entry: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in entry.unicodeScalars {
      switch scalar {
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\t": result.append(" ")
      default: if !DisplayText.isControl(scalar) { result.append(scalar) }
      }
    }
    return String(result)
  }

  static func unescaped(_ line: String) -> String {
    var result = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        result.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if !DisplayText.isControl(scalar) {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
