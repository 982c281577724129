import Kernels

/// Numbers as text, separated by commas, with all their digits: one line for each entry of the axes
/// before the last.
public enum CSV {
  /// NaN and ±∞ are `nan`, `inf`, `-inf`, which NumPy reads.
  public static func encode(_ tensor: Tensor) throws -> String {
    let perRow = tensor.shape.last ?? 1
    guard perRow > 0 else { return "" }
    var text = ""
    for flat in 0..<tensor.count {
      if flat % perRow == 0 { try Cancellation.check() }
      text += number(tensor[flat: flat], tensor.dtype)
      text += flat % perRow == perRow - 1 ? "\n" : ","
    }
    return text
  }

  /// The shortest text that reads back to the same bits.
  private static func number(_ x: Double, _ dtype: DType) -> String {
    if x == 0 { return x.sign == .minus ? "-0" : "0" }
    if x == x.rounded(), abs(x) < 1e15 { return String(Int64(x)) }
    return dtype == .f32 ? "\(Float(x))" : "\(x)"
  }
}
