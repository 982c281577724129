/// Labels: whole numbers that name a class.
enum Labels {
  /// A label as a place; `length` nil is no bound.
  static func place(_ label: Double, below length: Int?, of argument: String) throws -> Int {
    guard label >= 0, label == label.rounded(), label < length.map(Double.init) ?? .infinity else {
      throw Fault(
        "a label is a whole number \(range(length)), not \(label.plain)", .argument(argument))
    }
    return Int(exactly: label) ?? Int.max
  }

  private static func range(_ length: Int?) -> String {
    guard let length else { return "from 0 up" }
    return length > 0 ? "from 0 to \(length - 1)" : "that names a class, and there is none"
  }
}
