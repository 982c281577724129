import Engine
import Kernels

/// Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
struct Ticks {
  var values: [Double]
  var labels: [String]

  static let none = Ticks(values: [], labels: [])

  /// The smallest round step that is not below `raw`.
  static func step(atLeast raw: Double) -> Double {
    guard raw > 0, raw.isFinite else { return 1 }
    let base = Double.pow(10, Double(NumberText.decimalExponent(raw)))
    // Of a raw step that is round already, only the rounding error is above it.
    return [1, 2, 5].map { $0 * base }.first { $0 >= raw * (1 - 1e-9) } ?? 10 * base
  }

  /// The multiples of `step` from `low` to `high`.
  init(from low: Double, to high: Double, step: Double) {
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    // Steps are chosen for a screen; more than this can only come from rounding.
    guard first.magnitude < 1e15, last >= first, last - first < 1000 else {
      self = .none
      return
    }
    values = (0...Int(last - first)).map { (first + Double($0)) * step }
    labels = values.map { Self.label($0, step: step) }
  }

  /// 1, 2 and 5 times the powers of ten, only the powers themselves over long ranges.
  init(logarithmicFrom low: Double, to high: Double, atMost most: Int) {
    let (first, last) = (Double.log10(low).rounded(.down), Double.log10(high).rounded(.up))
    guard last - first < 700 else {
      self = .none
      return
    }
    let decades = (Int(first)...max(Int(first), Int(last))).map { Double.pow(10, Double($0)) }
    let all = [[1.0, 2, 5], [1]].map { (factors: [Double]) -> [Double] in
      let values = decades.flatMap { decade in factors.map { $0 * decade } }
      return values.filter { $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
    }
    var values = all.first { $0.count <= most } ?? all[1]
    while values.count > max(2, most) {
      values = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    }
    self.init(values: values, labels: values.map { NumberText.significant($0, digits: 3) })
  }

  /// Given ticks, of which the last one stays.
  init(_ ticks: [Chart.Tick], every step: Int) {
    let kept = ticks.indices.filter { (ticks.count - 1 - $0) % step == 0 }.map { ticks[$0] }
    self.init(values: kept.map(\.value), labels: kept.map(\.label))
  }

  private init(values: [Double], labels: [String]) {
    self.values = values
    self.labels = labels
  }

  private static func label(_ x: Double, step: Double) -> String {
    let exponent = NumberText.decimalExponent(step * (1 + 1e-9))
    if exponent < -5 || abs(x) >= 1e7 {
      return NumberText.significant(x, digits: 5)
    }
    return NumberText.fixed(x, decimals: max(0, -exponent))
  }
}
