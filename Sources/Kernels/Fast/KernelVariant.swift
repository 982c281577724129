import CMachine
import KernelInterface
import KernelsBase
import Synchronization

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// The generations of processors for which this program holds the fast kernels.
public enum KernelVariant: String, CaseIterable, Sendable {
  case base
  /// AVX2 and FMA.
  case v3
  /// AVX-512.
  case v4

  /// Whether this processor runs them.
  public var isSupported: Bool {
    #if arch(x86_64)
      switch self {
      case .base: true
      case .v3: machine_has_v3()
      case .v4: machine_has_v4()
      }
    #else
      self == .base
    #endif
  }

  /// The newest that this processor runs.
  public static let best = allCases.last(where: \.isSupported) ?? .base

  /// What is used: the best unless another one was asked for.
  ///
  /// - Precondition: a new value is supported.
  public static var current: KernelVariant {
    get { all[chosen.load(ordering: .relaxed)] }
    set {
      precondition(newValue.isSupported)
      chosen.store(all.firstIndex(of: newValue) ?? 0, ordering: .relaxed)
    }
  }

  /// `allCases` makes a new list each time.
  private static let all = allCases
  private static let chosen = Atomic<Int>(all.firstIndex(of: best) ?? 0)

  /// The entry points.
  var kernels: any KernelSet.Type {
    #if arch(x86_64)
      switch self {
      case .base: KernelsBase.Variant.self
      case .v3: KernelsV3.Variant.self
      case .v4: KernelsV4.Variant.self
      }
    #else
      KernelsBase.Variant.self
    #endif
  }
}

extension Float {
  public static func multiply(_ p: Product<Float>, with kernels: any KernelSet.Type) {
    kernels.multiply(p)
  }
  public static func flash(_ c: FlashCall<Float>, with kernels: any KernelSet.Type) {
    kernels.flash(c)
  }
  public static func weigh(
    _ c: FlashCall<Float>, _ weights: UnsafeMutablePointer<Float>, with kernels: any KernelSet.Type
  ) {
    kernels.weigh(c, weights)
  }
  public static func flashGradient(
    _ c: FlashGradientCall<Float>, with kernels: any KernelSet.Type
  ) {
    kernels.flashGradient(c)
  }
  public static func softmax(_ c: RowCall<Float>, tau: Float, with kernels: any KernelSet.Type) {
    kernels.softmax(c, tau: tau)
  }
  public static func logSoftmax(_ c: RowCall<Float>, tau: Float, with kernels: any KernelSet.Type) {
    kernels.logSoftmax(c, tau: tau)
  }
  public static func softmax(_ c: ColumnCall<Float>, tau: Float, with kernels: any KernelSet.Type) {
    kernels.softmax(c, tau: tau)
  }
  public static func logSoftmax(
    _ c: ColumnCall<Float>, tau: Float, with kernels: any KernelSet.Type
  ) {
    kernels.logSoftmax(c, tau: tau)
  }
  public static func exponentials(
    _ c: RowCall<Float>, largest: Float, tau: Float, keeps: Bool, with kernels: any KernelSet.Type
  ) -> (others: Double, ties: Double) {
    kernels.exponentials(c, largest: largest, tau: tau, keeps: keeps)
  }
  public static func lanes(of kernels: any KernelSet.Type) -> Int { kernels.lanes.single }
  public static func linearSumKeys(_ c: LinearCall<Float>, with kernels: any KernelSet.Type) {
    kernels.linearSumKeys(c)
  }
  public static func linearAttend(_ c: LinearCall<Float>, with kernels: any KernelSet.Type) {
    kernels.linearAttend(c)
  }
  public static func linearAttendCausally(_ c: LinearCall<Float>, with kernels: any KernelSet.Type)
  {
    kernels.linearAttendCausally(c)
  }
  public static func reduce(
    _ c: RowCall<Float>, to remains: RowRemains, with kernels: any KernelSet.Type
  ) {
    kernels.reduce(c, to: remains)
  }
  public static func norm(_ c: NormCall<Float>, with kernels: any KernelSet.Type) {
    kernels.norm(c)
  }
  public static func normGradient(
    _ c: NormGradientCall<Float>, with kernels: any KernelSet.Type
  ) {
    kernels.normGradient(c)
  }
  public static func turns(_ c: TurnCall<Float>, with kernels: any KernelSet.Type) {
    kernels.turns(c)
  }
  public static func turnSums(_ c: TurnSumCall<Float>, with kernels: any KernelSet.Type) {
    kernels.turnSums(c)
  }
  public static func rotate(_ c: RotateCall<Float>, with kernels: any KernelSet.Type) {
    kernels.rotate(c)
  }
  public static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>,
    count: Int, with kernels: any KernelSet.Type
  ) {
    kernels.map(function, from, to, count: count)
  }
}

