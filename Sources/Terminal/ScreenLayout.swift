/// Where libedit puts prompt and line on the screen, counted from the prompt's first row.
struct ScreenLayout: Equatable {
  var row = 0
  var column = 0
  private let columns: Int

  init(columns: Int) {
    self.columns = max(1, columns)
  }

  mutating func add(_ text: some Sequence<Unicode.Scalar>) {
    for scalar in text { add(scalar) }
  }

  mutating func add(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x0A: startRow()
    case 0x09: repeat { advance(1) } while column % 8 != 0
    case 0..<0x20, 0x7F...0x9F: advance(singles: 2)  // ^X
    default:
      let width = DisplayText.columns(of: scalar)
      // What the locale cannot print is shown as \U+1F600.
      width < 0 ? advance(singles: scalar.value > 0xFFFF ? 8 : 7) : advance(max(1, width))
    }
  }

  private mutating func advance(singles count: Int) {
    for _ in 0..<count { advance(1) }
  }

  private mutating func advance(_ width: Int) {
    if column + width > columns { startRow() }
    column += width
    if column >= columns { startRow() }
  }

  private mutating func startRow() {
    row += 1
    column = 0
  }
}
