/// A step of Adam for some parameters and what is remembered of them, all of `count` elements.
public struct AdamCall<T> {
  public let p: UnsafeMutablePointer<T>
  /// Running means of the gradient and of its square.
  public let m: UnsafeMutablePointer<T>
  public let v: UnsafeMutablePointer<T>
  public let g: UnsafePointer<T>
  public let count: Int
  public let rule: AdamRule<T>

  @inline(__always)
  public init(
    p: UnsafeMutablePointer<T>, m: UnsafeMutablePointer<T>, v: UnsafeMutablePointer<T>,
    g: UnsafePointer<T>, count: Int, rule: AdamRule<T>
  ) {
    (self.p, self.m, self.v, self.g) = (p, m, v, g)
    (self.count, self.rule) = (count, rule)
  }
}

/// The numbers of one step: g' = g + added·p,  m ← m + fresh1 (g' − m),
/// v ← beta2 v + fresh2 g'²,  p ← factor p − stride m/(√v·inverseRoot + ε).
public struct AdamRule<T> {
  public let fresh1: T  // 1 − β₁
  public let beta2: T
  public let fresh2: T  // 1 − β₂
  public let eps: T
  public let stride: T  // η/(1 − β₁ᵗ)
  public let inverseRoot: T  // 1/√(1 − β₂ᵗ)
  public let factor: T
  public let added: T

  @inline(__always)
  public init(
    fresh1: T, beta2: T, fresh2: T, eps: T, stride: T, inverseRoot: T, factor: T, added: T
  ) {
    (self.fresh1, self.beta2, self.fresh2, self.eps) = (fresh1, beta2, fresh2, eps)
    (self.stride, self.inverseRoot) = (stride, inverseRoot)
    (self.factor, self.added) = (factor, added)
  }
}
