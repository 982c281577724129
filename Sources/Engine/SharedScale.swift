extension [Figure] {
  /// With one scale for all heatmaps, one for all bars and one vertical axis for all charts, so that
  /// they can be compared.
  func sharingLimits() -> [Figure] {
    var (heats, heights): ([Double], [Double]) = ([], [])
    for figure in self {
      switch figure {
      case .heat(let heat): heats += heat.values.doubles.filter(\.isFinite)
      case .chart(let chart): heights += chart.numbers.y.filter(\.isFinite)
      case .strips, .panels: break
      }
    }
    return sharingBars().map { figure in
      switch figure {
      case .heat(var heat):
        heat.limits = heat.limits ?? heats.range.map { Swift.min($0.lowerBound, 0)...$0.upperBound }
        return .heat(heat)
      case .chart(var chart):
        chart.y.holds = heights.range
        return .chart(chart)
      case .strips, .panels: return figure
      }
    }
  }
}

extension [Figure] {
  /// With one scale for all bars, whatever else each of them is.
  func sharingBars() -> [Figure] {
    let levels = flatMap { figure -> [Double] in
      if case .strips(let strips) = figure, strips.hasBars { strips.levels } else { [] }
    }
    return map { figure in
      guard case .strips(var strips) = figure, strips.hasBars else { return figure }
      strips.holds = levels.range
      return .strips(strips)
    }
  }
}

extension [Double] {
  fileprivate var range: ClosedRange<Double>? {
    guard let low = self.min(), let high = self.max() else { return nil }
    return low...high
  }
}
