import KernelInterface

/// Arithmetic of whole tensors, a block of elements after the other through all steps. Every step
/// is rounded by itself: the result is that of the steps one after the other.
struct Chain<V: Lanes> {
  typealias T = V.Scalar
  let c: ChainCall<T>

  func run() {
    var first = c.range.lowerBound
    while first < c.range.upperBound {
      let count = min(ChainCall<T>.block, c.range.upperBound &- first)
      for i in 0..<c.steps.count {
        let step = c.steps[i]
        let to = i == c.steps.count &- 1 ? c.to + first : slot(step.slot)
        Step(step.function, source(step.left, first), source(step.right, first), to, count).run()
      }
      first += count
    }
  }

  private func slot(_ number: Int) -> UnsafeMutablePointer<T> {
    c.slots + number &* ChainCall<T>.block
  }

  private func source(_ operand: ChainOperand<T>, _ first: Int) -> Source {
    switch operand {
    case .elements(let base): Source(base: base + first, number: V.zero)
    case .number(let number): Source(base: nil, number: V(repeating: number))
    case .slot(let number): Source(base: UnsafePointer(slot(number)), number: V.zero)
    }
  }

  private struct Source {
    /// Nil where a number stands for all elements.
    let base: UnsafePointer<T>?
    let number: V
  }

  private struct Step {
    let function: ChainFunction
    let (left, right): (Source, Source)
    let to: UnsafeMutablePointer<T>
    let count: Int

    init(
      _ function: ChainFunction, _ left: Source, _ right: Source, _ to: UnsafeMutablePointer<T>,
      _ count: Int
    ) {
      (self.function, self.left, self.right, self.to, self.count) = (
        function, left, right, to, count
      )
    }

    func run() {
      switch function {
      case .add: ofTwo { $0 + $1 }
      case .subtract: ofTwo { $0 - $1 }
      case .multiply: ofTwo { $0 * $1 }
      case .divide: ofTwo { $0 / $1 }
      case .maximum: ofTwo { keepingNaN($0, $1, V.select($0, where: $1, isLessThan: $0, else: $1)) }
      case .minimum: ofTwo { keepingNaN($0, $1, V.select($1, where: $1, isLessThan: $0, else: $0)) }
      // With its sign, also of 0.
      case .negate: ofOne { $0 * V(repeating: V.scalar(-1)) }
      case .square: ofOne { $0 * $0 }
      case .magnitude: ofOne { $0.magnitude }
      case .relu:
        ofOne { x in
          let positive = V.select(x, where: V.zero, isLessThan: x, else: V.zero)
          return V.select(positive, where: x, equals: x, else: x)
        }
      case .map(let function):
        if let base = left.base {
          Elementwise<V>(from: base, to: to, count: count).run(function)
        }
      }
    }

    @inline(__always)
    private func keepingNaN(_ x: V, _ y: V, _ other: V) -> V {
      let result = V.select(other, where: y, equals: y, else: y)
      return V.select(result, where: x, equals: x, else: x)
    }

    @inline(__always)
    private func ofOne(_ function: (V) -> V) {
      guard let base = left.base else { return }
      each { function(V.load(base + $0, first: $1)) }
    }

    /// Each case is a loop of its own.
    @inline(__always)
    private func ofTwo(_ function: (V, V) -> V) {
      switch (left.base, right.base) {
      case (let x?, let y?):
        each { function(V.load(x + $0, first: $1), V.load(y + $0, first: $1)) }
      case (let x?, nil): each { function(V.load(x + $0, first: $1), right.number) }
      case (nil, let y?): each { function(left.number, V.load(y + $0, first: $1)) }
      case (nil, nil): each { _, _ in function(left.number, right.number) }
      }
    }

    @inline(__always)
    private func each(_ vector: (_ place: Int, _ lanes: Int) -> V) {
      var i = 0
      while i &+ V.width <= count {
        vector(i, V.width).store(to + i)
        i += V.width
      }
      if i < count { vector(i, count &- i).store(to + i, count: count &- i) }
    }
  }
}
