import Kernels

/// A matrix without its values: a few columns or half a line for each cell.
struct HeatPicture {
  /// How a cell is drawn.
  enum Form {
    /// Two rows of cells in one line, as `▀`: its upper half and what is behind it.
    case halves
    /// Painted blanks.
    case blanks(Int)
    /// Characters of the ramp; with the sign in front for a diverging map.
    case ramp(Int)

    var columnsPerCell: Int {
      switch self {
      case .halves: 1
      case .blanks(let count), .ramp(let count): count
      }
    }

    var rowsPerLine: Int {
      if case .halves = self { 2 } else { 1 }
    }
  }

  let grid: HeatGrid
  let form: Form
  let scale: HeatScale
  let charset: Charset

  /// The picture's lines, without anything around them.
  func lines() -> [Line] {
    stride(from: 0, to: grid.rows, by: form.rowsPerLine).map { row in
      (0..<grid.columns).map { column in
        switch form {
        case .halves: halves(grid[row, column], grid[row + 1, column])
        case .blanks(let width): blanks(grid[row, column], width)
        case .ramp(let width): ramp(grid[row, column], width)
        }
      }
    }
  }

  var width: Int { grid.columns * form.columnsPerCell }

  private func halves(_ upper: HeatGrid.Cell, _ lower: HeatGrid.Cell) -> Run {
    switch (upper, lower) {
    case (.position(let upper, _), .position(let lower, _)):
      Run("▀", Style(cell: scale.color(at: lower), ink: scale.color(at: upper)))
    case (.position(let upper, _), .hidden): Run("▀", Style(ink: scale.color(at: upper)))
    case (.hidden, .position(let lower, _)): Run("▄", Style(ink: scale.color(at: lower)))
    case (.hidden, .hidden): Run(charset.masked, .dim)
    }
  }

  private func blanks(_ cell: HeatGrid.Cell, _ width: Int) -> Run {
    guard case .position(let position, let value) = cell else {
      return Run(charset.masked.padded(to: width, .right), .dim)
    }
    return Run(.blanks(width), Style(cell: scale.color(at: position)), value: value)
  }

  private func ramp(_ cell: HeatGrid.Cell, _ width: Int) -> Run {
    guard case .position(let position, _) = cell else {
      return Run(Self.maskedRamp(charset).padded(to: width, .right), .dim)
    }
    let character = scale.rampCharacter(at: position)
    if scale.isDiverging && position != 0 && !position.isNaN && width > 1 {
      return Run((position < 0 ? "-" : "+") + String(repeating: character, count: width - 1))
    }
    return Run(String(repeating: character, count: width))
  }

  /// `.` belongs to the ramp.
  static func maskedRamp(_ charset: Charset) -> String { charset == .unicode ? "·" : "_" }
}
