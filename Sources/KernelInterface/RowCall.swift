/// A function of each of some rows, which lie one after the other.
public struct RowCall<T> {
  public let from: UnsafePointer<T>
  /// May be `from`.
  public let to: UnsafeMutablePointer<T>
  public let rows: Int
  public let length: Int

  @inline(__always)
  public init(
    from: UnsafePointer<T>, to: UnsafeMutablePointer<T>, rows: Int, length: Int
  ) {
    (self.from, self.to, self.rows, self.length) = (from, to, rows, length)
  }
}

/// What a row is reduced to.
public enum Remains: UInt8, Sendable {
  /// `variance` is biased; NaN where there is one.
  case sum, variance, largest, smallest
}

/// The norm of each of some rows.
public struct NormCall<T> {
  public let rows: RowCall<T>
  public let eps: Double
  /// The mean is subtracted: layer norm; without it RMS norm.
  public let isCentered: Bool
  /// One for each element of a row.
  public let gain: UnsafePointer<T>?
  public let bias: UnsafePointer<T>?

  @inline(__always)
  public init(
    rows: RowCall<T>, eps: Double, isCentered: Bool, gain: UnsafePointer<T>?,
    bias: UnsafePointer<T>?
  ) {
    (self.rows, self.eps, self.isCentered) = (rows, eps, isCentered)
    (self.gain, self.bias) = (gain, bias)
  }
}

/// The gradient of layer norm; what its bias is does not matter.
public struct NormGradientCall<T> {
  /// From x to the gradient of x.
  public let norm: NormCall<T>
  /// Of the results.  [rows, length]
  public let g: UnsafePointer<T>
  /// To which the gradients of gain and bias are added.  [length]
  public let dGain: UnsafeMutablePointer<T>
  public let dBias: UnsafeMutablePointer<T>

  @inline(__always)
  public init(
    norm: NormCall<T>, g: UnsafePointer<T>, dGain: UnsafeMutablePointer<T>,
    dBias: UnsafeMutablePointer<T>
  ) {
    (self.norm, self.g, self.dGain, self.dBias) = (norm, g, dGain, dBias)
  }
}
