import Engine
import Kernels

/// One axis of a chart: which of its cells a number lies in.
struct PlotAxis {
  /// What lies on the limits.
  enum Anchor {
    /// The middle of the first and of the last cell, so that marks have their exact cells.
    case centers
    /// The outer edges of these cells, so that bars have their exact lengths.
    case edges
  }

  let isLogarithmic: Bool
  let cells: Int
  let ticks: Ticks
  private let anchor: Anchor
  // In powers of ten where the axis is logarithmic.
  private let low: Double
  private let high: Double

  /// Beyond it a difference of two numbers could overflow.
  private static let largest = 1e300

  private init(
    _ low: Double, _ high: Double, cells: Int, anchor: Anchor, isLogarithmic: Bool, ticks: Ticks
  ) {
    self.low = isLogarithmic ? Double.log10(low) : low
    self.high = isLogarithmic ? Double.log10(high) : high
    self.cells = max(1, cells)
    self.anchor = anchor
    self.isLogarithmic = isLogarithmic
    self.ticks = ticks
  }

  /// Where a number lies, in cells: 0 is the middle of the first one. Nil for what has no place.
  func position(_ x: Double) -> Double? {
    guard x.isFinite, !isLogarithmic || x > 0 else { return nil }
    let bounded = min(max(x, -Self.largest), Self.largest)
    let share = ((isLogarithmic ? Double.log10(bounded) : bounded) - low) / (high - low)
    guard share.magnitude < 1e6 else { return nil }
    switch anchor {
    case .centers: return share * Double(cells - 1)
    case .edges: return share * Double(cells) - 0.5
    }
  }

  func cell(_ x: Double) -> Int? {
    guard let position = position(x) else { return nil }
    // An upper edge belongs to the cell below it: a bar that fills a cell reaches its tick.
    let cell = Int(anchor == .centers ? position.rounded() : (position - 1e-6).rounded())
    return (0..<cells).contains(cell) ? cell : nil
  }

  /// The numbers at the left and at the right edge of a cell.
  func edges(of cell: Int) -> (lower: Double, upper: Double) {
    let width = (high - low) / Double(anchor == .centers ? max(1, cells - 1) : cells)
    let start = low - (anchor == .centers ? width / 2 : 0)
    let edges = [cell, cell + 1].map { start + width * Double($0) }
    return isLogarithmic
      ? (Double.pow(10, edges[0]), Double.pow(10, edges[1])) : (edges[0], edges[1])
  }
}

// MARK: - Choosing limits and ticks

extension PlotAxis {
  /// Limits that hold all numbers; some width where all are the same.
  private static func limits(_ axis: Chart.Axis, _ numbers: [Double]) -> (low: Double, high: Double)
  {
    if let given = axis.limits, given.lowerBound < given.upperBound,
      !axis.isLogarithmic || given.lowerBound > 0
    {
      return (max(given.lowerBound, -largest), min(given.upperBound, largest))
    }
    let drawable = numbers.filter(axis.canDraw)
    let low = max(drawable.min() ?? (axis.isLogarithmic ? 1 : 0), -largest)
    let high = min(drawable.max() ?? (axis.isLogarithmic ? 10 : 1), largest)
    if axis.isLogarithmic { return high > low * (1 + 1e-9) ? (low, high) : (low / 2, high * 2) }
    guard high - low <= 1e-12 * max(abs(low), abs(high)) else { return (low, high) }
    let room = axis.isWhole ? 1 : low == 0 ? 1 : max(abs(low) / 2, 1e-300)
    return (low - room, high + room)
  }

