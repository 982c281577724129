#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file to which whole lines are added, each with one call of the operating system: however the
/// program ends, what was added is there.
public final class GrowingFile {
  public let path: String
  private let descriptor: Int32

  /// - Throws: `FileFault` also where the file exists.
  public init(creating path: String) throws(FileFault) {
    try FileAccess.checkName(path)
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    self.path = path
    guard descriptor >= 0 else {
      throw FileFault("\(path) can not be written: \(FileAccess.reason())")
    }
  }

  /// Goes on with a file; a last line that was cut off is dropped.
  public init(continuing path: String) throws(FileFault) {
    let bytes = try FileAccess.read(path)
    let length = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    self.path = path
    guard descriptor >= 0, length == bytes.count || ftruncate(descriptor, off_t(length)) == 0 else {
      throw FileFault("\(path) can not be written: \(FileAccess.reason())")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  public func append(_ text: String) throws(FileFault) {
    if let problem = FileAccess.write(Array(text.utf8)[...], descriptor) {
      throw FileFault("\(path) can not be written: \(problem)")
    }
  }
}
