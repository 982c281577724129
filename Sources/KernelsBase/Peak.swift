/// Sums of products in registers alone, in as many chains as a tile of a matrix product has.
@inline(never)
func measuredPeak<V: Lanes>(_ type: V.Type, steps: Int) -> (operations: Int, value: Double) {
  #if KERNELS_V4 || arch(arm64)
    var sums = InlineArray<12, Two<V>>(repeating: Two(l: V.ramp, h: V.ramp))
  #elseif KERNELS_V3
    var sums = InlineArray<6, Two<V>>(repeating: Two(l: V.ramp, h: V.ramp))
  #else
    var sums = InlineArray<4, Two<V>>(repeating: Two(l: V.ramp, h: V.ramp))
  #endif
  // About 1 and about 0, so that no sum grows and no number is denormal.
  let factor = V(repeating: V.scalar(1 + 1 / Double(steps &+ 1024)))
  let (x, y) = (V(repeating: V.scalar(1e-3)), V(repeating: V.scalar(2e-3)))
  for _ in 0..<steps {
    for i in 0..<tileRows {
      sums[unchecked: i].l = V.multiplyAdd(sums[unchecked: i].l, factor, x)
      sums[unchecked: i].h = V.multiplyAdd(sums[unchecked: i].h, factor, y)
    }
  }
  var total = V.zero
  for i in 0..<tileRows { total = total + sums[unchecked: i].l + sums[unchecked: i].h }
  return (steps &* tileRows &* 4 &* V.width, V.double(total.sum()))
}
