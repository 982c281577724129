import Kernels
import Language

/// A gradient against differences, for each tensor among the arguments.
struct GradientCheck {
  private let call: Call
  private let arguments: [Value]
  private let names: [String]
  private let random: RandomState
  private let tolerance: Double

  fileprivate struct Row {
    let name: String
    let shape: String
    /// The largest |∇f − Δf|, and where it is.
    var difference = 0.0
    var place = 0
    var gradient = 0.0
    var slope = 0.0
    var step = 0.0
    /// The largest |∇f|.
    var size = 0.0
    let lengths: [Int]
    var error = 0.0
  }

  init(_ call: Call) throws {
    self.call = call
    arguments = call.variadic.map(\.untraced)
    random = call.evaluator.state.random
    tolerance = try call.number("tol")
    guard !arguments.isEmpty else {
      throw Fault("gradcheck needs the place where it is taken", .call, detail: "gradcheck f x")
    }
    if case .function(.user(let user)) = try call.required("f"),
      user.parameters.count == arguments.count
    {
      names = user.parameters.map(\.name.text)
    } else {
      names = arguments.count == 1 ? ["x"] : arguments.indices.map { "x\($0)" }
    }
  }

  func document() throws -> Document {
    defer { call.evaluator.state.random = random }
    var rows = try rows()
    let largest = rows.map(\.size).max() ?? 0
    for index in rows.indices {
      let unit = max(rows[index].size, largest * 1e-3, .leastNormalMagnitude)
      rows[index].error = rows[index].difference == 0 ? 0 : rows[index].difference / unit
    }
    let wrong = rows.filter { !($0.error <= tolerance) }
    let worst = rows.map(\.error).reduce(0) { $1.isNaN ? .nan : max($0, $1) }
    let verdict =
      wrong.isEmpty
      ? "the gradient agrees with differences: largest error \(worst.brief)"
      : "the gradient is wrong: "
        + wrong.map { "\($0.name) by \($0.error.brief)" }
        .joined(separator: ", ")
    let table = Document.Table(
      titles: ["parameter", "shape", "largest error", "at", "gradient", "differences", "step"],
      isNumeric: [false, false, true, false, true, true, true],
      rows: rows.map { row in
        [
          row.name, row.shape, row.error.brief, row.placeText, row.gradient.brief,
          row.slope.brief, row.step.brief,
        ]
      })
    return Document(
      [.table(table), .paragraph(verdict)],
      parts: Record([
        ("agrees", .bool(wrong.isEmpty)), ("error", .number(worst)),
        ("errors", .tensor(try Tensor(rows.map(\.error)))),
      ]))
  }

  private func rows() throws -> [Row] {
    let gradients = try exactGradients()
    var rows: [Row] = []
    for (index, argument) in arguments.enumerated() {
      var found = gradients[index].leaves(named: "")[...]
      for (path, leaf) in argument.leaves(named: names[index]) {
        guard let x = try leaf.asTensor(), let gradient = try found.popFirst()?.value.asTensor(),
          gradient.shape == x.shape
        else {
          throw Fault(
            "this is no gradient of \(path)", .argument(call.has("with") ? "with" : "f"),
            detail: "\(path) \(leaf.shapeText)")
        }
        let number = rows.count
        var row = Row(name: path, shape: leaf.shapeText, lengths: x.shape)
        for place in 0..<x.count {
          try compare(&row, x, gradient[flat: place], place) { moved in
            try total(replacing: number, by: moved)
          }
        }
        rows.append(row)
      }
    }
    return rows
  }

  private func compare(
    _ row: inout Row, _ x: Tensor, _ gradient: Double, _ place: Int,
    _ f: (Tensor) throws -> Double
  ) throws {
    func slope(_ h: Double) throws -> Double {
      try (f(x.moved(place, by: h)) - f(x.moved(place, by: -h))) / (2 * h)
    }
    var step = max(abs(x[flat: place]), 1) / (x.dtype == .f32 ? 64 : 1024)
    var numeric = try (4 * slope(step / 2) - slope(step)) / 3
    // A wrong gradient is wrong at every step; past a corner nearby, as relu's or elu's at 0, only
    // the large ones reach.
    for _ in 0..<2 where abs(gradient - numeric) > tolerance * abs(gradient) {
      let finer = try (4 * slope(step / 64) - slope(step / 32)) / 3
      guard abs(gradient - finer) < abs(gradient - numeric) else { break }
      (step, numeric) = (step / 32, finer)
    }
    row.size = max(row.size, abs(gradient))
    let difference = abs(gradient - numeric)
    guard !(difference <= row.difference) || place == 0 else { return }
    (row.difference, row.place, row.step) = (difference, place, step)
    (row.gradient, row.slope) = (gradient, numeric)
  }

