import Kernels

/// One curve or cloud of points as it was given.
struct Series {
  var name: String?
  var points: [Chart.Point]

  /// More than these can not be told apart.
  static let most = 16
  /// A screen has far fewer columns; of more points each stretch keeps its lowest and highest.
  private static let mostPoints = 20_000

  func thinned() -> Series {
    guard points.count > Self.mostPoints else { return self }
    let stretch = points.count / (Self.mostPoints / 2) + 1
    let kept = stride(from: 0, to: points.count, by: stretch).flatMap { start in
      let part = points[start..<min(start + stretch, points.count)]
      let finite = part.filter { $0.y.isFinite }
      let ends = [finite.min { $0.y < $1.y }, finite.max { $0.y < $1.y }].compactMap { $0 }
      return ends.count == 2 ? ends.sorted { $0.x < $1.x } : Array(part.prefix(1))
    }
    return Series(name: name, points: kept)
  }
}

extension Call {
  /// What `plot`, `loglog` and `scatter` draw, from their arguments: values over their index, `x y`
  /// with several y, or functions between two limits.
  func series() throws -> [Series] {
    let all = drawsFunctions ? try sampledFunctions() : try given()
    guard all.contains(where: { !$0.points.isEmpty }) else { throw nothingToDraw }
    guard all.count <= Series.most else {
      throw Fault(
        "\(builtin.name) tells at most \(Series.most) series apart, not \(all.count)",
        notes: ["heat shows a matrix of any size"])
    }
    guard let labels = try labels("labels", count: all.count) else { return all }
    return zip(all, labels).map { Series(name: $1, points: $0.points) }
  }

  var nothingToDraw: Fault { Fault("there is nothing to draw", detail: "no numbers were given") }

  /// Whether the horizontal axis counts the entries of a vector.
  var isOverIndex: Bool { variadic.count == 1 && !drawsFunctions }

  var drawsFunctions: Bool {
    if case .function? = variadic.first { true } else { false }
  }

  // MARK: - Numbers

  private func given() throws -> [Series] {
    guard let first = variadic.first else { throw nothingToDraw }
    if variadic.count == 1 {
      return try columns(of: first).map { name, y in
        Series(
          name: name, points: y.enumerated().map { Chart.Point(Double($0.offset), $0.element) }
        )
        .thinned()
      }
    }
    guard case .tensor(let x) = first, x.rank == 1 else {
      throw Fault(
        "\(builtin.name) needs a vector for x, not \(first.kindName)",
        detail: "\(builtin.name) x y, or one matrix whose rows are series")
    }
    let xs = x.doubles
    let isOne = variadic.count == 2
    return try variadic.dropFirst().enumerated().flatMap { index, value in
      let parts = try columns(of: value)
      return try parts.map { name, y in
        guard y.count == xs.count else {
          throw Fault(
            "\(builtin.name): x and y differ in length", detail: "\(xs.count) ≠ \(y.count)")
        }
        let fallback = isOne || parts.count > 1 ? name : "y\(index)"
        return Series(name: fallback, points: zip(xs, y).map { Chart.Point($0, $1) }).thinned()
      }
    }
  }

  /// One value as named rows of numbers.
  func columns(of value: Value) throws -> [(name: String?, numbers: [Double])] {
    switch value {
    case .number(let number, _): return [(nil, [number])]
    case .tensor(let tensor) where tensor.rank == 1: return [(nil, tensor.doubles)]
    case .tensor(let tensor) where tensor.rank == 2:
      try Cancellation.check()
      guard tensor.shape[0] <= 10_000 else {
        throw Fault("\(builtin.name) takes rows as series", detail: tensor.shape.timesText)
      }
      return (0..<tensor.shape[0]).map { ("row \($0)", tensor.subtensor($0).doubles) }
    case .tuple(let tuple):
      return try tuple.items.enumerated().map { index, item in
        (tuple.names?[index] ?? "y\(index)", try numbers(item))
      }
    case .record(let record):
      return try record.fields.map { ($0.key, try numbers($0.value)) }
    default:
      throw Fault("\(builtin.name) needs numbers, not \(value.kindName)")
    }
  }

  /// One row of numbers, whatever its shape.
  private func numbers(_ value: Value) throws -> [Double] {
    guard let tensor = try value.asTensor() else {
      throw Fault("\(builtin.name) needs numbers, not \(value.kindName)")
    }
    return tensor.doubles
  }

  // MARK: - Functions

  private func sampledFunctions() throws -> [Series] {
    let functions = variadic.prefix { if case .function = $0 { true } else { false } }
    let limits = variadic.dropFirst(functions.count).compactMap(\.asNumber)
    guard limits.count == 2, functions.count + 2 == variadic.count else {
      throw Fault(
        "a function is drawn between two limits", detail: "\(builtin.name) f -3 3, or f g -3 3")
    }
    let (low, high) = (limits[0], limits[1])
    guard low.isFinite, high.isFinite, low < high else {
      throw Fault(
        "the limits must be finite and rise", detail: "from \(low.plain) to \(high.plain)")
    }
    let count = try integer("n", atLeast: 2)
    guard count <= 100_000 else { throw Fault("n must be at most 100000", .argument("n")) }
    return try functions.enumerated().map { index, function in
      let points = try (0..<count).map { step in
        try Cancellation.check()
        let share = Double(step) / Double(count - 1)
        let x = step == count - 1 ? high : low * (1 - share) + high * share
        return Chart.Point(x, try height(of: function, at: x))
      }
      let name = functions.count > 1 ? self.name(of: function) ?? "f\(index)" : nil
      return Series(name: name, points: points).thinned()
    }
  }

  private func height(of function: Value, at x: Double) throws -> Double {
    let value = try apply(function, [.number(x)])
    guard let y = value.asNumber else {
      throw Fault(
        "a function that is drawn gives one number, not \(value.kindName)",
        detail: "at \(x.plain) it gives \(value.shapeText)")
    }
    return y
  }

  private func name(of function: Value) -> String? {
    switch function {
    case .function(.builtin(let builtin)): builtin.name
    case .function(.user(let user)): user.name
    default: nil
    }
  }
}

extension Array where Element == Series {
  /// What of the points has no place on the axes.
  func notes(isXLogarithmic: Bool = false, isYLogarithmic: Bool = false) -> [String] {
    let points = flatMap(\.points)
    let lost = points.count { !$0.x.isFinite || !$0.y.isFinite }
    let low = points.count {
      $0.x.isFinite && $0.y.isFinite && (isXLogarithmic && $0.x <= 0 || isYLogarithmic && $0.y <= 0)
    }
    return (lost > 0 ? ["left out: \(Faults.counted(lost, "point")) with NaN or ∞"] : [])
      + (low > 0 ? ["left out: \(Faults.counted(low, "point")) not above 0"] : [])
  }
}
