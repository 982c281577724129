extension F64 {
  @inline(__always)
  static func sine(_ x: F64) -> F64 {
    // −0 is its own sine, and the reduction makes it 0.
    select(x, where: x, equals: zero, else: sincosOfAny(x).0)
  }

  @inline(__always)
  static func cosine(_ x: F64) -> F64 { sincosOfAny(x).1 }

  /// NaN where x is NaN or ±∞.
  @inline(__always)
  static func sincosOfAny(_ x: F64) -> (F64, F64) {
    anyIsLess(F64(repeating: largestAngle), x.magnitude) ? slowSincos(x) : sincos(x)
  }
}

// In double precision: a reduction in single precision has too few bits near multiples of π.
extension F32 {
  @inline(__always)
  static func sine(_ x: F32) -> F32 { rounded(x) { F64.sine($0) } }

  @inline(__always)
  static func cosine(_ x: F32) -> F32 { rounded(x) { F64.cosine($0) } }

  @inline(__always)
  private static func rounded(_ x: F32, _ function: (F64) -> F64) -> F32 {
    F32(Floats(lowHalf: rounded(x.v.lowHalf, function), highHalf: rounded(x.v.highHalf, function)))
  }

  @inline(__always)
  private static func rounded(_ x: HalfOfFloats, _ function: (F64) -> F64) -> HalfOfFloats {
    var wide = Doubles()
    for i in 0..<F64.width { wide[i] = Double(x[i]) }
    let y = function(F64(wide))
    var result = HalfOfFloats()
    for i in 0..<F64.width { result[i] = Float(y.v[i]) }
    return result
  }
}
