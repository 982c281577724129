import Kernels

/// A tensor as a picture: painted cells with their values up to twelve columns, otherwise one cell
/// for the largest of several values; of rank 3 one picture for each entry of the first axes.
///
/// Without colour, cells show a ramp of ASCII characters. A vector is drawn as one row.
public func heatmap(_ tensor: Tensor, options: HeatOptions = HeatOptions()) -> Page {
  let columns = tensor.shape.last ?? 1
  let matrix = tensor.rank >= 2 ? tensor : tensor.reshaped([1, columns])
  return Heatmap(matrix, options).page()
}

private struct Heatmap {
  let tensor: Tensor
  let options: HeatOptions
  let visibility: Visibility
  let census: Census
  let scale: HeatScale

  /// Without a window's height: a screenful.
  private static let mostLines = 48
  /// More small pictures than these are cut in the middle.
  private static let mostBlocks = 64
  private static let indent = 2

  private var charset: Charset { options.charset }
  private var isPainted: Bool { options.depth != .none }

  init(_ tensor: Tensor, _ options: HeatOptions) {
    self.tensor = tensor
    self.options = options
    visibility = Visibility(options.mask, of: tensor)
    census = Census(tensor, skipping: visibility.test)
    scale = HeatScale(census, limits: options.limits)
  }

  func page() -> Page {
    if tensor.count == 0 { return Page(lines: [header()]) }
    if tensor.rank > 2 { return multiples() }
    if let table = HeatTable(
      tensor, census: census, scale: scale, visibility: visibility, options: options)
    {
      let unit = table.format.scale
      var page = headed(unit == 0 ? [] : [charset.powerOfTen(unit)])
      page.append(table.page())
      page.append(bar())
      return page
    }
    return picture()
  }

  // MARK: - Header

  private func header() -> Line {
    var display = options.display
    display.width = options.display.columns
    guard let text = options.title else {
      return title(tensor, name: options.name, options: display)
    }
    let shown = charset.text(text).truncated(
      to: max(1, display.columns - 2 - charset.shape(tensor.shape).columns),
      ellipsis: charset.ellipsis)
    return [Run(shown, .title), .blanks(2), Run(charset.shape(tensor.shape), .header)]
  }

  /// The header and remarks behind it, or below where the window is narrow.
  private func headed(_ remarks: [String]) -> Page {
    var page = Page(lines: [header()])
    for remark in remarks {
      let last = page.lines.count - 1
      if page.lines[last].columns + 2 + remark.columns <= options.display.columns {
        page.lines[last] += [.blanks(2), Run(remark, .dim)]
      } else {
        for line in wrap(remark, width: options.display.columns - Self.indent) {
          page.append([.blanks(Self.indent), Run(line, .dim)])
        }
      }
    }
    return page
  }

  private func remarks(on grid: HeatGrid) -> [String] {
    var remarks: [String] = []
    if grid.rowStep > 1 || grid.columnStep > 1 {
      remarks.append(
        "1 cell = \(charset.shape([grid.rowStep, grid.columnStep])) values (max)")
    }
    guard census.finiteCount > 0 else { return remarks }
    let isNegative = scale.map == .diverging && -census.minimum > census.maximum
    let flat = isNegative ? census.minimumIndex : census.maximumIndex
    let place = index(flat, in: tensor.shape).map(String.init).joined(separator: ", ")
    let label = scale.map == .diverging ? "largest" : "max"
    remarks.append(
      "\(label) \(options.display.numbers.statistic(tensor[flat: flat])) at [\(place)]")
    return remarks
  }

  // MARK: - One picture

  private func picture() -> Page {
    let gutter = String(tensor.shape[0] - 1).count
    let room = max(1, options.display.columns - Self.indent - gutter - 1)
    // Header, remark, axis and bar take a line each.
    let height = max(1, options.display.rows.map { $0 - 4 } ?? Self.mostLines)
    let form = form(columns: tensor.shape[1], room: room)
    let grid = HeatGrid(
      tensor, block: 0, visibility: visibility, map: scale.map,
      mostRows: height * form.rowsPerLine, mostColumns: room / form.columnsPerCell)
    let picture = HeatPicture(grid: grid, form: form, scale: scale, charset: charset)
    var page = headed(remarks(on: grid))
    let lines = picture.lines()
    for (place, line) in lines.enumerated() {
      // The last line names its last row, all others would be noise.
      let label = place == 0 ? "0" : place == lines.count - 1 ? "\(tensor.shape[0] - 1)" : ""
      page.append(
        [.blanks(Self.indent), Run(label.padded(to: gutter, .right), .dim), .blanks(1)] + line)
    }
    page.append(axis(width: picture.width, indent: Self.indent + gutter + 1))
    page.append(bar())
    return page
  }

