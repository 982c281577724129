// What is left of a vector, by halves.

@inline(__always) func halvesSummed(_ v: SIMD2<Float>) -> Float { v[0] + v[1] }

@inline(__always)
func halvesSummed(_ v: SIMD4<Float>) -> Float {
  halvesSummed(v.lowHalf + v.highHalf)
}

@inline(__always)
func halvesSummed(_ v: SIMD8<Float>) -> Float {
  halvesSummed(v.lowHalf + v.highHalf)
}

@inline(__always)
func halvesSummed(_ v: SIMD16<Float>) -> Float {
  halvesSummed(v.lowHalf + v.highHalf)
}

@inline(__always) func largestOfHalves(_ v: SIMD2<Float>) -> Float { v[0] < v[1] ? v[1] : v[0] }

@inline(__always)
func largestOfHalves(_ v: SIMD4<Float>) -> Float {
  largestOfHalves(v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf))
}

@inline(__always)
func largestOfHalves(_ v: SIMD8<Float>) -> Float {
  largestOfHalves(v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf))
}

@inline(__always)
func largestOfHalves(_ v: SIMD16<Float>) -> Float {
  largestOfHalves(v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf))
}

@inline(__always) func halvesSummed(_ v: SIMD2<Double>) -> Double { v[0] + v[1] }

@inline(__always)
func halvesSummed(_ v: SIMD4<Double>) -> Double {
  halvesSummed(v.lowHalf + v.highHalf)
}

@inline(__always)
func halvesSummed(_ v: SIMD8<Double>) -> Double {
  halvesSummed(v.lowHalf + v.highHalf)
}

@inline(__always) func largestOfHalves(_ v: SIMD2<Double>) -> Double { v[0] < v[1] ? v[1] : v[0] }

@inline(__always)
func largestOfHalves(_ v: SIMD4<Double>) -> Double {
  largestOfHalves(v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf))
}

@inline(__always)
func largestOfHalves(_ v: SIMD8<Double>) -> Double {
  largestOfHalves(v.lowHalf.replacing(with: v.highHalf, where: v.lowHalf .< v.highHalf))
}
