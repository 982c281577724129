import Kernels

/// A tensor as a page: numbers and vectors bare, everything else under a header.
///
/// Every element carries its value in full precision. Elements where `mask` is 0 print as `·`;
/// the mask has the shape of the tensor or of its last axes.
public func layout(
  _ tensor: Tensor, name: String? = nil, mask: Tensor? = nil,
  options: DisplayOptions = DisplayOptions()
) -> Page {
  let visibility = Visibility(mask, of: tensor)
  let census = Census(tensor, skipping: visibility.test)
  let format = CellFormat(
    census, digits: options.decimals, charset: options.charset, mayScale: options.mayScale)
  switch tensor.rank {
  case 0:
    return Page(lines: [[options.numbers.loneRun(tensor[flat: 0])]])
  case 1:
    return VectorLayout(
      tensor: tensor, format: format, visibility: visibility, options: options
    ).page()
  default:
    var page = Page(lines: [header(tensor, name: name, scale: format.scale, options: options)])
    if tensor.count == 0 { return page }
    let matrices = MatrixLayout(
      tensor: tensor, format: format, visibility: visibility, options: options)
    page.append(tensor.rank == 2 ? matrix(matrices) : blocks(matrices))
    return page
  }
}

/// A number that stands alone.
public func layout(_ number: Double, options: DisplayOptions = DisplayOptions()) -> Page {
  Page(lines: [[options.numbers.loneRun(number)]])
}

/// `A 4×5 f32  ×10⁻⁵`
private func header(_ tensor: Tensor, name: String?, scale: Int, options: DisplayOptions) -> Line {
  var line = title(tensor, name: name, options: options)
  if scale != 0 { line.append(Run("  " + options.charset.powerOfTen(scale), .strong)) }
  return line
}

/// `A 4×5 f32`
func title(_ tensor: Tensor, name: String?, options: DisplayOptions) -> Line {
  let charset = options.charset
  var line: Line = []
  if let name {
    let shown = charset.text(name).truncated(
      to: max(1, options.columns / 2), ellipsis: charset.ellipsis)
    line += [Run(shown, .name), .blanks(1)]
  }
  let room = options.columns - line.columns - 14
  let shape = tensor.rank == 0 ? "" : charset.shape(tensor.shape)
  line.append(Run(shape.truncated(to: max(8, room), ellipsis: charset.ellipsis), .header))
  if tensor.dtype != .f64 { line.append(Run(" " + tensor.dtype.name, .dim)) }
  return line
}

private func matrix(_ layout: MatrixLayout) -> Page {
  let count = layout.tensor.shape[0]
  // The header takes a line, and `…` another.
  let rows = rowsShown(count, fitting: layout.options.rows.map { $0 - 1 }, layout.options)
  return Page(lines: layout.lines(block: 0, rows: rows, plan: layout.plan(blocks: [0], rows: rows)))
}

private func rowsShown(_ count: Int, fitting: Int?, _ options: DisplayOptions) -> Elision {
  guard let fitting, !options.full, count > fitting else { return Elision(all: count) }
  return Elision(count, fitting: max(2, fitting - 1))
}

/// The matrices `[0]`, `[1]` … of a tensor of rank 3 or more.
private func blocks(_ layout: MatrixLayout) -> Page {
  let tensor = layout.tensor
  let leading = Array(tensor.shape.dropLast(2))
  let blockCount = leading.reduce(1, *)
  let rowCount = tensor.shape[tensor.rank - 2]
  let (blocks, rows) = share(layout.options, blockCount: blockCount, rowCount: rowCount)
  let plan = layout.plan(blocks: blocks.shown, rows: rows)
  var page = Page()
  for block in blocks.indices {
    guard let block else {
      page.append([.ellipsis(layout.options.charset)])
      continue
    }
    let place = index(block, in: leading).map(String.init).joined(separator: ", ")
    page.append("[\(place)]", .header)
    page.lines += layout.lines(block: block, rows: rows, plan: plan)
  }
  return page
}

/// How many blocks and how many rows of each fit the window.
private func share(_ options: DisplayOptions, blockCount: Int, rowCount: Int) -> (Elision, Elision)
{
  let all = (Elision(all: blockCount), Elision(all: rowCount))
  // The header takes a line; each block has a line for its name.
  guard !options.full, let height = options.rows.map({ $0 - 1 }) else { return all }
  let perBlock = rowCount + 1
  if blockCount <= height / perBlock { return all }
  let whole = (height - 1) / perBlock
  if whole >= 2 { return (Elision(blockCount, fitting: whole), Elision(all: rowCount)) }
  let shown = min(blockCount, height >= 9 ? 2 : 1)
  let rowsEach = (height - (shown < blockCount ? 1 : 0)) / shown - 1
  return (
    Elision(blockCount, fitting: shown), rowsShown(rowCount, fitting: max(3, rowsEach), options)
  )
}

/// The place of entry `flat` in axes of these lengths.
func index(_ flat: Int, in lengths: [Int]) -> [Int] {
  var rest = flat
  var place: [Int] = []
  for length in lengths.reversed() {
    place.insert(rest % max(1, length), at: 0)
    rest /= max(1, length)
  }
  return place
}
