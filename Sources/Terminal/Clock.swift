import CEdit

public enum Clock {
  /// Since an arbitrary moment; never goes back.
  public static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Since 1970 in UTC.
  public static func secondsOfTheEra() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }
}

/// What a clock on the wall and a calendar show.
public struct LocalTime: Equatable, Sendable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  public static func now() -> LocalTime {
    var fields = [Int32](repeating: 0, count: 6)
    cedit_local_time(Clock.secondsOfTheEra(), &fields)
    let values = fields.map(Int.init)
    return LocalTime(
      year: values[0], month: values[1], day: values[2], hour: values[3], minute: values[4],
      second: values[5])
  }

  /// `2026-03-01`
  public var date: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }

  /// `09:05`
  public var clock: String { "\(Self.twoDigits(hour)):\(Self.twoDigits(minute))" }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
