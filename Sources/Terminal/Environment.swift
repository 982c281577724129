import CEdit

/// Environment variables.
public enum Environment {
  /// The value; nil where the variable is unset or empty, as the XDG specification and NO_COLOR
  /// want it read.
  public static func value(of name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
