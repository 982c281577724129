/// Functions of one number that the kernels compute for many at once.
public enum VectorFunction: UInt8, Sendable {
  case exp, tanh, sigmoid, silu, geluTanh, elu, log, sin, cos, erf, gelu
}
