/// Why a file could not be read or written, in one plain sentence.
public struct FileFault: Error, Equatable, Sendable {
  public var message: String
  public init(_ message: String) { self.message = message }
}
