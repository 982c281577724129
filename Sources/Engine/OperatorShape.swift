import Kernels

/// The shape rules of the operators.
enum OperatorShape {
  /// NumPy's `@`: vectors lose their axis, leading axes broadcast.
  static func matmul(_ a: [Int], _ b: [Int]) -> [Int]? {
    guard let inner = a.last, !b.isEmpty else { return nil }
    let innerOfB = b.count == 1 ? b[0] : b[b.count - 2]
    guard inner == innerOfB,
      let leading = Broadcast.shape(Array(a.dropLast(2)), Array(b.dropLast(2)))
    else { return nil }
    return leading + (a.count == 1 ? [] : [a[a.count - 2]]) + (b.count == 1 ? [] : [b[b.count - 1]])
  }

  /// Whether `matmul` gives something, where factors may stand for their transposes.
  static func multiplies(
    _ a: [Int], _ b: [Int], _ transposing: (first: Bool, second: Bool) = (false, false)
  ) -> Bool {
    if a.count == 2, b.count == 2 {
      return a[transposing.first ? 0 : 1] == b[transposing.second ? 1 : 0]
    }
    return matmul(
      transposing.first ? transposed(a) : a, transposing.second ? transposed(b) : b) != nil
  }

  static func transposed(_ shape: [Int]) -> [Int] {
    guard shape.count >= 2 else { return shape }
    var shape = shape
    shape.swapAt(shape.count - 1, shape.count - 2)
    return shape
  }
}
