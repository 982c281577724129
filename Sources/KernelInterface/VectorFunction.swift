/// Functions of one number that the kernels compute for many at once.
public enum VectorFunction: UInt8, Sendable {
  case exp, tanh, sigmoid, silu, geluTanh, elu, log, sin, cos, erf, gelu
  case floor, ceil, round, expm1, log1p, log2, softplus
  case sqrt, cube
  /// x^½, which is ∞ of −∞.
  case root
}
