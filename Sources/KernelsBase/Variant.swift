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

  public static var lanes: (single: Int, double: Int) { (F32.width, F64.width) }

  public static func multiply(_ p: Product<Float>) { Multiplication<F32>(p: p).run() }
  public static func multiply(_ p: Product<Double>) { Multiplication<F64>(p: p).run() }

  public static func flash(_ c: FlashCall<Float>) { Flash<F32>(c: c).run() }
  public static func flash(_ c: FlashCall<Double>) { Flash<F64>(c: c).run() }
  public static func weigh(_ c: FlashCall<Float>, _ weights: UnsafeMutablePointer<Float>) {
    WeighedAttention<F32>(c: c, weights: weights).run()
  }
  public static func weigh(_ c: FlashCall<Double>, _ weights: UnsafeMutablePointer<Double>) {
    WeighedAttention<F64>(c: c, weights: weights).run()
  }
  public static func flashGradient(_ c: FlashGradientCall<Float>) {
    FlashGradient<F32>(c: c).run()
  }
  public static func flashGradient(_ c: FlashGradientCall<Double>) {
    FlashGradient<F64>(c: c).run()
  }

  public static func softmax(_ c: RowCall<Float>, tau: Float) {
    Softmax<F32>(c: c, tau: tau).run()
  }
  public static func softmax(_ c: RowCall<Double>, tau: Double) {
    Softmax<F64>(c: c, tau: tau).run()
  }
  public static func logSoftmax(_ c: RowCall<Float>, tau: Float) {
    Softmax<F32>(c: c, tau: tau).runLog()
  }
  public static func logSoftmax(_ c: RowCall<Double>, tau: Double) {
    Softmax<F64>(c: c, tau: tau).runLog()
  }

  public static func softmax(_ c: ColumnCall<Float>, tau: Float) {
    Columns<F32>(c: c, tau: tau).run()
  }
  public static func logSoftmax(_ c: ColumnCall<Float>, tau: Float) {
    Columns<F32>(c: c, tau: tau).runLog()
  }
  public static func exponentials(_ c: RowCall<Float>, largest: Float, tau: Float, keeps: Bool)
    -> (others: Double, ties: Double)
  {
    RowPart<F32>(c: c, largest: largest, tau: tau).exponentials(keeps: keeps)
  }
  public static func softmax(_ c: ColumnCall<Double>, tau: Double) {
    Columns<F64>(c: c, tau: tau).run()
  }
  public static func logSoftmax(_ c: ColumnCall<Double>, tau: Double) {
    Columns<F64>(c: c, tau: tau).runLog()
  }
  public static func exponentials(_ c: RowCall<Double>, largest: Double, tau: Double, keeps: Bool)
    -> (others: Double, ties: Double)
  {
    RowPart<F64>(c: c, largest: largest, tau: tau).exponentials(keeps: keeps)
  }

  public static func linearSumKeys(_ c: LinearCall<Float>) { Linear<F32>(c: c).sumKeys() }
  public static func linearSumKeys(_ c: LinearCall<Double>) { Linear<F64>(c: c).sumKeys() }
  public static func linearAttend(_ c: LinearCall<Float>) { Linear<F32>(c: c).attend() }
  public static func linearAttend(_ c: LinearCall<Double>) { Linear<F64>(c: c).attend() }
  public static func linearAttendCausally(_ c: LinearCall<Float>) {
    Linear<F32>(c: c).attendCausally()
  }
  public static func linearAttendCausally(_ c: LinearCall<Double>) {
    Linear<F64>(c: c).attendCausally()
  }

  public static func reduce(_ c: RowCall<Float>, to remains: RowRemains) {
    RowReduction<F32>(c: c).run(remains)
  }
  public static func reduce(_ c: RowCall<Double>, to remains: RowRemains) {
    RowReduction<F64>(c: c).run(remains)
  }
  public static func norm(_ c: NormCall<Float>) { Norm<F32>(n: c).run() }
  public static func norm(_ c: NormCall<Double>) { Norm<F64>(n: c).run() }
  public static func normGradient(_ c: NormGradientCall<Float>) { NormGradient<F32>(c: c).run() }
  public static func normGradient(_ c: NormGradientCall<Double>) { NormGradient<F64>(c: c).run() }

  public static func turns(_ c: TurnCall<Float>) { Turns<F32>(c: c).run() }
  public static func turns(_ c: TurnCall<Double>) { Turns<F64>(c: c).run() }
  public static func turnSums(_ c: TurnSumCall<Float>) { TurnSums<F32>(c: c).run() }
  public static func turnSums(_ c: TurnSumCall<Double>) { TurnSums<F64>(c: c).run() }
  public static func rotate(_ c: RotateCall<Float>) { Rotation<F32>(c: c).run() }
  public static func rotate(_ c: RotateCall<Double>) { Rotation<F64>(c: c).run() }

  public static func peak(steps: Int, isSingle: Bool) -> (operations: Int, value: Double) {
    isSingle
      ? measuredPeak(F32.self, steps: steps) : measuredPeak(F64.self, steps: steps)
  }

  public static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    Elementwise<F32>(from: from, to: to, count: count).run(function)
  }

  public static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Double>, _ to: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    Elementwise<F64>(from: from, to: to, count: count).run(function)
  }
}