  /// The first and the last column below the picture.
  private func axis(width: Int, indent: Int) -> Line {
    let last = String(tensor.shape[1] - 1)
    guard width >= last.count + 2 else { return [.blanks(indent), Run("0", .dim)] }
    return [.blanks(indent), Run("0" + last.padded(to: width - 1, .right), .dim)]
  }

  private func form(columns: Int, room: Int) -> HeatPicture.Form {
    if isPainted {
      // Half blocks are no ASCII, painted blanks are.
      return charset == .unicode ? .halves : .blanks(columns * 2 <= room ? 2 : 1)
    }
    if scale.map == .diverging { return .ramp(2) }
    return .ramp(columns * 2 <= room ? 2 : 1)
  }

  // MARK: - Small multiples

  private func multiples() -> Page {
    let leading = Array(tensor.shape.dropLast(2))
    let count = leading.reduce(1, *)
    let columns = tensor.shape[tensor.rank - 1]
    let rows = tensor.shape[tensor.rank - 2]
    let room = max(1, min(40, options.display.columns - Self.indent))
    let isSmall = columns <= 16 && rows <= 16 && columns * 2 <= room
    let form: HeatPicture.Form =
      isPainted
      ? (isSmall ? .blanks(2) : charset == .unicode ? .halves : .blanks(1))
      : .ramp(scale.map == .diverging ? 2 : 1)
    var grid: HeatGrid?
    var pages: [Page] = []
    for block in Elision(count, fitting: Self.mostBlocks).indices {
      guard let block else {
        pages.append(Page(lines: [[.ellipsis(charset)]]))
        continue
      }
      let cells = HeatGrid(
        tensor, block: block, visibility: visibility, map: scale.map,
        mostRows: 20 * form.rowsPerLine, mostColumns: room / form.columnsPerCell)
      let picture = HeatPicture(grid: cells, form: form, scale: scale, charset: charset)
      let place = index(block, in: leading).map(String.init).joined(separator: ", ")
      let name = options.blockPrefix.map { charset.text($0) + place } ?? "[\(place)]"
      pages.append(Page(lines: [[Run(name, .header)]] + picture.lines()))
      grid = cells
    }
    var page = headed(grid.map(remarks) ?? [])
    let body = Page.beside(pages, width: max(1, options.display.columns - Self.indent))
    page.append(body.indented(by: Self.indent))
    page.append(bar())
    return page
  }

  // MARK: - Colour bar

  private func bar() -> Line {
    let numbers = options.display.numbers
    let sign = scale.map == .diverging && scale.high > 0 ? "+" : ""
    let low = Run(numbers.statistic(scale.low), .number, value: scale.low)
    let high = Run(sign + numbers.statistic(scale.high), .number, value: scale.high)
    let label = options.display.columns < 40 ? "" : "scale "
    var line: Line = [.blanks(Self.indent)]
    if isPainted {
      line += [low, .blanks(1)] + gradient() + [.blanks(1), high]
    } else {
      line.append(Run("\(label)\(String(HeatScale.ramp))  ", .dim))
      line +=
        scale.map == .diverging
        ? [Run("|x| 0 .. ", .dim), Run(numbers.statistic(scale.high), .number, value: scale.high)]
        : [low, Run(" .. ", .dim), high]
    }
    for remark in legend() where line.columns + 3 + remark.columns <= options.display.columns {
      line += [.blanks(3)] + remark
    }
    return line
  }

  private func gradient() -> Line {
    let steps = max(4, min(20, options.display.columns / 4))
    return (0..<steps).map { step in
      Run(" ", Style(cell: CellColor(Double(step) / Double(steps - 1), scale.map)))
    }
  }

  /// What the cells without a place on the bar mean.
  private func legend() -> [Line] {
    var legend: [Line] = []
    if visibility.test != nil || census.negativeInfinityCount > 0 {
      let sign = isPainted ? charset.masked : HeatPicture.maskedRamp(charset)
      legend.append([Run("\(sign) masked", .dim)])
    }
    if census.nanCount > 0 {
      legend.append(
        isPainted
          ? [Run("  ", Style(cell: CellColor(.nan, scale.map))), Run(" NaN", .dim)]
          : [Run("? NaN", .dim)])
    }
    return legend
  }
}
