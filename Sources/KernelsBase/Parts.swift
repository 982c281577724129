// Vectors of which memory holds fewer lanes: halves are moved for each bit of the count. Whole
// registers of the v4 variant have masks instead.

@inline(__always)
func load2(_ p: UnsafePointer<Float>, _ n: Int) -> SIMD2<Float> {
  SIMD2(n > 0 ? p[0] : 0, n > 1 ? p[1] : 0)
}

@inline(__always)
func load4(_ p: UnsafePointer<Float>, _ n: Int) -> SIMD4<Float> {
  if n & 2 == 0 { return SIMD4(lowHalf: load2(p, n), highHalf: SIMD2(repeating: 0)) }
  return SIMD4(
    lowHalf: UnsafeRawPointer(p).loadUnaligned(as: SIMD2<Float>.self),
    highHalf: load2(p + 2, n & 1))
}

@inline(__always)
func load8(_ p: UnsafePointer<Float>, _ n: Int) -> SIMD8<Float> {
  if n & 4 == 0 { return SIMD8(lowHalf: load4(p, n), highHalf: SIMD4(repeating: 0)) }
  return SIMD8(
    lowHalf: UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self),
    highHalf: load4(p + 4, n & 3))
}

@inline(__always)
func load2(_ p: UnsafePointer<Double>, _ n: Int) -> SIMD2<Double> {
  SIMD2(n > 0 ? p[0] : 0, n > 1 ? p[1] : 0)
}

@inline(__always)
func load4(_ p: UnsafePointer<Double>, _ n: Int) -> SIMD4<Double> {
  if n & 2 == 0 { return SIMD4(lowHalf: load2(p, n), highHalf: SIMD2(repeating: 0)) }
  return SIMD4(
    lowHalf: UnsafeRawPointer(p).loadUnaligned(as: SIMD2<Double>.self),
    highHalf: load2(p + 2, n & 1))
}

@inline(__always)
func store<T: BitwiseCopyable>(_ p: UnsafeMutableRawPointer, _ x: T) {
  p.storeBytes(of: x, as: T.self)
}

@inline(__always)
func put(_ v: SIMD2<Float>, _ p: UnsafeMutablePointer<Float>, _ n: Int) {
  if n > 0 { p[0] = v[0] }
  if n > 1 { p[1] = v[1] }
}

@inline(__always)
func put(_ v: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>, _ n: Int) {
  if n & 2 == 0 { return put(v.lowHalf, p, n) }
  store(p, v.lowHalf)
  put(v.highHalf, p + 2, n & 1)
}

@inline(__always)
func put(_ v: SIMD8<Float>, _ p: UnsafeMutablePointer<Float>, _ n: Int) {
  if n & 4 == 0 { return put(v.lowHalf, p, n) }
  store(p, v.lowHalf)
  put(v.highHalf, p + 4, n & 3)
}

@inline(__always)
func put(_ v: SIMD2<Double>, _ p: UnsafeMutablePointer<Double>, _ n: Int) {
  if n > 0 { p[0] = v[0] }
  if n > 1 { p[1] = v[1] }
}

@inline(__always)
func put(_ v: SIMD4<Double>, _ p: UnsafeMutablePointer<Double>, _ n: Int) {
  if n & 2 == 0 { return put(v.lowHalf, p, n) }
  store(p, v.lowHalf)
  put(v.highHalf, p + 2, n & 1)
}
