import Kernels
import Language

// What lies between two moments of a session: for going back, and for saying what came back.
extension Session.Moment {
  /// The variables that one of them has and the other has not, or that were set in between, by
  /// name; `ans` is left out.
  public func variablesChanged(since other: Self) -> [String] {
    let (own, others) = (state.variables, other.state.variables)
    let names = Set(own.all.map(\.name)).union(others.all.map(\.name)).subtracting(["ans"])
    return names.filter { name in
      let symbol = Symbol(name)
      return own.origin(of: symbol)?.number != others.origin(of: symbol)?.number
        || (own[symbol] == nil) != (others[symbol] == nil)
    }.sorted()
  }

  /// Whether random numbers were drawn or the stream was seeded in between.
  public func hasOtherRandomState(than other: Self) -> Bool {
    let (a, b) = (state.random, other.state.random)
    return a.seed != b.seed || a.drawn != b.drawn || a.isSeedChosen != b.isSeedChosen
  }

  /// What a variable was; nil where there was none.
  public subscript(name: String) -> Value? { state.variables[name] }

  /// How long the table of names is that a moment costs.
  public var tableLength: Int { state.variables.tableLength }

  /// The bytes of tensors that these moments hold and `present` does not, each buffer once.
  public static func bytesHeld(by moments: some Sequence<Self>, beside present: Self) -> Int {
    var seen: [ObjectIdentifier: Int] = [:]
    for value in present.state.variables.all.map(\.value) { value.addBuffers(to: &seen) }
    for buffer in seen.keys { seen[buffer] = 0 }
    for moment in moments {
      for value in moment.state.variables.all.map(\.value) { value.addBuffers(to: &seen) }
    }
    return seen.values.reduce(0, +)
  }
}

extension Value {
  /// The memory behind its numbers; pictures are left out, which are small or share.
  fileprivate func addBuffers(to seen: inout [ObjectIdentifier: Int]) {
    switch self {
    case .tensor(let tensor): seen[tensor.buffer, default: tensor.bufferBytes] += 0
    case .tuple(let tuple): for item in tuple.items { item.addBuffers(to: &seen) }
    case .record(let record): for field in record.fields { field.value.addBuffers(to: &seen) }
    case .function(.user(let function)):
      for value in function.captured.values { value.addBuffers(to: &seen) }
    case .cache(let cache):
      guard let buffer = cache.buffer, let shapes = cache.shapes, let dtype = cache.dtype else {
        return
      }
      let count = shapes.keys.reduce(1, *) + shapes.values.reduce(1, *)
      seen[buffer, default: count * dtype.byteCount] += 0
    case .figure(.heat(let figure)): Value.tensor(figure.values).addBuffers(to: &seen)
    default: return
    }
  }
}
