#if KERNELS_V4
  import CMachine

  // Powers from the 16 numbers 2^(i/16), which lie in a register or two: a shuffle instead of half of
  // a polynomial. The low bits of t are n = 16 k + i. Shifted to the place of the exponent they add k
  // to it, and i behind it; the table has the bits of 2^(i/16) less that i, so that one addition of
  // whole numbers gives 2^(k + i/16). Source: Tang, Table-driven implementation of the exponential
  // function in IEEE floating-point arithmetic, 1989.

  extension F32 {
    /// 1.5·2¹⁹: adding it rounds to index.
    @inline(__always)
    private static var magic: F32 { F32(repeating: 786_432) }

    @inline(__always)
    static func scaledExp(_ x: F32) -> F32 {
      let shift = magic + F32(repeating: 64)
      let t = multiplyAdd(x, F32(repeating: 1.442_695_04), shift)
      let k = t - shift
      let high = multiplyAdd(k, F32(repeating: -0.693_145_751_953_125), x)
      let r = multiplyAdd(k, F32(repeating: -1.428_606_8e-6), high)
      // (e^r − 1)/r for |r| ≤ ln 2/32.
      var q = F32(repeating: 0.166_660_74)
      q = multiplyAdd(q, r, F32(repeating: 0.500_016_2))
      q = multiplyAdd(q, r, F32(repeating: 1))
      // Below about (−126 − 64) ln 2 the power would be subnormal, and its bits another number's.
      let lowest = F32(repeating: -131.6)
      return select(zero, where: x, isLessThan: lowest, else: power(t, times: q * r))
    }

    @inline(__always)
    static func exp2(_ x: F32) -> F32 {
      let t = x + magic
      let r = x - (t - magic)
      // (2^r − 1)/r for |r| ≤ 1/32.
      var q = F32(repeating: 0.055_500_448)
      q = multiplyAdd(q, r, F32(repeating: 0.240_234_29))
      q = multiplyAdd(q, r, F32(repeating: 0.693_147_2))
      let lowest = F32(repeating: -126)
      return select(zero, where: x, isLessThan: lowest, else: power(t, times: q * r))
    }

    /// 2^(k + i/16)·(1 + p)
    @inline(__always)
    private static func power(_ t: F32, times p: F32) -> F32 {
      let table = Floats(
        1, 1.044_273_78, 1.090_507_7, 1.138_788_6, 1.189_207_1, 1.241_857_8, 1.296_839_6,
        1.354_255_6, 1.414_213_5, 1.476_826_2, 1.542_210_8, 1.610_490_3, 1.681_792_9,
        1.756_252_2, 1.834_008_1, 1.915_206_6)
      let index = Words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) &<< 19
      let tableLessIndex = unsafeBitCast(table, to: Words.self) &- index
      let bits = unsafeBitCast(t.v, to: Words.self)
      let fraction = machine_pick(unsafeBitCast(tableLessIndex, to: Floats.self), bits)
      let sum = unsafeBitCast(fraction, to: Words.self) &+ machine_shift_left(bits, 19)
      let whole = F32(unsafeBitCast(sum, to: Floats.self))
      return multiplyAdd(whole, p, whole)
    }
  }

  extension F64 {
    /// 1.5·2⁴⁸: adding it rounds to index.
    @inline(__always)
    private static var magic: F64 { F64(repeating: 422_212_465_065_984) }

    @inline(__always)
    static func scaledExp(_ x: F64) -> F64 {
      let shift = magic + F64(repeating: 512)
      let t = multiplyAdd(x, F64(repeating: 1.442_695_040_888_963_4), shift)
      let k = t - shift
      let high = multiplyAdd(k, F64(repeating: -6.931_471_803_691_238_164_90e-1), x)
      let r = multiplyAdd(k, F64(repeating: -1.908_214_929_270_587_700_02e-10), high)
      // (e^r − 1)/r for |r| ≤ ln 2/32.
      var q = F64(repeating: 0.001_388_872_465_113_497_2)
      q = multiplyAdd(q, r, F64(repeating: 0.008_333_496_100_654_347))
      q = multiplyAdd(q, r, F64(repeating: 0.041_666_666_686_444_5))
      q = multiplyAdd(q, r, F64(repeating: 0.166_666_666_628_552_12))
      q = multiplyAdd(q, r, F64(repeating: 0.499_999_999_999_996_56))
      q = multiplyAdd(q, r, F64(repeating: 1.000_000_000_000_002_2))
      // Below about (−1022 − 512) ln 2 the power would be subnormal.
      let lowest = F64(repeating: -1063.2)
      return select(zero, where: x, isLessThan: lowest, else: power(t, times: q * r))
    }

    @inline(__always)
    static func exp2(_ x: F64) -> F64 {
      let t = x + magic
      let r = x - (t - magic)
      // (2^r − 1)/r for |r| ≤ 1/32.
      var q = F64(repeating: 0.000_154_031_412_752_002_66)
      q = multiplyAdd(q, r, F64(repeating: 0.001_333_381_842_867_536_6))
      q = multiplyAdd(q, r, F64(repeating: 0.009_618_129_115_066_962))
      q = multiplyAdd(q, r, F64(repeating: 0.055_504_108_652_149_13))
      q = multiplyAdd(q, r, F64(repeating: 0.240_226_506_959_098_17))
      q = multiplyAdd(q, r, F64(repeating: 0.693_147_180_559_946_8))
      let lowest = F64(repeating: -1022)
      return select(zero, where: x, isLessThan: lowest, else: power(t, times: q * r))
    }

    /// 2^(k + i/16)·(1 + p)
    @inline(__always)
    private static func power(_ t: F64, times p: F64) -> F64 {
      let low = Doubles(
        1, 1.044_273_782_427_413_8, 1.090_507_732_665_257_7, 1.138_788_634_756_691_6,
        1.189_207_115_002_721, 1.241_857_812_073_484, 1.296_839_554_651_009_6,
        1.354_255_546_936_892_7)
      let high = Doubles(
        1.414_213_562_373_095_1, 1.476_826_145_939_499_3, 1.542_210_825_407_940_7,
        1.610_490_331_949_254_3, 1.681_792_830_507_429, 1.756_252_160_373_299_5,
        1.834_008_086_409_342_4, 1.915_206_561_397_147_4)
      let index = Longs(0, 1, 2, 3, 4, 5, 6, 7) &<< 48
      let lowLessIndex = unsafeBitCast(low, to: Longs.self) &- index
      let highLessIndex = unsafeBitCast(high, to: Longs.self) &- (index &+ 8 &<< 48)
      let bits = unsafeBitCast(t.v, to: Longs.self)
      let fraction = machine_pick(
        unsafeBitCast(lowLessIndex, to: Doubles.self),
        unsafeBitCast(highLessIndex, to: Doubles.self),
        bits)
      let sum = unsafeBitCast(fraction, to: Longs.self) &+ machine_shift_left(bits, 48)
      let whole = F64(unsafeBitCast(sum, to: Doubles.self))
      return multiplyAdd(whole, p, whole)
    }
  }
#endif
