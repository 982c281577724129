/// How far a long computation has come.
public struct Progress: Sendable {
  public var step: Int
  public var steps: Int
  public var loss: Double
  /// The losses so far, thinned to a few dozen.
  public var curve: [Double]
  public var stepsPerSecond: Double
  /// Worth a line of its own where lines can not be rewritten.
  public var isMilestone: Bool

  public var isLast: Bool { step == steps }

  public var secondsLeft: Double {
    stepsPerSecond > 0 ? Double(steps - step) / stepsPerSecond : .nan
  }
}
