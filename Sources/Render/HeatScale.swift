import Engine
import Kernels

/// From a number to its place between the limits of the colour bar.
struct HeatScale {
  let map: ColorMap
  let kind: HeatFigure.Scale
  let low: Double
  let high: Double
  /// The middle of a diverging map.
  let center: Double
  /// Each row's own limits, where rows are compared only with themselves.
  private let rowLimits: [(low: Double, high: Double)]

  var isDiverging: Bool { map == .diverging }

  /// A colour's place depends on the row too, not on the number alone.
  var isByRow: Bool { kind == .row }

  /// Signed data get limits symmetric about 0; others start at 0 unless all of them are far from it.
  init(_ tensor: Tensor, _ census: Census, visibility: Visibility, options: HeatOptions) {
    let isSigned = options.limits.map { $0.lowerBound < 0 } ?? census.isSigned
    map = Self.map(options.map, isDiverging: isSigned || options.center != nil)
    kind = options.scale
    center = map == .diverging ? options.center ?? 0 : 0
    let (low, high) = Self.limits(census, map: map, center: center, options.limits)
    self.high = high
    self.low = kind == .log && map != .diverging ? Self.logarithmicFloor(census, high) : low
    smallest = Self.logarithmicFloor(census, high - center)
    rowLimits =
      kind == .row
      ? Self.rowLimits(tensor, visibility, isDiverging: map == .diverging, center: center) : []
  }

  /// Below it a logarithmic scale does not tell magnitudes apart.
  private let smallest: Double

  private static func map(_ wanted: HeatFigure.Map, isDiverging: Bool) -> ColorMap {
    switch wanted {
    case .auto: isDiverging ? .diverging : .sequential
    case .viridis: .viridis
    case .magma: .magma
    case .gray: .gray
    case .diverging: .diverging
    }
  }

  private static func limits(
    _ census: Census, map: ColorMap, center: Double, _ given: ClosedRange<Double>?
  ) -> (low: Double, high: Double) {
    let minimum: Double
    let maximum: Double
    if let given, given.lowerBound.isFinite, given.upperBound.isFinite {
      (minimum, maximum) = (given.lowerBound, given.upperBound)
    } else if census.finiteCount > 0 {
      (minimum, maximum) = (census.minimum, census.maximum)
    } else {
      return (0, 0)
    }
    if map == .diverging {
      let size = min(
        max(abs(minimum - center), abs(maximum - center)), Double.greatestFiniteMagnitude)
      return (center - size, center + size)
    }
    let isFar = minimum < 0 || minimum > maximum / 2 && minimum < maximum
    return (given != nil || isFar ? minimum : 0, maximum)
  }

  /// Twelve powers of ten are more than eyes can tell apart.
  private static func logarithmicFloor(_ census: Census, _ high: Double) -> Double {
    max(min(census.smallest, high), high * 1e-12)
  }

  private static func rowLimits(
    _ tensor: Tensor, _ visibility: Visibility, isDiverging: Bool, center: Double
  ) -> [(low: Double, high: Double)] {
    let width = tensor.shape[tensor.rank - 1]
    guard width > 0 else { return [] }
    return (0..<tensor.count / width).map { row in
      var (low, high) = (0.0, -Double.infinity)
      for flat in row * width..<(row + 1) * width where !visibility.hides(flat) {
        let x = tensor[flat: flat]
        guard x.isFinite else { continue }
        low = min(low, x)
        high = max(high, isDiverging ? abs(x - center) : x)
      }
      return isDiverging ? (center - high, center + high) : (low, high)
    }
  }

  /// 0 at the low limit, 1 at the high one; of a diverging map −1 to 1 with 0 in the middle.
  ///
  /// - Parameter row: the row's number among all rows of the tensor.
  func position(_ x: Double, row: Int) -> Double {
    if x.isNaN { return x }
    let (low, high) = isByRow && rowLimits.indices.contains(row) ? rowLimits[row] : (low, high)
    if !isDiverging {
      return kind == .log ? logarithm(x, high) : share(x, from: low, to: high)
    }
    let (size, limit) = (abs(x - center), high - center)
    let share = kind == .log ? logarithm(size, limit) : share(size, from: 0, to: limit)
    return x < center ? -share : share
  }

  private func share(_ x: Double, from low: Double, to high: Double) -> Double {
    if x <= low || !(high > low) { return x > low ? 1 : 0 }
    if x >= high { return 1 }
    // Half of each, so that no difference overflows.
    let share = (x / 2 - low / 2) / (high / 2 - low / 2)
    return kind == .sqrt ? share.squareRoot() : share
  }

  /// The smallest magnitude above nothing is a tenth of the way up.
  private func logarithm(_ size: Double, _ limit: Double) -> Double {
    if size <= 0 || !(limit > 0) { return 0 }
    if size >= limit { return 1 }
    let span = Double.log(limit) - Double.log(smallest)
    return 0.1 + 0.9 * max(0, span > 0 ? 1 - (Double.log(limit) - Double.log(size)) / span : 1)
  }

  func color(at position: Double) -> CellColor {
    CellColor(isDiverging && !position.isNaN ? 0.5 + position / 2 : position, map)
  }

  /// From nothing to full, as dark to bright as ASCII allows.
  static let ramp = Array(" .:-=+*#%@")

  /// A blank is exactly the low limit, so that nothing above it can be overlooked.
  func rampCharacter(at position: Double) -> Character {
    if position.isNaN { return "?" }
    let share = abs(position)
    if share == 0 { return Self.ramp[0] }
    return Self.ramp[min(Self.ramp.count - 1, max(1, Int(share * Double(Self.ramp.count))))]
  }
}
