/// What an index takes from one axis; places are normalised, 0 ≤ place < length.
public enum AxisSelection: Sendable {
  /// One place; the axis is gone.
  case index(Int)
  case slice(start: Int, step: Int, count: Int)
  case gather([Int])

  var count: Int {
    switch self {
    case .index: 1
    case .slice(_, _, let count): count
    case .gather(let places): places.count
    }
  }

  @inline(__always)
  func place(_ index: Int) -> Int {
    switch self {
    case .index(let place): place
    case .slice(let start, let step, _): start + index * step
    case .gather(let places): places[index]
    }
  }
}

extension Tensor {
  /// The selected part; one selection for each axis.
  public func selecting(_ selections: [AxisSelection]) throws -> Tensor {
    switch dtype {
    case .f64: return try selected(selections, of: Double.self)
    case .f32: return try selected(selections, of: Float.self)
    case .bool: return try selected(selections, of: Bool.self)
    }
  }

  /// A copy in which the selected part is `value`, which broadcasts to its shape.
  public func assigning(_ value: Tensor, to selections: [AxisSelection]) throws -> Tensor {
    let target = dtype == .bool && value.dtype != .bool ? try converted(to: .f64) : self
    let part = try value.converted(to: target.dtype).broadcast(
      to: Selected(selections, shape).shape)
    switch target.dtype {
    case .f64: return try target.assigned(part, selections, of: Double.self)
    case .f32: return try target.assigned(part, selections, of: Float.self)
    case .bool: return try target.assigned(part, selections, of: Bool.self)
    }
  }

  private func selected<E: Element>(_ selections: [AxisSelection], of type: E.Type) throws -> Tensor
  {
    let selected = Selected(selections, shape)
    return try Tensor(shape: selected.shape, of: E.self) { y in
      try withElements(of: E.self) { x in
        try selected.walk { target, source, count in
          for i in 0..<count { y[target + i] = x[source + i] }
        }
      }
    }
  }

  private func assigned<E: Element>(
    _ part: Tensor, _ selections: [AxisSelection], of type: E.Type
  ) throws -> Tensor {
    let selected = Selected(selections, shape)
    var copy = self
    try copy.withMutableElements(of: E.self) { y in
      try part.withElements(of: E.self) { x in
        try selected.walk { source, target, count in
          for i in 0..<count { y[target + i] = x[source + i] }
        }
      }
    }
    return copy
  }

  /// Where the elements that are not 0 stand, in row-major order.
  public func nonZeroPlaces() throws -> [Int] {
    var places: [Int] = []
    try inBlocks(count) { if self[flat: $0] != 0 { places.append($0) } }
    return places
  }

  /// The entries whose leading axes hold a non-zero in `condition`.
  public func masked(by condition: Tensor) throws -> Tensor {
    let places = try condition.nonZeroPlaces()
    let rest = Array(shape.dropFirst(condition.rank))
    let rows = reshaped([condition.count] + rest)
    return try rows.selecting(
      [.gather(places)] + rest.map { .slice(start: 0, step: 1, count: $0) })
  }
}

/// A selection from a shape: the shape that results and how places correspond.
private struct Selected {
  let shape: [Int]
  private let selections: [AxisSelection]
  private let strides: [Int]
  private let counts: [Int]

  init(_ selections: [AxisSelection], _ shape: [Int]) {
    self.selections = selections
    counts = selections.map(\.count)
    var strides: [Int] = []
    var step = 1
    for length in shape.reversed() {
      strides.append(step)
      step *= length
    }
    self.strides = strides.reversed()
    self.shape = selections.compactMap { selection in
      if case .index = selection { nil } else { selection.count }
    }
  }

  /// Visits every element in runs of neighbours: their first place in the selection and in the whole.
  func walk(_ body: (_ part: Int, _ whole: Int, _ count: Int) -> Void) throws {
    let total = counts.reduce(1, *)
    guard total > 0 else { return }
    guard let width = counts.last, let last = selections.last else { return body(0, 0, 1) }
    let outer = Array(counts.dropLast())
    var index = Array(repeating: 0, count: outer.count)
    var part = 0
    while part < total {
      var base = 0
      for axis in outer.indices { base += selections[axis].place(index[axis]) * strides[axis] }
      if case .slice(let start, step: 1, _) = last {
        for first in stride(from: 0, to: width, by: 1 << 20) {
          try Cancellation.check()
          body(part + first, base + start + first, min(1 << 20, width - first))
        }
      } else {
        try inBlocks(width) { body(part + $0, base + last.place($0), 1) }
      }
      part += width
      var axis = outer.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < outer[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
