/// Which experts each token goes to, and with what weight.
public struct Routing: Sendable {
  /// [… n k], the largest first; 0 where an expert had no place left.
  public var weights: Tensor
  /// [… n k]: the numbers of the experts.
  public var chosen: Tensor

  /// The weights at the places of their experts, [… n E], 0 elsewhere.
  public func gates(experts: Int) throws -> Tensor {
    let k = weights.shape.last ?? 1
    let flat = weights.doubles
    let gates = try Tensor(shape: weights.shape.dropLast() + [experts], of: Double.self) { y in
      y.initialize(repeating: 0)
      chosen.withElements(of: Double.self) { chosen in
        for choice in chosen.indices {
          y[choice / k * experts + Int(chosen[choice])] = flat[choice]
        }
      }
    }
    return try gates.converted(to: weights.dtype)
  }
}

/// The k most probable experts of each token, ties to the lower index.
///
/// With a capacity c each expert takes at most ⌈c·n·k/E⌉ tokens of a sequence, in the order of
/// position; for the others its weight is 0. Costs O(n E log E). Source: Shazeer et al. 2017;
/// capacity: Fedus, Zoph and Shazeer, Switch Transformers, 2022.
///
/// - Parameters:
///   - probabilities: [… n E].
///   - renormalized: whether the k weights of a token are divided by their sum (Mixtral, 2024).
///   - capacity: c, more than 0; ∞ lets every token through.
/// - Precondition: k ≤ E.
public func route(
  _ probabilities: Tensor, k: Int, renormalized: Bool, capacity: Double
) throws -> Routing {
  let axis = probabilities.rank - 1
  let (n, experts) = (probabilities.shape[axis - 1], probabilities.shape[axis])
  var (weights, chosen) = try probabilities.topk(k, axis: axis)
  if renormalized {
    weights = try Tensor.combine(
      .divide, weights, try weights.reduce(.sum, axis: axis, keep: true))
  }
  let places = (capacity * Double(n) * Double(k) / Double(experts)).rounded(.up)
  if n > 0, places < Double(n) {
    let fits = try withinCapacity(chosen, experts: experts, places: Int(places))
    weights = try Tensor.select(fits, weights, try Tensor(scalar: 0, dtype: weights.dtype))
  }
  return Routing(weights: weights, chosen: chosen)
}

/// 1 where a choice of [… n k] is among the first `places` of its expert in its sequence.
private func withinCapacity(_ chosen: Tensor, experts: Int, places: Int) throws -> Tensor {
  let sequence = chosen.shape.suffix(2).reduce(1, *)
  return try Tensor(shape: chosen.shape, of: Bool.self) { y in
    chosen.withElements(of: Double.self) { chosen in
      var taken = Array(repeating: 0, count: experts)
      for choice in chosen.indices {
        if choice % sequence == 0 { for expert in taken.indices { taken[expert] = 0 } }
        let expert = Int(chosen[choice])
        y[choice] = taken[expert] < places
        taken[expert] += 1
      }
    }
  }
}

/// Σ over the chosen experts of weight · E(x): x [rows d] → [rows f].
///
/// The tokens are sorted by expert, so that each expert sees all of its own at once; an expert
/// without tokens is not run. Costs what the experts cost, and O(rows·k·f).
///
/// - Parameter expert: what an expert makes of some rows; all give the same width f.
public func mixture(
  _ x: Tensor, _ routing: Routing, experts: Int,
  expert: (_ number: Int, _ rows: Tensor) throws -> Tensor
) throws -> Tensor {
  let (rows, d) = (x.shape[0], x.shape[1])
  let queues = queues(routing, experts: experts)
  var parts: [(queue: [Assignment], output: Tensor)] = []
  for (number, queue) in queues.enumerated() where !queue.isEmpty {
    let own = try x.selecting([
      .gather(queue.map(\.row)), .slice(start: 0, step: 1, count: d),
    ])
    parts.append((queue, try expert(number, own)))
  }
  // Nobody has work: the first expert still tells the width.
  if parts.isEmpty { parts.append(([], try expert(0, x.rows(0..<0)))) }
  let f = parts[0].output.shape[1]
  let isSingle = parts.allSatisfy { $0.output.dtype == .f32 } && routing.weights.dtype == .f32
  return try isSingle
    ? sum(parts, [rows, f], of: Float.self) : sum(parts, [rows, f], of: Double.self)
}

private struct Assignment {
  let row: Int
  let weight: Double
}

/// The tokens of each expert in the order of position; a weight of 0 is no work.
private func queues(_ routing: Routing, experts: Int) -> [[Assignment]] {
  let k = routing.weights.shape.last ?? 1
  var queues = Array(repeating: [Assignment](), count: experts)
  for (choice, weight) in routing.weights.doubles.enumerated() where weight != 0 {
    queues[Int(routing.chosen[flat: choice])].append(Assignment(row: choice / k, weight: weight))
  }
  return queues
}

private func sum<T: Real>(
  _ parts: [(queue: [Assignment], output: Tensor)], _ shape: [Int], of type: T.Type
) throws -> Tensor {
  let f = shape[1]
  return try Tensor(shape: shape, of: T.self) { y in
    y.initialize(repeating: 0)
    for (queue, output) in parts {
      try output.converted(to: T.dtype).withElements(of: T.self) { output in
        for (index, assignment) in queue.enumerated() {
          if index & 255 == 0 { try Cancellation.check() }
          let (weight, target, source) = (T(assignment.weight), assignment.row * f, index * f)
          for column in 0..<f { y[target + column] += weight * output[source + column] }
        }
      }
    }
  }
}
