/// Labels: whole numbers that name a class.
enum Labels {
  /// A label as a place; `length` nil is no bound.
  static func place(_ label: Double, below length: Int?, of argument: String) throws -> Int {
    guard label >= 0, label == label.rounded(), label < length.map(Double.init) ?? .infinity else {
      throw Fault(message(label, length), .argument(argument))
    }
    return Int(exactly: label) ?? Int.max
  }

  private static func message(_ label: Double, _ length: Int?) -> String {
    if length == 0 { return "there are no classes for the label \(label.plain)" }
    let range = length.map { "from 0 to \($0 - 1)" } ?? "from 0 up"
    return "a label is a whole number \(range), not \(label.plain)"
  }
}
