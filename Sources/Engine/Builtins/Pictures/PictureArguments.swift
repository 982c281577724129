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
}

extension Call {
  /// `xlim=[-3 3]`
  func limits(_ name: String) throws -> ClosedRange<Double>? {
    guard has(name) else { return nil }
    let numbers = try tensor(name).doubles
    guard numbers.count == 2, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[1] else {
      throw Fault("\(name) needs two finite numbers that rise", .argument(name))
    }
    return numbers[0]...numbers[1]
  }

  /// An axis from the options `xlabel`, `xlim`, `xlog` or those of y, where the entry has them.
  func axis(_ letter: String) throws -> Chart.Axis {
    var axis = Chart.Axis(label: try optionalString(letter + "label"))
    axis.limits = try limits(letter + "lim")
    if has(letter + "log") { axis.isLogarithmic = try flag(letter + "log") }
    return axis
  }

  /// The fields of `columns=record(…)`: numbers that stand behind the rows.
  func numberColumns(count: Int) throws -> [(name: String, numbers: [Double])] {
    guard has("columns") else { return [] }
    guard case .record(let record) = try required("columns") else { return [] }
    return try record.fields.map { field in
      guard let numbers = try field.value.asTensor()?.doubles, numbers.count == count else {
        throw Fault(
          "columns needs one number for each row", .argument("columns"),
          detail: "\(field.key) \(field.value.shapeText), \(Faults.counted(count, "row"))")
      }
      return (field.key, numbers)
    }
  }
}
