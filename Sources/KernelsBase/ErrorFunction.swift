// The error function: a series about 0, and e^−x² times a slow function further out.

extension F64 {
  /// erf(x)/x − 1 for |x| < 1, of z = x²: minimax polynomial, relative error below 2⁻⁶².
  @inline(__always)
  static func errorSeries(_ z: F64) -> F64 {
    var p = F64(repeating: 5.945_257_693_941_542_522_9e-11)
    p = multiplyAdd(p, z, F64(repeating: -1.136_566_313_662_849_336_8e-9))
    p = multiplyAdd(p, z, F64(repeating: 1.465_787_898_988_887_852_8e-8))
    p = multiplyAdd(p, z, F64(repeating: -1.635_002_507_622_388_122_6e-7))
    p = multiplyAdd(p, z, F64(repeating: 1.646_097_280_119_071_772_9e-6))
    p = multiplyAdd(p, z, F64(repeating: -1.492_559_350_576_636_302_2e-5))
    p = multiplyAdd(p, z, F64(repeating: 0.000_120_553_310_368_466_682_56))
    p = multiplyAdd(p, z, F64(repeating: -0.000_854_832_697_874_056_761_93))
    p = multiplyAdd(p, z, F64(repeating: 0.005_223_977_624_780_834_654_1))
    p = multiplyAdd(p, z, F64(repeating: -0.026_866_170_645_072_891_167))
    p = multiplyAdd(p, z, F64(repeating: 0.112_837_916_709_548_574_69))
    p = multiplyAdd(p, z, F64(repeating: -0.376_126_389_031_837_476_04))
    return multiplyAdd(p, z, F64(repeating: 0.128_379_167_095_512_573_70))
  }

  /// (1 + 2x) e^x² erfc(x) for x ≥ 0.7, of q = (x − 3)/(x + 3) (after Shepherd & Laframboise 1981):
  /// minimax polynomial, relative error below 2⁻⁶⁰.
  @inline(__always)
  static func complementSeries(_ q: F64) -> F64 {
    var p = F64(repeating: -1.877_831_310_700_623_575_5e-8)
    p = multiplyAdd(p, q, F64(repeating: 2.924_354_845_661_118_641_8e-8))
    p = multiplyAdd(p, q, F64(repeating: 1.155_272_181_015_273_353_5e-7))
    p = multiplyAdd(p, q, F64(repeating: -1.345_245_094_079_273_611_3e-7))
    p = multiplyAdd(p, q, F64(repeating: -6.295_122_659_891_896_875_0e-7))
    p = multiplyAdd(p, q, F64(repeating: 3.559_036_984_649_590_589_3e-7))
    p = multiplyAdd(p, q, F64(repeating: 3.479_053_822_792_186_614_7e-6))
    p = multiplyAdd(p, q, F64(repeating: -7.323_546_425_074_049_785_5e-7))
    p = multiplyAdd(p, q, F64(repeating: -2.010_267_351_878_964_841_7e-5))
    p = multiplyAdd(p, q, F64(repeating: 4.949_981_423_827_083_775_2e-6))
    p = multiplyAdd(p, q, F64(repeating: 0.000_125_099_780_542_642_861_50))
    p = multiplyAdd(p, q, F64(repeating: -0.000_105_159_924_817_564_506_02))
    p = multiplyAdd(p, q, F64(repeating: -0.000_779_832_328_276_427_099_69))
    p = multiplyAdd(p, q, F64(repeating: 0.001_888_690_376_163_950_768_8))
    p = multiplyAdd(p, q, F64(repeating: 0.002_529_391_820_694_966_508_1))
    p = multiplyAdd(p, q, F64(repeating: -0.023_770_514_919_875_345_232))
    p = multiplyAdd(p, q, F64(repeating: 0.068_308_027_343_756_002_499))
    p = multiplyAdd(p, q, F64(repeating: -0.119_273_663_415_266_229_75))
    p = multiplyAdd(p, q, F64(repeating: 0.129_645_158_702_765_867_83))
    p = multiplyAdd(p, q, F64(repeating: -0.047_562_294_353_451_289_597))
    p = multiplyAdd(p, q, F64(repeating: -0.135_621_106_124_581_211_56))
    return multiplyAdd(p, q, F64(repeating: 1.253_008_058_269_729_653_1))
  }
}

