#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A path of its own for one test, in a directory that goes with it.
final class TemporaryFile: Sendable {
  let directory: String
  let path: String

  init() {
    var template = Array("/tmp/attn-test-XXXXXX".utf8CString)
    directory = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    path = directory + "/file"
  }

  convenience init(holding text: String) { self.init(bytes: Array(text.utf8)) }

  convenience init(bytes: [UInt8]) {
    self.init()
    let descriptor = creat(path, 0o600)
    _ = write(descriptor, bytes, bytes.count)
    close(descriptor)
  }

  deinit {
    unlink(path)
    rmdir(directory)
  }

  var mode: UInt32 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt32(status.st_mode & 0o777) : 0
  }
}
