/// A piece of a line in one style.
public struct Run: Sendable, Hashable {
  public var text: String
  public var style: Style
  /// The number that the text rounds or a painted blank stands for, in full precision; where a
  /// header says `×10⁻⁵`, in that unit.
  public var value: Double?
  /// The text is `…` and stands for something that is not shown.
  public var isElision: Bool

  public init(
    _ text: String, _ style: Style = .plain, value: Double? = nil, isElision: Bool = false
  ) {
    self.text = text
    self.style = style
    self.value = value
    self.isElision = isElision
  }

  public init(_ text: String, _ role: Role, value: Double? = nil) {
    self.init(text, Style(role), value: value)
  }

  static func blanks(_ count: Int) -> Run { Run(.blanks(count)) }

  static func ellipsis(_ charset: Charset) -> Run {
    Run(charset.ellipsis, Style(.dim), isElision: true)
  }
}

/// One line of a page, from left to right.
public typealias Line = [Run]

extension [Run] {
  public var columns: Int { reduce(0) { $0 + $1.text.columns } }

  public var text: String { map(\.text).joined() }

  /// What is filled up to a column leaves nothing behind at the end of a line; cells stay.
  var withoutTrailingBlanks: Line {
    var line = self
    while let last = line.last, last.style.cell == nil, last.text.hasSuffix(" ") {
      line.removeLast()
      let kept = String(last.text.reversed().drop { $0 == " " }.reversed())
      if !kept.isEmpty { line.append(Run(kept, last.style, value: last.value)) }
    }
    return line
  }

  /// Filled with blanks to `width` columns.
  public func padded(to width: Int, _ alignment: Alignment = .left) -> Line {
    let missing = width - columns
    if missing <= 0 { return self }
    switch alignment {
    case .left: return self + [.blanks(missing)]
    case .right: return [.blanks(missing)] + self
    case .center: return [.blanks(missing / 2)] + self + [.blanks(missing - missing / 2)]
    }
  }
}

/// What is printed, before anybody decides whether it goes to a pipe, a terminal or a picture.
public struct Page: Sendable, Hashable {
  public var lines: [Line]

  public init(lines: [Line] = []) { self.lines = lines }

  public init(_ text: String, _ role: Role = .plain) { self.init(lines: [[Run(text, role)]]) }

  /// In columns.
  public var width: Int { lines.map(\.columns).max() ?? 0 }

  public var isEmpty: Bool { lines.isEmpty }

  public mutating func append(_ page: Page) { lines += page.lines }

  public mutating func append(_ line: Line) { lines.append(line) }

  /// Adds a text as a line of its own.
  public mutating func append(_ text: String, _ role: Role = .plain) {
    lines.append([Run(text, role)])
  }

  public func indented(by columns: Int) -> Page {
    Page(lines: lines.map { $0.isEmpty ? [] : [.blanks(columns)] + $0 })
  }

  /// One page below the other, with `gap` empty lines between them.
  public static func below(_ pages: [Page], gap: Int = 0) -> Page {
    var result = Page()
    for page in pages {
      if !result.isEmpty { result.lines += [Line](repeating: [], count: gap) }
      result.append(page)
    }
    return result
  }

  /// Pages from left to right, in as many rows of pages as the window needs.
  public static func beside(_ pages: [Page], gap: Int = 3, width: Int) -> Page {
    var rows: [[Page]] = []
    var used = 0
    for page in pages {
      let needed = page.width
      if rows.isEmpty || used + gap + needed > width {
        rows.append([page])
        used = needed
      } else {
        rows[rows.count - 1].append(page)
        used += gap + needed
      }
    }
    return below(rows.map { row(of: $0, gap: gap) }, gap: 1)
  }

  private static func row(of pages: [Page], gap: Int) -> Page {
    let height = pages.map(\.lines.count).max() ?? 0
    return Page(
      lines: (0..<height).map { index in
        var line: Line = []
        for (place, page) in pages.enumerated() {
          let part = index < page.lines.count ? page.lines[index] : []
          line += place + 1 < pages.count ? part.padded(to: page.width + gap) : part
        }
        return line
      })
  }
}
