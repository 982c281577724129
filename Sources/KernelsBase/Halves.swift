// What is left of a vector, by halves.

/// The halves as they lie: those that SIMD types offer are gathered lane by lane where more follows.
@inline(__always)
private func halves<V, Half>(_ v: V, _ half: Half.Type) -> (low: Half, high: Half) {
  unsafeBitCast(v, to: (Half, Half).self)
}

@inline(__always) func halvesSummed(_ v: SIMD2<Float>) -> Float { v[0] + v[1] }

@inline(__always)
func halvesSummed(_ v: SIMD4<Float>) -> Float {
  let (low, high) = halves(v, SIMD2<Float>.self)
  return halvesSummed(low + high)
}

@inline(__always)
func halvesSummed(_ v: SIMD8<Float>) -> Float {
  let (low, high) = halves(v, SIMD4<Float>.self)
  return halvesSummed(low + high)
}

@inline(__always)
func halvesSummed(_ v: SIMD16<Float>) -> Float {
  let (low, high) = halves(v, SIMD8<Float>.self)
  return halvesSummed(low + high)
}

@inline(__always) func largestOfHalves(_ v: SIMD2<Float>) -> Float { v[0] < v[1] ? v[1] : v[0] }

@inline(__always)
func largestOfHalves(_ v: SIMD4<Float>) -> Float {
  let (low, high) = halves(v, SIMD2<Float>.self)
  return largestOfHalves(low.replacing(with: high, where: low .< high))
}

@inline(__always)
func largestOfHalves(_ v: SIMD8<Float>) -> Float {
  let (low, high) = halves(v, SIMD4<Float>.self)
  return largestOfHalves(low.replacing(with: high, where: low .< high))
}

@inline(__always)
func largestOfHalves(_ v: SIMD16<Float>) -> Float {
  let (low, high) = halves(v, SIMD8<Float>.self)
  return largestOfHalves(low.replacing(with: high, where: low .< high))
}

@inline(__always) func halvesSummed(_ v: SIMD2<Double>) -> Double { v[0] + v[1] }

@inline(__always)
func halvesSummed(_ v: SIMD4<Double>) -> Double {
  let (low, high) = halves(v, SIMD2<Double>.self)
  return halvesSummed(low + high)
}

@inline(__always)
func halvesSummed(_ v: SIMD8<Double>) -> Double {
  let (low, high) = halves(v, SIMD4<Double>.self)
  return halvesSummed(low + high)
}

@inline(__always) func largestOfHalves(_ v: SIMD2<Double>) -> Double { v[0] < v[1] ? v[1] : v[0] }

@inline(__always)
func largestOfHalves(_ v: SIMD4<Double>) -> Double {
  let (low, high) = halves(v, SIMD2<Double>.self)
  return largestOfHalves(low.replacing(with: high, where: low .< high))
}

@inline(__always)
func largestOfHalves(_ v: SIMD8<Double>) -> Double {
  let (low, high) = halves(v, SIMD4<Double>.self)
  return largestOfHalves(low.replacing(with: high, where: low .< high))
}
