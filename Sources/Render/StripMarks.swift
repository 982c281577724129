import Engine
import Kernels

/// The marks of strips, all along one axis.
struct StripMarks {
  let strips: Strips
  let view: View
  let width: Int
  private let blocks: Blocks
  // Of the values that levels stand for.
  private let low: Double
  private let high: Double
  private let longest: Int

  init(_ strips: Strips, _ view: View, room: Int) {
    self.strips = strips
    self.view = view
    blocks = Blocks(charset: view.charset)
    longest = strips.rows.reduce(0) { longest, row in
      switch row.mark {
      case .heights(let values), .values(let values): max(longest, values.count)
      case .bars, .none: longest
      }
    }
    let levels = strips.levels
    (low, high) = (levels.min() ?? 0, levels.max() ?? 0)
    // Every entry has the same number of columns, or every column the same number of entries.
    let times = min(room / max(1, longest), 2)
    width = times >= 1 ? longest * times : Self.packed(longest, room)
  }

  private static func packed(_ count: Int, _ room: Int) -> Int {
    let step = (count + room - 1) / max(1, room)
    return (count + step - 1) / max(1, step)
  }

  /// How many entries of the longest row one column stands for.
  private var step: Int { (longest + width - 1) / max(1, width) }

  /// What has to be said where columns stand for several entries.
  var note: String? {
    let hasValues = strips.rows.contains { if case .values = $0.mark { true } else { false } }
    return hasValues && step > 1 ? "1 column = \(step) values (max)" : nil
  }

  func line(_ mark: Strips.Mark) -> Line {
    switch mark {
    case .heights(let values):
      let heights = fitted(values) { $0.reduce(0, +) }
      let most = heights.filter(\.isFinite).max() ?? 0
      return withZero(heights.map { most > 0 ? $0 / most : 0 })
    case .values(let values):
      let levels = fitted(values) { $0.filter(\.isFinite).max() ?? .nan }.map { value -> Double in
        guard value.isFinite else { return .nan }
        // The lowest value is an eighth high, so that it differs from nothing.
        let share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
        return 0.125 + 0.875 * share
      }
      return [Run(blocks.spark(levels), Style(ink: .series(0)))]
    case .bars, .none: return [.blanks(width)]
    }
  }

  /// One entry for each column: entries repeated, or several that fall together combined.
  private func fitted(_ values: [Double], _ combine: (ArraySlice<Double>) -> Double) -> [Double] {
    guard !values.isEmpty else { return Array(repeating: .nan, count: width) }
    if values.count <= width {
      let times = max(1, width / values.count)
      let repeated = values.flatMap { Array(repeating: $0, count: times) }
      return repeated + Array(repeating: .nan, count: width - repeated.count)
    }
    let step = (values.count + width - 1) / width
    let combined = stride(from: 0, to: values.count, by: step).map {
      combine(values[$0..<min($0 + step, values.count)])
    }
    return combined + Array(repeating: .nan, count: width - combined.count)
  }

  // MARK: - The shared axis

  private var axis: PlotAxis? {
    guard let limits = strips.limits else { return nil }
    var axis = Chart.Axis()
    axis.limits = limits
    return PlotAxis.horizontal(axis, [], cells: width, anchor: .edges)
  }

  /// Heights with a line at 0 where nothing else stands there.
  private func withZero(_ levels: [Double]) -> Line {
    let style = Style(ink: .series(0))
    let zero = strips.limits.flatMap { $0.contains(0) ? axis?.tickCell(0) : nil }
    guard let zero, levels.indices.contains(zero), !(levels[zero] > 0) else {
      return [Run(blocks.spark(levels), style)]
    }
    return [
      Run(blocks.spark(Array(levels[..<zero])), style), Run(view.charset.vertical, .secondMark),
      Run(blocks.spark(Array(levels[(zero + 1)...])), style),
    ]
  }

  /// The ticks of the axis that all strips share.
  func ruler() -> Line? {
    guard let axis else { return nil }
    var text = ""
    for (value, label) in zip(axis.ticks.values, axis.ticks.labels) {
      guard let cell = axis.tickCell(value) else { continue }
      let place = max(0, min(cell - label.columns / 2, width - label.columns))
      guard text.isEmpty ? place >= 0 : place > text.columns else { continue }
      text += String.blanks(place - text.columns) + label
    }
    return [Run(text.padded(to: width), .dim)]
  }
}