extension Double {
  public static func multiply(_ p: Product<Double>, with kernels: any KernelSet.Type) {
    kernels.multiply(p)
  }
  public static func flash(_ c: FlashCall<Double>, with kernels: any KernelSet.Type) {
    kernels.flash(c)
  }
  public static func weigh(
    _ c: FlashCall<Double>, _ weights: UnsafeMutablePointer<Double>,
    with kernels: any KernelSet.Type
  ) {
    kernels.weigh(c, weights)
  }
  public static func flashGradient(
    _ c: FlashGradientCall<Double>, with kernels: any KernelSet.Type
  ) {
    kernels.flashGradient(c)
  }
  public static func softmax(_ c: RowCall<Double>, tau: Double, with kernels: any KernelSet.Type) {
    kernels.softmax(c, tau: tau)
  }
  public static func logSoftmax(_ c: RowCall<Double>, tau: Double, with kernels: any KernelSet.Type)
  {
    kernels.logSoftmax(c, tau: tau)
  }
  public static func softmax(_ c: ColumnCall<Double>, tau: Double, with kernels: any KernelSet.Type)
  {
    kernels.softmax(c, tau: tau)
  }
  public static func logSoftmax(
    _ c: ColumnCall<Double>, tau: Double, with kernels: any KernelSet.Type
  ) {
    kernels.logSoftmax(c, tau: tau)
  }
  public static func exponentials(
    _ c: RowCall<Double>, largest: Double, tau: Double, keeps: Bool,
    with kernels: any KernelSet.Type
  ) -> (others: Double, ties: Double) {
    kernels.exponentials(c, largest: largest, tau: tau, keeps: keeps)
  }
  public static func lanes(of kernels: any KernelSet.Type) -> Int { kernels.lanes.double }
  public static func linearSumKeys(_ c: LinearCall<Double>, with kernels: any KernelSet.Type) {
    kernels.linearSumKeys(c)
  }
  public static func linearAttend(_ c: LinearCall<Double>, with kernels: any KernelSet.Type) {
    kernels.linearAttend(c)
  }
  public static func linearAttendCausally(_ c: LinearCall<Double>, with kernels: any KernelSet.Type)
  {
    kernels.linearAttendCausally(c)
  }
  public static func reduce(
    _ c: RowCall<Double>, to remains: RowRemains, with kernels: any KernelSet.Type
  ) {
    kernels.reduce(c, to: remains)
  }
  public static func norm(_ c: NormCall<Double>, with kernels: any KernelSet.Type) {
    kernels.norm(c)
  }
  public static func normGradient(
    _ c: NormGradientCall<Double>, with kernels: any KernelSet.Type
  ) {
    kernels.normGradient(c)
  }
  public static func turns(_ c: TurnCall<Double>, with kernels: any KernelSet.Type) {
    kernels.turns(c)
  }
  public static func turnSums(_ c: TurnSumCall<Double>, with kernels: any KernelSet.Type) {
    kernels.turnSums(c)
  }
  public static func rotate(_ c: RotateCall<Double>, with kernels: any KernelSet.Type) {
    kernels.rotate(c)
  }
  public static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Double>, _ to: UnsafeMutablePointer<Double>,
    count: Int, with kernels: any KernelSet.Type
  ) {
    kernels.map(function, from, to, count: count)
  }
}
