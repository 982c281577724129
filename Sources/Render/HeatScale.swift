/// From a number to its place between the limits of the colour bar.
struct HeatScale {
  let map: ColorMap
  let low: Double
  let high: Double

  /// Signed data get limits symmetric about 0; others start at 0 unless all of them are far from it.
  init(_ census: Census, limits: ClosedRange<Double>?) {
    if let limits, limits.lowerBound.isFinite, limits.upperBound.isFinite {
      map = limits.lowerBound < 0 ? .diverging : .sequential
      let size = max(abs(limits.lowerBound), abs(limits.upperBound))
      low = map == .diverging ? -size : limits.lowerBound
      high = map == .diverging ? size : limits.upperBound
      return
    }
    guard census.finiteCount > 0 else {
      (map, low, high) = (.sequential, 0, 0)
      return
    }
    map = census.isSigned ? .diverging : .sequential
    high = census.largest
    let isFar = census.minimum > census.maximum / 2 && census.minimum < census.maximum
    low = census.isSigned ? -census.largest : isFar ? census.minimum : 0
  }

  /// 0 at the low limit, 1 at the high one; of a diverging map the share of the magnitude.
  func share(_ x: Double) -> Double {
    if x.isNaN { return x }
    let (size, limit) = map == .diverging ? (abs(x), high) : (x - low, high - low)
    if size <= 0 { return 0 }
    return limit > 0 && size < limit ? size / limit : 1
  }

  func color(_ x: Double) -> CellColor {
    let share = share(x)
    if map == .sequential || share.isNaN { return CellColor(share, map) }
    return CellColor(0.5 + (x < 0 ? -share : share) / 2, map)
  }

  /// From nothing to full, as dark to bright as ASCII allows.
  static let ramp = Array(" .:-=+*#%@")

  /// A blank is exactly the low limit, so that nothing above it can be overlooked.
  func rampCharacter(_ x: Double) -> Character {
    let share = share(x)
    if share.isNaN { return "?" }
    if share == 0 { return Self.ramp[0] }
    return Self.ramp[min(Self.ramp.count - 1, max(1, Int(share * Double(Self.ramp.count))))]
  }
}
