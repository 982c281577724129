import Engine
import Kernels

/// A chart as a page: the marks on a canvas, axes around it, legend and remarks below.
struct ChartLayout {
  let chart: Chart
  let view: View
  private let gutter: Int
  /// Columns right of the plot for what is said of the last points.
  private let endingRoom: Int
  private let xAxis: PlotAxis
  private let yAxis: PlotAxis

  /// A wider plot only makes its curves flatter.
  private static let mostColumns = 80
  /// What is said of the last points is left out where it would make the plot narrower.
  private static let fewestColumns = 24
  /// Markers in the order of the series; `*` is for those that share a cell.
  static let markers = ["x", "o", "+", "#", "@", "%", "&", "$"]

  private var charset: Charset { view.charset }

  init(_ chart: Chart, _ view: View) {
    self.chart = chart
    self.view = view
    let numbers = chart.numbers
    let bars = chart.barCount
    let anchor: PlotAxis.Anchor = bars > 0 ? .edges : .centers
    yAxis = PlotAxis.vertical(
      chart.y, numbers.y, mostCells: Self.height(chart, view), anchor: anchor)
    gutter = yAxis.ticks.labels.map { $0.columns }.max() ?? 0
    // A help page indents its examples; a narrow window can not spare the margin.
    let margin = chart.isInText ? 0 : view.display.columns >= 60 ? 8 : 2
    let free = min(Self.mostColumns, view.display.columns - gutter - 2 - margin)
    let wanted = chart.layers.compactMap(\.ending).map { view.charset.text($0).columns + 2 }.max()
    endingRoom = wanted.map { free - $0 >= Self.fewestColumns ? $0 : 0 } ?? 0
    let room = max(4, free - endingRoom)
    let columns = bars > 0 && bars <= room ? room / bars * bars : room
    xAxis = PlotAxis.horizontal(chart.x, numbers.x, cells: columns, anchor: anchor)
  }

  /// What stands around the plot takes lines of the window too.
  private static func height(_ chart: Chart, _ view: View) -> Int {
    let around =
      4 + chart.notes.count + [chart.title, chart.x.label, chart.y.label].count { $0 != nil }
    let wanted = chart.rows ?? min(20, max(12, view.display.columns / 5))
    return max(4, min(wanted, view.display.rows.map { $0 - around } ?? wanted))
  }

  func page() -> Page {
    var canvas = Canvas(columns: xAxis.cells, rows: yAxis.cells)
    var legend: [Line] = []
    var series = 0
    for layer in chart.layers {
      let pen = Pen(layer, series: series, isAlone: seriesCount == 1, charset: charset)
      draw(layer.mark, pen, on: &canvas)
      if let name = layer.name { legend.append(entry(name, layer, pen)) }
      if layer.mark.isSeries { series += 1 }
    }
    if canvas.hasOverlap { legend.append([Run(Canvas.overlap, .strong), Run(" overlap")]) }
    return assembled(canvas, legend)
  }

  private var seriesCount: Int { chart.layers.count { $0.mark.isSeries } }

  /// `x standard  slope 2.0412`
  private func entry(_ name: String, _ layer: Chart.Layer, _ pen: Pen) -> Line {
    let numbers = layer.numbers.flatMap { number -> Line in
      [
        Run("  \(charset.text(number.name)) ", .dim),
        view.display.numbers.statisticRun(number.value),
      ]
    }
    return [Run(pen.marker, pen.style), Run(" " + charset.text(name))] + numbers
  }

  // MARK: - Marks

  private func draw(_ mark: Chart.Mark, _ pen: Pen, on canvas: inout Canvas) {
    switch mark {
    case .points(let points):
      for point in points { dot(point, pen, on: &canvas) }
    case .line(let points): line(points, pen, on: &canvas)
    case .steps(let edges, let heights): steps(edges, heights, pen, on: &canvas)
    case .vertical(let x):
      guard let column = xAxis.tickCell(x) else { return }
      for row in 0..<canvas.rows { rule(pen, column, row, on: &canvas) }
    case .horizontal(let y):
      guard let row = yAxis.cell(y) else { return }
      for column in 0..<canvas.columns {
        canvas.draw(charset.horizontal, pen.style, at: column, row, .guide)
      }
    case .slope(let exponent, let through): slope(exponent, through, pen, on: &canvas)
    case .text(let text, let point): write(text, at: point, on: &canvas)
    }
  }

  private func dot(_ point: Chart.Point, _ pen: Pen, on canvas: inout Canvas) {
    guard let column = xAxis.cell(point.x), let row = yAxis.cell(point.y) else { return }
    canvas.draw(pen.marker, pen.style, at: column, row, .marker, series: pen.series)
  }

