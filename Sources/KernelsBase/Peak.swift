/// Sums of products in registers alone, in as many chains as a tile of a matrix product has.
@inline(never)
func measuredPeak<V: Lanes>(_ type: V.Type, steps: Int) -> (operations: Int, value: Double) {
  let start = Two(l: V.ramp, h: V.ramp)
  #if KERNELS_V4 || arch(arm64)
    let value = chains(InlineArray<12, _>(repeating: start), steps)
  #elseif KERNELS_V3
    let value = chains(InlineArray<6, _>(repeating: start), steps)
  #else
    let value = chains(InlineArray<4, _>(repeating: start), steps)
  #endif
  return (steps &* tileRows &* 4 &* V.width, value)
}

@inline(__always)
private func chains<let rows: Int, V: Lanes>(
  _ start: InlineArray<rows, Two<V>>, _ steps: Int
) -> Double {
  var sums = start
  // About 1 and about 0, so that no sum grows and no number is denormal.
  let factor = V(repeating: V.scalar(1 - 1 / Double(steps &+ 1024)))
  let (x, y) = (V(repeating: V.scalar(1e-3)), V(repeating: V.scalar(2e-3)))
  for _ in 0..<steps {
    for i in 0..<rows {
      sums[unchecked: i].l = V.multiplyAdd(sums[unchecked: i].l, factor, x)
      sums[unchecked: i].h = V.multiplyAdd(sums[unchecked: i].h, factor, y)
    }
  }
  var total = V.zero
  for i in 0..<rows { total = total + sums[unchecked: i].l + sums[unchecked: i].h }
  return V.double(total.sum())
}
