/// The line below a heatmap: what its colours or characters stand for.
struct HeatBar {
  let scale: HeatScale
  let census: Census
  let options: HeatOptions
  let isAnythingMasked: Bool

  static let indent = 2

  private var isPainted: Bool { options.depth != .none }
  private var columns: Int { options.display.columns }

  func line() -> Line {
    var line: Line = [.blanks(Self.indent)]
    line += isPainted ? painted() : ramp()
    for remark in remarks() where line.columns + 3 + remark.columns <= columns {
      line += [.blanks(3)] + remark
    }
    return line
  }

  private func painted() -> Line {
    if scale.isByRow {
      return [Run("min ", .dim)] + gradient() + [Run(" max of each row", .dim)]
    }
    return [limit(scale.low), .blanks(1)] + gradient() + [.blanks(1), limit(scale.high)]
  }

  private func ramp() -> Line {
    let label = columns < 40 ? "" : "scale "
    var line: Line = [Run("\(label)\(String(HeatScale.ramp))  ", .dim)]
    if scale.isByRow { return line + [Run("0 .. max of each row", .dim)] }
    if scale.isDiverging {
      let what = scale.center == 0 ? "|x| " : "|x - \(number(scale.center))| "
      let size = scale.high - scale.center
      line += [Run(what + "0 .. ", .dim), Run(number(size), .number, value: size)]
    } else {
      line += [limit(scale.low), Run(" .. ", .dim), limit(scale.high)]
    }
    return line
  }

  private func number(_ x: Double) -> String { options.display.numbers.statistic(x) }

  private func limit(_ x: Double) -> Run {
    let sign = scale.isDiverging && scale.center == 0 && x > 0 ? "+" : ""
    return Run(sign + number(x), .number, value: x)
  }

  private func gradient() -> Line {
    let steps = max(4, min(20, columns / 4))
    return (0..<steps).map { step in
      Run(" ", Style(cell: CellColor(Double(step) / Double(steps - 1), scale.map)))
    }
  }

  /// How places follow from numbers, and what the cells without a place mean.
  private func remarks() -> [Line] {
    var remarks: [Line] = []
    if scale.kind == .sqrt || scale.kind == .log {
      remarks.append([Run("\(scale.kind.rawValue) scale", .dim)])
    }
    if isAnythingMasked {
      let sign = isPainted ? options.charset.masked : HeatPicture.maskedRamp(options.charset)
      remarks.append([Run("\(sign) masked", .dim)])
    }
    if census.nanCount > 0 {
      remarks.append(
        isPainted
          ? [Run("  ", Style(cell: CellColor(.nan, scale.map))), Run(" NaN", .dim)]
          : [Run("? NaN", .dim)])
    }
    return remarks
  }
}
