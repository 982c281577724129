import Kernels

// Arguments that pictures share.
extension Call {
  /// Names as a string of words or a tuple of strings and numbers, one for each of `count` things.
  func labels(_ name: String, count: Int) throws -> [String]? {
    guard let value = value(name) else { return nil }
    let labels = try words(value, name)
    guard labels.count == count else {
      throw Fault(
        "\(name) needs one name for each", .argument(name), detail: "\(labels.count) ≠ \(count)")
    }
    return labels
  }

  private func words(_ value: Value, _ name: String) throws -> [String] {
    switch value {
    case .string(let text): return text.split(separator: " ").map(String.init)
    case .tensor(let tensor) where tensor.rank == 1: return tensor.doubles.map(\.plain)
    case .number(let number, _): return [number.plain]
    case .tuple(let tuple):
      return try tuple.items.map { item in
        switch item {
        case .string(let text): return text
        case .number(let number, _): return number.plain
        default: throw Fault("\(name) needs strings, not \(item.kindName)", .argument(name))
        }
      }
    default: throw Fault("\(name) needs a string or strings", .argument(name))
    }
  }

  func optionalString(_ name: String) throws -> String? { has(name) ? try string(name) : nil }

  func optionalNumber(_ name: String) throws -> Double? { has(name) ? try number(name) : nil }
}
