import Engine
import Kernels

/// Groups of bars: the members of a group side by side where the window has room, else below each
/// other.
struct GroupedBars {
  let strips: Strips
  let view: View
  private let low: Double
  private let high: Double
  private let numbers: [[String]]
  private let numberWidth: Int

  private static let indent = 2
  private static let gap = 2
  /// Shorter bars show nothing.
  private static let fewestColumns = 10
  private static let mostColumns = 24

  private var charset: Charset { view.charset }
  private var columns: Int { view.display.columns }

  init(_ strips: Strips, _ view: View) {
    self.strips = strips
    self.view = view
    let rows = strips.rows.map(\.mark.members)
    let levels = strips.levels
    low = min(levels.min() ?? 0, 0)
    high = max(levels.max() ?? 0, 0)
    if let tensor = try? Tensor(Array(rows.joined())) {
      let format = CellFormat(
        Census(tensor), digits: view.display.decimals, charset: view.charset, mayScale: false)
      numbers = rows.map { row in
        row.map { value in
          let cell = format.cell(value)
          return cell.text + .blanks(cell.tail)
        }
      }
    } else {
      numbers = rows.map { $0.map { _ in "" } }
    }
    numberWidth = numbers.joined().map(\.columns).max() ?? 0
  }

  func page() -> Page {
    let names = NameColumn(strips.rows.map(\.name), most: max(4, columns / 4), charset)
    let members = NameColumn(memberNames, most: max(4, columns / 5), charset)
    let count = strips.rows.map(\.mark.members.count).max() ?? 0
    let fixed = members.width + (members.width > 0 ? 1 : 0) + numberWidth + 1
    let taken = Self.indent + names.width + Self.gap
    let beside = (columns - taken + Self.gap) / max(1, count) - Self.gap - fixed
    if beside >= Self.fewestColumns || count == 1 {
      let most = count == 1 ? 2 * Self.mostColumns : Self.mostColumns
      let length = max(1, min(beside, most))
      return Page(
        lines: strips.rows.indices.map { index in
          line(Run(names[index], .name), cells(index, members, length))
        })
    }
    let length = max(1, min(columns - taken - fixed, 2 * Self.mostColumns))
    var page = Page()
    for index in strips.rows.indices {
      for (place, cell) in cells(index, members, length).enumerated() {
        let name = place == 0 ? names[index] : .blanks(names.width)
        page.append(line(Run(name, .name), [cell]))
      }
    }
    return page
  }

  private var memberNames: [String] {
    let count = strips.rows.map(\.mark.members.count).max() ?? 0
    return (0..<count).map { strips.members.indices.contains($0) ? strips.members[$0] : "\($0)" }
  }

  private func line(_ name: Run, _ cells: [Line]) -> Line {
    var line: Line = [.blanks(Self.indent), name]
    for cell in cells { line += [.blanks(Self.gap)] + cell }
    return line
  }

  /// `p0 0.1192 ██▉`
  private func cells(_ row: Int, _ members: NameColumn, _ length: Int) -> [Line] {
    strips.rows[row].mark.members.enumerated().map { index, value in
      let number = numbers[row][index].padded(to: numberWidth, .right)
      let name: Line = members.width > 0 ? [Run(members[index], .dim), .blanks(1)] : []
      return name + [Run(number, .number, value: value), .blanks(1)]
        + bar(value, length, series: index)
    }
  }

  private func bar(_ value: Double, _ length: Int, series: Int) -> Line {
    let blocks = Blocks(charset: charset)
    let style = Style(ink: .series(series))
    guard value.isFinite, high > low else { return [.blanks(length)] }
    let left = low < 0 ? Int((Double(length - 1) * (-low / 2 / (high / 2 - low / 2))).rounded()) : 0
    if low >= 0 {
      return [Run(blocks.bar(value / high * Double(length)).padded(to: length), style)]
    }
    let right = length - 1 - left
    let zero = Run(charset.vertical, .dim)
    if value < 0 {
      let text = blocks.leftward(value / low * Double(left)).padded(to: left, .right)
      return [Run(text, style), zero, .blanks(right)]
    }
    let text = high > 0 ? blocks.bar(value / high * Double(right)) : ""
    return [.blanks(left), zero, Run(text.padded(to: right), style)]
  }
}

extension Strips.Mark {
  fileprivate var members: [Double] {
    switch self {
    case .bars(let values): values
    default: []
    }
  }
}
