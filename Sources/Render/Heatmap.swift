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
  private static let indent = HeatBar.indent

  private var charset: Charset { options.charset }
  private var isPainted: Bool { options.depth != .none }

  init(_ tensor: Tensor, _ options: HeatOptions) {
    self.tensor = tensor
    self.options = options
    visibility = Visibility(options.mask, of: tensor)
    census = Census(tensor, skipping: visibility.test)
    scale = HeatScale(tensor, census, visibility: visibility, options: options)
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

  private func bar() -> Line {
    HeatBar(
      scale: scale, census: census, options: options,
      isAnythingMasked: visibility.test != nil || census.negativeInfinityCount > 0
    ).line()
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
      let what = scale.isDiverging ? "largest" : "max"
      remarks.append(
        "1 cell = \(charset.shape([grid.rowStep, grid.columnStep])) values (\(what))")
    }
    guard census.finiteCount > 0 else { return remarks }
    let isNegative =
      scale.isDiverging && scale.center - census.minimum > census.maximum - scale.center
    let flat = first(like: isNegative ? census.minimumIndex : census.maximumIndex)
    let place = index(flat, in: tensor.shape).map(String.init).joined(separator: ", ")
    let label = scale.isDiverging ? "largest" : "max"
    remarks.append(
      "\(label) \(options.display.numbers.statistic(tensor[flat: flat])) at [\(place)]")
    return remarks
  }

  /// The first of the visible entries that differ from one by no more than rounding does.
  private func first(like flat: Int) -> Int {
    let numbers = tensor.doubles
    let tolerance = abs(numbers[flat]) * (tensor.dtype == .f32 ? 1e-6 : 1e-12)
    return (0..<flat).first {
      abs(numbers[$0] - numbers[flat]) <= tolerance && !visibility.hides($0)
    } ?? flat
  }

  // MARK: - One picture

  private func picture() -> Page {
    let (rowCount, columnCount) = (tensor.shape[0], tensor.shape[1])
    let names = options.rows == nil ? [] : (0..<rowCount).map { options.rowName($0).columns }
    let gutter = max(
      String(rowCount - 1).count, min(names.max() ?? 0, max(4, options.display.columns / 4)))
    let room = max(1, options.display.columns - Self.indent - gutter - 1)
    // Header, remark, axis and bar take a line each.
    let height = max(1, options.display.rows.map { $0 - 4 } ?? Self.mostLines)
    let form = form(room: room, height: height)
    let grid = HeatGrid(
      tensor, block: 0, visibility: visibility, scale: scale,
      mostRows: height * form.rowsPerLine, mostColumns: room / form.columnsPerCell)
    let picture = HeatPicture(grid: grid, form: form, scale: scale, charset: charset)
    let axes = HeatAxes(
      grid: grid, form: form, options: options, rowCount: rowCount, columnCount: columnCount)
    var page = headed(remarks(on: grid))
    let labels = axes.rowLabels()
    for (label, line) in zip(labels, picture.lines()) {
      page.append([.blanks(Self.indent), Run(label, .dim), .blanks(1)] + line)
    }
    page.append([.blanks(Self.indent + (labels.first?.columns ?? 0) + 1)] + axes.columnLabels())
    page.append(bar())
    return page
  }

  /// Square cells where they fit, for a picture is easier to read undistorted.
  private func form(room: Int, height: Int) -> HeatPicture.Form {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    let fitsTwice = columns * 2 <= room
    let widest = options.columns == nil ? 2 : min(6, max(2, room / max(1, columns)))
    if !isPainted {
      if scale.isDiverging { return .ramp(2) }
      return .ramp(fitsTwice ? widest : 1)
    }
    let isSmall = fitsTwice && rows <= min(height, 32)
    // Half blocks are no ASCII, painted blanks are.
    return isSmall ? .blanks(widest) : charset == .unicode ? .halves : .blanks(fitsTwice ? 2 : 1)
  }

  // MARK: - Small multiples

  private func multiples() -> Page {
    let leading = Array(tensor.shape.dropLast(2))
    let count = leading.reduce(1, *)
    let room = max(1, min(40, options.display.columns - Self.indent))
    let form = multiplesForm(room: room)
    var grid: HeatGrid?
    var pages: [Page] = []
    for block in Elision(count, fitting: Self.mostBlocks).indices {
      guard let block else {
        pages.append(Page(lines: [[.ellipsis(charset)]]))
        continue
      }
      let cells = HeatGrid(
        tensor, block: block, visibility: visibility, scale: scale,
        mostRows: 20 * form.rowsPerLine, mostColumns: room / form.columnsPerCell)
      let picture = HeatPicture(grid: cells, form: form, scale: scale, charset: charset)
      let name = options.blockName(block, at: index(block, in: leading)).truncated(
        to: room, ellipsis: charset.ellipsis)
      pages.append(Page(lines: [[Run(name, .header)]] + picture.lines()))
      grid = cells
    }
    var page = headed(grid.map(remarks) ?? [])
    let body = Page.beside(pages, width: max(1, options.display.columns - Self.indent))
    page.append(body.indented(by: Self.indent))
    page.append(bar())
    return page
  }

  private func multiplesForm(room: Int) -> HeatPicture.Form {
    guard isPainted else { return .ramp(scale.isDiverging ? 2 : 1) }
    let (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
    if rows <= 16 && columns <= 16 && columns * 2 <= room { return .blanks(2) }
    return charset == .unicode ? .halves : .blanks(1)
  }
}