  /// Where points are sparse, faint dots lead from one to the next; dense ones make a curve.
  private func line(_ points: [Chart.Point], _ pen: Pen, on canvas: inout Canvas) {
    let isDense = points.count * 3 > canvas.columns
    for (start, end) in zip(points, points.dropFirst()) {
      guard let x0 = xAxis.position(start.x), let y0 = yAxis.position(start.y),
        let x1 = xAxis.position(end.x), let y1 = yAxis.position(end.y)
      else { continue }
      let steps = Int(min(max(abs(x1 - x0), abs(y1 - y0)).rounded(.up), 4096))
      for step in 0...max(steps, 1) {
        let share = Double(step) / Double(max(steps, 1))
        let column = Int((x0 + (x1 - x0) * share).rounded())
        let row = Int((y0 + (y1 - y0) * share).rounded())
        if isDense {
          canvas.draw(pen.marker, pen.style, at: column, row, .marker, series: pen.series)
        } else {
          canvas.draw(charset.connector, pen.style, at: column, row, .connector)
        }
      }
    }
    for point in points { dot(point, pen, on: &canvas) }
  }

  private func steps(
    _ edges: [Double], _ heights: [Double], _ pen: Pen, on canvas: inout Canvas
  ) {
    let blocks = Blocks(charset: charset)
    for column in 0..<canvas.columns {
      let span = xAxis.edges(of: column)
      // The highest of the bars that share the column, or the one that covers its middle.
      var height = 0.0
      for index in heights.indices where index + 1 < edges.count {
        let middle = (span.lower + span.upper) / 2
        let isInside = edges[index] >= span.lower && edges[index + 1] <= span.upper
        if isInside || (edges[index] <= middle && middle < edges[index + 1]) {
          height = max(height, heights[index])
        }
      }
      guard let top = yAxis.position(height), height > 0 else { continue }
      let filled = top + 0.5
      for row in 0..<min(canvas.rows, max(1, Int(filled.rounded(.up)))) {
        canvas.draw(blocks.upright(filled - Double(row)), pen.style, at: column, row, .bar)
      }
    }
  }

  /// A rule leaves the tops of bars as they are, for these are data, and crosses the rest.
  private func rule(_ pen: Pen, _ column: Int, _ row: Int, on canvas: inout Canvas) {
    var style = pen.style
    if let bar = canvas.mark(at: column, row, ofLayer: .bar) {
      guard bar.text == Blocks(charset: charset).upright(1) else { return }
      style.cell = bar.style.ink
    }
    canvas.draw(pen.marker, style, at: column, row, .rule)
  }

  private func slope(
    _ exponent: Double, _ through: Chart.Point, _ pen: Pen, on canvas: inout Canvas
  ) {
    for column in 0..<canvas.columns {
      let span = xAxis.edges(of: column)
      let y: Double
      if xAxis.isLogarithmic && yAxis.isLogarithmic {
        let middle = (span.lower * span.upper).squareRoot()
        y = through.y * Double.pow(middle / through.x, exponent)
      } else {
        y = through.y + exponent * ((span.lower + span.upper) / 2 - through.x)
      }
      guard let row = yAxis.cell(y) else { continue }
      canvas.draw(pen.marker, pen.style, at: column, row, .guide)
    }
  }

  private func write(_ text: String, at point: Chart.Point, on canvas: inout Canvas) {
    guard let column = xAxis.cell(point.x), let row = yAxis.cell(point.y) else { return }
    let shown = charset.text(text).prefix(columns: canvas.columns)
    let start = max(0, min(column, canvas.columns - shown.columns))
    var place = start
    for character in shown {
      canvas.draw(String(character), Style(.strong), at: place, row, .text)
      let width = DisplayWidth().columns(of: character)
      // A wide character takes the next cell too.
      if width == 2 { canvas.draw("", Style(.strong), at: place + 1, row, .text) }
      place += width
    }
  }

  // MARK: - Around the canvas

  private func assembled(_ canvas: Canvas, _ legend: [Line]) -> Page {
    var page = Page()
    let width = view.display.columns
    let ellipsis = charset.ellipsis
    var legend = legend
    if let title = chart.title {
      page.append(charset.text(title).truncated(to: width, ellipsis: ellipsis), .title)
      let onTop = page.lines[0] + legend.flatMap { [.blanks(3)] + $0 }
      if chart.isInText, onTop.columns <= width { (page.lines[0], legend) = (onTop, []) }
    }
    if let label = chart.y.label {
      page.append(charset.text(label).truncated(to: width, ellipsis: ellipsis), .dim)
    }
    page.lines += framed(canvas)
    page.append(ruler())
    page.append(tickLabels())
    if let label = chart.x.label {
      let shown = charset.text(label).truncated(to: xAxis.cells, ellipsis: ellipsis)
      page.append([.blanks(gutter + 2), Run(shown.padded(to: xAxis.cells, .right), .dim)])
    }
    page.lines += filled(legend, width: width, indent: min(gutter + 2, 4))
    for note in chart.notes {
      page.lines += wrap(charset.text(note), width: max(8, width - 2)).map {
        [.blanks(2), Run($0, .dim)]
      }
    }
    return page
  }

