import Engine

/// A line of an explanation as runs of text.
struct ProseLayout {
  let view: View
  /// By how much bars are shortened.
  var barScale = 1.0
  /// Cells of pictures as narrow as they can be.
  var isCompact = false

  init(view: View) { self.view = view }

  private var charset: Charset { view.charset }

  func line(_ prose: Prose, _ role: Role = .plain) -> Line {
    var line: Line = []
    for piece in prose.pieces {
      switch piece {
      case .text(let text):
        let isGap = isCompact && text.allSatisfy { $0 == " " }
        line.append(Run(isGap ? " " : charset.text(text), role))
      case .number(let number, let notation, let width):
        let text = self.text(number.value, notation)
        line.append(.blanks(max(0, width - text.columns)))
        line.append(Run(text, .number, value: notation.isError ? nil : number.value))
      case .column(let column): line.append(.blanks(max(2, column - line.columns)))
      case .bar(let columns): line.append(Run(bar(columns * barScale), .header))
      case .shades(let shares, let width):
        line += shares.map { shade($0, width: isCompact ? 1 : width) }
      case .spark(let values): line.append(Run(spark(values), .header))
      case .arrow(let x, let y): line.append(Run(arrow(x, y), .header))
      }
    }
    return line.filter { !$0.text.isEmpty }
  }

  // MARK: - Numbers

  func text(_ x: Double, _ notation: Prose.Notation) -> String {
    switch notation {
    case .fixed(let decimals): fixed(x, decimals)
    case .rounded(let decimals):
      abs(x) < 1e9 ? NumberText.fixed(x, decimals: decimals, charset: charset) : fixed(x, decimals)
    case .signed(let decimals): (x > 0 ? "+" : "") + fixed(x, decimals)
    case .significant(let digits): NumberText.significant(x, digits: digits, charset: charset)
    case .error: x == 0 ? "0" : NumberText.exponential(x, decimals: 1, charset: charset)
    }
  }

  /// What would round to nothing, or is too long to be read, says so.
  private func fixed(_ x: Double, _ decimals: Int) -> String {
    if abs(x) >= 1e9 { return NumberText.exponential(x, decimals: 3, charset: charset) }
    if x != 0, abs(x) * NumberStyle.powerOfTen(decimals) < 0.5 {
      return x < 0 ? ">-1e-\(decimals)" : "<1e-\(decimals)"
    }
    return NumberText.fixed(x, decimals: decimals, charset: charset)
  }

  // MARK: - Marks

  private func bar(_ columns: Double) -> String {
    guard charset == .ascii else { return Blocks(charset: charset).bar(columns) }
    let length = columns.isFinite ? max(0, columns) : 0
    return String(repeating: "#", count: length > 0 ? max(1, Int(length.rounded())) : 0)
  }

  /// A cell of a picture; where there are colours it has one.
  func shade(_ share: Double, width: Int) -> Run {
    if view.depth != .none {
      return Run(.blanks(width), Style(.plain, cell: CellColor(share, .sequential)))
    }
    let ramp = charset == .unicode ? Self.ramp : HeatScale.ramp.map(String.init)
    guard share.isFinite else { return .blanks(width) }
    let step = Int((min(max(share, 0), 1) * Double(ramp.count)).rounded(.down))
    return Run(String(repeating: ramp[min(step, ramp.count - 1)], count: width), .header)
  }

  private static let ramp = [" ", "░", "▒", "▓", "█"]

  private func spark(_ values: [Double]) -> String {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "" }
    // The lowest is seen too.
    return Blocks(charset: charset).spark(
      values.map { high > low ? 0.125 + 0.875 * ($0 - low) / (high - low) : 0.5 })
  }

  private func arrow(_ x: Double, _ y: Double) -> String {
    let (wide, high) = (abs(x), abs(y))
    // Within 22.5° of an axis it points along it.
    let isAlong = { (a: Double, b: Double) in b <= a * 0.41421356237309503 }
    let column = isAlong(high, wide) ? 0 : x > 0 ? 1 : -1
    let row = isAlong(wide, high) ? 0 : y > 0 ? 1 : -1
    let names = charset == .unicode ? Self.arrows : Self.compass
    return names[(row + 1) * 3 + column + 1]
  }

  private static let arrows = ["↙", "↓", "↘", "←", "·", "→", "↖", "↑", "↗"]
  private static let compass = ["SW", "S ", "SE", "W ", ". ", "E ", "NW", "N ", "NE"]
}

extension Prose.Notation {
  /// Errors differ from machine to machine: nobody compares their digits.
  fileprivate var isError: Bool {
    if case .error = self { true } else { false }
  }
}
