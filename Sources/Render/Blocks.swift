/// Bars in eighths of a cell, or of what ASCII has.
struct Blocks {
  let charset: Charset

  private static let upright = Array(" ▁▂▃▄▅▆▇█").map(String.init)
  private static let lying = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
  private static let uprightASCII = [" ", ".", ":", "#"]
  private static let lyingASCII = ["", "-", "=", "#"]

  /// A cell filled from below; what is more than nothing shows.
  func upright(_ share: Double) -> String {
    Self.step(share, charset == .unicode ? Self.upright : Self.uprightASCII)
  }

  /// A bar of `length` columns, without blanks behind it.
  func bar(_ length: Double) -> String {
    guard length > 0, length.isFinite else { return "" }
    let full = length.rounded(.down)
    let parts = charset == .unicode ? Self.lying : Self.lyingASCII
    let block = parts[parts.count - 1]
    let rest = length - full
    // What would round to nothing behind other blocks is left out.
    let isNeeded = full == 0 || rest * Double(parts.count - 1) >= 0.5
    return String(repeating: block, count: Int(full)) + (isNeeded ? Self.step(rest, parts) : "")
  }

  /// A bar that ends at its right side and grows to the left: terminals have only halves of these.
  func leftward(_ length: Double) -> String {
    guard length > 0, length.isFinite else { return "" }
    let full = Int(length.rounded(.down))
    let rest = length - Double(full)
    let block = charset == .unicode ? "█" : "#"
    let half = charset == .unicode ? "▐" : "="
    let isShown = full == 0 || rest >= 0.25
    return (isShown && rest > 0 ? rest >= 0.75 ? block : half : "")
      + String(repeating: block, count: full)
  }

  /// A row of heights; `levels` from 0 to 1, NaN for nothing.
  func spark(_ levels: [Double]) -> String {
    levels.map { level in
      if level.isNaN { return " " }
      if charset == .unicode { return upright(level) }
      let ramp = HeatScale.ramp
      return String(ramp[level > 0 ? max(1, Int(level * Double(ramp.count - 1))) : 0])
    }.joined()
  }

  private static func step(_ share: Double, _ parts: [String]) -> String {
    if !(share > 0) { return parts[0] }
    let most = parts.count - 1
    return parts[share >= 1 ? most : max(1, Int((share * Double(most)).rounded()))]
  }
}