  private func framed(_ canvas: Canvas) -> [Line] {
    var labels = [String](repeating: "", count: canvas.rows)
    for (value, label) in zip(yAxis.ticks.values, yAxis.ticks.labels) {
      if let row = yAxis.cell(value) { labels[row] = label }
    }
    let endings = endings
    return zip(labels.reversed(), canvas.lines()).enumerated().map { index, row in
      let (label, line) = row
      let edge = label.isEmpty ? charset.vertical : charset.text("┤")
      let ending = endings[canvas.rows - 1 - index].map { [.blanks(2), Run($0, .dim)] } ?? []
      return [Run(label.padded(to: gutter, .right) + " ", .dim), Run(edge, .dim)] + line + ending
    }
  }

  /// What is said of the last points, by the rows these lie in; the first of two in one row.
  private var endings: [Int: String] {
    guard endingRoom > 0 else { return [:] }
    let placed = chart.layers.compactMap { layer -> (Int, String)? in
      guard let ending = layer.ending, case .points(let points) = layer.mark,
        let last = points.last, let row = yAxis.cell(last.y)
      else { return nil }
      return (row, charset.text(ending))
    }
    return Dictionary(placed) { first, _ in first }
  }

  /// The line below the plot; bars stand on it, so that it may be a tick itself.
  private func ruler() -> Line {
    var marks = [String](repeating: charset.horizontal, count: xAxis.cells)
    for value in xAxis.ticks.values {
      if let cell = xAxis.tickCell(value) { marks[cell] = charset.text("┬") }
    }
    var label = ""
    for (value, text) in zip(yAxis.ticks.values, yAxis.ticks.labels)
    where yAxis.cell(value) == nil && yAxis.position(value) == -0.5 {
      label = text
    }
    return [
      Run(label.padded(to: gutter, .right) + " ", .dim),
      Run(charset.text("└") + marks.joined(), .dim),
    ]
  }

  private func tickLabels() -> Line {
    var text = ""
    for (value, label) in zip(xAxis.ticks.values, xAxis.ticks.labels) {
      guard let cell = xAxis.tickCell(value) else { continue }
      // Centred below its tick, inside the window.
      let start = max(0, gutter + 2 + cell - label.columns / 2)
      let last = view.display.columns - label.columns
      let place = min(start, last)
      guard place >= text.columns else { continue }
      text += String.blanks(place - text.columns) + label
    }
    return [Run(text.padded(to: gutter + 2 + xAxis.cells), .dim)]
  }

  /// Entries of the legend in as many lines as they need.
  private func filled(_ entries: [Line], width: Int, indent: Int) -> [Line] {
    var lines: [Line] = []
    for entry in entries {
      var entry = entry
      if indent + entry.columns > width, entry.count > 1 {
        let room = max(1, width - indent - (entry.columns - entry[1].text.columns))
        entry[1].text = entry[1].text.truncated(to: room, ellipsis: charset.ellipsis)
      }
      if let last = lines.last, last.columns + 3 + entry.columns <= width {
        lines[lines.count - 1] += [.blanks(3)] + entry
      } else {
        lines.append([.blanks(indent)] + entry)
      }
    }
    return lines
  }
}

/// How the marks of a layer look.
private struct Pen {
  let marker: String
  let style: Style
  let series: Int

  init(_ layer: Chart.Layer, series: Int, isAlone: Bool, charset: Charset) {
    self.series = series
    switch layer.mark {
    case .slope(let exponent, _):
      let index = Int(exponent.magnitude.bounded(to: 0...100))
      marker = charset.text(index == 1 ? "·" : index == 2 ? ":" : "-")
      style = Style(.dim)
    case .steps:
      marker = Blocks(charset: charset).upright(1)
      style = Style(ink: .series(series))
    case .vertical:
      marker = charset.vertical
      style = Style(.secondMark)
    case .horizontal, .text:
      marker = charset.horizontal
      style = Style(.dim)
    case .points, .line:
      let markers = ChartLayout.markers
      marker = isAlone ? charset.text("•") : markers[series % markers.count]
      style = Style(ink: .series(series))
    }
  }
}

extension Chart {
  /// How many bars stand side by side; 0 where there are none.
  fileprivate var barCount: Int {
    let counts = layers.map { layer -> Int in
      if case .steps(_, let heights) = layer.mark { heights.count } else { 0 }
    }
    return counts.max() ?? 0
  }
}

extension Chart.Mark {
  /// Whether it has a marker and a colour of its own.
  fileprivate var isSeries: Bool {
    switch self {
    case .points, .line, .steps: true
    case .vertical, .horizontal, .slope, .text: false
    }
  }
}

extension Double {
  fileprivate func bounded(to range: ClosedRange<Double>) -> Double {
    isNaN ? range.lowerBound : min(max(self, range.lowerBound), range.upperBound)
  }
}

extension Charset {
  /// Between two data points.
  var connector: String { text("·") }
}