  // MARK: - The function

  private func exactGradients() throws -> [Value] {
    call.evaluator.state.random = random
    if let given = call.value("with") {
      let value = try call.apply(given, arguments)
      if case .tuple(let tuple) = value, arguments.count > 1 { return tuple.items }
      return [value]
    }
    return try call.evaluator.withTape { tape in
      let f = try Differentiated(call, arguments, on: tape)
      guard let shape = f.result.shape else { return [] }
      return try f.gradients(
        Value(try Self.weights(shape).converted(to: f.result.dtype ?? .f64)))
    }
  }

  /// 1 for a number; otherwise numbers that no symmetry of a result cancels.
  private static func weights(_ shape: [Int]) throws -> Tensor {
    guard shape.reduce(1, *) != 1 else { return try Tensor(repeating: 1.0, shape: shape) }
    return try Tensor.places(of: shape, after: 0).map(.sin)
  }

  /// Σ weights · f with one leaf of the arguments replaced; always with the same random numbers.
  private func total(replacing number: Int, by tensor: Tensor) throws -> Double {
    try Cancellation.check()
    call.evaluator.state.random = random
    var count = 0
    let moved = try arguments.map { argument in
      try argument.mapNumbers { leaf in
        defer { count += 1 }
        return count == number ? Value(tensor) : leaf
      }
    }
    guard let result = try call.apply(try call.required("f"), moved).asTensor() else {
      throw Fault("f must give a number or a tensor", .argument("f"))
    }
    return try Tensor.combine(
      .multiply, result.converted(to: .f64), Self.weights(result.shape)
    ).reduce(.sum, axis: nil, keep: false)[flat: 0]
  }
}

extension GradientCheck.Row {
  fileprivate var placeText: String {
    guard !lengths.isEmpty, !lengths.contains(0) else { return "" }
    var rest = place
    var index: [Int] = []
    for length in lengths.reversed() {
      index.append(rest % length)
      rest /= length
    }
    return "[" + index.reversed().map(String.init).joined(separator: ", ") + "]"
  }
}

extension Tensor {
  fileprivate func moved(_ place: Int, by change: Double) throws -> Tensor {
    var moved = try converted(to: .f64)
    try moved.withMutableElements(of: Double.self) { $0[place] += change }
    return moved
  }
}

extension Value {
  /// Every real number and tensor in it with its path: `p.ffn.w1`, `x[0]`.
  func leaves(named name: String) -> [(path: String, value: Value)] {
    switch self {
    case .number(_, let dtype) where dtype != .bool: [(name, self)]
    case .tensor(let tensor) where tensor.dtype != .bool: [(name, self)]
    case .traced: [(name, self)]
    case .tuple(let tuple):
      tuple.items.enumerated().flatMap { $1.leaves(named: "\(name)[\($0)]") }
    case .record(let record): record.fields.flatMap { $0.value.leaves(named: "\(name).\($0.key)") }
    default: []
    }
  }
}

extension Double {
  /// Three significant digits: `1.23e-11`, `0.5`.
  var brief: String {
    guard isFinite, self != 0 else { return plain }
    guard magnitude >= 1e-4, magnitude < 1e6 else { return scientific }
    let digits = 3 - 1 - Int(log10Floor)
    let scale = Double.power(ten: digits)
    return ((self * scale).rounded() / scale).plain
  }

  private var log10Floor: Double {
    var exponent = 0.0
    var rest = magnitude
    while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
    while rest < 1 { (rest, exponent) = (rest * 10, exponent - 1) }
    return exponent
  }

  private var scientific: String {
    let exponent = Int(log10Floor)
    let mantissa = (self / Double.power(ten: exponent) * 100).rounded() / 100
    return "\(mantissa.plain)e\(exponent)"
  }

  private static func power(ten exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<abs(exponent) { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }
}
