import KernelInterface

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
  static func erfc(_ x: Self) -> Self
  static func pow(_ x: Self, _ y: Self) -> Self
  static func atan2(_ y: Self, _ x: Self) -> Self
  /// The kernels of a generation of processors for this type.
  static func kernels(of variant: KernelVariant) -> any KernelTable<Self>.Type
}

extension Double: Real {
  @inline(__always) public static func exp(_ x: Double) -> Double { cExp(x) }
  @inline(__always) public static func expm1(_ x: Double) -> Double { cExpm1(x) }
  @inline(__always) public static func log(_ x: Double) -> Double { cLog(x) }
  @inline(__always) public static func log2(_ x: Double) -> Double { cLog2(x) }
  @inline(__always) public static func log10(_ x: Double) -> Double { cLog10(x) }
  @inline(__always) public static func log1p(_ x: Double) -> Double { cLog1p(x) }
  @inline(__always) public static func sin(_ x: Double) -> Double { cSin(x) }
  @inline(__always) public static func cos(_ x: Double) -> Double { cCos(x) }
  @inline(__always) public static func tan(_ x: Double) -> Double { cTan(x) }
  @inline(__always) public static func asin(_ x: Double) -> Double { cAsin(x) }
  @inline(__always) public static func acos(_ x: Double) -> Double { cAcos(x) }
  @inline(__always) public static func atan(_ x: Double) -> Double { cAtan(x) }
  @inline(__always) public static func sinh(_ x: Double) -> Double { cSinh(x) }
  @inline(__always) public static func cosh(_ x: Double) -> Double { cCosh(x) }
  @inline(__always) public static func tanh(_ x: Double) -> Double { cTanh(x) }
  @inline(__always) public static func erf(_ x: Double) -> Double { cErf(x) }
  @inline(__always) public static func erfc(_ x: Double) -> Double { cErfc(x) }
  @inline(__always) public static func pow(_ x: Double, _ y: Double) -> Double { cPow(x, y) }
  @inline(__always) public static func atan2(_ y: Double, _ x: Double) -> Double { cAtan2(y, x) }
}

extension Float: Real {
  @inline(__always) public static func exp(_ x: Float) -> Float { cExpf(x) }
  @inline(__always) public static func expm1(_ x: Float) -> Float { cExpm1f(x) }
  @inline(__always) public static func log(_ x: Float) -> Float { cLogf(x) }
  @inline(__always) public static func log2(_ x: Float) -> Float { cLog2f(x) }
  @inline(__always) public static func log10(_ x: Float) -> Float { cLog10f(x) }
  @inline(__always) public static func log1p(_ x: Float) -> Float { cLog1pf(x) }
  @inline(__always) public static func sin(_ x: Float) -> Float { cSinf(x) }
  @inline(__always) public static func cos(_ x: Float) -> Float { cCosf(x) }
  @inline(__always) public static func tan(_ x: Float) -> Float { cTanf(x) }
  @inline(__always) public static func asin(_ x: Float) -> Float { cAsinf(x) }
  @inline(__always) public static func acos(_ x: Float) -> Float { cAcosf(x) }
  @inline(__always) public static func atan(_ x: Float) -> Float { cAtanf(x) }
  @inline(__always) public static func sinh(_ x: Float) -> Float { cSinhf(x) }
  @inline(__always) public static func cosh(_ x: Float) -> Float { cCoshf(x) }
  @inline(__always) public static func tanh(_ x: Float) -> Float { cTanhf(x) }
  @inline(__always) public static func erf(_ x: Float) -> Float { cErff(x) }
  @inline(__always) public static func erfc(_ x: Float) -> Float { cErfcf(x) }
  @inline(__always) public static func pow(_ x: Float, _ y: Float) -> Float { cPowf(x, y) }
  @inline(__always) public static func atan2(_ y: Float, _ x: Float) -> Float { cAtan2f(y, x) }
}

// The methods above hide the C functions of the same name, so these stand outside of any type.
@inline(__always) private func cExp(_ x: Double) -> Double { exp(x) }
@inline(__always) private func cExpm1(_ x: Double) -> Double { expm1(x) }
@inline(__always) private func cLog(_ x: Double) -> Double { log(x) }
@inline(__always) private func cLog2(_ x: Double) -> Double { log2(x) }
@inline(__always) private func cLog10(_ x: Double) -> Double { log10(x) }
@inline(__always) private func cLog1p(_ x: Double) -> Double { log1p(x) }
@inline(__always) private func cSin(_ x: Double) -> Double { sin(x) }
@inline(__always) private func cCos(_ x: Double) -> Double { cos(x) }
@inline(__always) private func cTan(_ x: Double) -> Double { tan(x) }
@inline(__always) private func cAsin(_ x: Double) -> Double { asin(x) }
@inline(__always) private func cAcos(_ x: Double) -> Double { acos(x) }
@inline(__always) private func cAtan(_ x: Double) -> Double { atan(x) }
@inline(__always) private func cSinh(_ x: Double) -> Double { sinh(x) }
@inline(__always) private func cCosh(_ x: Double) -> Double { cosh(x) }
@inline(__always) private func cTanh(_ x: Double) -> Double { tanh(x) }
@inline(__always) private func cErf(_ x: Double) -> Double { erf(x) }
@inline(__always) private func cErfc(_ x: Double) -> Double { erfc(x) }
@inline(__always) private func cPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
@inline(__always) private func cAtan2(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
@inline(__always) private func cExpf(_ x: Float) -> Float { expf(x) }
@inline(__always) private func cExpm1f(_ x: Float) -> Float { expm1f(x) }
@inline(__always) private func cLogf(_ x: Float) -> Float { logf(x) }
@inline(__always) private func cLog2f(_ x: Float) -> Float { log2f(x) }
@inline(__always) private func cLog10f(_ x: Float) -> Float { log10f(x) }
@inline(__always) private func cLog1pf(_ x: Float) -> Float { log1pf(x) }
@inline(__always) private func cSinf(_ x: Float) -> Float { sinf(x) }
@inline(__always) private func cCosf(_ x: Float) -> Float { cosf(x) }
@inline(__always) private func cTanf(_ x: Float) -> Float { tanf(x) }
@inline(__always) private func cAsinf(_ x: Float) -> Float { asinf(x) }
@inline(__always) private func cAcosf(_ x: Float) -> Float { acosf(x) }
@inline(__always) private func cAtanf(_ x: Float) -> Float { atanf(x) }
@inline(__always) private func cSinhf(_ x: Float) -> Float { sinhf(x) }
@inline(__always) private func cCoshf(_ x: Float) -> Float { coshf(x) }
@inline(__always) private func cTanhf(_ x: Float) -> Float { tanhf(x) }
@inline(__always) private func cErff(_ x: Float) -> Float { erff(x) }
@inline(__always) private func cErfcf(_ x: Float) -> Float { erfcf(x) }
@inline(__always) private func cPowf(_ x: Float, _ y: Float) -> Float { powf(x, y) }
@inline(__always) private func cAtan2f(_ y: Float, _ x: Float) -> Float { atan2f(y, x) }
