import KernelInterface
import CMachine

@inline(__always)
func machineIsSet(_ flag: UnsafeRawPointer) -> Bool { machine_is_set(flag) }

@inline(__always)
func prefetchToWrite(_ p: UnsafeRawPointer) { machine_prefetch_to_write(p) }

/// The kernels of this variant.
public enum Variant: KernelSet {
  #if KERNELS_V4
    public static var name: String { "v4" }
  #elseif KERNELS_V3
    public static var name: String { "v3" }
  #else
    public static var name: String { "base" }
  #endif

  public static var single: any KernelTable<Float>.Type { SingleKernels.self }
  public static var double: any KernelTable<Double>.Type { DoubleKernels.self }
}

private enum SingleKernels: KernelsInLanes { typealias V = F32 }
private enum DoubleKernels: KernelsInLanes { typealias V = F64 }

/// The kernels of a precision, said once for both.
private protocol KernelsInLanes: KernelTable where Scalar == V.Scalar {
  associatedtype V: Lanes
}

extension KernelsInLanes {
  static var lanes: Int { V.width }

  static func multiply(_ p: Product<Scalar>) { Multiplication<V>(p: p).run() }

  static func flash(_ c: FlashCall<Scalar>) { Flash<V>(c: c).run() }
  static func weigh(_ c: FlashCall<Scalar>, _ weights: UnsafeMutablePointer<Scalar>) {
    WeighedAttention<V>(c: c, weights: weights).run()
  }
  static func flashGradient(_ c: FlashGradientCall<Scalar>) { FlashGradient<V>(c: c).run() }

  static func softmax(_ c: RowCall<Scalar>, tau: Scalar) { Softmax<V>(c: c, tau: tau).run() }
  static func logSoftmax(_ c: RowCall<Scalar>, tau: Scalar) { Softmax<V>(c: c, tau: tau).runLog() }
  static func softmax(_ c: ColumnCall<Scalar>, tau: Scalar) { Columns<V>(c: c, tau: tau).run() }
  static func logSoftmax(_ c: ColumnCall<Scalar>, tau: Scalar) {
    Columns<V>(c: c, tau: tau).runLog()
  }
  static func exponentials(_ c: RowCall<Scalar>, largest: Scalar, tau: Scalar, keeps: Bool)
    -> (others: Double, ties: Double)
  {
    RowPart<V>(c: c, largest: largest, tau: tau).exponentials(keeps: keeps)
  }

  static func linearSumKeys(_ c: LinearCall<Scalar>) { Linear<V>(c: c).sumKeys() }
  static func linearAttend(_ c: LinearCall<Scalar>) { Linear<V>(c: c).attend() }
  static func linearAttendCausally(_ c: LinearCall<Scalar>) { Linear<V>(c: c).attendCausally() }

  static func reduce(_ c: RowCall<Scalar>, to remains: RowRemains) {
    RowReduction<V>(c: c).run(remains)
  }
  static func norm(_ c: NormCall<Scalar>) { Norm<V>(n: c).run() }
  static func normGradient(_ c: NormGradientCall<Scalar>) { NormGradient<V>(c: c).run() }

  static func turns(_ c: TurnCall<Scalar>) { Turns<V>(c: c).run() }
  static func turnSums(_ c: TurnSumCall<Scalar>) { TurnSums<V>(c: c).run() }
  static func rotate(_ c: RotateCall<Scalar>) { Rotation<V>(c: c).run() }

  static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Scalar>, _ to: UnsafeMutablePointer<Scalar>,
    count: Int
  ) {
    Elementwise<V>(from: from, to: to, count: count).run(function)
  }

  static func peak(steps: Int) -> (operations: Int, value: Double) {
    measuredPeak(V.self, steps: steps)
  }
}
