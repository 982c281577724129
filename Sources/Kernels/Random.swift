/// NumPy's legacy random stream (`np.random.seed`), bit for bit.
///
/// MT19937 (Matsumoto and Nishimura 1998) with 53-bit uniform numbers, and Gaussian ones by the
/// polar method of Marsaglia, which makes two at a time and keeps the second. A value type: a copy
/// is a snapshot.
public struct RandomState: Sendable, Equatable {
  private var words: [UInt32]
  private var position = 624
  private var keptGauss: Double?

  public let seed: UInt32
  /// Whether somebody asked for this seed, so that others may ask for it too.
  public private(set) var isSeedChosen = true
  /// How many random numbers it has given since it was seeded.
  public private(set) var drawn = 0

  public init(seed: UInt32) {
    self.seed = seed
    words = [seed]
    words.reserveCapacity(624)
    for index in 1..<624 {
      let previous = words[index - 1]
      words.append(1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index))
    }
  }

  /// Seeded by the system.
  public init() {
    self.init(seed: UInt32.random(in: 0...UInt32.max))
    isSeedChosen = false
  }

  mutating func next() -> UInt32 {
    if position == 624 { refill() }
    var y = words[position]
    position += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    return y ^ (y >> 18)
  }

  private mutating func refill() {
    for index in 0..<624 {
      let y = (words[index] & 0x8000_0000) | (words[(index + 1) % 624] & 0x7FFF_FFFF)
      words[index] = words[(index + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    position = 0
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double {
    drawn += 1
    return nextUniform()
  }

  private mutating func nextUniform() -> Double {
    let (a, b) = (next() >> 5, next() >> 6)
    return (Double(a) * 67_108_864 + Double(b)) / 9_007_199_254_740_992
  }

  /// Normal with mean 0 and variance 1.
  public mutating func normal() -> Double {
    drawn += 1
    if let kept = keptGauss {
      keptGauss = nil
      return kept
    }
    while true {
      let x = 2 * nextUniform() - 1
      let y = 2 * nextUniform() - 1
      let square = x * x + y * y
      guard square < 1, square != 0 else { continue }
      let factor = (-2 * Double.log(square) / square).squareRoot()
      keptGauss = factor * x
      return factor * y
    }
  }

  /// A whole number in 0...limit, by masking and rejection as NumPy does.
  public mutating func interval(_ limit: UInt64) -> UInt64 {
    guard limit > 0 else { return 0 }
    drawn += 1
    let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
    if limit == UInt64(UInt32.max) { return UInt64(next()) }
    while true {
      let word =
        limit <= UInt64(UInt32.max) ? UInt64(next()) : (UInt64(next()) << 32 | UInt64(next()))
      if word & mask <= limit { return word & mask }
    }
  }

  /// 0..<n in random order.
  public mutating func permutation(_ n: Int) throws -> Tensor {
    var state = self
    let order = try Tensor(shape: [n], of: Double.self) { order in
      for index in order.indices { order[index] = Double(index) }
      for index in stride(from: n - 1, to: 0, by: -1) {
        if index & 0xFFFF == 0 { try Cancellation.check() }
        order.swapAt(index, Int(state.interval(UInt64(index))))
      }
    }
    self = state
    return order
  }

  public mutating func rand(shape: [Int]) throws -> Tensor { try filled(shape) { $0.uniform() } }
  public mutating func randn(shape: [Int]) throws -> Tensor { try filled(shape) { $0.normal() } }
  public mutating func gumbel(shape: [Int]) throws -> Tensor { try filled(shape) { $0.gumbel() } }

  /// Whole numbers in low..<high.
  public mutating func randint(low: Int, high: Int, shape: [Int]) throws -> Tensor {
    let limit = UInt64(bitPattern: Int64(high &- 1 &- low))
    return try filled(shape) { Double(low &+ Int(truncatingIfNeeded: $0.interval(limit))) }
  }

  private mutating func filled(_ shape: [Int], _ draw: (inout RandomState) -> Double) throws
    -> Tensor
  {
    var state = self
    let tensor = try Tensor(shape: shape, of: Double.self) { elements in
      for index in elements.indices {
        if index & 0xFFFF == 0 { try Cancellation.check() }
        elements[index] = draw(&state)
      }
    }
    self = state
    return tensor
  }
}
