/// What a piece of text is, so that each renderer can show it in its own way.
public enum Role: Sendable, Equatable {
  case plain, header, number, name, dim, strong, error, mark, fix, masked
  /// A coloured cell: its place in a colour map.
  case cell(CellColor)
}

/// Where on a colour map a heat cell lies.
public struct CellColor: Sendable, Equatable {
  public enum Map: Sendable, Equatable {
    /// From 0 (least) to 1 (largest).
    case sequential
    /// From −1 over 0 (nothing) to 1.
    case diverging
  }

  public var value: Double
  public var map: Map
  /// A half block: the colour of the lower half, `value` being that of the upper.
  public var lower: Double?

  public init(_ value: Double, map: Map, lower: Double? = nil) {
    self.value = value
    self.map = map
    self.lower = lower
  }
}

public struct Style: Sendable, Equatable {
  public var role: Role

  public init(_ role: Role) { self.role = role }
}

/// A piece of a line in one style.
public struct Run: Sendable, Equatable {
  public var text: String
  public var style: Style
  /// The exact number behind a printed one.
  public var value: Double?

  public init(_ text: String, _ role: Role = .plain, value: Double? = nil) {
    self.text = text
    style = Style(role)
    self.value = value
  }
}

public typealias Line = [Run]

/// Everything that is printed: lines of styled text, which the renderers turn into plain text or
/// escape sequences.
public struct Page: Sendable, Equatable {
  public var lines: [Line]

  public init(lines: [Line] = []) { self.lines = lines }

  public init(_ text: String, _ role: Role = .plain) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      [Run(String($0).sanitised, role)]
    }
  }

  public mutating func append(_ other: Page) { lines += other.lines }
  public mutating func append(_ line: Line) { lines.append(line) }

  public var width: Int { lines.map(Self.width).max() ?? 0 }

  public static func width(of line: Line) -> Int {
    line.reduce(0) { $0 + DisplayWidth.of($1.text) }
  }

  /// Pages beside each other, as many in a row as fit, with `gap` blanks between.
  public static func sideBySide(_ pages: [Page], width: Int, gap: Int = 3) -> Page {
    var result = Page()
    var rest = pages[...]
    while let first = rest.popFirst() {
      var row = [first]
      var used = first.width
      while let next = rest.first, used + gap + next.width <= width {
        used += gap + next.width
        row.append(next)
        rest.removeFirst()
      }
      if !result.lines.isEmpty { result.append([]) }
      result.append(joined(row, gap: gap))
    }
    return result
  }

  private static func joined(_ row: [Page], gap: Int) -> Page {
    let height = row.map(\.lines.count).max() ?? 0
    return Page(
      lines: (0..<height).map { index in
        var line: Line = []
        for (place, page) in row.enumerated() {
          let part = index < page.lines.count ? page.lines[index] : []
          line += part
          guard place < row.count - 1 else { continue }
          let blanks = page.width - width(of: part) + gap
          line.append(Run(String(repeating: " ", count: blanks)))
        }
        return line
      })
  }
}

/// Which characters may be used: layout depends on it, because replacements differ in width.
public enum Charset: Sendable {
  case unicode, ascii

  public var times: String { self == .unicode ? "×" : "x" }
  public var ellipsis: String { self == .unicode ? "…" : "..." }
  public var masked: String { self == .unicode ? "·" : "." }
  public var infinity: String { self == .unicode ? "∞" : "inf" }
  public var bar: String { self == .unicode ? "│" : "|" }
  public var dash: String { self == .unicode ? "─" : "-" }
}