extension F32 {
  /// erf(x)/x − 1 for |x| < 1, of z = x²: minimax polynomial, relative error below 2⁻²⁹.
  @inline(__always)
  static func errorSeries(_ z: F32) -> F32 {
    var p = F32(repeating: 7.853_844_046e-5)
    p = multiplyAdd(p, z, F32(repeating: -0.000_801_018_924_7))
    p = multiplyAdd(p, z, F32(repeating: 0.005_188_327_320))
    p = multiplyAdd(p, z, F32(repeating: -0.026_853_811_85))
    p = multiplyAdd(p, z, F32(repeating: 0.112_835_851_5))
    p = multiplyAdd(p, z, F32(repeating: -0.376_126_258_3))
    return multiplyAdd(p, z, F32(repeating: 0.128_379_165_7))
  }

  /// (1 + 2x) e^x² erfc(x) for x ≥ 0.7, of q = (x − 3)/(x + 3) (after Shepherd & Laframboise 1981):
  /// minimax polynomial, relative error below 2⁻³¹.
  @inline(__always)
  static func complementSeries(_ q: F32) -> F32 {
    var p = F32(repeating: -0.000_135_289_452_6)
    p = multiplyAdd(p, q, F32(repeating: -0.000_677_101_134_6))
    p = multiplyAdd(p, q, F32(repeating: 0.001_913_322_507))
    p = multiplyAdd(p, q, F32(repeating: 0.002_496_492_752))
    p = multiplyAdd(p, q, F32(repeating: -0.023_777_134_44))
    p = multiplyAdd(p, q, F32(repeating: 0.068_312_765_05))
    p = multiplyAdd(p, q, F32(repeating: -0.119_272_956_7))
    p = multiplyAdd(p, q, F32(repeating: 0.129_644_874_8))
    p = multiplyAdd(p, q, F32(repeating: -0.047_562_320_06))
    p = multiplyAdd(p, q, F32(repeating: -0.135_621_101_3))
    return multiplyAdd(p, q, F32(repeating: 1.253_008_058))
  }
}

extension Elementwise {
  /// What x is multiplied by, and its square, which is exact.
  private struct Scale {
    let factor: Double
    let square: Double
  }

  @inline(__always)
  func erf(_ x: V) -> V {
    // Further out erf is 1.
    let size = smaller(x.magnitude, 6)
    let near = V.multiplyAdd(x, V.errorSeries(x * x), x)
    let (e, g) = complement(size, Scale(factor: 1, square: 1))
    let far = one - e * g
    let signed = V.select(V.zero - far, where: x, isLessThan: V.zero, else: far)
    return V.select(near, where: size, isLessThan: one, else: signed)
  }

  /// x·Φ(x) = x/2·(1 + erf(x/√2)), by erfc to the left, where 1 + erf would cancel.
  @inline(__always)
  func gelu(_ x: V) -> V {
    let root = 0.5.squareRoot()
    // Further out erfc is 0.
    let size = smaller(x.magnitude, 40)
    let half = x * constant(0.5)
    let slope = V.multiplyAdd(constant(root), V.errorSeries(x * half), constant(root))
    let near = half * V.multiplyAdd(x, slope, one)
    let (e, g) = complement(size, Scale(factor: root, square: 0.5))
    // In this order no product is subnormal before it has to be.
    let left = half * g * e
    let far = V.select(left, where: x, isLessThan: V.zero, else: half * (one + (one - e * g)))
    let value = V.select(near, where: size, isLessThan: one, else: far)
    return V.select(V.zero, where: x, equals: V.minusInfinity, else: value)
  }

  /// erfc(s x) for s x ≥ 0.7 as two factors, the first of which is e^−(s x)².
  @inline(__always)
  private func complement(_ x: V, _ scale: Scale) -> (V, V) {
    let square = x * x
    let sign = constant(-scale.square)
    let exponential = V.exp(square * sign)
    // What the square lost counts: e^(a + b) = e^a + e^a b for small b.
    let e = V.multiplyAdd(exponential, V.lost(square, of: x) * sign, exponential)
    let center = constant(3 / scale.factor)
    let series = V.complementSeries((x - center) / (x + center))
    return (e, series / V.multiplyAdd(x, constant(2 * scale.factor), one))
  }

  @inline(__always)
  private func smaller(_ x: V, _ limit: Double) -> V {
    V.select(constant(limit), where: constant(limit), isLessThan: x, else: x)
  }
}
