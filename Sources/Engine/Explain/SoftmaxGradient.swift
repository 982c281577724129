import Kernels
import Language

/// Softmax and cross-entropy on the way back: together they give p − y, whether they are written as
/// cross_entropy z y, −log softmax(z)[label] or −sum (y * log_softmax z).
struct SoftmaxGradient {
  private let z: String
  /// What one types for the probabilities and the targets.
  private let p: String
  private let y: String
  /// dz = c (p − y)
  private let c: Double
  private let values: (z: Tensor, p: Tensor, y: Tensor)

  private static let mostEntries = 8

  /// nil where the step is something else, or gives something else.
  init?(
    _ recording: GradientRecording, _ step: GradientRecording.Step, _ typed: TypedNames, g: Value
  ) {
    guard case .builtin(let builtin)? = step.function, let operand = step.operands.first,
      case .node(let node)? = operand.first, operand.count == 1, let result = step.nodes.first,
      let incoming = try? g.asTensor()
    else { return nil }
    z = recording.name(of: node)
    p = "softmax(\(z))"
    let name = recording.name(of: result)
    let dresult = TypedNames.variable("d" + name)
    let share: Double
    switch builtin.name {
    case "log_softmax":
      guard let shares = try? incoming.map(.negate) else { return nil }
      (y, share) = Self.targets("-\(dresult)", shares)
    case "softmax":
      guard let out = try? step.value.untraced.asTensor(),
        let shares = try? Tensor.combine(.multiply, incoming, out).map(.negate)
      else { return nil }
      (y, share) = Self.targets("-\(dresult) * \(name)", shares)
      // Of a probability alone, not of a logarithm, the gradient is another.
      guard recording.steps.contains(where: \.isLogarithm) else { return nil }
    case "cross_entropy":
      guard let labels = Self.labels(recording, step, typed.tensor(z)) else { return nil }
      y = labels
      let rows = (typed.tensor(z)?.shape.dropLast().reduce(1, *)) ?? 1
      share = incoming.count == 1 ? incoming[flat: 0] / Double(max(1, rows)) : .nan
    default: return nil
    }
    c = share
    let dz =
      "vjp(\(TypedNames.moving) -> "
      + recording.text(step.pieces, [node: TypedNames.moving]) + ", \(z), \(dresult))"
    guard c.isFinite, c > 0, let zs = typed.tensor(z), (1...2).contains(zs.rank), zs.count > 0,
      let ps = typed.tensor(p), let ys = typed.tensor(y), ps.shape == ys.shape,
      let expected = typed.tensor("(\(p) - (\(y))) * \(c)"), let found = typed.tensor(dz),
      found.distance(to: expected) <= (zs.dtype == .f32 ? 1e-5 : 1e-12)
    else { return nil }
    values = (zs, ps, ys)
  }

  /// Where every row of `shares` sums to the same c: they are c times the targets.
  private static func targets(_ text: String, _ shares: Tensor) -> (String, Double) {
    guard shares.rank > 0, shares.count > 0, shares.doubles.allSatisfy({ $0 >= 0 }),
      let sums = try? shares.reduce(.sum, axis: shares.rank - 1, keep: false).doubles,
      let c = sums.first, sums.allSatisfy({ abs($0 - c) <= 1e-9 * c })
    else { return (text, .nan) }
    return (abs(c - 1) < 1e-12 ? text : "(\(text)) / \(c)", abs(c - 1) < 1e-12 ? 1 : c)
  }

  /// The targets of cross_entropy, smoothed as it does.
  private static func labels(
    _ recording: GradientRecording, _ step: GradientRecording.Step, _ z: Tensor?
  ) -> String? {
    guard let z, let n = z.shape.last, step.operands.count > 1 else { return nil }
    let target = recording.text(step.operands[1])
    let isDistribution = step.shapes[1] == z.shape
    let y = isDistribution ? target : "one_hot(\(target), \(n))"
    guard case .call(_, let arguments, _) = step.form else { return y }
    for case (let index, .option(let name, _)) in arguments.enumerated()
    where name.text == "smoothing" && index < step.operands.count {
      let share = recording.text(step.operands[index])
      return "(1 - \(share)) * \(y) + \(share) / \(n)"
    }
    return y
  }

  // MARK: - What it shows

  var part: Explanation.Part {
    let factor = c == 1 ? "p − y" : "(p − y) · c"
    var lines: [Prose] = ["softmax and cross-entropy together:  d\(z) = \(factor)"]
    if c != 1 { lines[0] = lines[0] + ",  c = \(Quantity(c), as: .significant(6))" }
    lines.append("p = \(p)   y = \(y)")
    guard values.z.rank == 1 else {
      return .section([
        .lines(lines + ["p"]), .grid(grid(values.p, p)), .lines(["y"]), .grid(grid(values.y, y)),
        .lines(["p − y"]), .grid(grid(difference, "\(p) - (\(y))")),
      ])
    }
    return .section([.lines(lines), .table(table)])
  }

  private var difference: Tensor {
    (try? Tensor.combine(.subtract, values.p, values.y)) ?? values.p
  }

  private var table: Explanation.Table {
    let difference = difference
    let rows = Explanation.shown(values.p.count, most: Self.mostEntries).map { index in
      index.map { i -> [Prose] in
        [
          "\(i)", "\(Quantity(values.z[flat: i], expression: "\(z)[\(i)]"), 4)",
          "\(Quantity(values.p[flat: i], expression: "\(p)[\(i)]"), 4)",
          "\(Quantity(values.y[flat: i], expression: "(\(y))[\(i)]"), 4)",
          "\(Quantity(difference[flat: i], expression: "(\(p) - (\(y)))[\(i)]"), as: .signed(4))",
        ]
      }
    }
    return Explanation.Table(
      ["i", z, "p", "y", "p − y"], [.right, .right, .right, .right, .right], rows: rows, gap: 3)
  }

  private func grid(_ values: Tensor, _ expression: String) -> Explanation.Grid {
    Explanation.Grid(
      values, expression: expression, rows: (0..<values.shape[0]).map(String.init),
      columns: (0..<values.shape[1]).map(String.init))
  }
}

extension GradientRecording.Step {
  fileprivate var isLogarithm: Bool {
    if case .builtin(let builtin)? = function { builtin.name == "log" } else { false }
  }
}
