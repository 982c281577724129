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
    case 0..<0x20, 0x7F...0x9F: advance(1); advance(1)  // as ^X
    default: advance(DisplayText.columns(of: scalar))
    }
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
