/// A recorded terminal in the format asciicast v2: a header and then an event on each line.
///
/// Source: the asciinema project's description of the format, version 2.
public enum Cast {
  public enum Event: String, Sendable {
    /// Text for the terminal.
    case output = "o"
    /// A named place that a player can go to.
    case marker = "m"
    /// `80x24`
    case resize = "r"
  }

  /// - Parameter timestamp: seconds since 1970.
  public static func header(
    columns: Int, rows: Int, timestamp: Int64, title: String, terminal: String
  ) -> String {
    "{\"version\": 2, \"width\": \(columns), \"height\": \(rows), \"timestamp\": \(timestamp), "
      + "\"title\": \(quoted(title)), \"env\": {\"TERM\": \(quoted(terminal))}}\n"
  }

  /// - Parameter milliseconds: since the beginning of the recording.
  public static func line(_ event: Event, _ text: String, at milliseconds: Int64) -> String {
    let thousandths = String(milliseconds % 1000)
    let decimals = String(repeating: "0", count: 3 - thousandths.count) + thousandths
    return "[\(milliseconds / 1000).\(decimals), \"\(event.rawValue)\", \(quoted(text))]\n"
  }

  /// When the last event came, in milliseconds; 0 where there is none.
  public static func end(of bytes: [UInt8]) -> Int64 {
    for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
      guard line.first == UInt8(ascii: "["), let comma = line.firstIndex(of: UInt8(ascii: ",")),
        let seconds = Double(String(decoding: line[(line.startIndex + 1)..<comma], as: UTF8.self)),
        seconds >= 0, seconds < 1e9
      else { continue }
      return Int64((seconds * 1000).rounded(.up))
    }
    return 0
  }

  /// A string of JSON; control characters as `\u001b`.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\0"..<" ", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
