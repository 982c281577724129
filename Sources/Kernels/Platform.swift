// The C library's mathematics, the only thing of Kernels that depends on the operating system.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An element with arithmetic and the functions of mathematics.
public protocol Real: Element, BinaryFloatingPoint, SIMDScalar, Codable {
  static func exp(_ x: Self) -> Self
  static func expm1(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  static func log2(_ x: Self) -> Self
  static func log10(_ x: Self) -> Self
  static func log1p(_ x: Self) -> Self
  static func sin(_ x: Self) -> Self
  static func cos(_ x: Self) -> Self
  static func tan(_ x: Self) -> Self
  static func asin(_ x: Self) -> Self
  static func acos(_ x: Self) -> Self
  static func atan(_ x: Self) -> Self
  static func sinh(_ x: Self) -> Self
  static func cosh(_ x: Self) -> Self
  static func tanh(_ x: Self) -> Self
  static func erf(_ x: Self) -> Self
  static func pow(_ x: Self, _ y: Self) -> Self
  static func atan2(_ y: Self, _ x: Self) -> Self
}

extension Double: Real {
  @inline(__always) public static func exp(_ x: Double) -> Double { c_exp(x) }
  @inline(__always) public static func expm1(_ x: Double) -> Double { c_expm1(x) }
  @inline(__always) public static func log(_ x: Double) -> Double { c_log(x) }
  @inline(__always) public static func log2(_ x: Double) -> Double { c_log2(x) }
  @inline(__always) public static func log10(_ x: Double) -> Double { c_log10(x) }
  @inline(__always) public static func log1p(_ x: Double) -> Double { c_log1p(x) }
  @inline(__always) public static func sin(_ x: Double) -> Double { c_sin(x) }
  @inline(__always) public static func cos(_ x: Double) -> Double { c_cos(x) }
  @inline(__always) public static func tan(_ x: Double) -> Double { c_tan(x) }
  @inline(__always) public static func asin(_ x: Double) -> Double { c_asin(x) }
  @inline(__always) public static func acos(_ x: Double) -> Double { c_acos(x) }
  @inline(__always) public static func atan(_ x: Double) -> Double { c_atan(x) }
  @inline(__always) public static func sinh(_ x: Double) -> Double { c_sinh(x) }
  @inline(__always) public static func cosh(_ x: Double) -> Double { c_cosh(x) }
  @inline(__always) public static func tanh(_ x: Double) -> Double { c_tanh(x) }
  @inline(__always) public static func erf(_ x: Double) -> Double { c_erf(x) }
  @inline(__always) public static func pow(_ x: Double, _ y: Double) -> Double { c_pow(x, y) }
  @inline(__always) public static func atan2(_ y: Double, _ x: Double) -> Double { c_atan2(y, x) }
}

extension Float: Real {
  @inline(__always) public static func exp(_ x: Float) -> Float { c_expf(x) }
  @inline(__always) public static func expm1(_ x: Float) -> Float { c_expm1f(x) }
  @inline(__always) public static func log(_ x: Float) -> Float { c_logf(x) }
  @inline(__always) public static func log2(_ x: Float) -> Float { c_log2f(x) }
  @inline(__always) public static func log10(_ x: Float) -> Float { c_log10f(x) }
  @inline(__always) public static func log1p(_ x: Float) -> Float { c_log1pf(x) }
  @inline(__always) public static func sin(_ x: Float) -> Float { c_sinf(x) }
  @inline(__always) public static func cos(_ x: Float) -> Float { c_cosf(x) }
  @inline(__always) public static func tan(_ x: Float) -> Float { c_tanf(x) }
  @inline(__always) public static func asin(_ x: Float) -> Float { c_asinf(x) }
  @inline(__always) public static func acos(_ x: Float) -> Float { c_acosf(x) }
  @inline(__always) public static func atan(_ x: Float) -> Float { c_atanf(x) }
  @inline(__always) public static func sinh(_ x: Float) -> Float { c_sinhf(x) }
  @inline(__always) public static func cosh(_ x: Float) -> Float { c_coshf(x) }
  @inline(__always) public static func tanh(_ x: Float) -> Float { c_tanhf(x) }
  @inline(__always) public static func erf(_ x: Float) -> Float { c_erff(x) }
  @inline(__always) public static func pow(_ x: Float, _ y: Float) -> Float { c_powf(x, y) }
  @inline(__always) public static func atan2(_ y: Float, _ x: Float) -> Float { c_atan2f(y, x) }
}

// The methods above hide the C functions of the same name, so these stand outside of any type.
@inline(__always) private func c_exp(_ x: Double) -> Double { exp(x) }
@inline(__always) private func c_expm1(_ x: Double) -> Double { expm1(x) }
@inline(__always) private func c_log(_ x: Double) -> Double { log(x) }
@inline(__always) private func c_log2(_ x: Double) -> Double { log2(x) }
@inline(__always) private func c_log10(_ x: Double) -> Double { log10(x) }
@inline(__always) private func c_log1p(_ x: Double) -> Double { log1p(x) }
@inline(__always) private func c_sin(_ x: Double) -> Double { sin(x) }
@inline(__always) private func c_cos(_ x: Double) -> Double { cos(x) }
@inline(__always) private func c_tan(_ x: Double) -> Double { tan(x) }
@inline(__always) private func c_asin(_ x: Double) -> Double { asin(x) }
@inline(__always) private func c_acos(_ x: Double) -> Double { acos(x) }
@inline(__always) private func c_atan(_ x: Double) -> Double { atan(x) }
@inline(__always) private func c_sinh(_ x: Double) -> Double { sinh(x) }
@inline(__always) private func c_cosh(_ x: Double) -> Double { cosh(x) }
@inline(__always) private func c_tanh(_ x: Double) -> Double { tanh(x) }
@inline(__always) private func c_erf(_ x: Double) -> Double { erf(x) }
@inline(__always) private func c_pow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
@inline(__always) private func c_atan2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
@inline(__always) private func c_expf(_ x: Float) -> Float { expf(x) }
@inline(__always) private func c_expm1f(_ x: Float) -> Float { expm1f(x) }
@inline(__always) private func c_logf(_ x: Float) -> Float { logf(x) }
@inline(__always) private func c_log2f(_ x: Float) -> Float { log2f(x) }
@inline(__always) private func c_log10f(_ x: Float) -> Float { log10f(x) }
@inline(__always) private func c_log1pf(_ x: Float) -> Float { log1pf(x) }
@inline(__always) private func c_sinf(_ x: Float) -> Float { sinf(x) }
@inline(__always) private func c_cosf(_ x: Float) -> Float { cosf(x) }
@inline(__always) private func c_tanf(_ x: Float) -> Float { tanf(x) }
@inline(__always) private func c_asinf(_ x: Float) -> Float { asinf(x) }
@inline(__always) private func c_acosf(_ x: Float) -> Float { acosf(x) }
@inline(__always) private func c_atanf(_ x: Float) -> Float { atanf(x) }
@inline(__always) private func c_sinhf(_ x: Float) -> Float { sinhf(x) }
@inline(__always) private func c_coshf(_ x: Float) -> Float { coshf(x) }
@inline(__always) private func c_tanhf(_ x: Float) -> Float { tanhf(x) }
@inline(__always) private func c_erff(_ x: Float) -> Float { erff(x) }
@inline(__always) private func c_powf(_ x: Float, _ y: Float) -> Float { powf(x, y) }
@inline(__always) private func c_atan2f(_ y: Float, _ x: Float) -> Float { atan2f(y, x) }