  /// The vertical axis: where it is linear, its ticks lie exactly on rows.
  static func vertical(
    _ axis: Chart.Axis, _ numbers: [Double], mostCells: Int, anchor: Anchor
  ) -> PlotAxis {
    let (low, high) = limits(axis, numbers)
    if axis.isLogarithmic {
      let ticks =
        axis.ticks.map { Ticks($0, every: 1) }
        ?? Ticks(logarithmicFrom: low, to: high, atMost: max(2, mostCells / 2))
      return PlotAxis(
        low, high, cells: mostCells, anchor: anchor, isLogarithmic: true, ticks: ticks)
    }
    let free = PlotAxis(
      low, high, cells: mostCells, anchor: anchor, isLogarithmic: false,
      ticks: Ticks(
        from: low, to: high,
        step: max(
          Ticks.step(atLeast: (high - low) / Double(max(1, mostCells / 3))),
          axis.isWhole ? 1 : 0)))
    if axis.limits != nil { return free }
    let candidates = (2...8).compactMap { count in
      aligned(
        low, high, step: Ticks.step(atLeast: (high - low) / Double(count)), mostCells, anchor,
        isWhole: axis.isWhole)
    }
    return candidates.max { $0.score < $1.score }?.axis ?? free
  }

  /// - Returns: the axis whose limits are multiples of a step, and how well it uses its cells.
  private static func aligned(
    _ low: Double, _ high: Double, step: Double, _ mostCells: Int, _ anchor: Anchor, isWhole: Bool
  ) -> (axis: PlotAxis, score: Double)? {
    let step = isWhole ? max(1, step) : step
    let first = (low / step + 1e-9).rounded(.down)
    let last = max(first + 1, (high / step - 1e-9).rounded(.up))
    let extra = anchor == .centers ? 1 : 0
    let count = last - first
    guard count < Double(mostCells), mostCells > extra else { return nil }
    let perStep = (mostCells - extra) / Int(count)
    guard perStep >= 1 else { return nil }
    let cells = Int(count) * perStep + extra
    // Labels on every line or only at both ends read badly.
    let crowding = (perStep == 1 ? 0.7 : 1) * (count < 3 ? 0.8 : 1)
    let score = (high - low) / (count * step) * Double(cells) * crowding
    let (bottom, top) = (first * step, last * step)
    return (
      PlotAxis(
        bottom, top, cells: cells, anchor: anchor, isLogarithmic: false,
        ticks: Ticks(from: bottom, to: top, step: step)), score
    )
  }

  /// The horizontal axis: exactly as long as the data, with as many ticks as have room.
  static func horizontal(
    _ axis: Chart.Axis, _ numbers: [Double], cells: Int, anchor: Anchor
  ) -> PlotAxis {
    let (low, high) = limits(axis, numbers)
    let make = { (ticks: Ticks) in
      PlotAxis(
        low, high, cells: cells, anchor: anchor, isLogarithmic: axis.isLogarithmic, ticks: ticks)
    }
    if let given = axis.ticks {
      // Every one, every second, every fourth: the first whose labels keep their distance.
      let candidates = [1, 2, 4, 8].map { make(Ticks(given, every: $0)) }
      if let chosen = candidates.first(where: \.labelsKeepTheirDistance) { return chosen }
    }
    // From many ticks to few: the first whose labels keep their distance.
    for count in (2...12).reversed() {
      let ticks: Ticks
      if axis.isLogarithmic {
        ticks = Ticks(logarithmicFrom: low, to: high, atMost: count)
      } else {
        let step = Ticks.step(atLeast: (high - low) / Double(count))
        ticks = Ticks(from: low, to: high, step: axis.isWhole ? max(1, step) : step)
      }
      let candidate = make(ticks)
      if candidate.labelsKeepTheirDistance { return candidate }
    }
    return make(.none)
  }

  private var labelsKeepTheirDistance: Bool {
    var end = -3
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let cell = tickCell(value) else { continue }
      let start = cell - label.count / 2
      if start < end + 2 { return false }
      end = start + label.count
    }
    return true
  }

  /// The cell where a tick's label stands.
  func tickCell(_ x: Double) -> Int? {
    guard let position = position(x) else { return nil }
    let cell = anchor == .centers ? position.rounded() : (position + 0.5).rounded()
    return (0...cells).contains(Int(cell)) ? min(Int(cell), cells - 1) : nil
  }
}
