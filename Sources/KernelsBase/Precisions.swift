import KernelInterface

// Said once for each precision and not over any `Lanes`: a conformance in general would have its
// types described at run time, by functions that all variants would share.

enum SingleKernels: KernelTable {
  static var lanes: Int { F32.width }

  static func multiply(_ p: Product<Float>) { Multiplication<F32>(p: p).run() }

  static func flash(_ c: FlashCall<Float>) { Flash<F32>(c: c).run() }
  static func weigh(_ c: FlashCall<Float>, _ weights: UnsafeMutablePointer<Float>) {
    WeighedAttention<F32>(c: c, weights: weights).run()
  }
  static func flashGradient(_ c: FlashGradientCall<Float>) { FlashGradient<F32>(c: c).run() }

  static func softmax(_ c: RowCall<Float>, tau: Float) { Softmax<F32>(c: c, tau: tau).run() }
  static func logSoftmax(_ c: RowCall<Float>, tau: Float) { Softmax<F32>(c: c, tau: tau).runLog() }
  static func softmax(_ c: ColumnCall<Float>, tau: Float) { Columns<F32>(c: c, tau: tau).run() }
  static func logSoftmax(_ c: ColumnCall<Float>, tau: Float) {
    Columns<F32>(c: c, tau: tau).runLog()
  }
  static func exponentials(_ c: RowCall<Float>, largest: Float, tau: Float, keeps: Bool)
    -> (others: Double, ties: Double)
  {
    RowPart<F32>(c: c, largest: largest, tau: tau).exponentials(keeps: keeps)
  }

  static func linearSumKeys(_ c: LinearCall<Float>) { Linear<F32>(c: c).sumKeys() }
  static func linearAttend(_ c: LinearCall<Float>) { Linear<F32>(c: c).attend() }
  static func linearAttendCausally(_ c: LinearCall<Float>) { Linear<F32>(c: c).attendCausally() }

  static func reduce(_ c: RowCall<Float>, to remains: Remains) {
    RowReduction<F32>(c: c).run(remains)
  }
  static func fold(_ c: ColumnFoldCall<Float>, to fold: ColumnFold<Float>) {
    ColumnFolding<F32>(c: c).run(fold)
  }
  static func norm(_ c: NormCall<Float>) { Norm<F32>(n: c).run() }
  static func normGradient(_ c: NormGradientCall<Float>) { NormGradient<F32>(c: c).run() }

  static func turns(_ c: TurnCall<Float>) { Turns<F32>(c: c).run() }
  static func turnSums(_ c: TurnSumCall<Float>) { TurnSums<F32>(c: c).run() }
  static func rotate(_ c: RotateCall<Float>) { Rotation<F32>(c: c).run() }

  static func adam(_ c: AdamCall<Float>) { Adam<F32>(c: c).run() }
  static func chain(_ c: ChainCall<Float>) { Chain<F32>(c: c).run() }

  static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    Elementwise<F32>(from: from, to: to, count: count).run(function)
  }

  static func peak(steps: Int) -> (operations: Int, value: Double) {
    measuredPeak(F32.self, steps: steps)
  }
}

enum DoubleKernels: KernelTable {
  static var lanes: Int { F64.width }

  static func multiply(_ p: Product<Double>) { Multiplication<F64>(p: p).run() }

  static func flash(_ c: FlashCall<Double>) { Flash<F64>(c: c).run() }
  static func weigh(_ c: FlashCall<Double>, _ weights: UnsafeMutablePointer<Double>) {
    WeighedAttention<F64>(c: c, weights: weights).run()
  }
  static func flashGradient(_ c: FlashGradientCall<Double>) { FlashGradient<F64>(c: c).run() }

  static func softmax(_ c: RowCall<Double>, tau: Double) { Softmax<F64>(c: c, tau: tau).run() }
  static func logSoftmax(_ c: RowCall<Double>, tau: Double) {
    Softmax<F64>(c: c, tau: tau).runLog()
  }
  static func softmax(_ c: ColumnCall<Double>, tau: Double) { Columns<F64>(c: c, tau: tau).run() }
  static func logSoftmax(_ c: ColumnCall<Double>, tau: Double) {
    Columns<F64>(c: c, tau: tau).runLog()
  }
  static func exponentials(_ c: RowCall<Double>, largest: Double, tau: Double, keeps: Bool)
    -> (others: Double, ties: Double)
  {
    RowPart<F64>(c: c, largest: largest, tau: tau).exponentials(keeps: keeps)
  }

  static func linearSumKeys(_ c: LinearCall<Double>) { Linear<F64>(c: c).sumKeys() }
  static func linearAttend(_ c: LinearCall<Double>) { Linear<F64>(c: c).attend() }
  static func linearAttendCausally(_ c: LinearCall<Double>) { Linear<F64>(c: c).attendCausally() }

  static func reduce(_ c: RowCall<Double>, to remains: Remains) {
    RowReduction<F64>(c: c).run(remains)
  }
  static func fold(_ c: ColumnFoldCall<Double>, to fold: ColumnFold<Double>) {
    ColumnFolding<F64>(c: c).run(fold)
  }
  static func norm(_ c: NormCall<Double>) { Norm<F64>(n: c).run() }
  static func normGradient(_ c: NormGradientCall<Double>) { NormGradient<F64>(c: c).run() }

  static func turns(_ c: TurnCall<Double>) { Turns<F64>(c: c).run() }
  static func turnSums(_ c: TurnSumCall<Double>) { TurnSums<F64>(c: c).run() }
  static func rotate(_ c: RotateCall<Double>) { Rotation<F64>(c: c).run() }

  static func adam(_ c: AdamCall<Double>) { Adam<F64>(c: c).run() }
  static func chain(_ c: ChainCall<Double>) { Chain<F64>(c: c).run() }

  static func map(
    _ function: VectorFunction, _ from: UnsafePointer<Double>, _ to: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    Elementwise<F64>(from: from, to: to, count: count).run(function)
  }

  static func peak(steps: Int) -> (operations: Int, value: Double) {
    measuredPeak(F64.self, steps: steps)
  }
}
