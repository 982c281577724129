/// The names or numbers along the sides of a picture.
struct HeatAxes {
  let grid: HeatGrid
  let form: HeatPicture.Form
  let options: HeatOptions
  let rowCount: Int
  let columnCount: Int

  /// One label for each line of the picture, equally wide.
  func rowLabels() -> [String] {
    let lines = (grid.rows + form.rowsPerLine - 1) / form.rowsPerLine
    var labels = [String](repeating: "", count: lines)
    if namesRows {
      for row in 0..<rowCount {
        labels[row] = options.rowName(row).truncated(
          to: mostColumnsOfNames, ellipsis: options.charset.ellipsis)
      }
    } else {
      let rowsPerLine = grid.rowStep * form.rowsPerLine
      let step = Self.step(rowCount, atLeast: 4 * rowsPerLine)
      for row in stride(from: 0, to: rowCount, by: step) { labels[row / rowsPerLine] = "\(row)" }
      // The last row is named unless its neighbour is.
      if lines > 1, lines < 3 || labels[lines - 2].isEmpty {
        labels[lines - 1] = "\(rowCount - 1)"
      }
    }
    let width = labels.map(\.columns).max() ?? 0
    return labels.map { $0.padded(to: width, .right) }
  }

  private var namesRows: Bool {
    options.rows != nil && grid.rowStep == 1 && form.rowsPerLine == 1
  }

  private var mostColumnsOfNames: Int { max(4, options.display.columns / 4) }

  /// The lines below the picture that tell its columns.
  func columnLabels() -> Line {
    let width = grid.columns * form.columnsPerCell
    guard options.columns == nil || grid.columnStep > 1 || form.columnsPerCell < 2 else {
      return (0..<columnCount).map { column in
        // A name cut to one letter says more than none.
        let name = options.columnName(column).truncated(to: form.columnsPerCell, ellipsis: "")
        return Run(name.padded(to: form.columnsPerCell, .left), .dim)
      }
    }
    let last = String(columnCount - 1)
    guard width >= last.count + 2 else { return [Run("0".padded(to: width), .dim)] }
    var text = ""
    let columnsPerValue = Double(form.columnsPerCell) / Double(grid.columnStep)
    let step = Self.step(columnCount, atLeast: Int((6 / columnsPerValue).rounded(.up)))
    for column in stride(from: 0, to: columnCount, by: step) {
      let place = column / grid.columnStep * form.columnsPerCell
      let label = String(column)
      guard place >= text.count, place + label.count + 1 + last.count <= width else { continue }
      text += String.blanks(place - text.count) + label
    }
    return [Run(text + last.padded(to: width - text.count, .right), .dim)]
  }

  /// A step of 1, 2 or 5 times a power of ten.
  private static func step(_ count: Int, atLeast least: Int) -> Int {
    var unit = 1
    while unit < count {
      for factor in [1, 2, 5] where unit * factor >= least { return unit * factor }
      unit *= 10
    }
    return max(1, unit)
  }
}
